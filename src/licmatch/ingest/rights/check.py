"""Which lots can be used: what is impossible, unclear or said twice is rejected with its reason, never mended."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch.ingest.canonical_table import coded, without_refused
from licmatch.ingest.cell_words import METRIC_CODES
from licmatch.ingest.moments import slashed_order
from licmatch.ingest.product_keys import frame_without_keys, key_bytes
from licmatch.ingest.records import SideTable
from licmatch.ingest.rights.lots import Lots
from licmatch.ingest.values import iso_date, known
from licmatch.schema import ENTITLEMENTS, REJECTED

# From here on a number of seats is what people enter for "as many as we like".
PLACEHOLDER_SEATS = 9999
COUNTED = ("device", "user", "concurrent")
DAYS = ("valid_from", "valid_to", "maintenance_to", "acquired_on")
FOR_EVER = ("永久", "长期", "长期有效", "永久有效", "无期限", "不限期", "perpetual", "never", "permanent", "9999-12-31", "9999/12/31")
NO_LIMIT = ("不限", "不限数量", "无限", "无限制", "不限制", "不限制许可数量", "unlimited", "∞")
_RANGE = r"^\s*(\d{4}\D{1,2}\d{1,2}\D{1,2}\d{1,2}日?)\s*(?:至|到|~|～|—|–|--|-\s|to)\s*(\d{4}\D.*)$"
_SLASHED = r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:\D.*)?$"
_WHOLE = r"^\s*(-?\d{1,15})(?:\.0+)?\s*[^\d\s.,]{0,6}\s*$"
_PRICE = r"^(?:CNY|RMB|USD|人民币)?\s*[¥￥$]?\s*(-?\d{1,12}(?:\.\d{1,6})?)\s*(?:元|CNY|RMB|USD)?$"
CURRENCIES = {"人民币": "CNY", "元": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "￥": "CNY", "美元": "USD", "usd": "USD", "$": "USD"}
_TWICE = "_twice"


def checked(lots: Lots, label: str) -> SideTable:
    """Return the lots of one table that can be used, typed, and the others with line and reason."""
    text = lots.cells.with_columns(known(pl.col(column)).alias(column) for column in lots.cells.columns)
    text = _ranges_split(text).with_columns(coded("entitlements", "metric"), coded("entitlements", "channel"), _currency())
    orders = {day: lots.order or slashed_order(text[day]) for day in DAYS}
    boundless = pl.col("quantity").str.to_lowercase().is_in(NO_LIMIT)
    text = text.with_columns(
        pl.when(boundless & pl.col("metric").is_null()).then(pl.lit("unlimited")).otherwise("metric").alias("metric"),
        *(_day(day, orders[day]).alias(f"{day}_read") for day in DAYS),
        pl.col("quantity").str.replace_all("[,，]", "").str.extract(_WHOLE).cast(pl.Int64, strict=False).alias("number"),
        pl.col("unit_price").str.replace_all("[,，]", "").str.extract(_PRICE).alias("price"),
        boundless.fill_null(False).alias("boundless"),
    )
    reasons = text.select(pl.coalesce(*_reasons(lots.unit_required)).alias("reason"))["reason"].to_list()
    refused = {place: reason for place, reason in enumerate(reasons) if reason is not None} | dict(lots.unusable)
    typed = text.select(
        *(_final(column).alias(column) for column in ENTITLEMENTS if column != "source"),
        pl.format("{}:{}", pl.lit(lots.format), pl.Series(lots.lines, dtype=pl.Int64)).alias("source"),
    ).select(*ENTITLEMENTS)
    clean, _ = frame_without_keys(typed)
    frame, rejected = without_refused(clean, refused, lots.lines, lots.raw, label)
    at_line = {line: place for place, line in enumerate(lots.lines)}
    return SideTable(frame, rejected, lots.notices, label, lambda line: lots.raw(at_line[line]))


def without_repeats(parts: Sequence[SideTable]) -> list[SideTable]:
    """Return the parts of one reading with every entitlement id once.

    Of rows that are the same the first stands. Where rows of one id differ, nobody can tell which is right: all are rejected.
    """
    own = [part.frame.with_columns(pl.lit(place, dtype=pl.UInt32).alias("_part")) for place, part in enumerate(parts)]
    everything = pl.concat(own).with_row_index("_at") if own else pl.DataFrame()
    if everything.is_empty():
        return list(parts)
    what = [column for column in ENTITLEMENTS if column != "source"]
    again = ~pl.struct(what).is_first_distinct()
    ids = everything.with_columns(again.alias("_again"))
    kinds = ids.filter(~pl.col("_again")).group_by("entitlement_id").len(_TWICE)
    marked = ids.join(kinds, on="entitlement_id", how="left").sort("_at")
    first = pl.col("source").first().over("entitlement_id")
    reason = (
        pl.when(pl.col(_TWICE) > 1)
        .then(pl.format("duplicate: {} stands for different lots", "entitlement_id"))
        .when("_again")
        .then(pl.format("duplicate of {}", first))
    )
    marked = marked.with_columns(reason.alias("_reason"))
    made = []
    for place, part in enumerate(parts):
        mine = marked.filter(pl.col("_part") == place)
        bad = mine.filter(pl.col("_reason").is_not_null())
        lines = bad["source"].str.extract(r":(\d+)$").cast(pl.Int64).to_list()
        raws = [key_bytes(part.raw(line)) if part.raw is not None else b"" for line in lines]
        reasons = bad["_reason"].to_list()
        rejected = pl.DataFrame(
            [(part.label, line, why, raw) for line, why, raw in zip(lines, reasons, raws, strict=True)], schema=REJECTED, orient="row"
        )
        kept = mine.filter(pl.col("_reason").is_null()).select(*ENTITLEMENTS)
        made.append(SideTable(kept, pl.concat([part.rejected, rejected]), part.notices, part.label, part.raw))
    return made


def _ranges_split(text: pl.DataFrame) -> pl.DataFrame:
    """A validity written as one cell from ... to ... is two days."""
    found = pl.col("valid_to").str.extract_groups(_RANGE)
    start, end = found.struct.field("1"), found.struct.field("2")
    return text.with_columns(pl.coalesce("valid_from", start).alias("valid_from"), pl.coalesce(end, "valid_to").alias("valid_to"))


def _day(column: str, order: str | None) -> pl.Expr:
    """Return the day, null where the cell is none; a day that may be two is none."""
    text = pl.when(~pl.col(column).str.to_lowercase().is_in(FOR_EVER)).then(pl.col(column))
    parts = text.str.extract_groups(_SLASHED)
    first, second, year = (parts.struct.field(str(place)).str.zfill(2) for place in (1, 2, 3))
    same = first == second
    month, day = (second, first) if order == "dmy" else (first, second)
    slashed = pl.when(same | pl.lit(order is not None)).then(year + "-" + month + "-" + day)
    found = pl.coalesce(slashed, iso_date(text)).str.slice(0, 10)
    return found.str.to_date("%Y-%m-%d", strict=False)


def _reasons(unit_required: bool) -> list[pl.Expr]:
    metric, number = pl.col("metric"), pl.col("number")
    bound = pl.col("device_id").is_not_null()
    required = ["entitlement_id", *(["unit_id"] if unit_required else []), "product", "metric"]
    checks: list[tuple[pl.Expr, pl.Expr]] = [(pl.col(column).is_null(), pl.lit(f"no {column}")) for column in required]
    checks += [
        (~metric.is_in(sorted(METRIC_CODES)), pl.format("unknown metric '{}'", metric)),
        (
            pl.col("boundless") & metric.is_in(["device", "user", "concurrent", "oem"]),
            pl.format("quantity '{}' and metric {} contradict each other", "quantity", metric),
        ),
        (
            pl.col("quantity").is_not_null() & number.is_null() & ~pl.col("boundless"),
            pl.format("quantity '{}' is no whole number", "quantity"),
        ),
        (number < 0, pl.format("negative quantity {}", number)),
        (number == 0, pl.lit("quantity 0")),
        (
            (number >= PLACEHOLDER_SEATS) & metric.is_in(COUNTED),
            pl.format("quantity {} reads as a placeholder: use metric unlimited or site, or several lots if it is the real number", number),
        ),
        (number.is_null() & metric.is_in(COUNTED) & ~bound, pl.lit("no quantity")),
        (number.is_null() & (metric == "oem") & ~bound, pl.lit("no quantity and no device")),
        (bound & (number > 1) & metric.is_in(["device", "oem"]), pl.format("bound to one device, yet {} of them", number)),
    ]
    for day in DAYS:
        read = pl.col(f"{day}_read")
        told = pl.col(day).is_not_null() & ~pl.col(day).str.to_lowercase().is_in(FOR_EVER)
        either = pl.col(day).str.contains(_SLASHED)
        checks += [
            (told & read.is_null() & either, pl.format(f"{day} '{{}}' may be two days: write it as 2026-03-04", day)),
            (told & read.is_null(), pl.format(f"{day} '{{}}' is no day", day)),
            (told & ~read.dt.year().is_between(1985, 2100), pl.format(f"{day} '{{}}' is an impossible day", day)),
        ]
    pairs = (("valid_from", "valid_to"), ("acquired_on", "valid_to"), ("valid_from", "maintenance_to"), ("acquired_on", "maintenance_to"))
    checks += [
        (pl.col(f"{end}_read") < pl.col(f"{start}_read"), pl.format(f"{end} {{}} lies before {start} {{}}", end, start))
        for start, end in pairs
    ]
    checks += [
        (pl.col("unit_price").is_not_null() & pl.col("price").is_null(), pl.format("unit_price '{}' is no amount", "unit_price")),
        (pl.col("price").cast(pl.Float64, strict=False) < 0, pl.format("negative unit_price {}", "price")),
    ]
    return [pl.when(test).then(words) for test, words in checks]


def _final(column: str) -> pl.Expr:
    if column == "quantity":
        return pl.col("number")
    if column == "unit_price":
        return pl.col("price")
    return pl.col(f"{column}_read").dt.strftime("%Y-%m-%d") if column in DAYS else pl.col(column)


def _currency() -> pl.Expr:
    said = pl.coalesce("currency", pl.col("unit_price").str.extract(r"(元|[¥￥$]|人民币|CNY|RMB|USD)"))
    low = said.str.to_lowercase()
    return low.replace_strict(CURRENCIES, default=said.str.to_uppercase(), return_dtype=pl.String()).alias("currency")
