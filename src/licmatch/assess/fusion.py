"""From evidence to one verdict a copy: what speaks against it, how strongly, what explains it away, and what decided.

The strongest fact of each kind of evidence counts, different kinds add up, and one fact that is seen twice does not. Only a
rule about today's state makes a copy `cracked`; traces alone, however many, leave it in doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.evidence import NAME_SEEN, SIGNATURE, TRACES_KEPT, pieces
from licmatch.assess.policy import Policy
from licmatch.licences.lines import lines_of
from licmatch.licences.rights import built_in_rights
from licmatch.schema import RISKS

EXPLAINED = "explained"
COMPOSITION = "composition"
STRONG_FROM = 0.70
CONCLUSIVE_FROM = 0.93
STRONG_AT_MOST = 0.92
INDICATION_AT_MOST = 0.69
CERTAIN_AT_MOST = 0.99

# One row a fact that bears on a category of a device: a signature hit, or a rule that holds there.
ITEMS: dict[str, type[pl.DataType] | pl.DataType] = {
    "device": pl.UInt32, "category": pl.String,
    "at": pl.UInt32,            # the copy it is about, where it is about one
    "copies_of": pl.String,     # else the vendor whose copies it bears on (null: any)
    "line": pl.String,          # and the product line (null: any)
    "kind": pl.String,          # kind of evidence: of one kind the strongest counts
    "code": pl.String,          # what it says of the copy if it decides
    "confidence": pl.Float64,
    "risk_at_most": pl.Int64,   # rank of the grade it can give at most
    "current": pl.Boolean,      # about today's state
    "memory": pl.Boolean,       # from general knowledge only
    "accuses": pl.Boolean,      # speaks of circumvention: counts towards the grade
    "named": pl.Boolean,        # says itself that it is about this category
    "off_by": pl.String,        # what explains it; null where it stands
    "once": pl.Boolean,         # told once however often it holds: a rule, as against the traces one sees
    "rule_id": pl.String, "source": pl.String, "row": pl.Int64, "text": pl.String,
}  # fmt: skip
_RANK = {risk: rank for rank, risk in enumerate(RISKS)}


@dataclass(frozen=True, slots=True)
class Fused:
    """`installations` with verdict, confidence, grade, decided_by and traced; `pieces` of evidence by `at`; `loose`: what
    bears on a device and category as a whole (device, category, hit_risk, hit_confidence, hit_named, hit_by), and its `loose_pieces`."""

    installations: pl.DataFrame
    pieces: pl.DataFrame
    loose: pl.DataFrame
    loose_pieces: pl.DataFrame


def fuse(installations: pl.DataFrame, items: pl.DataFrame, policy: Policy, *, immune: pl.Expr) -> Fused:
    """Return the installations with what the items make of them. Same rows, same order. Of equal facts, the
    one that stands first among the items is told first; no verdict depends on their order.

    `installations`: at, device, category, vendor, family_id, verdict, confidence, grade, risk, memory. `items`: the columns of
    `ITEMS`. `immune`: copies no circumvention can concern, such as free ones.
    """
    numbered = items.with_row_index("item")
    graded = numbered.with_columns(rank=_rank_of_one())
    met = _met(installations, graded, immune)
    judged = _judged(installations, met, policy)
    standing = graded.filter(pl.col("off_by").is_null())
    loose = _loose(standing)
    told = met["item"].unique().implode()
    untold = graded.filter(~pl.col("item").is_in(told) & ((pl.col("rank") > 0) | pl.col("off_by").is_not_null()))
    return Fused(judged, _kept(met, ["at"]), loose, _kept(untold, ["device", "category"]))


def _rank_of_one() -> pl.Expr:
    """The grade one fact gives alone: none where it says nothing of circumvention or is explained."""
    conclusive = pl.col("current") & (pl.col("code") == "cracked") & (pl.col("confidence") >= CONCLUSIVE_FROM)
    alone = (
        pl.when(conclusive).then(_RANK["conclusive"]).when(pl.col("confidence") >= STRONG_FROM).then(_RANK["strong"])
        .otherwise(_RANK["indication"])
    )  # fmt: skip
    capped = pl.when(pl.col("memory")).then(_RANK["indication"]).otherwise(pl.min_horizontal(alone, "risk_at_most"))
    return pl.when(pl.col("accuses") & pl.col("off_by").is_null()).then(capped).otherwise(0).cast(pl.Int64)


def _met(installations: pl.DataFrame, items: pl.DataFrame, immune: pl.Expr) -> pl.DataFrame:
    """Every copy with the items that bear on it, the copy's `at` first."""
    line = _line(lines_of(pl.col("family_id"), built_in_rights()))
    copies = installations.filter(~immune).select("at", "device", "category", copy="vendor", copy_line=line)
    about_one = items.filter(pl.col("at").is_not_null())
    others = items.filter(pl.col("at").is_null()).drop("at")
    fits = (pl.col("copies_of").is_null() | pl.col("copies_of").eq_missing(pl.col("copy"))) & (
        pl.col("line").is_null() | _line(pl.col("line")).eq_missing(pl.col("copy_line"))
    )
    joined = copies.join(others, on=["device", "category"]).filter(fits).drop("copy", "copy_line")
    return pl.concat([joined.select("at", *others.columns), about_one.select("at", *others.columns)]).sort("at", "item")


