"""Evaluating rules: all rules of a grain over its fact table in one query, and the rows they meet as a long table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from licmatch.errors import CatalogError
from licmatch.rules.columns import facts_asked, unknown_facts
from licmatch.rules.compile import CompiledRule, compile_rule
from licmatch.rules.fields import fields_of
from licmatch.rules.records import Rule
from licmatch.rules.references import passes, reference_faults
from licmatch.rules.tables import HITS, KEYS


@dataclass(slots=True)
class _Known:
    """What earlier passes found out about the rules that others ask for."""

    on_rows: dict[str, pl.Series] = field(default_factory=dict)  # whether it stands, for each row of its own table
    on_devices: dict[str, pl.DataFrame] = field(default_factory=dict)  # devices and categories on which it stands


def evaluate(rules: Sequence[Rule], tables: Mapping[str, pl.DataFrame], *, as_of: date) -> pl.DataFrame:
    """Return the hits of rules on fact tables, with the columns HITS: one row for each rule and row of a table that meets it.

    Takes and raises what `hits_by_rule` does. Sorted by device, category, rule and place.
    """
    about = {rule.id: rule.about for rule in rules}
    found = [
        hits.select(pl.lit(name).alias("rule_id"), pl.lit(about[name]).alias("about"), "place", "device", "category", "off_by")
        for name, hits in hits_by_rule(rules, tables, as_of=as_of).items()
    ]
    return pl.concat([pl.DataFrame(schema=HITS), *found]).sort("device", "category", "rule_id", "place")


def hits_by_rule(rules: Sequence[Rule], tables: Mapping[str, pl.DataFrame], *, as_of: date) -> dict[str, pl.DataFrame]:
    """Return the hits of each rule that some row meets, by its id, in the order of the ids.

    The frames have place, device, category and off_by of HITS, sorted by device, category and place. `off_by` is null where the hit
    stands. `tables` holds a frame a grain with the columns of `fact_schema`; a grain without rows may be missing, and a field of the
    device may stand in the table of devices only.
    Raises CatalogError for rules with faults, ValueError for a table without a column that a rule asks for.
    """
    if faults := reference_faults(rules):
        raise CatalogError("the rules have faults:", faults=tuple(f"{rule.where}: {fault}" for rule, fault in faults))
    fields = {about: fields_of(about) for about in {rule.about for rule in rules}}
    compiled = {rule.id: compile_rule(rule, fields[rule.about]) for rule in rules}
    asked_for = {other for each in compiled.values() for other, _ in each.fired}
    known = _Known()
    found: dict[str, pl.DataFrame] = {}
    # The grains of one pass need nothing of each other, and much of the work on one frame runs on one core.
    with ThreadPoolExecutor(max_workers=2) as pool:
        for steps in passes(rules):
            of_grain = {about: [[compiled[rule.id] for rule in step if rule.about == about] for step in steps] for about in sorted(fields)}
            asked = [(about, mine) for about, mine in of_grain.items() if about in tables and tables[about].height]
            asked.sort(key=lambda each: -sum(map(len, each[1])))
            for hits, answers in pool.map(lambda each: _of_grain(each[0], each[1], compiled, tables, known, asked_for, as_of), asked):
                found |= {name: rows for name, rows in hits.items() if not rows.is_empty()}
                for name in hits.keys() & asked_for:
                    known.on_rows[name] = answers[f"stands:{name}"]
                    known.on_devices[name] = hits[name].filter(pl.col("off_by").is_null()).select("device", "category").unique()
    return {name: found[name] for name in sorted(found)}


def _of_grain(
    about: str,
    steps: Sequence[Sequence[CompiledRule]],
    compiled: Mapping[str, CompiledRule],
    tables: Mapping[str, pl.DataFrame],
    known: _Known,
    asked_for: set[str],
    as_of: date,
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return the hits, by rule, of those rules of one grain that some row meets or another rule asks for, and all answers."""
    silent = unknown_facts(tables, about)
    # What needs a fact that nobody knows holds nowhere: it is not asked.
    mine = [[each for each in step if not each.required & silent] for step in steps]
    asking = [each for step in mine for each in step]
    if not asking:
        return {}, pl.DataFrame()
    facts = facts_asked(asking, tables, as_of)
    facts = facts.with_columns(_earlier(asking, known, {name: each.rule.about for name, each in compiled.items()}))
    answers = _answers(facts.lazy(), mine)
    order = _order(tables[about])
    met = [each for each in asking if each.rule.id in asked_for or answers[f"met:{each.rule.id}"].any()]
    return {each.rule.id: _hits(each, answers, tables[about], order) for each in met}, answers


