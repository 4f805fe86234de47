"""Decisions of the copyright department: where one applies exactly, its verdict stands and is official."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.assess.evidence import RULING, pieces
from licmatch.assess.names import Names
from licmatch.assess.policy import Policy
from licmatch.ingest.records import Notice
from licmatch.schema import REJECTED, empty

# What a ruling may be bound to, narrowest first; it applies where everything it names agrees.
_SCOPES = ("device_id", "product_id", "unit_id")
_FILE = "rulings"


@dataclass(frozen=True, slots=True)
class Ruled:
    """`installations` with rulings applied, their `pieces` of evidence, rulings that could not be used, and what a person should know."""

    installations: pl.DataFrame
    pieces: pl.DataFrame | None
    rejected: pl.DataFrame
    notices: tuple[Notice, ...]


def apply_rulings(installations: pl.DataFrame, rulings: pl.DataFrame, names: Names, policy: Policy, as_of: date) -> Ruled:
    """Return the installations with the verdicts of rulings that apply to them; same rows, same order.

    Of several that apply, the one that names more decides, then the later one; where the last two differ and are equal in
    both, neither is applied and a notice says so. A ruling on a `name` is one on the product that name is recognised as.
    `installations` needs at, device_id, unit_id and in_scope.
    """
    if rulings.is_empty():
        return Ruled(installations, None, empty(REJECTED), ())
    checked, rejected = _usable(rulings, policy)
    expired = checked.filter(pl.col("expires") < as_of)
    standing = checked.filter((pl.col("expires") >= as_of).fill_null(True))
    named = _on_products(standing, names)
    lost = named.filter(pl.col("name").is_not_null() & pl.col("product_id").is_null())
    applied, clashing = _chosen(
        _fitting(installations.filter("in_scope"), named.join(lost.select("ruling_id"), on="ruling_id", how="anti"))
    )
    answer = _answered(installations, applied)
    used = set(applied["ruling_id"]) | set(clashing["ruling_id"])
    idle = sorted(set(standing["ruling_id"]) - used)
    notices = [
        _notice("RULING_EXPIRED", sorted(set(expired["ruling_id"]))),
        _notice("RULING_CONFLICT", sorted(set(clashing["ruling_id"]))),
        _notice("RULING_NOT_APPLIED", idle),
    ]
    return Ruled(answer, _pieces(applied), rejected, tuple(notice for notice in notices if notice is not None))


def _usable(rulings: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, pl.DataFrame]:
    numbered = rulings.with_row_index("line", offset=1).with_columns(
        ruled=pl.col("ruled_on").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
        expires=pl.col("expires_on").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
    )
    bare = pl.all_horizontal(pl.col("device_id", "product_id", "name").is_null())
    reason = (
        pl.when(~pl.col("verdict").is_in(list(policy.states())).fill_null(False)).then(pl.lit("ruling: its verdict is no known code"))
        .when(pl.col("ruled_on").is_not_null() & pl.col("ruled").is_null()).then(pl.lit("ruling: ruled_on is not a day"))
        .when(pl.col("expires_on").is_not_null() & pl.col("expires").is_null()).then(pl.lit("ruling: expires_on is not a day"))
        .when(pl.col("document_no").is_null() | pl.col("ruled_by").is_null()).then(pl.lit("ruling: no document number or nobody who ruled"))
        .when(bare).then(pl.lit("ruling: names neither device nor product"))
        .when(pl.col("ruling_id").is_duplicated()).then(pl.lit("ruling: its id is used twice"))
    )  # fmt: skip
    marked = numbered.with_columns(fault=reason)
    bad = marked.filter(pl.col("fault").is_not_null()).select(
        file=pl.lit(_FILE), line=pl.col("line").cast(pl.Int64), reason="fault",
        raw=pl.concat_str(pl.col("ruling_id", "verdict", "document_no").fill_null(""), separator="\t").cast(pl.Binary),
    )  # fmt: skip
    return marked.filter(pl.col("fault").is_null()).drop("fault", "line"), bad


def _on_products(rulings: pl.DataFrame, names: Names) -> pl.DataFrame:
    """A ruling on a name becomes one on each product that exactly this name is recognised as."""
    products = names.frame.filter("licensable").select("name", named_product="lm_product_id").unique()
    meant = rulings.join(products, on="name", how="left")
    return meant.with_columns(product_id=pl.coalesce("product_id", "named_product")).drop("named_product")


def _fitting(placed: pl.DataFrame, rulings: pl.DataFrame) -> pl.DataFrame:
    """All pairs of installation and ruling that agree: one join for each combination of scopes that occurs."""
    columns = ["ruling_id", "verdict", "ruled_by", "document_no", "ruled"]
    pairs = [pl.DataFrame(schema={"at": pl.UInt32, "width": pl.Int64, **{name: rulings.schema[name] for name in columns}})]
    shapes = rulings.select(*(pl.col(scope).is_not_null() for scope in _SCOPES)).unique().sort(_SCOPES)
    for shape in shapes.iter_rows(named=True):
        given = [scope for scope in _SCOPES if shape[scope]]
        alike = rulings.filter(pl.all_horizontal(pl.col(scope).is_not_null() == shape[scope] for scope in _SCOPES))
        fitting = placed.select("at", *given).join(alike.select(*given, *columns), on=given)
        pairs.append(fitting.select("at", pl.lit(len(given), pl.Int64).alias("width"), *columns))
    return pl.concat(pairs)


def _chosen(pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The one ruling of each installation, and the pairs of rulings that are equal in rank and differ in verdict."""
    ranked = pairs.with_columns(rank=pl.struct("width", pl.col("ruled").fill_null(date.min)).rank("dense").over("at"))
    top = ranked.filter(pl.col("rank") == pl.col("rank").max().over("at"))
    clash = pl.col("verdict").n_unique().over("at") > 1
    chosen = top.filter(~clash).sort("at", "ruling_id").unique("at", keep="first", maintain_order=True)
    return chosen.drop("rank", "width"), top.filter(clash)


def _answered(placed: pl.DataFrame, applied: pl.DataFrame) -> pl.DataFrame:
    met = placed.join(applied.select("at", ruled_verdict="verdict"), on="at", how="left", maintain_order="left")
    hit = pl.col("ruled_verdict").is_not_null()
    return met.with_columns(
        verdict=pl.coalesce("ruled_verdict", "verdict"),
        official=pl.when(hit).then(True).otherwise("official"),
        confidence=pl.when(hit).then(1.0).otherwise("confidence"),
    ).drop("ruled_verdict")


def _pieces(applied: pl.DataFrame) -> pl.DataFrame:
    paper = pl.concat_str(pl.col("ruled_by"), pl.col("document_no"), pl.col("ruled").cast(pl.String), separator=" | ", ignore_nulls=True)
    return pieces(applied, ["at"], kind=RULING, source=_FILE, rule_id=pl.col("ruling_id"), text=paper, weight=1.0)


def _notice(code: str, ruling_ids: list[str]) -> Notice | None:
    if not ruling_ids:
        return None
    shown = ", ".join(ruling_ids[:10])
    return Notice(code, _FILE, len(ruling_ids), shown if len(ruling_ids) <= 10 else f"{shown}, …")
