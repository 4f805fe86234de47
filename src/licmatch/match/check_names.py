"""Checking the phrases of catalogs against each other and against the examples.

None may be out of reach, none may swallow its neighbour, two families that share a name must be told apart, and each phrase must earn
its place: switched off, at least one example is no longer answered as it should be.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from licmatch.catalog.load import SourceFile
from licmatch.match.examples import Example, marks_hold
from licmatch.match.written import Asker, Question, Written
from licmatch.schema import LICENSABLE_ROLES

# A release is a fact of its family (its numbers, its last day), not a phrase that has to prove itself.
FACTS = ("release",)


def _licensable(row: Mapping[str, object]) -> bool:
    return row["lm_status"] == "recognised" and row["lm_role"] in LICENSABLE_ROLES


def answered(example: Example, row: Mapping[str, object]) -> bool:
    """Say whether an answer is the expected one, a companion told by its role and a name from memory by its product."""
    if not marks_hold(example, row):
        return False
    if example.expect == "none":
        return not _licensable(row)
    if example.expect in ("ambiguous", "unknown"):
        return row["lm_status"] == example.expect
    if example.expect.startswith("role:"):
        return row["lm_status"] == "recognised" and row["lm_role"] == example.expect[5:]
    return _licensable(row) and row["lm_product_id"] == example.expect


def switches(phrases: Sequence[Written], files: Iterable[SourceFile]) -> list[tuple[Written, ...]]:
    """Return what is switched off together: a phrase of a file's `[defaults]` stands once for all its families, others stand alone."""
    defaults = {_base(file.name): _defaults(file) for file in files}
    found: dict[object, list[Written]] = {}
    for phrase in phrases:
        if phrase.part in FACTS:
            continue
        shared = phrase.family is not None and phrase.phrase in defaults.get(_base(phrase.file), {}).get(phrase.part, ())
        found.setdefault((phrase.file, phrase.part, phrase.phrase) if shared else id(phrase), []).append(phrase)
    return [tuple(together) for together in found.values()]


def _base(name: str) -> str:
    """A file's own name: the folder it was handed over from may be another."""
    return name.rpartition("/")[2]


def _defaults(file: SourceFile) -> Mapping[str, Any]:
    told = tomllib.loads(file.text).get("defaults", {})
    return told if isinstance(told, dict) else {}


def idle_phrases(
    asker: Asker, together: Sequence[tuple[Written, ...]], examples: Sequence[Example]
) -> list[tuple[tuple[Written, ...], str]]:
    """Return (phrases, why) for those that no example needs, in the order given."""
    questions = asker.questions((example.raw, example.publisher, example.version) for example in examples)
    base = [asker.answer(question) for question in questions]
    holding: dict[int, list[int]] = defaultdict(list)
    for at, question in enumerate(questions):
        if answered(examples[at], base[at]):
            for key in sorted(question.keys):
                holding[key].append(at)
    families = asker.engine.compiled.families
    found = []
    for phrases in together:
        masked = asker.without(*phrases)
        if masked is None:
            found.append((phrases, "another phrase says the same"))
            continue
        own = {families[phrase.family].id for phrase in phrases if phrase.family is not None}
        keys = set().union(*(asker.indexes(phrase) for phrase in phrases))
        # Examples of the family itself first: one that is lost settles it.
        rows = sorted({at for key in keys for at in holding[key]}, key=lambda at: (base[at]["family_id"] not in own, at))
        if not rows:
            found.append((phrases, "stands in no example"))
        elif all(answered(examples[at], asker.answer(questions[at], masked)) for at in rows):
            found.append((phrases, f"the {len(rows)} examples it stands in hold without it"))
    return found


def overwritten_names(names: Sequence[Written]) -> list[tuple[Written, str]]:
    """Return the names nothing of which reaches the catalog, because the same family lists the same words more strongly, or before."""
    winners: dict[tuple[int | None, str], Written] = {}
    for name in names:
        for key in name.keys:
            known = winners.setdefault((name.family, key), name)
            if name.strength > known.strength:
                winners[name.family, key] = name
    found = []
    for name in names:
        over = [winners[name.family, key] for key in name.keys]
        if name not in over:
            found.append((name, f"{name.phrase!r} is never read: {over[0].phrase!r} in `{over[0].part}` says the same"))
    return found


