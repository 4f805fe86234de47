"""Signatures of installed programs against names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from licmatch.catalog.records import Signature
from licmatch.normalize.name_steps import readable
from licmatch.signatures.compiled import NAME_EVIDENCE, NAMES, TOOL_KINDS, CompiledSet, members
from licmatch.signatures.patterns import PatternSet
from licmatch.signatures.text import signature_text, text_of_readable

__all__ = ["NAME_CEILING", "NAME_EVIDENCE", "TOOL_KINDS", "Hit", "NameSignatures", "risk_of", "signature_text"]

INDICATION_BELOW = 0.70  # contract: below this, or known from general knowledge only, a hit is an indication
NAME_CEILING = 0.92  # a name alone never says more


@dataclass(frozen=True, slots=True)
class Hit:
    """One signature that a name bears."""

    signature: Signature
    confidence: float  # at most NAME_CEILING

    @property
    def risk(self) -> str:
        return risk_of(self.confidence, self.signature.memory)


def risk_of(confidence: float, memory: bool) -> str:
    """Return the `lm_risk` of a name hit.

    >>> risk_of(0.97, False), risk_of(0.55, False), risk_of(0.97, True)
    ('strong', 'indication', 'indication')
    """
    return "indication" if memory or confidence < INDICATION_BELOW else "strong"


class NameSignatures:
    """The signatures that speak about names, compiled. Immutable, shared by threads."""

    def __init__(self, signatures: Sequence[Signature], compiled: Mapping[str, CompiledSet] | None = None) -> None:
        """Ask these signatures; `compiled` are the sets `load_sets` gives for them, else they are compiled now."""
        self._patterns = PatternSet(members(signatures).get(NAMES, ()), None if compiled is None else compiled.get(NAMES))

    def hits(self, names: pl.Series) -> dict[int, tuple[Hit, ...]]:
        """Return {row: hits, strongest first} for the rows of a String column that bear any signature."""
        return self.hits_of_readable(readable(names))

    def hits_of_readable(self, names: pl.Series) -> dict[int, tuple[Hit, ...]]:
        """Return what `hits` does, of names that are `readable` already."""
        return self.hits_of_texts(text_of_readable(names))

    def may_hit(self, texts: pl.Series) -> pl.Series:
        """Return, for names as `signature_text` writes them, a Boolean column: only these have to be asked."""
        return self._patterns.may_hit(texts)

    def may_hit_one(self, text: str) -> bool:
        """Say of one text what `may_hit` says of a column."""
        return self._patterns.may_hit_one(text)

    def hits_of_texts(self, texts: pl.Series) -> dict[int, tuple[Hit, ...]]:
        """Return what `hits` does, of names as `signature_text` writes them."""
        found: dict[int, list[Hit]] = {}
        for row, index in self._patterns.find(texts).iter_rows():
            signature = self._patterns.signatures[index]
            found.setdefault(row, []).append(Hit(signature, min(signature.confidence, NAME_CEILING)))
        return {
            row: tuple(sorted(hits, key=lambda hit: (hit.risk != "strong", -hit.confidence, hit.signature.id)))
            for row, hits in found.items()
        }
