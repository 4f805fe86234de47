"""The names as their files write them, and the engine with one of them switched off.

One written name stands for several keys ("(ms|microsoft) x") and one key may be written by several families. Switching a name off
takes this family's meaning from its keys only; the catalog is compiled once and masked, so that thousands of names are tried in seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.catalog.alternatives import expand
from licmatch.catalog.records import Family
from licmatch.match.answers import Answer, answer_of
from licmatch.match.decide import Decider
from licmatch.match.engine import Engine
from licmatch.normalize.name_steps import normalize
from licmatch.schema import DECISION_COLUMNS
from licmatch.signatures import Hit

TIERS = ("names", "alone", "weak", "generic", "memory", "weak_memory")
_EMPTY = lx.Entry()


@dataclass(frozen=True, slots=True)
class WrittenName:
    """One name of a family file: `tier` is the list it stands in, `role` that of a companion, `keys` what it compiles to."""

    family: int
    file: str
    tier: str
    phrase: str
    role: str | None
    keys: tuple[str, ...]
    spoken: tuple[str, ...]  # the strings it stands for, as written

    @property
    def strength(self) -> tuple[bool, int, bool]:
        """Where one family writes the same words twice, the greater of these is kept."""
        strengths = {"alone": lx.ALONE, "weak": lx.WEAK, "weak_memory": lx.WEAK, "generic": lx.GENERIC}
        return (self.role is None, strengths.get(self.tier, lx.STRONG), not self.tier.endswith("memory"))


def written_names(families: Sequence[tuple[str, str, Family]]) -> list[WrittenName]:
    """Return every name of the families in file order, companions behind the family's own."""
    drafts: list[tuple[int, str, str, str, str | None, list[str]]] = []
    for index, (file, _, family) in enumerate(families):
        for tier in TIERS:
            drafts += [(index, file, tier, phrase, None, expand(phrase)) for phrase in getattr(family, tier)]
        for role, listed in family.companions.items():
            drafts += [(index, file, "companions", phrase, role, expand(phrase)) for phrase in listed]
    keys = iter(normalize(pl.Series([text for *_, texts in drafts for text in texts], dtype=pl.String)).to_list())
    return [
        WrittenName(index, file, tier, phrase, role, tuple(next(keys) for _ in texts), tuple(texts))
        for index, file, tier, phrase, role, texts in drafts
    ]


@dataclass(frozen=True, slots=True)
class Question:
    """A name prepared to be decided again and again: normalised, its publisher resolved, its signatures known."""

    raw: str
    padded: str
    makers: frozenset[int] | None
    version: str | None
    hits: tuple[Hit, ...]
    keys: frozenset[int]


class Asker:
    """Asks one engine, whole or with names switched off."""

    def __init__(self, engine: Engine, names: Sequence[WrittenName]) -> None:
        self.engine = engine
        self._index = {key: index for index, key in enumerate(engine.compiled.keys)}
        # The same key written twice by one family stays when one of the two goes.
        self._written = Counter((name.family, key) for name in names for key in set(name.keys))

    def questions(self, rows: Iterable[tuple[str, str | None, str | None]]) -> list[Question]:
        """Prepare (name, publisher, version) rows."""
        listed = list(rows)
        names = pl.Series([name for name, _, _ in listed], dtype=pl.String)
        makers = self.engine.makers([publisher for _, publisher, _ in listed])
        hits = self.engine.name_hits(names)
        finder = self.engine.decider.finder
        return [
            Question(name, padded, makers[publisher], version, hits.get(at, ()), frozenset(finder.found(padded)))
            for at, ((name, publisher, version), padded) in enumerate(zip(listed, normalize(names).to_list(), strict=True))
        ]

    def answer(self, question: Question, decider: Decider | None = None) -> dict[str, object]:
        """Return the decision columns of one question."""
        decision = (decider or self.engine.decider).decide(question.raw, question.padded, question.makers, question.version)
        answer: Answer = answer_of(decision, question.hits, self.engine.compiled.vendors)
        return dict(zip(DECISION_COLUMNS, answer, strict=True))

    def indexes(self, name: WrittenName) -> set[int]:
        """Return the indexes of a name's keys."""
        return {self._index[key] for key in name.keys if key in self._index}

    def without(self, name: WrittenName) -> Decider | None:
        """Return the decider with this name switched off, or None where another name of the family writes all its keys too."""
        changed = {self._index[key]: self._left(self._index[key], name.family) for key in name.keys if self._written[name.family, key] == 1}
        return self.engine.decider.masked(changed) if changed else None

    def _left(self, index: int, family: int) -> lx.Entry | None:
        entry = self.engine.compiled.entries[index]
        rest = msgspec.structs.replace(entry, names=tuple(naming for naming in entry.names if naming.family != family))
        return None if msgspec.structs.replace(rest, flags=rest.flags & ~lx.NUMERIC) == _EMPTY else rest
