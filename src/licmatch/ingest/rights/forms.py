"""Lists of licences that other tools write: which columns they have, and what each means for a lot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from licmatch.ingest.cell_words import CHANNELS
from licmatch.ingest.headers import plain_header
from licmatch.ingest.values import TRUE, known

# Words in the name of a licence that say how it counts, where the tool itself does not.
_SITE = r"(?i)场地|\bsite\b"
_OEM = r"(?i)\boem\b|预装"
_CONCURRENT = r"(?i)并发|\bconcurrent\b|\bfloating\b"
_USER = r"(?i)按用户|\buser cal\b|usrcal|\bper user\b|\bnamed user\b"
# Rows of a statement that prolong or lift a right but are none: assurance alone, step-ups.
_NO_BASE_RIGHT = r"(?i)\bSASU\b|step-?\s?up|\bSA\b"
_WITH_LICENCE = r"(?i)lic\s?/?\s?sa|licsapk|\bl\s?[/&]\s?sa\b"
ASSURANCE = "maintenance or step-up, no licence of its own"


@dataclass(frozen=True, slots=True)
class Form:
    """A tool's list: the headers that only it has, where each canonical column comes from, and what is made of them.

    `columns`: canonical column -> headers, best first. `shape` adds or changes columns; `refuse` gives a reason or null.
    """

    id: str
    title: str
    marks: frozenset[str]
    columns: Mapping[str, Sequence[str]]
    shape: Callable[[pl.DataFrame], pl.DataFrame]
    order: str | None = None
    refuse: pl.Expr | None = None
    # Columns in which rows of one licence differ: one row an assignment, not one a licence.
    assigned: frozenset[str] = frozenset()

    def fits(self, headers: Sequence[str]) -> bool:
        """Return whether a header row is this tool's."""
        return self.marks <= {plain_header(header) for header in headers}


def metric_by_name(*columns: str) -> pl.Expr:
    """Return the metric that a licence's own words tell, `device` where they tell none."""
    text = pl.concat_str([pl.col(column).fill_null("") for column in columns], separator=" ")
    return (
        pl.when(text.str.contains(_SITE))
        .then(pl.lit("site"))
        .when(text.str.contains(_OEM))
        .then(pl.lit("oem"))
        .when(text.str.contains(_CONCURRENT))
        .then(pl.lit("concurrent"))
        .when(text.str.contains(_USER))
        .then(pl.lit("user"))
        .otherwise(pl.lit("device"))
    )


def _snipe_it(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.with_columns(metric_by_name("product", "category").alias("metric"))


def _glpi(cells: pl.DataFrame) -> pl.DataFrame:
    boundless = pl.col("quantity").str.strip_chars() == "-1"
    named = metric_by_name("product", "type")
    return cells.with_columns(
        pl.when(boundless & (named == "device")).then(pl.lit("unlimited")).otherwise(named).alias("metric"),
        # How GLPI writes "no limit".
        pl.when(~boundless).then("quantity").alias("quantity"),
        pl.when(pl.col("type").str.strip_chars().str.to_lowercase().is_in(list(CHANNELS))).then("type").alias("channel"),
        pl.coalesce(known(pl.col("product")), known(pl.col("software"))).alias("product"),
    )


def _configmgr(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.with_columns(metric_by_name("product").alias("metric"))


def _statement(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.with_columns(
        metric_by_name("item", "family").alias("metric"),
        pl.lit("volume").alias("channel"),
        # The family is a product's name; the item is Microsoft's own shorthand for it, which nobody else writes.
        pl.coalesce(known(pl.col("family")), known(pl.col("item"))).alias("product"),
        pl.lit("Microsoft").alias("publisher"),
    )


def _servicenow(cells: pl.DataFrame) -> pl.DataFrame:
    boundless = pl.col("boundless").str.strip_chars().str.to_lowercase().is_in(list(TRUE)).fill_null(False)
    return cells.with_columns(
        pl.when(boundless).then(pl.lit("unlimited")).otherwise(metric_by_name("product", "counted", "type")).alias("metric"),
        pl.when(~boundless).then("quantity").alias("quantity"),
        pl.when(pl.col("type").str.strip_chars().str.to_lowercase().is_in(list(CHANNELS))).then("type").alias("channel"),
    )


FORMS = (
    Form(
        "snipe-it",
        "Snipe-IT licences (CSV)",
        frozenset({"itemname", "seats", "reassignable"}),
        {
            "product": ("itemname",),
            "category": ("category",),
            "publisher": ("manufacturer",),
            "quantity": ("seats",),
            "unit_id": ("company", "licensedtoname"),
            "acquired_on": ("purchasedate",),
            "valid_to": ("expirationdate", "terminationdate"),
            "agreement": ("purchaseorder", "ordernumber"),
            "supplier": ("supplier",),
        },
        _snipe_it,
        order="mdy",
        assigned=frozenset({"fullname", "email", "username", "assettag"}),
    ),
    Form(
        "glpi-licences",
        "GLPI licences (CSV)",
        frozenset({"software", "number", "purchaseversion"}),
        {
            "entitlement_id": ("inventorynumber",),
            "product": ("name",),
            "software": ("software",),
            "unit_id": ("entity",),
            "quantity": ("number",),
            "type": ("type",),
            "release": ("purchaseversion", "versioninuse"),
            "valid_to": ("expirationdate",),
            "publisher": ("publisher",),
        },
        _glpi,
    ),
    Form(
        "configmgr-statement",
        "ConfigMgr General License Statement (CSV)",
        frozenset({"effectivequantity", "name", "publisher"}),
        {
            "product": ("name",),
            "publisher": ("publisher",),
            "release": ("version",),
            "quantity": ("effectivequantity",),
            "agreement": ("ponumber",),
            "supplier": ("resellername",),
            "acquired_on": ("dateofpurchase",),
            "maintenance_to": ("supportexpirationdate",),
        },
        _configmgr,
        order="mdy",
    ),
    Form(
        "microsoft-statement",
        "Microsoft License Statement or volume licence summary (XLSX, CSV)",
        frozenset({"licenseproductfamily"}),
        {
            "item": ("itemname",),
            "family": ("licenseproductfamily",),
            "release": ("licenseversion",),
            "quantity": ("effectivequantity", "quantity"),
            "agreement": ("agreementnumber", "licenseid", "authorizationnumber"),
            "maintenance_to": ("coverageend",),
            "acquired_on": ("transactiondate",),
        },
        _statement,
        refuse=pl.when(pl.col("item").str.contains(_NO_BASE_RIGHT) & ~pl.col("item").str.contains(_WITH_LICENCE)).then(pl.lit(ASSURANCE)),
    ),
    Form(
        "servicenow-rights",
        "ServiceNow entitlements (CSV, XLSX)",
        frozenset({"softwaremodel", "purchasedrights"}),
        {
            "product": ("softwaremodel",),
            "publisher": ("publisher",),
            "release": ("version",),
            "edition": ("edition",),
            "counted": ("licensemetric", "metricgroup"),
            "type": ("licensetype", "agreementtype"),
            "boundless": ("unlimitedlicense",),
            "quantity": ("purchasedrights", "activerights"),
            "unit_id": ("department", "company"),
            "valid_from": ("startdate",),
            "valid_to": ("enddate",),
            "agreement": ("agreementnumber", "purchaseorder", "ponumber"),
            "acquired_on": ("purchasedate",),
        },
        _servicenow,
    ),
)
