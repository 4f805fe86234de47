"""What waits for a ruling: open copies grouped so that one ruling settles many devices, those first that close most of a score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from licmatch.assess.accusers import accused_rows, accusing, evidence_rows
from licmatch.assess.evidence import UNSETTLED
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.ruling_scope import NO_COPY, NO_RULE
from licmatch.rules.number_order import in_order, order_of
from licmatch.schema import RISKS

UNDETERMINED, ACCUSED = "undetermined", "accused"
# A device's evidence is shown in these many pieces; all of it stands in installations.parquet.
PIECES = 3
# So many copies of a group are listed for a person.
COPIES_OF_A_GROUP = 200

FILLED_IN = ("ruling_id", "verdict", "ruled_by", "document_no", "ruled_on", "expires_on", "reason")
SCOPE = ("device_id", "unit_id", "product_id", "name", "rule_id", "provisional_verdict")
QUEUE: dict[str, pl.DataType] = {
    **dict.fromkeys((*FILLED_IN, *SCOPE), pl.String()),
    "rank": pl.Int64(),
    "open_as": pl.String(),
    "category": pl.String(),
    "product": pl.String(),
    "grade": pl.String(),
    "confidence": pl.Float64(),
    "installations": pl.Int64(),
    "devices": pl.Int64(),
    "units": pl.Int64(),
    "interval_open": pl.Float64(),
    "evidence": pl.String(),
}
QUEUE_COPIES: dict[str, pl.DataType] = {
    "rank": pl.Int64(),
    "device": pl.String(),
    "of_unit": pl.String(),
    "category": pl.String(),
    "product": pl.String(),
    "verdict_so_far": pl.String(),
    "grade": pl.String(),
    "evidence": pl.String(),
}
_GROUP = ("open_as", "product_id", "provisional_verdict", "rule_id")
# What a product is called by.
_WORDS = ("family", "release", "edition")
# Evidence of so many copies is looked at together.
ROWS_AT_A_TIME = 250_000
# Numbers that sort like the texts they stand for.
_NUMBERED = {"device_number": "device_id", "unit_number": "unit_id", "category_number": "category"}


def queue(
    installations: pl.DataFrame | pl.LazyFrame, findings: pl.DataFrame | pl.LazyFrame, scores: pl.DataFrame, *, copies_listed: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (groups, copies) of a result: a row a group with the columns of `QUEUE`, a row a copy with those of `QUEUE_COPIES`.

    Waiting are copies that are undetermined, or not genuine without a ruling, and traces that accuse where no copy was seen;
    a group is of one product, verdict and set of accusing rules. `interval_open` is the share of its category's rate that
    the group holds open: its undetermined copies over all copies and open names. An accusation holds none open and ranks
    after. A group on one device or in one unit is bound to it. Of each group the first `copies_listed` are listed. The
    tables have the columns of a result folder's; scans of them are read some rows at a time.
    """
    tables = {"copy": installations.lazy(), "trace": findings.lazy()}
    parts = [rows for of, table in tables.items() for rows in _by_slices(table, of)]
    waiting = pl.concat(parts).with_row_index("at")
    grouped = Distinct.of(waiting, _GROUP)
    ordered = _ordered(parts, grouped.at)
    groups = _ranked(grouped.frame, ordered, waiting, _wholes(scores))
    listed = ordered.select("group", "at").group_by("group", maintain_order=True).head(copies_listed)
    few = groups.select("group", "rank", *_GROUP).join(listed, on="group", maintain_order="left_right")
    few = few.hstack(waiting.select("device_id", "unit_id", "category", "grade")[few["at"]])
    # Copies and their evidence are put into words where they are shown, not for every copy that waits.
    needed = waiting.select("at", "of", "place")[pl.concat([groups["first"], few["at"]]).unique().sort()]
    told = _told(pl.concat(_read_again(tables[of], of, needed.filter(pl.col("of") == of)) for of in tables))
    shaped = groups.join(told, left_on="first", right_on="at", how="left", maintain_order="left")
    copies = few.join(told, on="at", how="left", maintain_order="left").rename(
        {"device_id": "device", "unit_id": "of_unit", "provisional_verdict": "verdict_so_far"}
    )
    return _shaped(shaped, QUEUE), _shaped(copies, QUEUE_COPIES)


def _by_slices(table: pl.LazyFrame, of: str) -> Iterator[pl.DataFrame]:
    """Yield the waiting copies or traces of a table, some rows at a time, with `place`, their row in it: without their evidence, but
    with the rules that accuse in it, as one text.
    """
    height = table.select(pl.len()).collect(engine="streaming").item()
    for start in range(0, max(height, 1), ROWS_AT_A_TIME):
        rows = table.slice(start, ROWS_AT_A_TIME)
        # The lists of evidence are long: they are looked through where they stand, and not taken along.
        accused = accused_rows(rows.select("evidence").collect().to_series())
        rules = accused.select(place=pl.col("row") + start, rules=pl.col("accused_by").list.join("; "))
        waiting = _waiting(rows.with_row_index("place", start), of).drop("evidence", *_WORDS)
        told = waiting.join(rules.lazy(), on="place", how="left", maintain_order="left").with_columns(of=pl.lit(of))
        yield told.with_columns(rule_id=pl.col("rules").fill_null(NO_RULE)).drop("rules").collect()


def _read_again(table: pl.LazyFrame, of: str, needed: pl.DataFrame) -> pl.DataFrame:
    """Return at, product_id, the words of the product and the evidence of these rows of a table."""
    rows = table.with_row_index("place").filter(pl.col("place").is_in(needed["place"].implode()))
    found = _waiting(rows, of).select("place", "product_id", *_WORDS, "evidence").collect(engine="streaming")
    return found.join(needed.select("place", "at"), on="place").drop("place")


