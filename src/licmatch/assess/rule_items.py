"""Rules that hold, as items of evidence: what each says, about which copies, and the facts it rests on."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl

from licmatch.assess.evidence import pieces
from licmatch.assess.facts import FactTables
from licmatch.assess.fusion import ITEMS
from licmatch.rules import Rule, compile_rule
from licmatch.rules.fields import COPY, LICENCE, TRACE, fields_of
from licmatch.rules.records import EXEMPT, FLAG
from licmatch.rules.tables import AS_OF

_MICROSOFT_LINES = {"windows-client": "os.windows", "windows-server": "os.windows", "office-suite": "office.microsoft-office",
                    "visio": "office.microsoft-visio", "project": "office.microsoft-project"}  # fmt: skip
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


def rule_items(rules: Sequence[Rule], hits: pl.DataFrame, tables: FactTables) -> pl.DataFrame:
    """Return one item of evidence for each hit that bears on copies, with the columns of `fusion.ITEMS`.

    `hits`: as of `rules.evaluate`. Flags and exemptions are no items: they change no verdict by themselves.
    """
    found = [_items(rule, hits.filter(pl.col("rule_id") == rule.id), tables) for rule in rules if rule.verdict not in (FLAG, EXEMPT)]
    return pl.concat([pl.DataFrame(schema=ITEMS), *(part for part in found if part is not None)])


def flagged(rules: Sequence[Rule], hits: pl.DataFrame, tables: FactTables) -> pl.DataFrame:
    """Return what rules say beside the verdict: device, category, at (null: the device), flag, rule_id, text; standing hits only."""
    parts = []
    for rule in rules:
        mine = hits.filter((pl.col("rule_id") == rule.id) & pl.col("off_by").is_null())
        if rule.verdict == FLAG and not mine.is_empty():
            said = _said(rule, mine, tables)
            at = pl.col("at") if rule.about == COPY else pl.lit(None)
            parts.append(
                said.select(
                    "device", "category", at.cast(pl.UInt32).alias("at"), flag=pl.lit(rule.flag), rule_id=pl.lit(rule.id), text="text"
                )
            )
    schema = {"device": pl.UInt32, "category": pl.String, "at": pl.UInt32, "flag": pl.String, "rule_id": pl.String, "text": pl.String}
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def flag_pieces(flags: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the flags (as of `flagged`) as evidence by copy (`at`), or by device and category where they are about no copy."""
    about = pl.col("at").is_not_null() if keys == ["at"] else pl.col("at").is_null() & pl.col("category").is_not_null()
    return pieces(
        flags.filter(about), keys, kind=pl.col("flag"), source="rules", rule_id=pl.col("rule_id"), text=pl.col("text"), weight=0.0
    )


def exempted(rules: Sequence[Rule], hits: pl.DataFrame) -> pl.DataFrame:
    """Return device and rule_id of the devices that a rule exempts."""
    ids = [rule.id for rule in rules if rule.verdict == EXEMPT]
    return (
        hits.filter(pl.col("rule_id").is_in(ids) & pl.col("off_by").is_null())
        .select("device", "rule_id")
        .unique("device", keep="first", maintain_order=True)
    )


def _items(rule: Rule, hits: pl.DataFrame, tables: FactTables) -> pl.DataFrame | None:
    if hits.is_empty():
        return None
    said = _said(rule, hits, tables)
    nothing = pl.lit(None)
    line = (
        pl.col("product_line").replace_strict(_MICROSOFT_LINES, default=None, return_dtype=pl.String) if rule.about == LICENCE else nothing
    )
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
    table = tables.by_grain()[rule.about]
    rows = table[hits["place"]]
    # What would have explained it is no part of what was found.
    needs = compile_rule(msgspec.structs.replace(rule, unless=()), fields_of(rule.about)).needs - {AS_OF}
    asked = sorted(needs | {source for field, source in _READ_FROM.items() if field in needs and source in table.columns})
    devices = tables.device[hits["device"]]
    own = pl.DataFrame({name: rows[name] if name in rows.columns else devices[name] for name in asked})
    parts = [_value(name, dtype) for name, dtype in own.schema.items()]
    text = pl.concat_str(parts, separator="; ", ignore_nulls=True) if parts else pl.lit(None, pl.String)
    texts = own.select(text.alias("text")) if parts else hits.select(text.alias("text"))
    beside = rows.select(_BESIDE.get(rule.about, []))
    placed = pl.concat([hits, texts, beside], how="horizontal")
    return placed.with_columns(row=rows["place"].cast(pl.Int64)) if rule.about == LICENCE else placed


def _value(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name).list.join(",") if dtype == pl.List(pl.String) else pl.col(name).cast(pl.String)
    return pl.lit(f"{name}=") + column.str.slice(0, _VALUES_SHOWN)
