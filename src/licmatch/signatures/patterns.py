"""Signatures compiled: a literal prefilter over the whole column, boundaries and patterns on the rows that pass.

The prefilter is one automaton of all literals. Every pattern runs in a linear-time engine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError
from licmatch.signatures.literals import item_end, sure_literals
from licmatch.signatures.text import SEPARATOR, bare, joined, signature_text, spelt_out, squeezed

# What is itself a tool for unlicensed use, as against a product that was tampered with or repacked.
TOOL_KINDS = frozenset(
    {"activator", "kms_emulator", "crack", "keygen", "loader", "patcher", "license_tool", "hack_tool", "crack_tool", "key_tool"}
)
# File endings under which a word is no trace: a paper about cracks, the source of a key generator.
ENDINGS = {
    "documents": "docx?|docm|rtf|xlsx?|xlsm|pptx?|ppsx?|pdf|txt|csv|wps|wpt|et|dps|ofd|md|x?html?|mht|eml|msg|jpe?g|png|gif|bmp|tiff?"
    "|mp[34]|avi|mkv|mov|wmv|srt|ass|epub|caj|xmind|vsdx?",
    "code": "pyc?|js|mjs|ts|c|cc|cpp|h|hpp|java|class|go|rs|rb|cs|php|lua|pl|sh|md|x?html?|jar|whl|json|ya?ml|xml|css|mui|po|mo|gz|deb|rpm",
}  # fmt: skip
FREE_TEXT = frozenset({"installed_program", "oem_branding", "os_caption"})  # evidence whose words may be set apart in any way
SQUEEZED_LATIN, SQUEEZED_HAN = 5, 3  # letters that a name put together again must have to be looked for anywhere
_NOTHING = pl.Series([""])
_WORDS = re.compile(r"[ _-]+")
_BLANKS = frozenset(" ._+~-")
_EDGE = re.compile(r"\(\?:[\^$]\|\[\^[0-9a-z-]+\]\)|\\b")  # (?:^|[^0-9a-z])
_ANCHOR = re.compile(r"\^|\$")
FOUND = {"at": pl.UInt32(), "signature": pl.UInt32()}


@dataclass(frozen=True, slots=True)
class _Rule:
    signature: int
    pattern: str
    bare: bool = False  # asked of the name without versions and packing words


def _words(folded: str) -> str:
    """Write a literal so that its words may be set apart by any one or two separators."""
    return f"{SEPARATOR}{{1,2}}".join(re.escape(part) for part in _WORDS.split(folded))


def _loose(pattern: str, between: str) -> str:
    """Write the blanks, hyphens and underscores of a regex as `between`, once or twice; those it lets go may stand twice too.

    >>> _loose("kms[ _-]?vl all", "[ -]")
    'kms[ -]{0,2}vl[ -]{1,2}all'
    """
    parts, at = [], 0
    while at < len(pattern):
        end = at + 3 if pattern.startswith("(?:", at) else at + 1 if pattern[at] in "()" else item_end(pattern, at)
        item = pattern[at:end]
        if set(item.removeprefix("[").removesuffix("]")) <= _BLANKS and item not in (".", "+", "[]"):
            optional = pattern[end : end + 1] == "?"
            if pattern[end : end + 1] not in ("*", "+", "{"):
                item = between and between + ("{0,2}" if optional else "{1,2}")
                end += optional
        parts.append(item)
        at = end
    return "".join(parts)


def _han_apart(literal: str) -> str:
    return re.sub(r"(?<=[一-鿿])(?=[一-鿿])", " ?", literal)


def _segments(folded: str) -> str:
    parts = [part for part in re.split(r"[\\/]|::|=", folded) if part]
    return r"(?:^|\\)" + r"\\".join(_wild(part) for part in parts) + r"(?:$|\\)"


def _wild(text: str) -> str:
    return r"[^\\/]*".join(re.escape(part) for part in text.split("*"))


def _as_regex(one: Signature, pattern: str, folded: str) -> str:
    literal = _words(folded) if one.evidence in FREE_TEXT else re.escape(folded)
    match one.match:
        case "regex":
            return f"(?:{_loose(pattern, SEPARATOR) if one.evidence in FREE_TEXT else pattern})"
        case "word":
            return rf"(?:^|[^0-9a-z]){literal}(?:$|[^0-9a-z])"
        case "substring":
            return _han_apart(literal) if one.evidence in FREE_TEXT and one.kind in TOOL_KINDS else literal
        case "exact":
            # A task is named by the last part of its path.
            return rf"(?:^|\\){literal}$" if one.evidence == "scheduled_task" else f"^{literal}$"
        case "basename":
            return rf"(?:^|[\\/]){_wild(folded)}$"
        case "path":
            return _segments(folded)
        case "host":
            return rf"(?:^|\.){literal}$"
    raise CatalogError(f"signature {one.id}: nothing is matched by {one.match!r}")


class PatternSet:
    """Signatures that are asked of the same texts. Immutable, shared by threads."""

    def __init__(self, signatures: Sequence[Signature]) -> None:
        self.signatures = tuple(signatures)
        folded = iter(signature_text(pl.Series([text for one in signatures for text in one.patterns], dtype=pl.String)).to_list())
        self._anywhere: list[_Rule] = []  # patterns without a sure literal: asked of every row
        self._sieved: list[_Rule] = []
        self._squeezed: list[_Rule] = []
        pairs: list[tuple[str, int]] = []
        patterns: list[str] = []
        for at, one in enumerate(self.signatures):
            texts = [next(folded) for _ in one.patterns]
            pattern = "|".join(_as_regex(one, raw, text) for raw, text in zip(one.patterns, texts, strict=True))
            # Texts are lower case by now; folding case again would cost the engine its literal search.
            pattern = pattern if pattern == pattern.lower() else f"(?i){pattern}"
            whole = one.match == "exact" or (one.match == "regex" and any(_ANCHOR.search(_EDGE.sub("", raw)) for raw in one.patterns))
            rule = _Rule(at, pattern, whole and one.evidence == "installed_program")
            sure = sure_literals(pattern)
            pairs += ((literal, len(self._sieved)) for literal in sorted(sure))
            (self._sieved if sure else self._anywhere).append(rule)
            if (one.evidence in FREE_TEXT or one.match == "basename") and (short := _squeezed_pattern(one, texts)):
                self._squeezed.append(_Rule(at, short))
            patterns.append(pattern)
        _check(self.signatures, patterns)
        self.literals = tuple(sorted({literal for literal, _ in pairs}))
        self._told_by = pl.DataFrame(pairs, schema={"literal": pl.String, "rule": pl.UInt32}, orient="row")
        self._rules = pl.DataFrame(
            [(number, rule.signature, rule.pattern, rule.bare) for number, rule in enumerate(self._sieved)],
            schema={"rule": pl.UInt32, "signature": pl.UInt32, "pattern": pl.String, "bare": pl.Boolean}, orient="row",
        )  # fmt: skip

    @property
    def sieved(self) -> bool:
        """Whether every hit is on a text that holds one of `literals`, or in which letters stand one by one."""
        return not self._anywhere

    def find(self, texts: pl.Series) -> pl.DataFrame:
        """Return `at` (row) and `signature` (index into `signatures`) of every hit, each once, sorted; texts are normalised.

        Texts in which letters stand one by one are read once more put together.
        """
        if texts.len() == 0 or not self.signatures:
            return pl.DataFrame(schema=FOUND)
        found = [self._direct(texts, None)]
        rows = spelt_out(texts)
        if rows.len():
            told = [(row, text) for row, given in zip(rows.to_list(), texts.gather(rows).to_list(), strict=True) for text in joined(given)]
            at = pl.Series([row for row, _ in told], dtype=pl.UInt32)
            again = pl.Series([text for _, text in told], dtype=pl.String)
            found.append(self._direct(again, at))
            found.append(_run(self._squeezed, pl.Series([squeezed(text) for text in again], dtype=pl.String), at))
        hits = pl.concat(found).unique().sort("at", "signature")
        return self._explained(hits, texts)

    def _direct(self, texts: pl.Series, at: pl.Series | None) -> pl.DataFrame:
        found = [_run(self._anywhere, texts, at)]
        if self.literals:
            rows = texts.str.contains_any(list(self.literals)).fill_null(False).arg_true()
            passed = texts.gather(rows)
            met = self._holding(self._candidates(passed), passed)
            where = rows.gather(met["row"])
            found.append(met.select((where if at is None else at.gather(where)).cast(pl.UInt32).alias("at"), "signature"))
        return pl.concat(found)

    def _holding(self, candidates: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
        """Return row and signature of the candidates (rule, row) whose rule holds.

        The pattern stands beside each text, so that all are asked in one query; they stand by rule, so that each is compiled once.
        """
        asked = candidates.join(self._rules, on="rule", how="left", maintain_order="left").with_columns(t=texts.gather(candidates["row"]))
        found = [asked.filter(pl.col("t").str.contains(pl.col("pattern")))]
        again = asked.filter("bare")
        if not again.is_empty():
            found.append(again.with_columns(t=bare(again["t"])).filter(pl.col("t").str.contains(pl.col("pattern"))))
        return pl.concat(found).select("row", "signature")

    def _candidates(self, texts: pl.Series) -> pl.DataFrame:
        """Return rule and row of what the literals in the texts ask for: each rule runs on its own rows only."""
        told = (
            texts.str.extract_many(list(self.literals), overlapping=True)
            .alias("literal")
            .to_frame()
            .with_row_index("row")
            .explode("literal")
        )
        return told.join(self._told_by, on="literal").select("rule", "row").unique().sort("rule", "row")

    def _explained(self, hits: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
        """Leave out the hits that words beside them, or the ending of the file, explain."""
        choosy = pl.Series([at for at, one in enumerate(self.signatures) if one.exclude or one.ignore], dtype=pl.UInt32)
        asked = hits["signature"].is_in(choosy.implode())
        kept = [hits.filter(~asked)]
        for (index,), group in hits.filter(asked).group_by("signature", maintain_order=True):
            one = self.signatures[int(str(index))]
            beside = texts.gather(group["at"])
            innocent = pl.Series([False]).new_from_index(0, group.height)
            if one.exclude:
                innocent |= beside.str.contains_any([word.casefold() for word in one.exclude])
            if one.ignore:
                innocent |= beside.str.contains(rf"\.(?:{'|'.join(ENDINGS[name] for name in one.ignore)})$")
            kept.append(group.filter(~innocent))
        return pl.concat(kept).sort("at", "signature")


def _squeezed_pattern(one: Signature, texts: Sequence[str]) -> str:
    """Return a pattern for names whose letters were put together: without boundaries, and only of what is long enough to be a name."""
    if one.match == "regex":
        if one.kind == "keyword":
            return ""
        bare_of_edges = [_EDGE.sub("", _loose(raw.lower(), "")) for raw in one.patterns]
        return "|".join(f"(?:{raw})" for raw in bare_of_edges if any(_long(text) for text in sure_literals(raw)))
    if one.match == "basename":
        parts = [[squeezed(part) for part in text.split("*")] for text in texts]
        return "|".join(f"^{'.*'.join(map(re.escape, given))}$" for given in parts if _long("".join(given)))
    return "|".join(re.escape(text) for text in map(squeezed, texts) if _long(text))


def _long(text: str) -> bool:
    return len(text) >= (SQUEEZED_LATIN if text.isascii() else SQUEEZED_HAN)


def _run(rules: Sequence[_Rule], texts: pl.Series, at: pl.Series | None) -> pl.DataFrame:
    """Ask all rules of all texts in one query: they run side by side, and a single name does not pay for a query each."""
    if texts.len() == 0 or not rules:
        return pl.DataFrame(schema=FOUND)
    columns = [texts.alias("t")]
    if any(rule.bare for rule in rules):
        columns.append(bare(texts).alias("b"))
    flags = pl.DataFrame(columns).select(
        (pl.col("t").str.contains(rule.pattern) | pl.col("b").str.contains(rule.pattern)).alias(str(number))
        if rule.bare
        else pl.col("t").str.contains(rule.pattern).alias(str(number))
        for number, rule in enumerate(rules)
    )
    found = [pl.DataFrame(schema=FOUND)]
    for column, rule in zip(flags.iter_columns(), rules, strict=True):
        rows = column.arg_true()
        if rows.len():
            where = rows if at is None else at.gather(rows)
            found.append(pl.DataFrame({"at": where}, schema={"at": pl.UInt32}).with_columns(signature=pl.lit(rule.signature, pl.UInt32)))
    return pl.concat(found)


def _check(signatures: Sequence[Signature], patterns: Sequence[str]) -> None:
    """Raise CatalogError for the first signature that says an unknown ending, or whose pattern (one each) cannot run in linear time."""
    for one in signatures:
        unknown = [name for name in one.ignore if name not in ENDINGS]
        if unknown:
            raise CatalogError(f"signature {one.id}: ignore says {unknown[0]!r}; known are {', '.join(sorted(ENDINGS))}")
    try:
        # All in one query: a query each costs more than the patterns do.
        _NOTHING.to_frame("t").select(pl.col("t").str.contains(pattern).alias(str(at)) for at, pattern in enumerate(patterns))
    except pl.exceptions.ComputeError:
        for one, pattern in zip(signatures, patterns, strict=True):
            _check_one(one, pattern)


def _check_one(one: Signature, pattern: str) -> None:
    try:
        _NOTHING.str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        raise CatalogError(f"signature {one.id}: a pattern cannot run in linear time: {error}") from None
