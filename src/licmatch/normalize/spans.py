"""The steps of one name replayed with spans: which characters of the raw name each step removed or replaced.

The text after a step is what the step itself makes of a column of one, so a trace ends in the very key that matching used. Only where
the characters went is found out here: by marks that the same patterns leave around what they match, by the length of what each character
becomes, or by the bytes of a repair. Where that does not add up to the step's own text, the span is the stretch that differs: coarse,
never wrong.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

import polars as pl

from licmatch.normalize import mojibake
from licmatch.normalize import name_steps as steps

# Noncharacters that mark where a match begins and ends; the two are no part of any text that is exchanged.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
# Half-width voicing marks and jamo join what stands before them, like combining marks.
_JOINING = range(0xFF9E, 0xFFDD)
_JAMO = range(0x1160, 0x1200)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """One stretch that a step changed: `before` stood at `at` of the text before the step, `after` is put there.

    `start` and `end` are the characters of the raw name that it stems from; equal where blanks are put between two characters.
    """

    at: int
    before: str
    after: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TracedStep:
    """What one step made of the name; `origins` holds a raw span for each character of `text`."""

    step: str
    text: str
    edits: tuple[Edit, ...]
    origins: tuple[Span, ...]

    def text_before(self) -> str:
        """Undo the step: put back what it removed.

        >>> traced("Office® 2016").steps[0].text_before()
        'Office® 2016'
        """
        parts, position, shift = [], 0, 0
        for edit in self.edits:
            at = edit.at + shift
            parts += [self.text[position:at], edit.before]
            position = at + len(edit.after)
            shift += len(edit.after) - len(edit.before)
        return "".join((*parts, self.text[position:]))

    def span(self, first: int, last: int) -> Span:
        """Return the raw span of the characters `first` to `last` of the text, blanks at its ends left out."""
        chosen = [self.origins[at] for at in range(first, last) if not self.text[at].isspace()] or list(self.origins[first:last])
        return min(start for start, _ in chosen), max(end for _, end in chosen)


@dataclass(frozen=True, slots=True)
class Traced:
    """A raw name and all steps that it went through, those that changed nothing too."""

    raw: str
    steps: tuple[TracedStep, ...]

    @property
    def key(self) -> str:
        """The padded tokens: what `normalize` gives for this name."""
        return self.steps[-1].text

    @property
    def changes(self) -> tuple[TracedStep, ...]:
        """The steps that changed something."""
        return tuple(step for step in self.steps if step.edits)

    def after(self, step: str) -> TracedStep:
        """Return the name as it stood after a step."""
        return next(one for one in self.steps if one.step == step)


def traced(raw: str) -> Traced:
    """Replay all steps on one name with spans; the key is that of `normalize`.

    Lone surrogates, which no column can hold, are read as U+FFFD; spans count the characters of `Traced.raw`.

    >>> [(one.step, edit.before, edit.start, edit.end) for one in traced("Office® 2016").changes[:1] for edit in one.edits]
    [('drop_trademark_signs', '®', 6, 7)]
    """
    text = steps.well_formed(raw)
    state = TracedStep("", text, (), tuple((at, at + 1) for at in range(len(text))))
    told: list[TracedStep] = []
    opened = state
    for step in (*steps.OPENING, *steps.CLOSING):
        after = str(step(pl.Series([state.text], dtype=pl.String))[0])
        state = _traced_step(step.__name__, state, after, _pieces(step, state.text, after))
        told.append(state)
        if step is steps.OPENING[-1]:
            opened = state
    told.append(_spelt(opened, state))
    return Traced(text, tuple(told))


def places(text: str, pattern: str) -> list[Span]:
    """Return where a pattern matches in a text, leftmost first, by the engine that columns are searched with.

    >>> places("a 12 b 3", r"[0-9]+")
    [(2, 4), (7, 8)]
    """
    if _OPEN in text or _CLOSE in text:
        text = text.replace(_OPEN, " ").replace(_CLOSE, " ")
    found, position = [], 0
    for part in _mark(text, pattern).split(_OPEN):
        match, close, rest = part.rpartition(_CLOSE)
        if close:
            found.append((position, position + len(match)))
        position += len(match) + len(rest)
    return found


# --- what became of which stretch: (length before, text after), joined they are both texts ---

Pieces = Sequence[tuple[int, str]]
Aligner = Callable[[str, str], Pieces]


def _mark(text: str, pattern: str) -> str:
    return str(pl.Series([text]).str.replace_all(pattern, _OPEN + "${0}" + _CLOSE)[0])


def _marked(marked: str, replaced: Callable[[str], tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Read a text in which matches stand between marks; `replaced` tells length and new text of a match."""
    for part in marked.split(_OPEN):
        match, close, rest = part.rpartition(_CLOSE)
        if close:
            yield replaced(match)
        yield from ((1, char) for char in rest)


def _by_pattern(pattern: str, put: str) -> Aligner:
    def align(text: str, after: str) -> Pieces:
        return list(_marked(_mark(text, pattern), lambda match: (len(match), put)))

    return align


def _by_characters(step: steps.Step) -> Aligner:
    """For steps that look at a character and what joins it, each unit becomes what the step makes of it alone."""

    def align(text: str, after: str) -> Pieces:
        units = list(_units(text))
        read = step(pl.Series(units, dtype=pl.String)).to_list()
        found, position = [], 0
        for unit, became in zip(units, read, strict=True):
            # Of the whole text, not of the unit: the end of a Greek word is written another way, in the same length.
            found.append((len(unit), after[position : position + len(became)]))
            position += len(became)
        return found

    return align


