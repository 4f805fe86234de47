"""Signatures of installed programs against names: one prefilter over the column, then each signature on the few that pass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError
from licmatch.normalize.mojibake import repair
from licmatch.normalize.name_steps import cut_length, drop_invisible, fold_width, lower_case, simplify_han

INDICATION_BELOW = 0.70  # contract: below this, or known from general knowledge only, a hit is an indication
NAME_CEILING = 0.92  # a name alone never says more
_NOTHING = pl.Series([""])
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
    """Return names as signatures see them: mojibake repaired, no invisible characters, NFKC, lower case, simplified, single blanks."""
    for step in (cut_length, repair, drop_invisible, fold_width, lower_case, simplify_han):
        names = step(names)
    return names.str.replace_all(r"\s+", " ").str.strip_chars()


def _basename_regex(pattern: str) -> str:
    return r"(?:^|[\\/])" + ".*".join(re.escape(part) for part in pattern.split("*")) + "$"


def _word_regex(pattern: str) -> str:
    return r"(?:^|[^0-9a-z])" + re.escape(pattern) + r"(?:$|[^0-9a-z])"


def _as_regex(signature: Signature, pattern: str, folded: str) -> str:
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
        named = [signature for signature in signatures if signature.evidence in NAME_EVIDENCE and signature.match != "path"]
        folded = iter(signature_text(pl.Series([text for one in named for text in one.patterns], dtype=pl.String)).to_list())
        self._plain: list[tuple[Signature, str]] = []
        self._regex: list[tuple[Signature, str]] = []
        literals: set[str] = set()
        for one in named:
            texts = [next(folded) for _ in one.patterns]
            pattern = "|".join(_as_regex(one, raw, text) for raw, text in zip(one.patterns, texts, strict=True))
            # Names are lower case by now; folding case again would cost the engine its literal search.
            (self._regex if one.match == "regex" else self._plain).append(
                (one, pattern if pattern == pattern.lower() else f"(?i){pattern}")
            )
            if one.match != "regex":
                literals.update(max(text.split("*"), key=len) for text in texts)
        self._literals = sorted(literals)
        for signature, pattern in (*self._plain, *self._regex):
            try:
                _NOTHING.str.contains(pattern)
            except pl.exceptions.ComputeError as error:
                raise CatalogError(f"signature {signature.id}: a pattern cannot run in linear time: {error}") from None

    def hits(self, names: pl.Series) -> dict[int, tuple[Hit, ...]]:
        """Return {row: hits, strongest first} for the rows of a String column that bear any signature."""
        found: dict[int, list[Hit]] = {}
        if names.len() == 0:
            return {}
        text = signature_text(names)
        if self._literals:
            rows = text.str.contains_any(self._literals).fill_null(False).arg_true()
            self._collect(self._plain, text.gather(rows), rows, found)
        self._collect(self._regex, text, None, found)
        order = {
            row: sorted(hits, key=lambda hit: (hit.risk != "strong", -hit.confidence, hit.signature.id)) for row, hits in found.items()
        }
        return {row: tuple(order[row]) for row in sorted(order)}

    @staticmethod
    def _collect(rules: list[tuple[Signature, str]], text: pl.Series, rows: pl.Series | None, found: dict[int, list[Hit]]) -> None:
        if text.len() == 0:
            return
        # One query for all rules: they run side by side, and a single name does not pay for a query each.
        flags = text.to_frame("t").select(pl.col("t").str.contains(pattern).alias(str(at)) for at, (_, pattern) in enumerate(rules))
        for column, (signature, _) in zip(flags.iter_columns(), rules, strict=True):
            for index in column.arg_true().to_list():
                if not any(word.casefold() in text[index] for word in signature.exclude):
                    row = index if rows is None else rows[index]
                    found.setdefault(row, []).append(Hit(signature, min(signature.confidence, NAME_CEILING)))
