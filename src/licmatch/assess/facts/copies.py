"""What is known of each copy: the facts judging already has, and what the owner's papers say about it."""

from __future__ import annotations

import polars as pl

from licmatch.assess.facts.columns import of_device
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.facts.lots import Lots, Question, edition_class
from licmatch.assess.organisation import Organisation
from licmatch.licences.lines import lines_of
from licmatch.licences.rights import built_in_rights
from licmatch.rules.columns import rows_of

# Editions that are for persons: a lot of one of them is no organisation's licence.
_FOR_PERSONS = ("home", "personal")


def copy_facts(
    installations: pl.DataFrame, devices: pl.DataFrame, dates: pl.DataFrame, others: pl.DataFrame, lots: Lots, owner: Organisation
) -> pl.DataFrame:
    """Return one row an installation, in their order, with the fields of the grain `copy`, and `at`.

    `installations`: as judged by licence and category (licence, approved_free, end_of_support known). `devices`: device,
    device_id, unit_id. `dates`: at, installed_on, name. `others`: device, family_id, other_installed_on.
    """
    placed = of_device(installations, devices, "device_id", "unit_id")
    year = pl.col("release").str.extract(r"^((?:19|20)\d\d)$").cast(pl.Int32)
    products = Distinct.of(installations, ["family_id", "edition_id", "release"]).reading(
        line=lines_of(pl.col("family_id"), built_in_rights()),
        edition_class=edition_class(pl.col("edition_id")),
        existed_from=pl.date(year - 1, 1, 1),
    )
    groups = Distinct.of(devices, ["unit_id"]).at_rows(rows_of(devices["device"], installations["device"]))
    groups = groups.beside(products.by(["line", "edition_class"]))
    asked = products.on(placed, "line", "edition_class", "existed_from").select(
        "at", "device", "device_id", "unit_id", "category", "product_id", "family_id", "vendor", "edition", "edition_id", "release",
        "role", "licence", "approved_free", "evaluation_end", "line", "edition_class", "existed_from",
        copy_channel="channel", support_ended="end_of_support",
    )  # fmt: skip
    asked = asked.join(dates, on="at", how="left", maintain_order="left")
    asked = asked.with_columns(_said_elsewhere(asked, others))
    own = lots.with_own_lots(asked, groups)
    asked = lots.flags(
        asked,
        groups,
        own,
        bought=Question(lots.entitlements_given, edition=True),
        # An organisation's licence of a product that persons get free: any lot or agreement that is not of a personal edition.
        org_licence=Question(lots.given, ~pl.col("edition_class").is_in(_FOR_PERSONS).fill_null(False)),
    )
    asked = asked.with_columns(
        trial_ends_on=pl.col("evaluation_end"), bought_missing=pl.when(pl.lit(owner.purchases_complete)).then(~pl.col("bought"))
    )
    return _counted(asked, groups, own, lots).drop("line", "edition_class")


def _said_elsewhere(copies: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """The install day that another record of the same product gives (device, family_id, other_installed_on): few devices have one."""
    nothing = pl.repeat(None, copies.height, dtype=pl.Date, eager=True).alias("other_installed_on")
    if others.is_empty():
        return nothing
    places = copies.select("device", "family_id").with_row_index("place").filter(pl.col("device").is_in(others["device"].implode()))
    told = places.join(others, on=["device", "family_id"])
    return nothing.scatter(told["place"], told["other_installed_on"])


def _counted(copies: pl.DataFrame, groups: Distinct, own: pl.DataFrame, lots: Lots) -> pl.DataFrame:
    """Add installed_here and licences_here: copies in the tree of the units that own lots of a line, and what those give.

    Copies with a lot of their own computer (`own`: as of `Lots.with_own_lots`) are left out on both sides; where a lot of everybody,
    a site licence or one without a number covers a line, nothing can be counted against it.
    """
    nothing = copies.with_columns(installed_here=pl.lit(None, pl.Int64), licences_here=pl.lit(None, pl.Int64))
    numberless = pl.col("quantity").is_null() | pl.col("metric").is_in(["unlimited", "site"])
    shared = lots.frame.filter(pl.col("device_id").is_null())
    open_lines = shared.filter(pl.col("unit_id").is_null())["line"].unique().implode()
    pools = (
        shared.filter(pl.col("unit_id").is_not_null() & ~pl.col("line").is_in(open_lines))
        .group_by("line", "unit_id")
        .agg(licences=pl.col("quantity").filter(~numberless).sum(), open_ended=numberless.any())
    )
    if pools.is_empty():
        return nothing
    with_own = own.filter(pl.col("line") == pl.col("lot_line"))["asked"]
    shared_rows = pl.repeat(True, copies.height, dtype=pl.Boolean, eager=True).scatter(with_own, False)
    in_group = Distinct(groups.frame, groups.at.filter(shared_rows)).counts()
    per_unit = (
        groups.frame.select("line", "unit_id", copies=in_group.cast(pl.Int64))
        .filter(pl.col("copies") > 0)
        .group_by("line", "unit_id")
        .agg(pl.col("copies").sum())
    )
    under = per_unit.join(lots.ancestors, on="unit_id", how="left").group_by("line", "ancestor").agg(installed_here=pl.col("copies").sum())
    counted = (
        pools.rename({"unit_id": "ancestor"})
        .join(under, on=["line", "ancestor"], how="left")
        .select("line", "ancestor", "installed_here", licences_here=pl.when(~pl.col("open_ended")).then("licences"))
    )
    # Several pools may stand above a unit: the roomiest accuses least.
    above = per_unit.select("line", "unit_id").join(lots.ancestors, on="unit_id", how="left").join(counted, on=["line", "ancestor"])
    missing = pl.col("installed_here") - pl.col("licences_here")
    nearest = (
        above.sort("line", "unit_id", pl.col("licences_here").is_not_null(), missing, nulls_last=False)
        .unique(["line", "unit_id"], keep="first", maintain_order=True)
        .select("line", "unit_id", "installed_here", "licences_here")
    )
    of_group = groups.frame.select("line", "unit_id").join(nearest, on=["line", "unit_id"], how="left", maintain_order="left")
    met = Distinct(of_group, groups.at).on(copies, "installed_here", "licences_here")
    return met.with_columns(pl.when(shared_rows).then(name).alias(name) for name in ("installed_here", "licences_here"))
