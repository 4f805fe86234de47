"""The stage as a whole: names decided, occurrences counted, installations collapsed, judged, found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from licmatch.assess.case import Case
from licmatch.assess.devices import Devices
from licmatch.assess.engine_view import EngineView
from licmatch.assess.evidence import gathered
from licmatch.assess.findings import find, list_open_names
from licmatch.assess.installations import Collapsed, collapse
from licmatch.assess.names import Names, decide_names
from licmatch.assess.occurrences import Occurrences, count_occurrences
from licmatch.assess.organisation import Organisation
from licmatch.assess.policy import Policy
from licmatch.assess.rulings import Ruled, apply_rulings
from licmatch.assess.signature_hits import SignatureHits, signature_hits
from licmatch.assess.source_rows import find_sources
from licmatch.assess.trials import evaluation_ends
from licmatch.assess.verdicts import judge
from licmatch.ingest.records import Notice
from licmatch.schema import NAME_KEY, STATUSES


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judging a case gives.

    `devices`: one row a device with `in_scope` and its rows by status. `installations` and `findings` have the columns of
    the result tables and more, for the roll-up. `pairs`: device, match, rows of names that matter. `rejected`: rulings
    that could not be used.
    """

    names: Names
    devices: pl.DataFrame
    pairs: pl.DataFrame
    installations: pl.DataFrame
    findings: pl.DataFrame
    rejected: pl.DataFrame
    notices: tuple[Notice, ...]


def judge_case(case: Case, listed: Devices, engine: EngineView, policy: Policy, organisation: Organisation, as_of: date) -> Judgement:
    """Return the judgement of a case on a day. `listed`: the case's devices, each with the unit it counts for."""
    names = decide_names(case.software, listed.os_names, engine)
    occurrences = count_occurrences(case.software, names, listed.frame)
    devices = _with_rows(listed.frame, occurrences.rows)
    pairs = occurrences.pairs
    os_pairs = listed.os_names.join(names.frame.select("match", *NAME_KEY), on=list(NAME_KEY), nulls_equal=True).select("device", "match")

    hits = signature_hits(pairs, names, engine, policy)
    opened = list_open_names(pairs, names)
    collapsed = collapse(pairs, os_pairs, names, engine, policy)
    sources = find_sources(case.software, [hits.pieces, opened.pieces, collapsed.pieces])
    hits = replace(hits, pieces=sources.said_on(hits.pieces))
    opened = replace(opened, pieces=sources.said_on(opened.pieces))
    collapsed = replace(collapsed, pieces=sources.said_on(collapsed.pieces))
    trials = evaluation_ends(case.activations, devices, policy)
    judged = judge(
        collapsed.frame,
        hits=hits,
        trials=trials,
        devices=devices,
        engine=engine,
        policy=policy,
        organisation=organisation,
        as_of=as_of,
    )
    ruled = apply_rulings(judged, case.rulings, names, policy, as_of)
    findings = find(_with_state(ruled.installations, policy), hits, opened, devices, engine, policy)
    installations = _with_state(ruled.installations, policy).with_columns(_evidence(ruled, hits, collapsed))
    return Judgement(
        names=Names(_with_devices(names.frame, occurrences, os_pairs)),
        devices=devices,
        pairs=pairs,
        installations=installations,
        findings=findings,
        rejected=ruled.rejected,
        notices=ruled.notices,
    )


def _with_state(installations: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    return installations.with_columns(state=pl.col("verdict").replace_strict(policy.states(), return_dtype=pl.String))


def _evidence(ruled: Ruled, hits: SignatureHits, collapsed: Collapsed) -> pl.Series:
    """What speaks on each installation, in their order: rulings first, then traces, then the names it was seen under.

    Every installation was seen under a name, so there is a list for each.
    """
    of_traces = hits.pieces_on(ruled.installations.filter("traced")).drop("hit")
    return gathered([*([] if ruled.pieces is None else [ruled.pieces]), of_traces, collapsed.pieces], ["at"])["evidence"]


def _with_rows(devices: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    counted = devices.join(rows, on="device", how="left", maintain_order="left")
    return counted.with_columns(pl.col(status).fill_null(0) for status in STATUSES)


def _with_devices(names: pl.DataFrame, occurrences: Occurrences, os_pairs: pl.DataFrame) -> pl.DataFrame:
    """Add each name's devices. One that the devices table gives counts those that give it there too, none twice."""
    from_table = os_pairs["match"].unique().implode()
    in_software = occurrences.pairs.filter(pl.col("match").is_in(from_table)).select("device", "match")
    with_table = pl.concat([in_software, os_pairs]).unique().group_by("match").agg(with_table=pl.len().cast(pl.Int64))
    return (
        names.join(occurrences.devices, on="match", how="left", maintain_order="left")
        .join(with_table, on="match", how="left", maintain_order="left")
        .with_columns(devices=pl.coalesce("with_table", "devices").fill_null(0))
        .drop("with_table")
    )
