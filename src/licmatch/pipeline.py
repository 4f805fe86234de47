"""The whole flow on one page: gather, judge, roll up, describe, write. Start reading here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.assess import (
    EngineView,
    Organisation,
    Policy,
    category_ids,
    compare_ledger,
    gather,
    judge_case,
    judged_day,
    list_devices,
    load_organisation,
    load_policy,
)
from licmatch.ingest.records import Notice
from licmatch.result import Result, describe, write_result
from licmatch.rollup import conserve_rows, place_devices, score_units, unknown_names
from licmatch.schema import FINDINGS, INSTALLATIONS


def assess(
    inventory: object,
    *,
    devices: object = None,
    units: object = None,
    activations: object = None,
    traces: object = None,
    entitlements: object = None,
    rulings: object = None,
    ledger: object = None,
    organisation: Organisation | Mapping[str, Any] | str | Path | None = None,
    policy: Policy | Mapping[str, Any] | str | Path | None = None,
    as_of: date | str | None = None,
    engine: EngineView | None = None,
    out: str | Path | None = None,
    format: str | None = None,
    device_from: str = "auto",
    without: Sequence[str] = (),
    reports: Callable[[Result, Path], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Judge an inventory: one finding a device and category, rolled up over units, every row accounted for.

    `inventory`: paths, a polars frame (lazy or not) or anything with `__arrow_c_stream__`, with device_id and name;
    the other frames likewise, or a path. `as_of` is the day judged; without it the newest `collected_at` of the input.
    With `out` the result is also written there, whole or not at all; `reports` is called with the result and the
    unfinished folder, to put its files there. Raises LicmatchError: input, usage, plugin or result.
    """
    rules, owner = load_policy(policy), load_organisation(organisation)
    chosen = engine if engine is not None else _engine(without)
    side = {
        "devices": devices,
        "units": units,
        "activations": activations,
        "traces": traces,
        "entitlements": entitlements,
        "rulings": rulings,
    }
    case = gather(inventory, side=side, format=format, device_from=device_from, progress=progress)
    day = judged_day(as_of, case)
    # An engine with overrides must know the day: one that has run out does not act.
    on_day = getattr(chosen, "on_day", None)
    chosen = chosen if on_day is None else on_day(day)

    listed = list_devices(case, rules)
    placed = place_devices(case.units, listed.frame)
    judgement = judge_case(case, listed.in_units(placed.device_units), chosen, rules, owner, day)

    single = frozenset(category.id for category in chosen.categories if category.one_per_device)
    scores = score_units(judgement.devices, judgement.installations, judgement.findings, placed.tree, category_ids(chosen), single, rules)
    top = scores.filter(pl.col("parent_id").is_null())
    matches = judgement.names.matches()
    totals = conserve_rows(case.rows_in(), matches, int(top["rows"].sum()), case.rejected.height)
    notices = (*case.notices, *placed.notices, *judgement.notices, *_not_judged(case.entitlements, case.traces, owner))
    books = compare_ledger(ledger, judgement.devices)
    notices += books.notices() if books else ()
    side_rejected = pl.concat([case.side_rejected, placed.rejected, judgement.rejected, *([books.rejected] if books else [])])
    totals |= {
        "rejected_elsewhere": side_rejected.height, "names": matches.height, "devices": judgement.devices.height,
        "in_use": int(top["in_use"].sum()), "units": placed.tree.frame.height, "installations": judgement.installations.height,
        "files": len(case.files),
    }  # fmt: skip
    result = Result(
        manifest=describe(
            as_of=day, categories=chosen.categories, versions=chosen.versions, policy={"phase": rules.phase, "sha256": rules.sha256},
            files=case.files, notices=notices,
            totals=totals, without=without, ledger=books.described() if books else None,
        ),
        matches=matches,
        installations=judgement.installations.select(*INSTALLATIONS),
        findings=judgement.findings.select(*FINDINGS),
        scores=scores,
        unknown=unknown_names(judgement.names.frame, judgement.pairs, judgement.devices, top),
        rejected=pl.concat([case.rejected, side_rejected]),
        units=placed.tree.frame,
        devices=judgement.devices.drop("device"),
    )  # fmt: skip
    if out is None:
        return result
    return write_result(result, out, extra=None if reports is None else lambda folder: reports(result, folder))


def _engine(without: Sequence[str]) -> EngineView:
    # Loaded only where none was given: a caller with an engine should not pay for another.
    from licmatch.match import Engine

    return Engine.load(without=tuple(without))


def _not_judged(entitlements: pl.DataFrame, traces: pl.DataFrame, owner: Organisation) -> tuple[Notice, ...]:
    """What was handed in and does not bear on a verdict yet is said, so that nobody thinks it did."""
    given = [("entitlements", entitlements.height), ("traces", traces.height), *((f"organisation.{key}", 1) for key in owner.not_judged)]
    return tuple(Notice("NOT_JUDGED_YET", name, count, name) for name, count in given if count)
