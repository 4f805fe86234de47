"""F3c 软件安装维护情况明细表: one a licence and jurisdiction."""

from __future__ import annotations

import polars as pl

from licmatch.forms.figures import class_of, version_text
from licmatch.forms.filled import Filled, Values
from licmatch.forms.making import Making

_NAMED = ["product_name", "version_edition"]
_COPY = ["device_id", "category", *_NAMED]


def maintenance(making: Making) -> list[Filled]:
    """Return the installations of each licence; with an earlier result only what changed since, dated as of the later one.

    An upgrade writes two records (REGULATION 4.3): a removal in the old licence's sheet, an installation in the new one's.
    """
    now = _placed(making, making.figures.copies)
    if making.earlier is None:
        records = now.with_columns(action=pl.lit(making.zh("action_install")), other=pl.lit(None, pl.String))
    else:
        before = _placed(making, _like(making, making.earlier))
        added = now.join(before, on=_COPY, how="anti", nulls_equal=True)
        gone = before.join(now, on=_COPY, how="anti", nulls_equal=True)
        records = pl.concat(
            [
                _with_other(added, gone, making.zh("action_install"), making.zh("upgraded_from", product="{}")),
                _with_other(gone, added, making.zh("action_remove"), making.zh("upgraded_to", product="{}")),
            ]
        )
    order = {unit: at for at, unit in enumerate(making.unit)}
    place = pl.col("place").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    records = records.with_columns(order=place).sort("order", *_NAMED, "unit_id", "device_id", "action", nulls_last=True)
    seats = _placed(making, making.figures.products.filter(pl.col("licence_count").is_not_null()), keep=("licence_count",))
    held = {tuple(row[:3]): row[3] for row in seats.group_by("place", *_NAMED).agg(pl.col("licence_count").sum()).iter_rows()}
    day = None if making.earlier is None else making.figures.day
    made = []
    for (home, product, version), part in records.group_by("place", *_NAMED, maintain_order=True):
        rows: list[Values] = []
        for at, (unit, device, action, other) in enumerate(part.select("unit_id", "device_id", "action", "other").iter_rows(), start=1):
            name = making.unit[unit]["name"] if unit in making.unit else unit
            remarks = "；".join(text for text in (name, other) if text)
            rows.append({"seq": at, "action": action, "date": day, "device_id": device, "remarks": remarks or None})
        number = " ".join(str(text) for text in (product, version) if text)
        head = {"software_no": number, "product_name": product, "version_edition": version or None}
        head |= {"licence_count": held.get((home, product, version))}
        made.append(making.fill("F3c", {"head": [head], "records": rows}, unit=str(home), name=number))
    return made


def _placed(making: Making, copies: pl.DataFrame, *, keep: tuple[str, ...] = ()) -> pl.DataFrame:
    """The copies by the jurisdiction whose ledger they stand in; a unit that is no more stands with the root."""
    homes = {unit: row["jurisdiction"] for unit, row in making.unit.items()}
    place = pl.col("unit_id").replace_strict(homes, default=making.jurisdictions[0], return_dtype=pl.String()).alias("place")
    columns = ["unit_id", *(_COPY if not keep else _NAMED)]
    return copies.select(place, *columns, *keep).unique(maintain_order=True)


def _like(making: Making, installations: pl.DataFrame) -> pl.DataFrame:
    kept = installations.filter(pl.col("state") != "out_of_scope")
    name = pl.coalesce("family", "product_id", pl.lit("?")).alias("product_name")
    return kept.with_columns(*class_of(making.figures.counting, making.figures.categories), name, version_text())


def _with_other(records: pl.DataFrame, others: pl.DataFrame, action: str, words: str) -> pl.DataFrame:
    """What stood, or stands now, on the same computer in the same category is what it was upgraded from, or to."""
    said = pl.concat_str(_NAMED, separator=" ").str.strip_chars()
    first = others.group_by("device_id", "category").agg(said.min().alias("other"))
    joined = records.join(first, on=["device_id", "category"], how="left", maintain_order="left")
    return joined.with_columns(action=pl.lit(action), other=pl.format(words, "other")).select(*records.columns, "action", "other")