def _earlier(asking: Sequence[CompiledRule], known: _Known, about_of: Mapping[str, str]) -> list[pl.Expr]:
    """Return whether rules of earlier passes stand: on the row itself, or on its device and category."""
    mine = {each.rule.id for each in asking}
    columns = {column: (other, each) for each in asking for other, column in each.fired if other not in mine}
    answers = []
    for column, (other, each) in sorted(columns.items()):
        if other not in known.on_rows:  # its table has no rows
            stands = pl.lit(False)
        elif about_of[other] == each.rule.about:
            stands = pl.lit(known.on_rows[other])
        else:
            stands = _on_device(known.on_devices[other], each.category)
        answers.append(stands.alias(column))
    return answers


def _on_device(where: pl.DataFrame, category: str | None) -> pl.Expr:
    """Return whether the row's device is listed for its category, or for the one given."""
    listed = {
        name: pl.col("device").is_in(where["device"].filter(where["category"] == name).implode())
        for name in where["category"].drop_nulls().unique().sort()
    }
    if category is not None:
        return listed.get(category, pl.lit(False))
    return pl.any_horizontal(pl.lit(False), *((pl.col("category") == name) & on_device for name, on_device in listed.items()))


def _answers(facts: pl.LazyFrame, steps: Sequence[Sequence[CompiledRule]]) -> pl.DataFrame:
    """Return for each row and rule whether it is met, which explanations hold, and whether it stands."""
    wanted: list[str] = []
    asked = sorted({each for step in steps for compiled in step for each in compiled.fired})
    for step in steps:
        answers: list[pl.Expr] = []
        stands: list[pl.Expr] = []
        for compiled in step:
            name = compiled.rule.id
            off = [f"off:{name}:{place}" for place in range(len(compiled.unless))]
            answers.append(compiled.met.fill_null(False).alias(f"met:{name}"))
            answers += [holds.fill_null(False).alias(column) for column, (_, holds) in zip(off, compiled.unless, strict=True)]
            met = pl.col(f"met:{name}")
            standing = met & ~pl.any_horizontal(off) if off else met
            stands += [standing.alias(column) for column in (f"stands:{name}", *(column for other, column in asked if other == name))]
            wanted += [f"met:{name}", *off, f"stands:{name}"]
        facts = facts.with_columns(answers).with_columns(stands)
    return facts.select(wanted).collect()


def _hits(compiled: CompiledRule, answers: pl.DataFrame, table: pl.DataFrame, order: tuple[pl.Series, pl.Series] | None) -> pl.DataFrame:
    """Return the rows that meet one rule, in the order given, each with the first explanation that holds."""
    rule = compiled.rule
    met = answers[f"met:{rule.id}"]
    places = met.arg_true() if order is None else order[0].gather(order[1].gather(met.arg_true()).sort())
    off = [pl.when(answers[f"off:{rule.id}:{place}"].gather(places)).then(pl.lit(name)) for place, (name, _) in enumerate(compiled.unless)]
    category = pl.lit(compiled.category) if compiled.category is not None else pl.lit(table["category"].gather(places))
    return pl.DataFrame({"place": places, "device": table["device"].gather(places)}).select(
        pl.col("place").cast(HITS["place"]),
        pl.col("device").cast(KEYS["device"]),
        category.cast(KEYS["category"]).alias("category"),
        (pl.coalesce(off) if off else pl.lit(None, dtype=pl.String)).alias("off_by"),
    )


def _order(table: pl.DataFrame) -> tuple[pl.Series, pl.Series] | None:
    """Return the places of a table by device and category, null first, and where each place stands there; None where its rows stand so."""
    known = pl.Enum(table["category"].drop_nulls().unique().sort())
    category = (pl.col("category").cast(known).to_physical().cast(pl.UInt64) + 1).fill_null(0)
    order = table.select(order=pl.col("device").cast(pl.UInt64) * (len(known.categories) + 1) + category)
    if order["order"].is_sorted():
        return None
    places = order.select(pl.arg_sort_by("order", maintain_order=True)).to_series()
    turns = pl.int_range(places.len(), dtype=pl.UInt32, eager=True)
    return places, pl.zeros(places.len(), dtype=pl.UInt32, eager=True).scatter(places, turns)
