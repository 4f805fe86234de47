"""Signatures of every evidence kind against traces: what was found on a device beside its list of programs.

A trace is asked of the signatures of its own kind first. A thing's own name is read too: a file, a folder, a service or a process that is
called as a known tool is that tool until somebody says otherwise, but like any name alone it never says more than `NAME_CEILING`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from licmatch.catalog.records import Signature
from licmatch.signatures import trace_texts as say
from licmatch.signatures.compiled import NAMES, TOOLS, load_sets, members
from licmatch.signatures.names import NAME_CEILING
from licmatch.signatures.patterns import PatternSet
from licmatch.signatures.text import has_spelt_out, trace_text

HITS: dict[str, pl.DataType] = {
    "row": pl.UInt32(), "signature_id": pl.String(), "confidence": pl.Float64(), "memory": pl.Boolean(),
}  # fmt: skip
ALIASES = {"hostname": "computer_name"}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a kind of trace: which texts it gives, and which signatures are asked about them."""

    texts: Callable[[pl.DataFrame], pl.DataFrame]
    asked: str
    by_name: bool = False  # the thing is only called so: at most NAME_CEILING


_FILE = (_Reading(say.file_names, "file_name"), _Reading(say.tool_words, TOOLS, by_name=True))
_NAMED_FILE = (
    _Reading(lambda texts: say.file_names(say.files_in(texts)), "file_name"),
    _Reading(say.files_in, "file_path"),
    _Reading(lambda texts: say.tool_words(say.files_in(texts)), TOOLS, by_name=True),
)
_TOLD_HOST = _Reading(say.told_hosts, "kms_host")
READINGS: Mapping[str, tuple[_Reading, ...]] = {
    "installed_program": (_Reading(say.whole, NAMES, by_name=True),),
    "file_name": _FILE,
    "file_path": (_Reading(say.paths, "file_path"), *_FILE),
    "process": (
        _Reading(say.processes, "file_path"),
        _Reading(lambda texts: say.file_names(say.processes(texts)), "file_name"),
        _Reading(lambda texts: say.tool_words(say.processes(texts)), TOOLS, by_name=True),
    ),
    "service": (_Reading(say.whole, "service"), _Reading(say.last_words, TOOLS, by_name=True), *_NAMED_FILE),
    "scheduled_task": (_Reading(say.whole, "scheduled_task"), _Reading(say.last_words, TOOLS, by_name=True), *_NAMED_FILE, _TOLD_HOST),
    "registry_value": (
        _Reading(say.registry_paths, "registry_path"),
        _Reading(say.registry_values, "registry_value"),
        *_NAMED_FILE,
        _TOLD_HOST,
    ),
    "command_history": (_Reading(say.whole, "command_history"), *_NAMED_FILE, _TOLD_HOST),
    "av_detection": (_Reading(say.whole, "av_detection"),),
    "hosts_line": (_Reading(say.blocked_hosts, "hosts_line"),),
    "kms_host": (_Reading(say.hosts, "kms_host"),),
    "computer_name": (_Reading(say.first_labels, "computer_name"),),
    "oem_branding": (_Reading(say.whole, "oem_branding"),),
    "os_caption": (_Reading(say.whole, "os_caption"),),
    "kms_epid": (_Reading(say.unbroken, "kms_epid"),),
    "product_id": (_Reading(say.unbroken, "product_id"),),
    "partial_key": (_Reading(say.last_five, "partial_key"),),
    "kms_hwid": (_Reading(say.hex_digits, "kms_hwid"),),
}
TRACE_KINDS = (*READINGS, *ALIASES)
# Kinds that every computer has one of. Their readings only leave parts of the text out, so what holds no letters of a signature as it
# stands is not read at all; that is sure of texts which normalising does nothing to but to make their letters small.
_SIEVED = ("computer_name", "product_id")
_PLAIN = r"^[0-9A-Za-z_.-]+$"


