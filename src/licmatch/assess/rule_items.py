"""Rules that hold, as items of evidence: what each says, about which copies, and the facts it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import polars as pl

from licmatch.assess.evidence import pieces
from licmatch.assess.facts import FactTables
from licmatch.assess.facts.licences import LINES
from licmatch.assess.fusion import ITEMS
from licmatch.rules import Rule, compile_rule
from licmatch.rules.fields import COPY, LICENCE, TRACE, fields_of
from licmatch.rules.records import EXEMPT, FLAG
from licmatch.rules.tables import AS_OF

# Facts that were read out of another: a person wants to see that too.
_READ_FROM = {
    "kms_host_class": "kms_host",
    "key_classes": "last5",
    "epid_emulator": "kms_epid",
    "epid_faults": "kms_epid",
    "lease_end": "grace_minutes",
}
_BESIDE = {LICENCE: ["product_line"], COPY: ["at"], TRACE: ["copies_of", "named"]}
_CONCLUSIVE_RANK = 3
_VALUES_SHOWN = 200


def accuses(rule: Rule) -> bool:
    """Return whether a rule speaks of circumvention, so that it counts towards the grade of suspicion."""
    return rule.accuses if rule.accuses is not None else rule.verdict in ("cracked", "undetermined")


def rule_items(rules: Sequence[Rule], hits: Mapping[str, pl.DataFrame], tables: FactTables) -> pl.DataFrame:
    """Return one item of evidence for each hit that bears on copies, with the columns of `fusion.ITEMS`.

    `hits`: as of `rules.hits_by_rule`. Flags and exemptions are no items: they change no verdict by themselves.
    """
    by_id = {rule.id: rule for rule in rules}
    found = [_items(by_id[name], mine, tables) for name, mine in hits.items() if by_id[name].verdict not in (FLAG, EXEMPT)]
    return pl.concat([pl.DataFrame(schema=ITEMS), *found])


def flagged(rules: Sequence[Rule], hits: Mapping[str, pl.DataFrame], tables: FactTables) -> pl.DataFrame:
    """Return what rules say beside the verdict: device, category, at (null: the device), flag, rule_id, text; standing hits only."""
    parts = []
    for rule in sorted(rules, key=lambda each: each.id):
        if rule.verdict == FLAG and rule.id in hits:
            standing = hits[rule.id].filter(pl.col("off_by").is_null())
            said = _said(rule, standing, tables)
            at = (pl.col("at") if rule.about == COPY else pl.lit(None)).cast(pl.UInt32)
            parts.append(said.select("device", "category", at=at, flag=pl.lit(rule.flag), rule_id=pl.lit(rule.id), text="text"))
    schema = {
        "device": pl.UInt32, "category": pl.String, "at": pl.UInt32, "flag": pl.String, "rule_id": pl.String, "text": pl.String,
    }  # fmt: skip
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def flag_pieces(flags: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the flags (as of `flagged`) as evidence by copy (`at`), or by device and category where they are about no copy."""
    about = pl.col("at").is_not_null() if keys == ["at"] else pl.col("at").is_null() & pl.col("category").is_not_null()
    return pieces(
        flags.filter(about), keys, kind=pl.col("flag"), source="rules", rule_id=pl.col("rule_id"), text=pl.col("text"), weight=0.0
    )


def exempted(rules: Sequence[Rule], hits: Mapping[str, pl.DataFrame]) -> pl.Series:
    """Return the devices that a rule exempts."""
    standing = [hits[rule.id].filter(pl.col("off_by").is_null())["device"] for rule in rules if rule.verdict == EXEMPT and rule.id in hits]
    return pl.concat([pl.Series("device", [], dtype=pl.UInt32), *standing]).unique()


