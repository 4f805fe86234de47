"""Signatures of installed programs against names: one prefilter over the column, then each signature on the few that pass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError
from licmatch.normalize.name_steps import cut_length, drop_invisible, fold_width, lower_case, simplify_han

INDICATION_BELOW = 0.70  # contract: below this, or known from general knowledge only, a hit is an indication
NAME_CEILING = 0.92  # a name alone never says more
NAME_EVIDENCE = ("installed_program", "file_name")

# What is itself a tool for unlicensed use, as against a product that was tampered with or repacked.
TOOL_KINDS = frozenset(
    {"activator", "kms_emulator", "crack", "keygen", "loader", "patcher", "license_tool", "hack_tool", "crack_tool", "key_tool"}
)


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


def signature_text(names: pl.Series) -> pl.Series:
    """Return names as signatures see them: no invisible characters, NFKC, lower case, simplified, single blanks."""
    for step in (cut_length, drop_invisible, fold_width, lower_case, simplify_han):
        names = step(names)
    return names.str.replace_all(r"\s+", " ").str.strip_chars()


def _basename_regex(pattern: str) -> str:
    return r"(?:^|[\\/])" + ".*".join(re.escape(part) for part in pattern.split("*")) + "$"


def _word_regex(pattern: str) -> str:
    return r"(?:^|[^0-9a-z])" + re.escape(pattern) + r"(?:$|[^0-9a-z])"


def _as_regex(signature: Signature, pattern: str) -> str:
    folded = str(signature_text(pl.Series([pattern]))[0])
    match signature.match:
        case "regex":
            return f"(?:{pattern})"
        case "word":
            return _word_regex(folded)
        case "substring":
            return re.escape(folded)
        case "exact":
            return f"^{re.escape(folded)}$"
        case "basename":
            return _basename_regex(folded)
    raise CatalogError(f"signature {signature.id}: a name cannot be matched by {signature.match!r}")


class NameSignatures:
    """The signatures that speak about names, compiled. Patterns run in a linear-time engine; immutable, shared by threads."""

    def __init__(self, signatures: Sequence[Signature]) -> None:
        self._rules: list[tuple[Signature, str]] = []
        for signature in signatures:
            if signature.evidence in NAME_EVIDENCE and signature.match != "path":
                patterns = "|".join(_as_regex(signature, pattern) for pattern in signature.patterns)
                self._rules.append((signature, f"(?i){patterns}"))
        self._any = "(?i)" + "|".join(f"(?:{pattern[4:]})" for _, pattern in self._rules) if self._rules else None
        try:
            if self._any:
                pl.Series([""]).str.contains(self._any)
        except pl.exceptions.ComputeError as error:
            raise CatalogError(f"a signature pattern cannot run in linear time: {error}") from None

    def hits(self, names: pl.Series) -> dict[int, tuple[Hit, ...]]:
        """Return {row: hits, strongest first} for the rows of a String column that bear any signature."""
        if self._any is None or names.len() == 0:
            return {}
        text = signature_text(names)
        rows = text.str.contains(self._any).fill_null(False).arg_true()
        if rows.len() == 0:
            return {}
        few = text.gather(rows)
        positions = rows.to_list()
        found: dict[int, list[Hit]] = {}
        texts = few.to_list()
        for signature, pattern in self._rules:
            for index in few.str.contains(pattern).arg_true().to_list():
                if not any(word.casefold() in texts[index] for word in signature.exclude):
                    found.setdefault(positions[index], []).append(Hit(signature, min(signature.confidence, NAME_CEILING)))
        return {
            row: tuple(sorted(hits, key=lambda hit: (hit.risk != "strong", -hit.confidence, hit.signature.id)))
            for row, hits in found.items()
        }
