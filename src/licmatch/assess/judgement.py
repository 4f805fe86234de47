"""The stage as a whole: names decided, occurrences counted, installations collapsed, judged, found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

from licmatch.assess.case import Case
from licmatch.assess.category_judges import judge_categories
from licmatch.assess.device_blocks import Block, device_blocks, in_turn, shares
from licmatch.assess.devices import Devices
from licmatch.assess.engine_view import EngineView
from licmatch.assess.evidence import gathered
from licmatch.assess.facts import FactTables
from licmatch.assess.facts.lots import Lots, bought, read_lots
from licmatch.assess.findings import find, list_open_names
from licmatch.assess.fusion import Fused, fuse
from licmatch.assess.hearing import hear
from licmatch.assess.installations import Collapsed, collapse
from licmatch.assess.judgement_record import Judgement, counted_on, joined
from licmatch.assess.names import Names, decide_names
from licmatch.assess.occurrences import Occurrences, count_occurrences, match_numbers
from licmatch.assess.organisation import Organisation
from licmatch.assess.papers import Papers, set_against
from licmatch.assess.policy import Policy
from licmatch.assess.product_states import product_states, running_names
from licmatch.assess.rule_items import flag_pieces
from licmatch.assess.rulings import Ruled, apply_rulings, rule_on_traces, with_accusers
from licmatch.assess.source_rows import find_sources
from licmatch.assess.told import told_rules
from licmatch.assess.trials import evaluation_ends
from licmatch.assess.verdicts import beyond_circumvention, judge_licences, settle
from licmatch.ingest.numbered import NumberedRows
from licmatch.ingest.records import Notice
from licmatch.licences.rights import built_in_rights
from licmatch.rules import Rule, judging_rules
from licmatch.rules.columns import rows_of
from licmatch.schema import NAME_KEY, STATUSES

END_OF_SUPPORT = "end_of_support"


def judge_case(
    case: Case,
    listed: Devices,
    engine: EngineView,
    policy: Policy,
    organisation: Organisation,
    as_of: date,
    *,
    ancestors: pl.DataFrame,
    rules: Sequence[Rule] | None = None,
    each: Callable[[Judgement], Judgement] | None = None,
    memory: int | None = None,
) -> Judgement:
    """Return the judgement of a case on a day.

    `listed`: the case's devices, each with the unit it counts for; `ancestors`: unit_id, ancestor, itself included; `rules`: the
    built-in ones where none are given. Devices that do not bear on one another are judged some at a time (`device_blocks`): `each`
    is then called with the judgement of those, and what it returns is all that is kept of it. `memory`: how many bytes the run may
    take, if that is limited.
    """
    owner = organisation.on(as_of)
    book = _built_in_rules() if rules is None else rules
    states = product_states(case.traces, listed.frame, engine)
    told = pl.concat(
        [listed.os_names.with_columns(source=pl.lit("devices")), running_names(states).with_columns(source=pl.lit("traces"))],
        how="vertical_relaxed",
    )
    names = decide_names(case.rows, told, engine, book)
    os_pairs = told.join(names.frame.select("match", *NAME_KEY), on=list(NAME_KEY), nulls_equal=True).select("device", "match", "source")
    lots = read_lots(case.entitlements, owner, ancestors, engine, as_of)
    matches = match_numbers(case.rows, names)
    devices = listed.frame.with_columns(devices_seen=pl.lit(listed.frame.height, pl.Int64))
    reported = pl.concat([case.traces["device_id"], case.activations["device_id"]]).unique()
    traced = devices.filter(pl.col("device_id").is_in(reported.implode()))["device"]
    # Rows that are held are counted at once; those that wait in files, with the devices that are judged.
    held = None if isinstance(case.rows, NumberedRows) and isinstance(case.rows.frame, pl.LazyFrame) else (
        count_occurrences(case.rows, names, devices, matches, traced)
    )  # fmt: skip
    case_names = names if held is None else Names(_with_devices(names.frame, held, os_pairs))

    def judged(block: Block) -> Judgement:
        mine, systems = block.of(devices), block.of(os_pairs)
        if held is None:
            occurrences = count_occurrences(block.rows(case, devices), names, mine, matches)
            decided = Names(_with_devices(names.frame, occurrences, systems))
        else:
            occurrences = replace(held, pairs=block.of(held.pairs), rows=block.of(held.rows), days=block.of(held.days))
            decided = case_names
        return _judge_devices(
            case, mine, block.of(states), systems, occurrences, decided, lots, engine, policy, owner, as_of, ancestors=ancestors, rules=book
        )

    at_a_time, at_once = shares(memory)
    blocks = device_blocks(case, devices, at_a_time)
    whole = joined((each(part) if each else part for part in counted_on(blocks, in_turn(blocks, judged, at_once))), added=held is None)
    return replace(whole, notices=(*whole.notices, *lots.notices, *organisation.notices(as_of), *_strangers(case, whole.devices)))


def _judge_devices(
    case: Case,
    listed: pl.DataFrame,
    states: pl.DataFrame,
    os_pairs: pl.DataFrame,
    occurrences: Occurrences,
    names: Names,
    lots: Lots,
    engine: EngineView,
    policy: Policy,
    owner: Organisation,
    as_of: date,
    *,
    ancestors: pl.DataFrame,
    rules: Sequence[Rule],
) -> Judgement:
    """Return the judgement of the devices listed, from 0 on, without the notices on the case as a whole."""
    devices = _with_rows(listed, occurrences.rows)
    pairs = occurrences.pairs
    # Whatever becomes evidence is the first row of some pair.
    sources = find_sources(case.software, case.rows, pairs["row"])

    collapsed = collapse(pairs, os_pairs, names, engine, policy)
    opened = list_open_names(pairs, names, collapsed.frame, engine)
    trials = evaluation_ends(case.activations, devices, policy)
    licensed = judge_licences(collapsed.frame, trials=trials, engine=engine, organisation=owner, as_of=as_of)
    evidence = hear(
        case, devices, occurrences, sources, names, licensed, collapsed, lots, engine, policy, owner, as_of,
        ancestors=ancestors, rules=rules,
    )  # fmt: skip
    verdicts = judge_categories(licensed, evidence.tables, states, engine, policy, owner, as_of)
    flags, items = pl.concat([evidence.flags, verdicts.remarks]), evidence.items
    qualified, licensed_here = evidence.tables.device.select("device", "qualifying_licence"), _licensed(evidence.tables)
    # The facts are the largest tables of a run, and have been asked: what comes next can have their room.
    del evidence, licensed
    papers = set_against(verdicts.installations, devices, qualified, lots, built_in_rights(), policy, as_of)
    fused = fuse(papers.installations, items, policy, immune=beyond_circumvention())
    fused = replace(fused, pieces=sources.said_on(fused.pieces), loose_pieces=sources.said_on(fused.loose_pieces))
    opened = replace(opened, pieces=sources.said_on(opened.pieces))
    collapsed = replace(collapsed, pieces=sources.said_on(collapsed.pieces))
    settled = settle(fused.installations, devices, policy)
    if case.rulings.height:
        # What accuses a copy is what a ruling may be bound to.
        settled = with_accusers(settled, [fused.pieces, collapsed.pieces])
    ruled = apply_rulings(settled, case.rulings, names, policy, as_of)
    stated = _with_flags(_with_state(ruled.installations, policy), flags)
    findings = find(stated, fused, opened, flags, licensed_here, devices, engine, policy)
    installations = stated.with_columns(_evidence(ruled, fused, papers, collapsed, flags))
    return Judgement(
        names=names,
        devices=devices.drop("devices_seen"),
        held_open=opened.held,
        installations=installations,
        findings=rule_on_traces(findings, case.rulings, policy, as_of),
        flags=flags,
        position=papers.position,
        holdings=papers.holdings,
        assigned=papers.assignment,
        licences=bought(lots, engine, as_of),
        assignment=papers.described,
        told=told_rules([fused.pieces, fused.loose_pieces, flags], rules, engine.signatures, verdicts.words),
        rejected=ruled.rejected,
        notices=ruled.notices,
    )


def _strangers(case: Case, devices: pl.DataFrame) -> list[Notice]:
    """Evidence about devices that neither the inventory nor the devices table lists: it is not used, and that is said."""
    notices = []
    for name, frame in (("activations", case.activations), ("traces", case.traces)):
        lost = frame.filter(~pl.col("device_id").is_in(devices["device_id"].implode()))
        if not lost.is_empty():
            ids = lost["device_id"].unique().sort().head(10).to_list()
            notices.append(Notice("EVIDENCE_OF_UNKNOWN_DEVICES", name, lost.height, ", ".join(str(each) for each in ids)))
    return notices


def judging_needs(engine: EngineView) -> None:
    """Have ready what judging asks whatever the case is: the built-in rules and rights, and the engine's signatures of traces."""
    _built_in_rules()
    built_in_rights()
    engine.trace_signatures  # noqa: B018 - compiled when it is asked for