def _items(rule: Rule, hits: pl.DataFrame, tables: FactTables) -> pl.DataFrame:
    said = _said(rule, hits, tables)
    nothing = pl.lit(None)
    line = pl.col("product_line").replace_strict(LINES, default=None, return_dtype=pl.String) if rule.about == LICENCE else nothing
    given: dict[str, pl.Expr] = {
        "device": pl.col("device"),
        "category": pl.col("category"),
        "at": pl.col("at") if rule.about == COPY else nothing,
        "copies_of": pl.col("copies_of") if rule.about == TRACE else nothing,
        "line": line,
        "kind": pl.lit(rule.evidence),
        "code": pl.lit(rule.verdict),
        "confidence": pl.lit(rule.confidence),
        "risk_at_most": pl.lit(_CONCLUSIVE_RANK),
        "current": pl.lit(rule.current),
        "memory": pl.lit(rule.memory),
        "accuses": pl.lit(accuses(rule)),
        "named": pl.lit(rule.about != TRACE) | (pl.col("named") if rule.about == TRACE else pl.lit(False)),
        "off_by": pl.col("off_by"),
        "once": pl.lit(True),
        "rule_id": pl.lit(rule.id),
        "source": pl.lit({LICENCE: "activations", TRACE: "traces", COPY: "software"}.get(rule.about, "devices")),
        "row": pl.col("row") if rule.about == LICENCE else nothing,
        "text": pl.col("text"),
    }
    return said.select(given[name].cast(dtype).alias(name) for name, dtype in ITEMS.items())


def _said(rule: Rule, hits: pl.DataFrame, tables: FactTables) -> pl.DataFrame:
    """The hits of a rule with the facts it asked for, as `field=value` in the order of the names; nothing is worded."""
    table, device = tables.by_grain()[rule.about], tables.device
    # What would have explained it is no part of what was found.
    needs = compile_rule(msgspec.structs.replace(rule, unless=()), fields_of(rule.about)).needs - {AS_OF}
    asked = sorted(needs | {source for field, source in _READ_FROM.items() if field in needs and source in table.columns})
    own = [name for name in asked if name in table.columns]
    others = [name for name in asked if name not in table.columns]
    beside = [name for name in _BESIDE.get(rule.about, []) if name not in own]
    rows = table.select(*own, *beside)[hits["place"]]
    facts = pl.concat([rows, device.select(others)[hits["device"]]], how="horizontal") if others else rows
    told = pl.concat([hits, facts.select(_BESIDE.get(rule.about, []))], how="horizontal").with_columns(text=_text(facts, asked))
    return told.with_columns(row=table["place"].gather(hits["place"]).cast(pl.Int64)) if rule.about == LICENCE else told


def _text(facts: pl.DataFrame, asked: Sequence[str]) -> pl.Expr | pl.Series:
    """The facts of each row as `field=value`, parted by `; `; what is unknown is not told."""
    told = [name for name in asked if facts[name].null_count() < facts.height]
    if not told:
        return pl.lit("" if asked and facts.height else None, pl.String)
    if any(facts[name].null_count() for name in told):
        parts = [pl.lit(f"{name}=") + _value(facts[name]) for name in told]
        return facts.with_columns(text=pl.concat_str(parts, separator="; ", ignore_nulls=True))["text"]
    # What every row tells is put together in one go.
    marked = [(f"{'; ' if place else ''}{name}=", _value(facts[name])) for place, name in enumerate(told)]
    return facts.with_columns(text=pl.concat_str([part for mark, value in marked for part in (pl.lit(mark), value)]))["text"]


def _value(column: pl.Series) -> pl.Expr:
    """What a field is on each row, as text of bounded length; what is the same on all rows is written once."""
    if column.dtype == pl.Boolean and not column.has_nulls() and column.all() == column.any():
        return pl.lit(str(column.all()).lower())
    value = pl.col(column.name)
    if column.dtype == pl.String:
        longest = column.str.len_bytes().max()
        return value if isinstance(longest, int) and longest <= _VALUES_SHOWN else value.str.slice(0, _VALUES_SHOWN)
    return (value.list.join(",") if column.dtype == pl.List(pl.String) else value.cast(pl.String)).str.slice(0, _VALUES_SHOWN)
