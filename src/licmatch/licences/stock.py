"""Lots made ready: in force or lapsed, of which kind, with which proof, and which of them are one and the same to a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.licences.proof import documents, licence_kind
from licmatch.licences.reach import Licence, Product, product
from licmatch.licences.rights import Rights

OF_PRODUCT = ["category", "family_id", "edition_id", "release"]
_FILLED = ("quantity", "device_id", "valid_to")


@dataclass(frozen=True, slots=True)
class ReadLots:
    """`frame`: a lot in force or lapsed, with kind, lp (place in `licences`), proof (place in `proofs`), seats (null: no number),
    cents, hard (an OEM licence of one computer), lapsed. `proofs`: kind, metric, documents there, cells filled."""

    frame: pl.DataFrame
    licences: tuple[Licence, ...]
    proofs: tuple[tuple[str, str, frozenset[str], frozenset[str]], ...]


def products(frame: pl.DataFrame, name: str, rights: Rights) -> tuple[pl.DataFrame, tuple[Product, ...]]:
    """Return the frame with a column `name`, the place of each row's product in the tuple; products that mean the same are one."""
    said = frame.select(OF_PRODUCT).unique().sort(OF_PRODUCT, nulls_last=True)
    made = [product(row[0] or row[1].split(".")[0], row[1], row[2], row[3], rights) for row in said.iter_rows()]
    kinds = sorted(set(made), key=_key)
    places = {one: place for place, one in enumerate(kinds)}
    said = said.with_columns(pl.Series(name, [places[one] for one in made], dtype=pl.UInt32))
    return frame.join(said, on=OF_PRODUCT, how="left", nulls_equal=True, maintain_order="left"), tuple(kinds)


def _key(one: Product) -> tuple[str, ...]:
    return (one.category, one.line, one.family, one.edition or "", one.release or "")


def read_lots(lots: pl.DataFrame, rights: Rights, as_of: date) -> ReadLots:
    """Return the lots that have begun by the day, those that are over marked `lapsed`."""
    begun = lots.filter((pl.col("valid_from") <= as_of).fill_null(True))
    words = ["metric", "channel", "_agreed", "proofs", *(f"_{cell}" for cell in _FILLED)]
    begun = begun.with_columns(
        (pl.col("agreement").fill_null("").str.strip_chars() != "").alias("_agreed"),
        *(pl.col(cell).is_not_null().alias(f"_{cell}") for cell in _FILLED),
    )
    said = begun.select(words).unique().sort(words, nulls_last=True)
    read = []
    for row in said.iter_rows(named=True):
        kind = licence_kind(row["metric"], row["channel"], row["_agreed"], rights)
        filled = frozenset(cell for cell in _FILLED if row[f"_{cell}"])
        read.append((kind, row["metric"], documents(row["proofs"], rights), filled))
    proofs = sorted(set(read), key=lambda one: (one[0], one[1], sorted(one[2]), sorted(one[3])))
    places = {one: place for place, one in enumerate(proofs)}
    said = said.with_columns(
        pl.Series("kind", [one[0] for one in read], dtype=pl.String), pl.Series("proof", [places[one] for one in read], dtype=pl.UInt32)
    )
    boundless = [metric.id for metric in rights.metrics.values() if metric.unlimited]
    begun = begun.join(said, on=words, how="left", nulls_equal=True, maintain_order="left").with_columns(
        lapsed=(pl.col("valid_to") < as_of).fill_null(False),
        seats=pl.when(~pl.col("metric").is_in(boundless)).then(pl.col("quantity").fill_null(1)),
        cents=(pl.col("unit_price").fill_null(0) * 100).cast(pl.Int64),
        hard=(pl.col("kind") == "oem") & pl.col("device_id").is_not_null(),
    )
    begun = begun.with_columns(cents=pl.when(pl.col("seats").is_not_null()).then("cents").otherwise(0))
    placed, kinds = products(begun, "lot_product", rights)
    keys = ["lot_product", "kind", "maintenance_to"]
    licences = placed.select(keys).unique().sort(keys, nulls_last=True).with_row_index("lp")
    placed = placed.join(licences, on=keys, how="left", nulls_equal=True, maintain_order="left")
    made = tuple(Licence(kinds[row[1]], row[2], row[3]) for row in licences.select("lp", *keys).iter_rows())
    return ReadLots(placed, made, tuple(proofs))


def stocks(lots: pl.DataFrame, read: ReadLots, rights: Rights) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return stocks (stock, lp, unit_id, scope_own, device_id, hard, cents, proof, second, cap) and
    members (stock, lot, offset, start, end).

    Lots that no copy can tell apart are one stock; its seats are the lots' in the order of their ids. Further computers of one
    person are stocks of their own: `second`.
    """
    several = [_devices(licence, rights) for licence in read.licences]
    per_seat = pl.DataFrame(
        [(place, metric, number) for place, of in enumerate(several) for metric, number in of.items()],
        schema={"lp": pl.UInt32(), "metric": pl.String(), "_devices": pl.Int64()},
        orient="row",
    )
    own = lots.with_columns(
        offset=pl.lit(0, pl.Int64), second=pl.lit(False), scope_own=pl.col("scope").is_in(["unit", "own", "本单位"]).fill_null(False)
    )
    more = (
        own.join(per_seat, on=["lp", "metric"])
        .with_columns(offset=pl.col("seats"))
        .with_columns(seats=pl.col("seats") * (pl.col("_devices") - 1), cents=pl.lit(0, pl.Int64), second=pl.lit(True))
    )
    every = pl.concat([own, more.select(own.columns)])
    keys = ["lp", "unit_id", "scope_own", "device_id", "hard", "cents", "proof", "second", "boundless"]
    every = every.with_columns(boundless=pl.col("seats").is_null())
    found = every.group_by(keys).agg(
        cap=pl.when(~pl.col("boundless").first()).then(pl.col("seats").sum()), _first=pl.col("entitlement_id").min()
    )
    found = found.sort("lp", "unit_id", "_first", *keys[2:], nulls_last=True).with_row_index("stock").drop("_first")
    members = every.join(found.select("stock", *keys), on=keys, nulls_equal=True).sort("stock", "entitlement_id", "lot")
    end = pl.col("seats").cum_sum().over("stock")
    return found, members.select("stock", "lot", "offset", start=end - pl.col("seats"), end=end)


def _devices(licence: Licence, rights: Rights) -> dict[str, int]:
    one = licence.product
    found: dict[str, int] = {}
    for use in rights.second_use:
        asked = ((use.kinds, licence.kind), (use.editions, one.edition), (use.releases, one.release), (use.families, one.family))
        if use.line == one.line and all(not among or said in among for among, said in asked):
            found |= {metric: max(use.devices, found.get(metric, 0)) for metric in use.metrics}
    return found