def _units(text: str) -> Iterator[str]:
    unit = ""
    for char in text:
        joins = unicodedata.category(char)[0] == "M" or ord(char) in _JOINING or ord(char) in _JAMO
        if unit and not joins:
            yield unit
            unit = ""
        unit += char
    if unit:
        yield unit


def _cut(text: str, after: str) -> Pieces:
    head = text.find(after)
    return [(head, ""), *((1, char) for char in after), (len(text) - head - len(after), "")]


def _repair(text: str, after: str) -> Pieces:
    return [(len(stood), read) for stood, read in mojibake.alignment(text)]


def _pad(text: str, after: str) -> Pieces:
    found: list[tuple[int, str]] = []
    position = 0
    for first, last in places(text, steps.TOKENS):
        found += [(first - position, "  " if found else " "), *((1, char) for char in text[first:last])]
        position = last
    return [*found, (len(text) - position, " " if found else "  ")]


def _twins(text: str, after: str) -> Pieces:
    old = [f" {twin} " for twin in steps.TWINS]
    new = [f" {word} " for word in steps.TWINS.values()]
    marked = str(pl.Series([text]).str.replace_many(old, [f"{_OPEN}{at}{_CLOSE}" for at in range(len(old))])[0])
    return list(_marked(marked, lambda at: (len(old[int(at)]), new[int(at)])))


_ALIGNERS: dict[steps.Step, Aligner] = {
    steps.cut_length: _cut,
    mojibake.repair: _repair,
    steps.mark_damage: _by_pattern(mojibake.DAMAGED_RUN, steps.DAMAGE_TOKEN),
    steps.drop_invisible: _by_characters(steps.drop_invisible),
    steps.drop_trademark_signs: _by_pattern(steps.TRADEMARKS, " "),
    steps.drop_guids: _by_pattern(steps.GUID, " "),
    steps.fold_width: _by_characters(steps.fold_width),
    steps.lower_case: _by_characters(steps.lower_case),
    steps.simplify_han: _by_characters(steps.simplify_han),
    steps.pad_tokens: _pad,
    steps.join_twins: _twins,
    steps.cut_tokens: lambda text, after: [*((1, char) for char in after[:-1]), (len(text) - len(after) + 1, " ")],
}


def _pieces(step: steps.Step, text: str, after: str) -> Pieces:
    if text == after:
        return [(1, char) for char in text]
    # A name that holds the marks themselves is only told where it differs.
    return _where_they_differ(text, after) if _OPEN in text or _CLOSE in text else _ALIGNERS[step](text, after)


# --- from pieces to edits and origins ---


def _traced_step(name: str, state: TracedStep, after: str, pieces: Pieces) -> TracedStep:
    if "".join(new for _, new in pieces) != after or sum(length for length, _ in pieces) != len(state.text):
        pieces = _where_they_differ(state.text, after)
    edits: list[Edit] = []
    origins: list[Span] = []
    at = 0
    for length, new in pieces:
        before = state.text[at : at + length]
        if before == new:
            origins += state.origins[at : at + length]
        else:
            start, end = _raw(state.origins, at, length)
            origins += [(start, end)] * len(new)
            edits.append(Edit(at, before, new, start, end))
        at += length
    return TracedStep(name, after, tuple(_disjoint(edits, state.text)), tuple(origins))


def _where_they_differ(before: str, after: str) -> Pieces:
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    most = min(len(before), len(after)) - head
    tail = sum(1 for _ in takewhile(lambda at: before[-at] == after[-at], range(1, most + 1)))
    kept = [(1, char) for char in before[len(before) - tail :]]
    return [*((1, char) for char in before[:head]), (len(before) - head - tail, after[head : len(after) - tail]), *kept]


def _raw(origins: Sequence[Span], at: int, length: int) -> Span:
    if length:
        return min(start for start, _ in origins[at : at + length]), max(end for _, end in origins[at : at + length])
    place = origins[at - 1][1] if at else origins[at][0] if at < len(origins) else 0
    return place, place


def _disjoint(edits: Sequence[Edit], text: str) -> Iterator[Edit]:
    """Join edits whose raw spans overlap, which share bytes of one character, with what is kept between them."""
    held: Edit | None = None
    for edit in edits:
        if held is not None and edit.start < held.end:
            between = text[held.at + len(held.before) : edit.at]
            joined = (held.before + between + edit.before, held.after + between + edit.after)
            held = Edit(held.at, *joined, min(held.start, edit.start), max(held.end, edit.end))
            continue
        if held is not None:
            yield held
        held = edit
    if held is not None:
        yield held


def _spelt(opened: TracedStep, closed: TracedStep) -> TracedStep:
    """Trace the last step, which may bring back what the closing steps left out."""
    key = str(steps.spell_out(pl.Series([opened.text], dtype=pl.String), pl.Series([closed.text], dtype=pl.String))[0])
    name = steps.spell_out.__name__
    if key == closed.text:
        return TracedStep(name, key, (), closed.origins)
    start, end = _raw(opened.origins, 0, len(opened.text))
    # The tokens are the characters of the name in their order: each is looked for behind the one before it.
    plain = _traced_step(
        name, opened, folded := str(steps.lower_case(steps.fold_width(pl.Series([opened.text])))[0]),
        _by_characters(lambda column: steps.lower_case(steps.fold_width(column)))(opened.text, folded),
    )  # fmt: skip
    origins, position = [], 0
    for char in key:
        found = -1 if char == " " else plain.text.find(char, position)
        position = max(position, found + 1)
        origins.append(plain.origins[found] if found >= 0 else (start, start))
    return TracedStep(name, key, (Edit(0, closed.text, key, start, end),), tuple(origins))