def _line(line: pl.Expr) -> pl.Expr:
    # Which of the two a row of Windows is about its name does not always tell.
    return line.replace({"os.windows-server": "os.windows"})


def _judged(installations: pl.DataFrame, met: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    table = policy.verdict_table().select(code="verdict", code_rank="rank", code_state="state")
    standing = met.filter(pl.col("off_by").is_null()).join(table, on="code", how="left", maintain_order="left")
    together = _together(standing)
    worst = _worst_code(standing)
    placed = installations.join(together, on="at", how="left", maintain_order="left").join(
        worst, on="at", how="left", maintain_order="left"
    )
    placed = placed.join(
        table.rename({"code": "verdict", "code_rank": "own_rank", "code_state": "own_state"}),
        on="verdict",
        how="left",
        maintain_order="left",
    )
    own_risk = pl.max_horizontal(pl.col("risk").fill_null(0), pl.col("grade").replace_strict(_RANK, default=0, return_dtype=pl.Int64))
    risk = pl.max_horizontal(own_risk, pl.col("fused_rank").fill_null(0))
    conclusive = risk >= _RANK["conclusive"]
    # A verdict with papers behind it is not shaken by a mere indication; that is shown beside it.
    doubted = (risk >= _RANK["strong"]) | ((risk > 0) & (pl.col("own_state") == "undetermined"))
    not_genuine = pl.col("own_state") == "not_genuine"
    by_rule = pl.col("rule_rank").is_not_null() & (pl.col("rule_rank") < pl.col("own_rank"))
    verdict = (
        pl.when(conclusive).then(pl.lit("cracked"))
        .when(by_rule & (pl.col("rule_state") == "not_genuine")).then("rule_code")
        .when(doubted & ~not_genuine).then(pl.lit("undetermined"))
        .when(by_rule).then("rule_code")
        .otherwise("verdict")
    )  # fmt: skip
    changed = pl.col("verdict") != pl.col("verdict_before")
    confidence = (
        pl.when(conclusive | (doubted & ~not_genuine)).then(pl.coalesce("fused", "confidence"))
        .when(changed).then(pl.coalesce("rule_confidence", "confidence"))
        .otherwise("confidence")
    )  # fmt: skip
    judged = placed.with_columns(verdict=verdict, verdict_before="verdict", risk_now=risk)
    accused_by = pl.when(pl.col("fused_rank").fill_null(0) > 0).then("fused_by")
    return judged.with_columns(
        confidence=confidence,
        grade=pl.col("risk_now").replace_strict(dict(enumerate(RISKS)), return_dtype=pl.String),
        traced=pl.col("fused_rank").fill_null(0) > 0,
        decided_by=pl.when(pl.col("verdict").is_in(["cracked", "undetermined"])).then(accused_by)
        .when(changed).then("rule_by"),
    ).select(*[name for name in installations.columns if name != "risk"], "traced", "decided_by")  # fmt: skip


def _together(standing: pl.DataFrame) -> pl.DataFrame:
    """at, fused_rank, fused, fused_by: the grade of all facts that accuse a copy, how sure they make it, and the weightiest."""
    accusing = standing.filter(pl.col("rank") > 0)
    composed = pl.col("kind") == COMPOSITION
    capped = accusing.with_columns(
        counted=pl.when(pl.col("rank") == _RANK["indication"])
        .then(pl.min_horizontal("confidence", pl.lit(INDICATION_AT_MOST)))
        .otherwise("confidence")
    )
    by_kind = (
        capped.sort("at", -pl.col("rank"), -pl.col("counted"), "rule_id", "item")
        .group_by("at", "kind", maintain_order=True)
        .agg(pl.col("counted").max(), pl.col("rank").max(), pl.col("rule_id").first())
    )
    return (
        by_kind.sort("at", -pl.col("rank"), -pl.col("counted"), "rule_id")
        .group_by("at", maintain_order=True)
        .agg(
            fused_rank=pl.col("rank").max(),
            # A composition repeats facts that count already: it can raise the sum to its own, and never adds to it.
            sure=pl.max_horizontal(
                1.0 - pl.when(composed).then(1.0).otherwise(1.0 - pl.col("counted")).product(),
                pl.col("counted").max(),
            ).clip(0.0, CERTAIN_AT_MOST),
            fused_by=pl.col("rule_id").first(),
        )
        .with_columns(
            fused=pl.when(pl.col("fused_rank") == _RANK["conclusive"]).then("sure")
            .when(pl.col("fused_rank") == _RANK["strong"]).then(pl.min_horizontal("sure", pl.lit(STRONG_AT_MOST)))
            .otherwise(pl.min_horizontal("sure", pl.lit(INDICATION_AT_MOST)))
        )
        .drop("sure")
    )  # fmt: skip


def _worst_code(standing: pl.DataFrame) -> pl.DataFrame:
    """at, rule_code, rule_rank, rule_state, rule_confidence, rule_by: the worst that rules which do not accuse say of a copy.

    A rule that says less than 0.70 raises a question and gives no verdict; what general knowledge says gives none either.
    """
    saying = standing.filter(
        ~pl.col("accuses") & ~pl.col("memory") & (pl.col("confidence") >= STRONG_FROM) & pl.col("code_rank").is_not_null()
    )
    return (
        saying.sort("at", "code_rank", -pl.col("confidence"), "rule_id")
        .unique("at", keep="first", maintain_order=True)
        .select("at", rule_code="code", rule_rank="code_rank", rule_state="code_state", rule_confidence="confidence", rule_by="rule_id")
    )


def _loose(standing: pl.DataFrame) -> pl.DataFrame:
    """What accuses on a device and category, whether or not a copy was seen there."""
    accusing = standing.filter(pl.col("rank") > 0)
    return (
        accusing.sort("device", "category", -pl.col("rank"), -pl.col("confidence"), "rule_id")
        .group_by("device", "category", maintain_order=True)
        .agg(
            hit_risk=pl.col("rank").max(),
            hit_confidence=pl.col("confidence").first(),
            hit_named=pl.col("named").any(),
            hit_by=pl.col("rule_id").first(),
        )
    )


def _kept(items: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The evidence of the items, the weightiest of each side first; a tool that left fifty files is told in eight."""
    off = pl.col("off_by").is_not_null()
    said = items.with_columns(apart=pl.when(~pl.col("once")).then("text")).sort(*keys, off, -pl.col("confidence"), "item")
    told = said.unique([*keys, "rule_id", "off_by", "apart"], keep="first", maintain_order=True)
    # Rules and traces have their own room: fifty files must not push out the rule that decided.
    few = told.group_by(*keys, off.alias("explained"), "once", maintain_order=True).head(TRACES_KEPT)
    few = few.sort(*keys, "explained", -pl.col("confidence"), "item")
    explained = pl.col("explained")
    # A program that is itself a tool is told apart from the programs a copy was recognised by.
    kind = pl.when(explained).then(pl.lit(EXPLAINED)).when(pl.col("kind") == NAME_SEEN).then(pl.lit(SIGNATURE)).otherwise("kind")
    by = pl.when(explained).then(pl.col("rule_id") + "#" + pl.col("off_by")).otherwise("rule_id")
    weight = pl.when(explained).then(0.0).otherwise("confidence")
    return pieces(few, keys, kind=kind, source=pl.col("source"), row=pl.col("row"), rule_id=by, text=pl.col("text"), weight=weight)