def misled_names(asker: Asker, names: Sequence[Written]) -> list[tuple[Written, str]]:
    """Return (name, fault) for the names that never mean their own family, and for those a neighbour inside them swallows.

    Each string a name stands for is asked alone and beside its own maker. A name that two families rightly share may be ambiguous.
    """
    families = asker.engine.compiled.families
    vendors = asker.engine.compiled.vendors
    asked = [(name, text, vendors[families[_family(name)].vendor].name) for name in names for text in name.spoken]
    questions = asker.questions(row for _, text, maker in asked for row in ((text, None, None), (text, maker, None)))
    found = []
    for at, (name, text, maker) in enumerate(asked):
        alone, beside = (asker.answer(question) for question in questions[2 * at : 2 * at + 2])
        if not any(_reaches(asker, name, row) for row in (alone, beside)):
            found.append((name, f"{text!r} is never answered by this name: {_told(alone)}, and by {maker} {_told(beside)}"))
        elif _licensable(beside) and not _own(asker, name, beside):
            inner = _inner(asker, questions[2 * at], str(beside["family_id"]))
            found.append((name, f"{text!r} by {maker} is taken for {beside['lm_product_id']}, whose name {inner!r} stands in it"))
    return found


def untold_neighbours(
    asker: Asker, names: Sequence[Written], mine: Sequence[Written], examples: Callable[[], Sequence[Example]]
) -> list[tuple[Written, str]]:
    """Return (name, fault) for the names of `mine` that another family bears too, where no example shows which of them is meant.

    An example of each of the families does, or one of the bare name, or of it and a number, that says `ambiguous`. `examples` are read
    only if there is such a name.
    """
    families = asker.engine.compiled.families
    bearers: dict[str, dict[int, Written]] = defaultdict(dict)
    for name in names:
        if name.role is None:
            for key in name.keys:
                bearers[key].setdefault(_family(name), name)
    looked_at = {(name.family, key) for name in mine for key in name.keys}
    shared = {key: found for key, found in bearers.items() if len(found) > 1 and any((one, key) in looked_at for one in found)}
    if not shared:
        return []
    shown: dict[str, set[str]] = defaultdict(set)
    told = list(examples())
    for example, question in zip(told, asker.questions((one.raw, one.publisher, one.version) for one in told), strict=True):
        for key in asker.keys(question) & shared.keys():
            row = asker.answer(question)
            if not answered(example, row):
                continue
            if _licensable(row):
                shown[key].add(str(row["family_id"]))
            elif example.expect == "ambiguous" and not any(character.isalpha() for character in question.padded.replace(key, " ")):
                shown[key].add("ambiguous")
    found = []
    for key, bearing in shared.items():
        for family, name in bearing.items():
            # A tool that is taken for another maker's tool accuses nobody.
            licensable = families[family].role in LICENSABLE_ROLES
            if licensable and (family, key) in looked_at and not shown[key] & {"ambiguous", families[family].id}:
                others = ", ".join(families[other].id for other in bearing if other != family)
                found.append((name, f"{' '.join(key.split())!r} is a name of {others} too, and no example tells them apart"))
    return found


def _family(name: Written) -> int:
    assert name.family is not None  # a name is always one of a family
    return name.family


def _own(asker: Asker, name: Written, row: Mapping[str, object]) -> bool:
    family = asker.engine.compiled.families[_family(name)]
    return row["family_id"] in (family.id, *(asker.engine.compiled.families[build.family].id for build in family.builds))


def _reaches(asker: Asker, name: Written, row: Mapping[str, object]) -> bool:
    if row["lm_status"] == "recognised":
        return _own(asker, name, row) or (name.role is not None and not _licensable(row))
    return row["lm_status"] == "ambiguous"


def _inner(asker: Asker, question: Question, family: str) -> str:
    compiled = asker.engine.compiled
    inside = [
        compiled.keys[key].strip()
        for key in sorted(question.keys)
        if any(compiled.families[naming.family].id == family for naming in compiled.entries[key].names)
    ]
    return max(inside, key=len, default="")


def _told(row: Mapping[str, object]) -> str:
    return str(row["lm_product_id"] or row["lm_status"])
