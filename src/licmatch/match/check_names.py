"""Checking names against each other: none may be out of reach, none may swallow its neighbour, each must earn its place.

A name earns its place when, switched off, at least one example is no longer answered as it should be. A name that does not is no
fault of the answers, so it is reported apart, as idle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from licmatch.match.examples import Example
from licmatch.match.written import Asker, Question, WrittenName
from licmatch.schema import LICENSABLE_ROLES


def _licensable(row: Mapping[str, object]) -> bool:
    return row["lm_status"] == "recognised" and row["lm_role"] in LICENSABLE_ROLES


def answered(example: Example, row: Mapping[str, object]) -> bool:
    """Say whether an answer is the expected one, a companion told by its role and a name from memory by its product."""
    if example.expect == "none":
        return not _licensable(row)
    if example.expect == "ambiguous":
        return row["lm_status"] == "ambiguous"
    if example.expect.startswith("role:"):
        return row["lm_status"] == "recognised" and row["lm_role"] == example.expect[5:]
    return _licensable(row) and row["lm_product_id"] == example.expect


def idle_names(asker: Asker, names: Sequence[WrittenName], examples: Sequence[Example]) -> list[tuple[WrittenName, str]]:
    """Return (name, why) for the names that no example needs, in the order given."""
    questions = asker.questions((example.raw, example.publisher, example.version) for example in examples)
    base = [asker.answer(question) for question in questions]
    holding: dict[int, list[int]] = defaultdict(list)
    for at, question in enumerate(questions):
        if answered(examples[at], base[at]):
            for key in sorted(question.keys):
                holding[key].append(at)
    families = asker.engine.compiled.families
    found = []
    for name in names:
        masked = asker.without(name)
        if masked is None:
            found.append((name, "other names of the family say the same"))
            continue
        own = families[name.family].id
        # Examples of the family itself first: one that is lost settles it.
        rows = sorted({at for key in asker.indexes(name) for at in holding[key]}, key=lambda at: (base[at]["family_id"] != own, at))
        if not rows:
            found.append((name, "stands in no example"))
        elif all(answered(examples[at], asker.answer(questions[at], masked)) for at in rows):
            found.append((name, f"the {len(rows)} examples it stands in hold without it"))
    return found


def overwritten_names(names: Sequence[WrittenName]) -> list[tuple[WrittenName, str]]:
    """Return the names nothing of which reaches the catalog, because the same family lists the same words more strongly, or before."""
    winners: dict[tuple[int, str], WrittenName] = {}
    for name in names:
        for key in name.keys:
            known = winners.setdefault((name.family, key), name)
            if name.strength > known.strength:
                winners[name.family, key] = name
    found = []
    for name in names:
        over = [winners[name.family, key] for key in name.keys]
        if name not in over:
            found.append((name, f"{name.phrase!r} is never read: {over[0].phrase!r} in `{over[0].tier}` says the same"))
    return found


def misled_names(asker: Asker, names: Sequence[WrittenName]) -> list[tuple[WrittenName, str]]:
    """Return (name, fault) for the names that never mean their own family, and for those a neighbour inside them swallows.

    Each string a name stands for is asked alone and beside its own maker. A name that two families rightly share may be ambiguous.
    """
    families = asker.engine.compiled.families
    vendors = asker.engine.compiled.vendors
    asked = [(name, text, vendors[families[name.family].vendor].name) for name in names for text in name.spoken]
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


def _own(asker: Asker, name: WrittenName, row: Mapping[str, object]) -> bool:
    family = asker.engine.compiled.families[name.family]
    return row["family_id"] in (family.id, *(asker.engine.compiled.families[build.family].id for build in family.builds))


def _reaches(asker: Asker, name: WrittenName, row: Mapping[str, object]) -> bool:
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