def _ordered(parts: Sequence[pl.DataFrame], group: pl.Series) -> pl.DataFrame:
    """The copies by group, and in it by device and category; ids are numbers that sort like them (`_NUMBERED`)."""
    numbers = [pl.concat(in_order([part[name] for part in parts])[0]).alias(number) for number, name in _NUMBERED.items()]
    risk = pl.col("grade").replace_strict({risk: place for place, risk in enumerate(RISKS)}, default=0, return_dtype=pl.Int8)
    said = pl.concat(part.select("category", "confidence", "undetermined", risk=risk) for part in parts)
    coded = pl.DataFrame([group.alias("group"), *numbers, *said]).with_row_index("at")
    return coded[order_of(coded.select("group", "device_number", "category_number"))]


def _shaped(frame: pl.DataFrame, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def _ranked(groups: pl.DataFrame, ordered: pl.DataFrame, waiting: pl.DataFrame, wholes: dict[str, float]) -> pl.DataFrame:
    """The groups in the order of their rank; `groups` are told apart by the columns of `_GROUP`, a copy's `group` is the row of its own."""
    counted = ordered.group_by("group", maintain_order=True).agg(
        pl.col("category").unique().sort().str.join("; "),
        pl.col("confidence").max(),
        pl.col("undetermined").sum(),
        grade=pl.col("risk").max().replace_strict(dict(enumerate(RISKS)), return_dtype=pl.String),
        installations=pl.len(),
        devices=pl.col("device_number").n_unique(),
        units=pl.col("unit_number").n_unique(),
        first=pl.col("at").first(),
    )
    first = waiting.select(one_device="device_id", one_unit="unit_id")[counted["first"]]
    counted = groups.with_row_index("group").join(counted.hstack(first), on="group", maintain_order="left")
    # What is undetermined is of one product, so of one category.
    whole = pl.col("category").replace_strict(wholes, default=None, return_dtype=pl.Float64)
    # A device alone says enough; a unit beside it would only make the ruling lapse when the device moves.
    alone = pl.col("devices") == 1
    return (
        counted.with_columns(
            *(pl.lit(None, pl.String).alias(name) for name in (*FILLED_IN, "name")),
            interval_open=pl.when(pl.col("undetermined") > 0).then(pl.col("undetermined") / whole).otherwise(0.0),
            device_id=pl.when(alone).then("one_device"),
            unit_id=pl.when((pl.col("units") == 1) & ~alone).then("one_unit"),
        )
        .sort("interval_open", "installations", *_GROUP, descending=[True, True, False, False, False, False])
        .with_row_index("rank", offset=1)
    )


def _waiting(rows: pl.LazyFrame, of: str) -> pl.LazyFrame:
    official = pl.col("official").fill_null(False)
    state = (
        pl.when(pl.col("state") == "undetermined").then(pl.lit(UNDETERMINED)).when(pl.col("state") == "not_genuine").then(pl.lit(ACCUSED))
    )
    asked = rows.filter(~official & state.is_not_null())
    told: dict[str, pl.Expr] = {"undetermined": (pl.col("state") == "undetermined").cast(pl.Int64)}
    if of == "trace":
        # Names nobody could settle are settled in a catalog, not by a ruling; only traces are waiting here.
        asked = asked.filter((pl.col("installations") == 0) & (pl.col("grade") != "none"))
        told = {"undetermined": pl.lit(0, pl.Int64), "product_id": pl.lit(NO_COPY), **{name: pl.lit(None, pl.String) for name in _WORDS}}
    return asked.with_columns(provisional_verdict="verdict", open_as=state, **told).select(
        "place", "device_id", "unit_id", "category", "product_id", *_WORDS, "provisional_verdict", "grade", "confidence", "evidence",
        "open_as", "undetermined",
    )  # fmt: skip


def _wholes(scores: pl.DataFrame) -> dict[str, float]:
    """Copies and open names of each category that has any, over all units at the top."""
    top = scores.filter(pl.col("parent_id").is_null())
    categories = [name.removesuffix("_installed") for name in scores.columns if name.endswith("_installed")]
    sums = {
        category: float(top.select(pl.sum_horizontal(f"{category}_installed", f"{category}_open_names").sum()).item() or 0)
        for category in categories
    }
    return {category: whole for category, whole in sums.items() if whole > 0}


def _told(listed: pl.DataFrame) -> pl.DataFrame:
    """at, product and evidence: each copy in words, its evidence with what accuses first, then how it was recognised."""
    said = evidence_rows(listed, "at").filter(pl.col("kind") != UNSETTLED).with_columns(accuses=accusing())
    rule = pl.when("accuses").then(pl.format(" [{}]", "rule_id")).otherwise(pl.lit(""))
    evidence = (
        said.with_columns(piece=pl.concat_str(pl.col("text").fill_null(""), rule))
        .sort("at", "accuses", "weight", "rule_id", "piece", descending=[False, True, True, False, False], nulls_last=True)
        .group_by("at", maintain_order=True)
        .agg(evidence=pl.col("piece").unique(maintain_order=True).head(PIECES).str.join("\n"))
    )
    release = pl.when(pl.col("family").str.ends_with(pl.col("release"))).then(None).otherwise(pl.col("release"))
    words = pl.concat_str([pl.col("family"), release, pl.col("edition")], separator=" ", ignore_nulls=True)
    named = listed.select("at", product=pl.when(pl.col("product_id") != NO_COPY).then(words))
    return named.join(evidence, on="at", how="left", maintain_order="left")
