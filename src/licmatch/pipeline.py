"""The whole flow on one page: gather, judge, roll up, describe, write. Start reading here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.assess import (
    CountedRows,
    EngineView,
    Judgement,
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
from licmatch.assess.facts.licensing import evidence_version
from licmatch.assess.ruling_outcomes import outcome_notices, ruled_on, ruling_outcomes
from licmatch.assess.ruling_scope import over_units, without_unfilled
from licmatch.errors import UsageError
from licmatch.place import scratch_folder
from licmatch.privacy import Key, names_in_case, pseudonymise, read_key
from licmatch.result import Result, TableParts, chained, describe, log_described, previous_log, write_result
from licmatch.rollup import conserve_rows, count_units, place_devices, score_units, unknown_names
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
    previous: str | Path | None = None,
    pseudonymize: Key | str | Path | None = None,
    names: Iterable[str] = (),
    reports: Callable[[Result, Path], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
    memory_limit: int | None = None,
) -> Result:
    """Judge an inventory: one finding a device and category, rolled up over units, every row accounted for.

    `inventory`: paths, a polars frame (lazy or not) or anything with `__arrow_c_stream__`, with device_id and name;
    the other frames likewise, or a path. `as_of` is the day judged; without it the newest `collected_at` of the input.
    `previous` is an earlier result of the same place, whose log of rulings this one goes on from.
    `pseudonymize` is a key or its file: the result then names no device and no person, and is judged the same;
    `names` are people that only free text would name.
    With `out` the result is also written there, whole or not at all; `reports` is called with the result and the
    unfinished folder, to put its files there. With a `memory_limit` in bytes, what grows with rows and computers waits in
    temporary files; the result is the same. Raises LicmatchError: input, usage, plugin or result.
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
    earlier = previous_log(previous)
    key = read_key(pseudonymize) if isinstance(pseudonymize, str | Path) else pseudonymize
    case = gather(inventory, side=side, format=format, device_from=device_from, progress=progress, limited=memory_limit is not None)
    day = judged_day(as_of, case)
    # An engine with overrides must know the day: one that has run out does not act.
    on_day = getattr(chosen, "on_day", None)
    chosen = chosen if on_day is None else on_day(day)

    listed = list_devices(case, rules)
    placed = place_devices(case.units, listed.frame)
    case = replace(case, rulings=over_units(case.rulings, placed.tree.frame, placed.tree.ancestors))
    single = frozenset(category.id for category in chosen.categories if category.one_per_device)
    parts = TableParts(None if memory_limit is None else scratch_folder())
    counts: list[pl.DataFrame] = []
    ruled_copies: list[pl.DataFrame] = []
    ruled_findings: list[pl.DataFrame] = []

    def kept(part: Judgement) -> Judgement:
        """Count what of the judgement goes into scores and logs, keep what goes into tables, and let go of the rest."""
        counts.append(count_units(part.devices, part.installations, part.findings, category_ids(chosen), single, rules))
        ruled_copies.append(ruled_on(part.installations))
        ruled_findings.append(ruled_on(part.findings))
        parts.add(installations=part.installations.select(*INSTALLATIONS), findings=part.findings.select(*FINDINGS))
        return replace(part, installations=part.installations.select("at"), findings=part.findings.select("device"))

    judgement = judge_case(
        case, listed.in_units(placed.device_units), chosen, rules, owner, day,
        ancestors=placed.tree.ancestors, each=kept, memory=memory_limit,
    )  # fmt: skip
    outcomes = ruling_outcomes(case.rulings, pl.concat(ruled_copies), pl.concat(ruled_findings), rules, day)
    log = chained(outcomes.to_dicts(), day.isoformat(), earlier)

    books = compare_ledger(ledger, judgement.devices)
    scores = score_units(
        counts, judgement.devices, placed.tree, category_ids(chosen), rules,
        position=judgement.position, licences=judgement.licences, ledger=books.devices if books else None,
    )  # fmt: skip
    top = scores.filter(pl.col("parent_id").is_null())
    matches = judgement.names.matches()
    totals = conserve_rows(case.rows_in(), matches, int(top["rows"].sum()), case.rejected.height)
    side_rejected, unfilled = without_unfilled(case.side_rejected)
    notices = (*case.notices, *placed.notices, *judgement.notices, *outcome_notices(outcomes), *unfilled)
    notices += books.notices() if books else ()
    side_rejected = pl.concat([side_rejected, placed.rejected, judgement.rejected, *([books.rejected] if books else [])])
    totals |= {
        "rejected_elsewhere": side_rejected.height, "names": matches.height, "devices": judgement.devices.height,
        "in_use": int(top["in_use"].sum()), "units": placed.tree.frame.height, "installations": judgement.installations.height,
        "files": len(case.files),
    }  # fmt: skip
    result = Result(
        manifest=describe(
            as_of=day,
            categories=chosen.categories,
            versions=dict(chosen.versions) | {"rules": evidence_version()},
            policy={"phase": rules.phase, "sha256": rules.sha256},
            files=case.files,
            notices=notices,
            totals=totals,
            without=without,
            ledger=books.described() if books else None,
            verdicts=dict(rules.verdict_table().select("verdict", "state").iter_rows()),
            rulings_log=log_described(log, len(earlier)),
            rules=judgement.told,
            assignment=judgement.assignment,
        ),
        matches=matches,
        installations=parts.table("installations"),
        findings=parts.table("findings"),
        scores=scores,
        unknown=unknown_names(judgement.names.frame, judgement.held_open, judgement.devices, top),
        rejected=pl.concat([case.rejected, side_rejected]),
        units=placed.tree.frame,
        devices=judgement.devices.drop("device"),
        rulings_log=log,
        position=judgement.position,
        entitlements=judgement.holdings,
        assignment=judgement.assigned,
    )  # fmt: skip
    if key is not None:
        if isinstance(case.software, CountedRows):
            raise UsageError("rows that lie elsewhere cannot be searched for names", hint="give the result its pseudonyms: licmatch merge")
        result = pseudonymise(result, key, names_in_case(case.software, case.activations, case.traces, [*owner.names(), *names]))
    if out is None:
        return result
    # All that was judged is in the result; whoever writes it needs the room.
    del inventory, case, judgement, matches
    return write_result(result, out, extra=None if reports is None else lambda folder: reports(result, folder))


def _engine(without: Sequence[str]) -> EngineView:
    # Loaded only where none was given: a caller with an engine should not pay for another.
    from licmatch.match import Engine

    return Engine.load(without=tuple(without))
