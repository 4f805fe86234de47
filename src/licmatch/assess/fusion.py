"""From evidence to one verdict a copy: what speaks against it, how strongly, what explains it away, and what decided.

The strongest fact of each kind of evidence counts, different kinds add up, and one fact that is seen twice does not. Only a
rule about today's state makes a copy `cracked`; traces alone, however many, leave it in doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.evidence import NAME_SEEN, SIGNATURE, TRACES_KEPT, pieces
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.policy import Policy
from licmatch.assess.side_by_side import side_by_side
from licmatch.licences.lines import lines_of
from licmatch.licences.rights import built_in_rights
from licmatch.rules.columns import rows_of
from licmatch.rules.numbers import above
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
_MOST_RANK = max(_RANK.values())
_HALF = 1 << 32  # two numbers packed in one sort and compare as fast as one
_CATEGORIES = 256  # more than there are


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
    facts = _facts(items)
    met = _met(installations, facts, immune)

    def beside() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        return *_told(met, facts, items), _loose(facts)

    judged, (told, untold, loose) = side_by_side(lambda: _judged(installations, met, facts, policy), beside)
    return Fused(judged, told, loose, untold)


def _told(met: pl.DataFrame, facts: pl.DataFrame, items: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The pieces of evidence of copies, and those of devices and categories: what bears on no copy."""
    order = _order(facts["off"].cast(pl.UInt64) * (above(facts["turn"]) + 1) + facts["turn"])
    same = _told_once(items)
    told = _kept(met.select("item", key="at"), facts, order, same)
    loose = facts.filter(_all_but(met["item"], items.height) & ((pl.col("rank") > 0) | pl.col("off")))
    untold = _kept(loose.select("item", key=_device_and_category()), facts, order, same)
    return (
        _pieces(told.with_columns(at=pl.col("key").cast(pl.UInt32)), ["at"], items),
        _pieces(untold.hstack(items.select("device", "category")[untold["item"]]), ["device", "category"], items),
    )


def _facts(items: pl.DataFrame) -> pl.DataFrame:
    """What weighing needs of the items, `item` the place of each; words are numbers that sort like the words.

    `turn` sorts like the confidence, the surest first, and `counted_turn` like what of it counts: what is an indication is never surer
    than INDICATION_AT_MOST.
    """
    plain = items.with_columns(line=_line(pl.col("line")))
    words = ("category", "copies_of", "line", "kind", "rule_id")
    known = {name: pl.Enum(plain[name].drop_nulls().unique().sort()) for name in words}
    # Confidences are few, whatever the number of items.
    sure = pl.concat([plain["confidence"].unique(), pl.Series([INDICATION_AT_MOST])]).unique().sort(descending=True)
    numbers = pl.int_range(sure.len(), dtype=pl.UInt64, eager=True)
    turns, at_most = plain["confidence"].replace_strict(sure, numbers, return_dtype=pl.UInt64), sure.index_of(INDICATION_AT_MOST)
    return plain.with_row_index("item").select(
        "item", "device", "at", "confidence", "code", "memory", "accuses", "named", "once",
        *(pl.col(name).cast(among) for name, among in known.items()),
        rank=_rank_of_one(), off=pl.col("off_by").is_not_null(), composed=pl.col("kind") == COMPOSITION, turn=turns,
    ).with_columns(
        counted_turn=pl.when(pl.col("rank") == _RANK["indication"])
        .then(pl.max_horizontal("turn", pl.lit(at_most, pl.UInt64)))
        .otherwise("turn")
    )  # fmt: skip


def _told_once(items: pl.DataFrame) -> pl.Series:
    """A number for each thing that can be told: a rule once, a trace once for each text that shows it."""
    texts = items.select("rule_id", "off_by", apart=pl.when(~pl.col("once")).then("text"))
    return Distinct.of(texts, ["rule_id", "off_by", "apart"]).at


def _device_and_category() -> pl.Expr:
    """One number that sorts like device and category, null first: numbers of one column sort and join in a third of the time."""
    return pl.col("device").cast(pl.UInt64) * _CATEGORIES + (pl.col("category").to_physical().cast(pl.UInt64) + 1).fill_null(0)


