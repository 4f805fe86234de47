"""What waits for a ruling: open copies grouped so that one ruling settles many devices, those first that close most of a score."""

from __future__ import annotations

import polars as pl

from licmatch.assess.accusers import accusers_in_evidence, accusing, evidence_rows
from licmatch.assess.evidence import UNSETTLED
from licmatch.assess.ruling_scope import NO_COPY, NO_RULE
from licmatch.schema import RISKS

UNDETERMINED, ACCUSED = "undetermined", "accused"
# A device's evidence is shown in these many pieces; all of it stands in installations.parquet.
PIECES = 3

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


def queue(
    installations: pl.DataFrame, findings: pl.DataFrame, scores: pl.DataFrame, *, copies_listed: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (groups, copies) of a result: a row a group with the columns of `QUEUE`, a row a copy with those of `QUEUE_COPIES`.

    Waiting are copies that are undetermined, or not genuine without a ruling, and traces that accuse where no copy was seen;
    a group is of one product, verdict and set of accusing rules. `interval_open` is the share of its category's rate that
    the group holds open: its undetermined copies over all copies and open names. An accusation holds none open and ranks
    after. A group on one device or in one unit is bound to it. Of each group the first `copies_listed` are listed. The
    tables have the columns of a result folder's.
    """
    waiting = _waiting(installations, findings).with_row_index("at")
    rules = pl.when(pl.col("accused_by").list.len() > 0).then(pl.col("accused_by").list.join("; ")).otherwise(pl.lit(NO_RULE))
    keyed = accusers_in_evidence(waiting, "at").with_columns(rule_id=rules).drop("evidence", "accused_by")
    ordered = keyed.sort(*_GROUP, "device_id", "category", "at")
    groups = _ranked(ordered, _wholes(scores))
    of_group = ordered.join(groups.select(*_GROUP, "rank"), on=_GROUP, maintain_order="left")
    few = of_group.sort("rank", maintain_order=True).group_by("rank", maintain_order=True).head(copies_listed)
    # Evidence is put into words for what is shown, not for every copy that waits.
    needed = pl.concat([groups.select(at="first"), few.select("at")]).unique()
    words = _told(waiting.join(needed, on="at", how="semi"))
    shaped = groups.join(words, left_on="first", right_on="at", how="left", maintain_order="left").rename({"evidence_text": "evidence"})
    copies = few.join(words, on="at", how="left", maintain_order="left").rename(
        {"device_id": "device", "unit_id": "of_unit", "provisional_verdict": "verdict_so_far", "evidence_text": "evidence"}
    )
    return _shaped(shaped, QUEUE), _shaped(copies, QUEUE_COPIES)


def _shaped(frame: pl.DataFrame, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def _ranked(ordered: pl.DataFrame, wholes: dict[str, float]) -> pl.DataFrame:
    risk = pl.col("grade").replace_strict({risk: place for place, risk in enumerate(RISKS)}, default=0, return_dtype=pl.Int64)
    counted = ordered.group_by(_GROUP, maintain_order=True).agg(
        pl.col("category").unique().sort().str.join("; "),
        pl.col("product").first(),
        pl.col("confidence").max(),
        pl.col("undetermined").sum(),
        grade=risk.max().replace_strict(dict(enumerate(RISKS)), return_dtype=pl.String),
        installations=pl.len(),
        devices=pl.col("device_id").n_unique(),
        units=pl.col("unit_id").n_unique(),
        one_device=pl.col("device_id").first(),
        one_unit=pl.col("unit_id").first(),
        first=pl.col("at").first(),
    )
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


def _waiting(installations: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    release = pl.when(pl.col("family").str.ends_with(pl.col("release"))).then(None).otherwise(pl.col("release"))
    columns = ["device_id", "unit_id", "category", "product_id", "product", "provisional_verdict", "grade", "confidence", "evidence",
               "open_as", "undetermined"]  # fmt: skip
    official = pl.col("official").fill_null(False)
    state = (
        pl.when(pl.col("state") == "undetermined").then(pl.lit(UNDETERMINED)).when(pl.col("state") == "not_genuine").then(pl.lit(ACCUSED))
    )
    copies = installations.with_columns(
        provisional_verdict="verdict",
        open_as=state,
        undetermined=(pl.col("state") == "undetermined").cast(pl.Int64),
        product=pl.concat_str([pl.col("family"), release, pl.col("edition")], separator=" ", ignore_nulls=True),
    ).filter(~official & pl.col("open_as").is_not_null())
    # Names nobody could settle are settled in a catalog, not by a ruling; only traces are waiting here.
    loose = findings.filter((pl.col("installations") == 0) & (pl.col("grade") != "none") & ~official).with_columns(
        provisional_verdict="verdict", open_as=state, undetermined=pl.lit(0, pl.Int64), product_id=pl.lit(NO_COPY),
        product=pl.lit(None, pl.String),
    ).filter(pl.col("open_as").is_not_null())  # fmt: skip
    return pl.concat([copies.select(columns), loose.select(columns)])


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
    """The evidence of each copy as text: what accuses first, then how it was recognised."""
    said = evidence_rows(listed, "at").filter(pl.col("kind") != UNSETTLED).with_columns(accuses=accusing())
    rule = pl.when("accuses").then(pl.format(" [{}]", "rule_id")).otherwise(pl.lit(""))
    return (
        said.with_columns(piece=pl.concat_str(pl.col("text").fill_null(""), rule))
        .sort("at", "accuses", "weight", "rule_id", "piece", descending=[False, True, True, False, False], nulls_last=True)
        .group_by("at", maintain_order=True)
        .agg(evidence_text=pl.col("piece").unique(maintain_order=True).head(PIECES).str.join("\n"))
    )