class TraceSignatures:
    """The signatures of all evidence kinds, compiled. Immutable, shared by threads."""

    def __init__(self, signatures: Sequence[Signature]) -> None:
        compiled = load_sets(tuple(signatures))
        self._sets = {name: PatternSet(listed, compiled[name]) for name, listed in members(signatures).items()}

    def hits(self, traces: pl.DataFrame) -> pl.DataFrame:
        """Return row (its number in `traces`), signature_id, confidence and memory of every hit, each once.

        `traces` has the columns kind and value; a kind that is not in `TRACE_KINDS` hits nothing. Sorted by row, strongest first.
        All hits of one row tell of one fact: they are one piece of evidence, of the kind of the trace. Equal traces are read once.
        """
        given = traces.select(pl.col("kind", "value").cast(pl.String))
        rows = given.with_columns(pl.col("kind").replace(ALIASES)).with_row_index("row")
        known = rows.filter(pl.col("kind").is_in(list(READINGS)) & pl.col("value").is_not_null() & self._can_hit(rows))
        distinct = known.unique(["kind", "value"], maintain_order=True).select("kind", "value").with_row_index("d")
        if distinct.is_empty():
            return pl.DataFrame(schema=HITS)
        distinct = distinct.with_columns(text=trace_text(distinct["value"]))
        found = pl.concat(
            [self._of_kind(str(kind), group.select("d", "text")) for (kind,), group in distinct.group_by("kind", maintain_order=True)]
        )
        told = found.join(distinct.select("d", "kind", "value"), on="d").drop("d")
        return (
            known.join(told, on=["kind", "value"])
            .select(pl.col(name).cast(dtype) for name, dtype in HITS.items())
            .sort("row", "memory", "confidence", "signature_id", descending=[False, False, True, False])
        )

    def _can_hit(self, rows: pl.DataFrame) -> pl.Series:
        """Whether each trace (kind, value) has to be read, by its kind and its text as it stands."""
        asked = pl.repeat(True, rows.height, dtype=pl.Boolean, eager=True)
        for kind in _SIEVED:
            sets = [self._sets[reading.asked] for reading in READINGS[kind] if reading.asked in self._sets]
            if sets and all(patterns.sieved for patterns in sets):
                literals = sorted({literal for patterns in sets for literal in patterns.literals})
                mine = (rows["kind"] == kind).fill_null(False).arg_true()
                small = pl.col("small")
                nothing = pl.col("value").str.contains(_PLAIN) & ~small.str.contains_any(literals) & ~has_spelt_out(small)
                told = rows.select(pl.col("value").gather(mine)).with_columns(small=pl.col("value").str.to_lowercase())
                asked = asked.scatter(mine.filter(told.select(nothing.fill_null(False)).to_series()), False)
        return asked

    def _of_kind(self, kind: str, texts: pl.DataFrame) -> pl.DataFrame:
        """Return d, signature_id, confidence and memory of the hits on the distinct traces of one kind."""
        told = [pl.DataFrame(schema=_FOUND)]
        for reading in READINGS[kind]:
            if (patterns := self._sets.get(reading.asked)) is not None:
                most = NAME_CEILING if reading.by_name else 1.0
                told.append(_found(patterns, reading.texts(texts)).with_columns(pl.col("confidence").clip(upper_bound=most)))
        return pl.concat(told).sort("confidence", descending=True).unique(["d", "signature_id"], keep="first", maintain_order=True)


_FOUND = {"d": pl.UInt32(), "signature_id": pl.String(), "confidence": pl.Float64(), "memory": pl.Boolean()}


def _found(patterns: PatternSet, texts: pl.DataFrame) -> pl.DataFrame:
    """Ask each distinct text once: most folders are those of a thousand other files."""
    places = texts.with_columns(pl.col("text").str.strip_chars())
    asked = places.select("text").unique(maintain_order=True).drop_nulls()
    hits = patterns.find(asked["text"])
    facts = pl.DataFrame(
        [(one.id, one.confidence, one.memory) for one in patterns.signatures],
        schema={"signature_id": pl.String, "confidence": pl.Float64, "memory": pl.Boolean}, orient="row",
    )  # fmt: skip
    told = pl.DataFrame([asked["text"].gather(hits["at"]), *facts[hits["signature"]].iter_columns()])
    return places.join(told, on="text").select(pl.col(name).cast(dtype) for name, dtype in _FOUND.items())