def _all_but(places: pl.Series, height: int) -> pl.Series:
    return pl.repeat(True, height, dtype=pl.Boolean, eager=True).scatter(places, False)


def _order(weights: pl.Series) -> pl.Series:
    """Return the items (UInt64) by their weights, small numbers first, those that are alike as they stand."""
    if above(weights) > _HALF:
        weights = weights.rank("dense")
    return (weights.cast(pl.UInt64) * _HALF + pl.int_range(weights.len(), dtype=pl.UInt64, eager=True)).sort() % _HALF


def _weightiest_first(facts: pl.DataFrame, turns: pl.Series) -> pl.Series:
    """Return the items, those of the highest rank first, of these the surest, of these by the rule's id."""
    rules = facts["rule_id"].to_physical().cast(pl.UInt64)
    weights = ((_MOST_RANK - facts["rank"]).cast(pl.UInt64) * (above(turns) + 1) + turns) * (above(rules) + 1) + rules
    return _order(weights)


def _sorted(pairs: pl.DataFrame, order: pl.Series) -> pl.DataFrame:
    """Return pairs of a number `key` and an `item`, sorted by key and then as the items stand in the order."""
    places = pl.int_range(order.len(), dtype=pl.UInt64, eager=True)
    place = pl.repeat(0, order.len(), dtype=pl.UInt64, eager=True).scatter(order, places)
    both = (pairs["key"].cast(pl.UInt64) * _HALF + place.gather(pairs["item"])).sort()
    return pl.DataFrame({"key": both // _HALF, "item": order.gather(both % _HALF)})


def _rank_of_one() -> pl.Expr:
    """The grade one fact gives alone: none where it says nothing of circumvention or is explained."""
    conclusive = pl.col("current") & (pl.col("code") == "cracked") & (pl.col("confidence") >= CONCLUSIVE_FROM)
    alone = (
        pl.when(conclusive).then(_RANK["conclusive"]).when(pl.col("confidence") >= STRONG_FROM).then(_RANK["strong"])
        .otherwise(_RANK["indication"])
    )  # fmt: skip
    capped = pl.when(pl.col("memory")).then(_RANK["indication"]).otherwise(pl.min_horizontal(alone, "risk_at_most"))
    return pl.when(pl.col("accuses") & pl.col("off_by").is_null()).then(capped).otherwise(0).cast(pl.Int64)


def _met(installations: pl.DataFrame, facts: pl.DataFrame, immune: pl.Expr) -> pl.DataFrame:
    """Return at and item of the items that bear on each copy, in this order."""
    words = facts.schema
    copies = installations.lazy().filter(~immune).select("at", "device", "category", "vendor", "family_id").collect()
    line = _line(lines_of(pl.col("family_id"), built_in_rights())).cast(words["line"], strict=False)
    families = Distinct.of(copies, ["family_id"]).reading(copy_line=line)
    # Vendors and lines of which no item speaks become null: then only what speaks of all fits.
    copies = families.on(copies, "copy_line").with_columns(
        pl.col("category").cast(words["category"], strict=False), copy=pl.col("vendor").cast(words["copies_of"], strict=False)
    )
    copies = copies.filter(pl.col("category").is_not_null()).select("at", "copy", "copy_line", key=_device_and_category())
    others = facts.filter(pl.col("at").is_null() & pl.col("category").is_not_null())
    fits = (pl.col("copies_of").is_null() | pl.col("copies_of").eq_missing(pl.col("copy"))) & (
        pl.col("line").is_null() | pl.col("line").eq_missing(pl.col("copy_line"))
    )
    joined = copies.join(others.select("item", "copies_of", "line", key=_device_and_category()), on="key").filter(fits)
    about_one = facts.filter(pl.col("at").is_not_null())
    met = pl.concat([joined.select("item", key="at"), about_one.select("item", key="at")])
    return _sorted(met, facts["item"]).select(pl.col("key").cast(pl.UInt32).alias("at"), "item")


def _line(line: pl.Expr) -> pl.Expr:
    # Which of the two a row of Windows is about its name does not always tell.
    return line.replace({"os.windows-server": "os.windows"})


def _judged(installations: pl.DataFrame, met: pl.DataFrame, facts: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    table = policy.verdict_table().select(code="verdict", code_rank="rank", code_state="state")
    together = _together(met, facts)
    worst = _worst_code(met, facts, table)
    own_risk = pl.max_horizontal(pl.col("risk").fill_null(0), pl.col("grade").replace_strict(_RANK, default=0, return_dtype=pl.Int64))
    own = installations.select("at", "verdict", "confidence", own_risk=own_risk)
    # Most copies nothing speaks of: they stay what they are, and only the others are weighed.
    spoken = pl.concat([own.filter(pl.col("own_risk") > 0)["at"], together["at"], worst["at"]]).unique()
    places = rows_of(own["at"], spoken).drop_nulls().sort()
    weighed = _weighed(own[places], together, worst, table)
    instead = pl.int_range(own.height, dtype=pl.UInt32, eager=True)
    instead = instead.scatter(places, pl.int_range(own.height, own.height + places.len(), dtype=pl.UInt32, eager=True))
    unweighed = own.select(
        "verdict", "confidence", grade=pl.lit(RISKS[0]), traced=pl.lit(False), decided_by=pl.lit(None, pl.String)
    )  # fmt: skip
    judged = pl.concat([unweighed, weighed])[instead]
    return installations.drop("risk").with_columns(judged.get_columns())


def _weighed(own: pl.DataFrame, together: pl.DataFrame, worst: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return verdict, confidence, grade, traced and decided_by of copies (at, verdict, confidence, own_risk) that something speaks of."""
    placed = (
        own.join(together, on="at", how="left", maintain_order="left")
        .join(worst, on="at", how="left", maintain_order="left")
        .join(
            table.rename({"code": "verdict", "code_rank": "own_rank", "code_state": "own_state"}),
            on="verdict", how="left", maintain_order="left",
        )
    )  # fmt: skip
    risk = pl.max_horizontal("own_risk", pl.col("fused_rank").fill_null(0))
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
    return judged.select(
        "verdict",
        confidence=confidence,
        grade=pl.col("risk_now").replace_strict(dict(enumerate(RISKS)), return_dtype=pl.String),
        traced=pl.col("fused_rank").fill_null(0) > 0,
        decided_by=pl.when(pl.col("verdict").is_in(["cracked", "undetermined"])).then(accused_by)
        .when(changed).then("rule_by"),
    )  # fmt: skip


def _together(met: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """at, fused_rank, fused, fused_by: the grade of all facts that accuse a copy, how sure they make it, and the weightiest."""
    weighed = facts.with_columns(
        counted=pl.when(pl.col("rank") == _RANK["indication"])
        .then(pl.min_horizontal("confidence", pl.lit(INDICATION_AT_MOST)))
        .otherwise("confidence")
    )
    accusing = met.filter((facts["rank"] > 0).gather(met["item"])).rename({"at": "key"})
    weightiest = _sorted(accusing, _weightiest_first(facts, facts["counted_turn"]))
    told = weighed.select("kind", "composed", "rank", "counted", "rule_id")[weightiest["item"]].with_columns(
        at=weightiest["key"].cast(pl.UInt32)
    )
    by_kind = told.group_by("at", "kind", maintain_order=True).agg(pl.col("counted", "rank").max(), pl.col("rule_id", "composed").first())
    return (
        by_kind.sort("at", -pl.col("rank"), -pl.col("counted"), "rule_id")
        # A composition repeats facts that count already: it can raise the sum to its own, and never adds to it.
        .with_columns(unsure=pl.when("composed").then(1.0).otherwise(1.0 - pl.col("counted")))
        .group_by("at", maintain_order=True)
        .agg(pl.col("unsure").product(), pl.col("counted").max(), fused_rank=pl.col("rank").max(), fused_by=pl.col("rule_id").first())
        .select(
            "at",
            "fused_rank",
            pl.col("fused_by").cast(pl.String),
            sure=pl.max_horizontal(1.0 - pl.col("unsure"), "counted").clip(0.0, CERTAIN_AT_MOST),
        )
        .with_columns(
            fused=pl.when(pl.col("fused_rank") == _RANK["conclusive"]).then("sure")
            .when(pl.col("fused_rank") == _RANK["strong"]).then(pl.min_horizontal("sure", pl.lit(STRONG_AT_MOST)))
            .otherwise(pl.min_horizontal("sure", pl.lit(INDICATION_AT_MOST)))
        )
        .drop("sure")
    )  # fmt: skip


def _worst_code(met: pl.DataFrame, facts: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """at, rule_code, rule_rank, rule_state, rule_confidence, rule_by: the worst that rules which do not accuse say of a copy.

    A rule that says less than 0.70 raises a question and gives no verdict; what general knowledge says gives none either.
    """
    quiet = ~pl.col("off") & ~pl.col("accuses") & ~pl.col("memory") & (pl.col("confidence") >= STRONG_FROM)
    says = facts.filter(quiet).select("item", "code", "confidence", "rule_id").join(table, on="code")
    return (
        met.join(says.filter(pl.col("code_rank").is_not_null()), on="item")
        .sort("at", "code_rank", -pl.col("confidence"), "rule_id")
        .unique("at", keep="first", maintain_order=True)
        .select(
            "at", rule_code="code", rule_rank="code_rank", rule_state="code_state", rule_confidence="confidence",
            rule_by=pl.col("rule_id").cast(pl.String),
        )
    )  # fmt: skip


def _loose(facts: pl.DataFrame) -> pl.DataFrame:
    """What accuses on a device and category, whether or not a copy was seen there."""
    accusing = facts.filter(pl.col("rank") > 0)
    numbered = accusing.select(key=_device_and_category(), item=pl.int_range(pl.len(), dtype=pl.UInt32))
    by_place = _sorted(numbered, _weightiest_first(accusing, accusing["turn"]))
    return (
        accusing[by_place["item"]]
        .group_by("device", "category", maintain_order=True)
        .agg(
            hit_risk=pl.col("rank").max(),
            hit_confidence=pl.col("confidence").first(),
            hit_named=pl.col("named").any(),
            hit_by=pl.col("rule_id").first(),
        )
        .with_columns(pl.col("category", "hit_by").cast(pl.String))
    )


def _kept(pairs: pl.DataFrame, facts: pl.DataFrame, order: pl.Series, same: pl.Series) -> pl.DataFrame:
    """The items to tell of each `key`, the weightiest of each side first (`order`), of those that say the `same` one; a tool that left
    fifty files is told in eight."""
    said = _sorted(pairs, order)
    told = said[(said["key"] * _HALF + same.gather(said["item"])).arg_unique().sort()]
    # They stand by key: what has no more than fit into one side has room for all.
    runs = told["key"].rle().struct.unnest()
    crowded = runs.filter(pl.col("len") > TRACES_KEPT)["value"]
    if crowded.is_empty():
        return told
    # Rules and traces have their own room: fifty files must not push out the rule that decided.
    sides = told.with_row_index("place").filter(pl.col("key").is_in(crowded.implode()))
    sides = sides.with_columns(side=(facts["off"].cast(pl.UInt64) * 2 + facts["once"]).gather(sides["item"]))
    beyond = sides.filter(pl.int_range(pl.len()).over("key", "side") >= TRACES_KEPT)["place"]
    return told.filter(_all_but(beyond, told.height))


def _pieces(told: pl.DataFrame, keys: list[str], items: pl.DataFrame) -> pl.DataFrame:
    """The items as pieces of evidence. A program that is itself a tool is told apart from the programs a copy was recognised by."""
    few = told.select(keys).hstack(items.select("kind", "source", "row", "off_by", "rule_id", "text", "confidence")[told["item"]])
    explained = pl.col("off_by").is_not_null()
    kind = pl.when(explained).then(pl.lit(EXPLAINED)).when(pl.col("kind") == NAME_SEEN).then(pl.lit(SIGNATURE)).otherwise("kind")
    by = pl.when(explained).then(pl.col("rule_id") + "#" + pl.col("off_by")).otherwise("rule_id")
    weight = pl.when(explained).then(0.0).otherwise("confidence")
    return pieces(few, keys, kind=kind, source=pl.col("source"), row=pl.col("row"), rule_id=by, text=pl.col("text"), weight=weight)