@cache
def _built_in_rules() -> tuple[Rule, ...]:
    return judging_rules()


def _with_state(installations: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    return installations.with_columns(state=pl.col("verdict").replace_strict(policy.states(), return_dtype=pl.String))


def _evidence(ruled: Ruled, fused: Fused, papers: Papers, collapsed: Collapsed, flags: pl.DataFrame) -> pl.Series:
    """What speaks on each installation, in their order: rulings, traces and rules, papers, the names it was seen under, flags.

    Every installation was seen under a name, so there is a list for each.
    """
    return gathered(
        [*([] if ruled.pieces is None else [ruled.pieces]), fused.pieces, papers.pieces, collapsed.pieces, flag_pieces(flags, ["at"])],
        ["at"],
    )["evidence"]


def _licensed(tables: FactTables) -> pl.DataFrame:
    """device, category, licensed_here: where a licence row shows that there is a copy, whatever the list of programs says."""
    shown = (pl.col("license_status") > 0) | pl.col("last5").is_not_null()
    return tables.licence.filter(shown & pl.col("category").is_not_null()).select("device", "category", licensed_here=pl.lit(True)).unique()


def _with_flags(installations: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    """Add the flags of each copy, sorted. What the catalog says of a release's support is a flag like any other."""
    own, ended = flags.drop_nulls("at").select("at", "flag"), pl.col("end_of_support").fill_null(False)
    others = own.select("at").unique().join(installations.filter(ended).select("at", flag=pl.lit(END_OF_SUPPORT)), on="at")
    listed = pl.concat([own, others]).group_by("at").agg(flags=pl.col("flag").unique().sort())
    # Most copies have no flag or that one alone: their lists are made once, and handed out by number.
    first = pl.DataFrame({"flags": [[], [END_OF_SUPPORT]]}, schema={"flags": pl.List(pl.String)})
    which = installations.select(ended.cast(pl.UInt32)).to_series()
    which = which.scatter(rows_of(installations["at"], listed["at"]), pl.int_range(2, 2 + listed.height, dtype=pl.UInt32, eager=True))
    return installations.with_columns(pl.concat([first, listed.select("flags")])["flags"].gather(which))


def _with_rows(devices: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    counted = devices.join(rows, on="device", how="left", maintain_order="left")
    return counted.with_columns(pl.col(status).fill_null(0) for status in STATUSES)


def _with_devices(names: pl.DataFrame, occurrences: Occurrences, os_pairs: pl.DataFrame) -> pl.DataFrame:
    """Add each name's devices. One that the devices table gives counts those that give it there too, none twice."""
    from_table = os_pairs["match"].unique().implode()
    in_software = occurrences.pairs.filter(pl.col("match").is_in(from_table)).select("device", "match")
    with_table = (
        pl.concat([in_software, os_pairs.select("device", "match")]).unique().group_by("match").agg(with_table=pl.len().cast(pl.Int64))
    )
    return (
        names.join(occurrences.devices, on="match", how="left", maintain_order="left")
        .join(with_table, on="match", how="left", maintain_order="left")
        .with_columns(devices=pl.coalesce("with_table", "devices").fill_null(0))
        .drop("with_table")
    )
