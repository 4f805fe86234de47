"""Hearing the evidence: traces and rules of a case, as items that bear on copies, and flags that stand beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.assess.case import Case
from licmatch.assess.engine_view import EngineView
from licmatch.assess.facts import FactTables, fact_tables
from licmatch.assess.facts.columns import looked_up
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.facts.licences import licence_rows
from licmatch.assess.facts.lots import Lots
from licmatch.assess.facts.traces import Found, found_traces
from licmatch.assess.facts.units import unit_types
from licmatch.assess.fusion import ITEMS
from licmatch.assess.installations import RISK_RANK, Collapsed
from licmatch.assess.names import Names, victim
from licmatch.assess.occurrences import Occurrences
from licmatch.assess.organisation import Organisation
from licmatch.assess.policy import Policy
from licmatch.assess.rule_items import exempted, flagged, rule_items
from licmatch.assess.side_by_side import side_by_side
from licmatch.assess.signature_hits import emulator_epids, signature_hits
from licmatch.assess.source_rows import SourceRows
from licmatch.rules import Rule, hits_by_rule

ALLOWED, EXEMPT, REGISTERED = "allowed_tool", "exempt_device", "registered_host"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`items`: the columns of `fusion.ITEMS`; `flags`: as of `rule_items.flagged`; `tables`: the facts the rules were asked on."""

    items: pl.DataFrame
    flags: pl.DataFrame
    tables: FactTables


def hear(
    case: Case,
    devices: pl.DataFrame,
    occurrences: Occurrences,
    sources: SourceRows,
    names: Names,
    licensed: pl.DataFrame,
    collapsed: Collapsed,
    lots: Lots,
    engine: EngineView,
    policy: Policy,
    owner: Organisation,
    as_of: date,
    *,
    ancestors: pl.DataFrame,
    rules: Sequence[Rule],
) -> Evidence:
    """Return the evidence of a case. `licensed`: the copies as `judge_licences` leaves them; `owner`: facts in force on the day."""
    pairs = occurrences.pairs
    matcher = engine.trace_signatures

    def traced() -> tuple[Found, pl.DataFrame]:
        found = found_traces(case.traces, devices, case.activations)
        return found, signature_hits(pairs, names, found, matcher, engine, policy)

    def licensed_by() -> tuple[pl.DataFrame, pl.DataFrame]:
        epids = emulator_epids(case.activations["kms_epid"], matcher, engine)
        return licence_rows(case.activations, devices, epids), sources.dates(collapsed.pieces)

    (found, hits), (licences, dates) = side_by_side(traced, licensed_by)
    tables = fact_tables(
        devices=devices,
        units=unit_types(case.units, ancestors),
        licences=licences,
        traces=found,
        hits=hits,
        installations=licensed,
        dates=dates,
        days=occurrences.days,
        seen=_seen(pairs, names),
        vendors=_vendors(pairs.filter(pl.col("device").is_in(hits["device"].unique().implode())), names, engine),
        signatures=engine.signatures,
        bought=case.entitlements["product"].unique().str.to_lowercase().unique().to_list(),
        lots=lots,
        owner=owner,
        as_of=as_of,
    )
    met = hits_by_rule(rules, tables.by_grain(), as_of=as_of)
    by_rules, flags = side_by_side(lambda: rule_items(rules, met, tables), lambda: flagged(rules, met, tables))
    items = pl.concat([_signature_items(tables.trace, tables.device), by_rules])
    return Evidence(_without_exempt(items, exempted(rules, met)), flags, tables)


def _vendors(pairs: pl.DataFrame, names: Names, engine: EngineView) -> pl.DataFrame:
    """device, vendor of the software of vendors whose programs some signature is a crack of; asked of devices with traces only."""
    known = names.frame.filter(victim(engine)).select("match", vendor="lm_vendor").drop_nulls("vendor")
    return Distinct.of(pairs.select("device", "match").join(known, on="match"), ["device", "vendor"]).frame


def _seen(pairs: pl.DataFrame, names: Names) -> pl.DataFrame:
    """The software that a rule asks for by name: device, row and what the name was recognised as."""
    asked = names.frame.filter("asked").select(
        "match", "name", "publisher", "family_id", vendor="lm_vendor", category="lm_category"
    )  # fmt: skip
    return pairs.select("device", "match", "row").join(asked, on="match").drop("match").sort("device", "name", "publisher", nulls_last=True)


def _signature_items(hits: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    """A trace by itself: it accuses, it is no statement about today, and a tool that the owner allows here is explained.

    What is older than the system it lies on came with somebody's files; detections and archives that nothing else speaks of show
    a file and not its use: either is an indication and no more.
    """
    installed = looked_up(hits, "device", devices.select("device", "os_installed_on"))
    older = (pl.col("seen_on") < pl.col("os_installed_on")).fill_null(False)
    most = pl.when(older | pl.col("only_resting")).then(pl.min_horizontal("risk", pl.lit(RISK_RANK["indication"]))).otherwise("risk")
    explained = pl.when("allowed").then(pl.lit(ALLOWED)).when("registered").then(pl.lit(REGISTERED))
    return installed.select(
        pl.col("device"), pl.col("category"), at=pl.lit(None), copies_of=pl.col("copies_of"), line=pl.lit(None),
        kind=pl.col("evidence_kind"),
        code=pl.lit("undetermined"), confidence=pl.col("confidence"), risk_at_most=most, current=pl.lit(False),
        memory=pl.col("memory"), accuses=pl.lit(True), named=pl.col("named"), off_by=explained,
        once=pl.lit(False), rule_id=pl.col("signature_id"), source=pl.col("source"), row=pl.col("row"), text=pl.col("value"),
    ).select(pl.col(name).cast(dtype) for name, dtype in ITEMS.items())  # fmt: skip


def _without_exempt(items: pl.DataFrame, exempt: pl.Series) -> pl.DataFrame:
    """On a device that the owner exempts everything is explained, and shown as that."""
    if exempt.is_empty():
        return items
    on_exempt = pl.when(pl.col("device").is_in(exempt.implode())).then(pl.lit(EXEMPT))
    return items.with_columns(off_by=pl.coalesce("off_by", on_exempt))
