"""Rights that were bought, as lots on recognised products, and which copies a lot speaks of.

This is the question "is there a paper at all", asked before anybody counts: it only ever takes suspicion away. Whether the
quantity suffices is the licence position's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.assess.engine_view import EngineView
from licmatch.assess.facts.columns import first_case
from licmatch.assess.organisation import Organisation
from licmatch.ingest.records import Notice
from licmatch.schema import NAME_KEY

VOLUME_METRICS = ("site", "unlimited")
# A subscription to Office covers the suites of its line, whatever edition stands on the disk.
_SUITE_LINES = {"office.microsoft-365": "office.microsoft-office", "office.office-365": "office.microsoft-office"}
_EDITION_CLASSES = (
    ("government", "government"),
    ("china-government", "government"),
    ("enterprise", "enterprise"),
    ("iot-enterprise", "enterprise"),
    ("education", "education"),
    ("pro-education", "education"),
    ("ultimate", "ultimate"),
    ("professional-plus", "professional-plus"),
    ("home", "home"),
    ("core", "home"),
    ("starter", "home"),
    ("personal", "personal"),
    ("business", "professional"),
    ("pro", "professional"),
    ("standard", "standard"),
    ("datacenter", "datacenter"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """Whether some lot covers a thing: which lots are asked, and whether anything was handed in that could answer.

    With `edition` the editions must agree; one that is unknown on either side parts nothing. `line` and `edition_class` ask
    about another thing than the row's own.
    """

    known: bool
    among: pl.Expr | None = None
    edition: bool = False
    line: str | None = None
    edition_class: str | None = None


@dataclass(frozen=True, slots=True)
class Lots:
    """`frame`: lot (UInt32), entitlement_id, category, family_id, line, edition_class, release, metric, quantity, unit_id,
    device_id, volume (Boolean), agreement, lists_mak (of agreements); only lots in force on the day.
    `ancestors`: unit_id, ancestor (itself included).

    `papers`: every lot of the entitlements that was recognised, also those that have lapsed, numbered by its row.
    `entitlements_given`, `agreements_given`: whether anything was handed in; without, "not bought" is unknown, not a no.
    """

    frame: pl.DataFrame
    papers: pl.DataFrame
    ancestors: pl.DataFrame
    entitlements_given: bool
    agreements_given: bool
    notices: tuple[Notice, ...] = ()

    @property
    def given(self) -> bool:
        """Whether the owner said anything about its licences."""
        return self.entitlements_given or self.agreements_given

    def flags(self, wanted: pl.DataFrame, **asked: Question) -> pl.DataFrame:
        """Return wanted (unit_id, device_id, line, edition_class, ...) with a Boolean column for each question. Same rows, same order.

        Null for all rows where nothing was handed in that could answer, and for rows whose line is not known. A lot covers its
        unit and all below, or the device it is bound to; a lot without a unit covers everybody.
        """
        # Units and editions are few, rows are many: each combination is asked once, and found again by its number.
        keys = ["unit_id", "line", "edition_class"]
        numbered = _number(wanted.select(keys))
        answers = wanted.select(keys).with_columns(group=numbered).unique("group", keep="first", maintain_order=True)
        for name, question in asked.items():
            answers = answers.with_columns(self._answered(answers.select(keys), question, by_unit=True).alias(name))
        places = pl.Series("place", range(answers.height), dtype=pl.UInt32)
        at = numbered.replace_strict(answers["group"], places, return_dtype=pl.UInt32)
        met = wanted.with_columns(answers[name].gather(at).alias(name) for name in asked)
        # Only the devices that some lot is bound to are asked one by one.
        of_device = ["device_id", "line", "edition_class"]
        bound = self.frame.filter(pl.col("device_id").is_not_null())["device_id"].unique()
        mine = wanted.select(of_device).with_row_index("asked_at").filter(pl.col("device_id").is_in(bound.implode()))
        if mine.is_empty():
            return met
        changed = []
        for name, question in asked.items():
            covered = mine["asked_at"].filter(self._answered(mine.select(of_device), question, by_unit=False).fill_null(False))
            changed.append(met[name].scatter(covered, True))
        return met.with_columns(changed)

    def _answered(self, asked: pl.DataFrame, question: Question, *, by_unit: bool) -> pl.Series:
        if not question.known:
            return pl.Series([None], dtype=pl.Boolean).new_from_index(0, asked.height)
        lots = self.frame if question.among is None else self.frame.filter(question.among)
        wanted = asked.with_row_index("asked")
        if question.edition_class is not None:
            wanted = wanted.with_columns(edition_class=pl.lit(question.edition_class, pl.String))
        if question.line is not None:
            wanted = wanted.with_columns(line=pl.lit(question.line, pl.String))
        met = (self._by_unit if by_unit else self._by_device)(wanted, lots)
        if question.edition:
            met = met.filter((pl.col("lot_edition") == pl.col("edition_class")).fill_null(True))
        covered = pl.col("asked").is_in(met["asked"].unique().implode())
        return wanted.select(pl.when(pl.col("line").is_not_null()).then(covered)).to_series()

    def _by_unit(self, asked: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
        slim = lots.filter(pl.col("device_id").is_null()).select("line", lot_unit="unit_id", lot_edition="edition_class").unique()
        placed = asked.join(self.ancestors, on="unit_id", how="left").join(
            slim.filter(pl.col("lot_unit").is_not_null()), left_on=["line", "ancestor"], right_on=["line", "lot_unit"]
        )
        everywhere = asked.join(slim.filter(pl.col("lot_unit").is_null()).drop("lot_unit"), on="line")
        columns = ["asked", "edition_class", "lot_edition"]
        return pl.concat([placed.select(columns), everywhere.select(columns)])

    def _by_device(self, asked: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
        slim = lots.filter(pl.col("device_id").is_not_null()).select("line", "device_id", lot_edition="edition_class").unique()
        return asked.join(slim, on=["device_id", "line"]).select("asked", "edition_class", "lot_edition")


def _number(keys: pl.DataFrame) -> pl.Series:
    """One number for each combination of the texts of a row, null among them. Numbers join faster than texts."""
    number = pl.lit(0, pl.UInt64)
    for column in keys.iter_columns():
        known = column.drop_nulls().unique().sort()
        code = pl.col(column.name).cast(pl.Enum(known)).to_physical().cast(pl.UInt64)
        number = number * (known.len() + 1) + code.fill_null(known.len())
    return keys.select(group=number)["group"]


def bought(lots: Lots, engine: EngineView, as_of: date) -> pl.DataFrame:
    """Return unit_id, category, licences, licences_domestic: licences of the papers in force on the day, and those of domestic makers.

    What has no number (a site) and what costs nothing (trial, free) is not counted.
    """
    start, end = pl.col("valid_from") <= as_of, pl.col("valid_to") >= as_of
    counted = lots.papers.filter(
        start.fill_null(True) & end.fill_null(True) & ~pl.col("channel").is_in(["trial", "free"]).fill_null(False)
        & pl.col("quantity").is_not_null()
    )  # fmt: skip
    origins = engine.facts.select("family_id", "origin").unique("family_id", keep="first", maintain_order=True)
    return (
        counted.join(origins, on="family_id", how="left")
        .group_by("unit_id", "category")
        .agg(
            licences=pl.col("quantity").sum().cast(pl.Int64),
            licences_domestic=pl.col("quantity").filter(pl.col("origin") == "domestic").sum().cast(pl.Int64),
        )
        .sort("unit_id", "category", nulls_last=True)
    )


def line_of(family: pl.Expr) -> pl.Expr:
    """Return the product line of a family id: what a licence of one release can be asked about another.

    >>> pl.select(line_of(pl.lit("os.windows-10"))).item(), pl.select(line_of(pl.lit("office.office-365"))).item()
    ('os.windows', 'office.microsoft-office')
    """
    server = family.str.contains(r"^os\.windows-(?:[a-z-]*server)")
    windows = family.str.contains(r"^os\.windows(?:-|$)")
    plain = family.replace(_SUITE_LINES).str.replace(r"-[0-9][0-9-]*$", "")
    return pl.when(server).then(pl.lit("os.windows-server")).when(windows).then(pl.lit("os.windows")).otherwise(plain)


def edition_class(edition: pl.Expr) -> pl.Expr:
    """Return the class of an edition's slug, or null: `enterprise-ltsc` and `enterprise-n` are one thing to a licence."""
    return first_case(((edition.str.starts_with(prefix), name) for prefix, name in _EDITION_CLASSES), edition)


def read_lots(entitlements: pl.DataFrame, organisation: Organisation, ancestors: pl.DataFrame, engine: EngineView, as_of: date) -> Lots:
    """Return the lots of the entitlements and volume agreements, those in force on a day apart from the papers as a whole.

    What a lot is for is recognised like any string; one nobody recognises covers nothing and is named in a notice.
    """
    papers = _recognised(_of_entitlements(entitlements), engine)
    agreements = _recognised(_of_agreements(organisation), engine)
    strange = pl.concat([part.filter(pl.col("family_id").is_null()).select("name") for part in (papers, agreements)])
    names = strange["name"].unique().sort().head(10).to_list()
    notices = (Notice("ENTITLEMENT_NOT_RECOGNISED", "entitlements", strange.height, ", ".join(names)),) if strange.height else ()
    known = papers.filter(pl.col("family_id").is_not_null())
    start, end = pl.col("valid_from") <= as_of, pl.col("valid_to") >= as_of
    in_force = known.filter(start.fill_null(True) & end.fill_null(True))
    together = pl.concat([in_force, agreements.filter(pl.col("family_id").is_not_null())], how="diagonal")
    return Lots(
        frame=together.drop("lot")
        .with_row_index("lot")
        .with_columns(line=line_of(pl.col("family_id")), edition_class=edition_class(pl.col("edition_id"))),
        papers=known,
        ancestors=ancestors,
        entitlements_given=not entitlements.is_empty(),
        agreements_given=organisation.volume_agreements is not None,
        notices=notices,
    )


def _of_entitlements(entitlements: pl.DataFrame) -> pl.DataFrame:
    """The entitlements as lots, numbered by their rows from 0; what is no day, number or price there is unknown."""
    days = [pl.col(name).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False) for name in ("valid_from", "valid_to", "maintenance_to")]
    return entitlements.with_row_index("lot").select(
        "lot", "entitlement_id", "unit_id", "device_id", "metric", "quantity", "agreement", "proofs", "channel", "scope", *days,
        name=pl.concat_str("product", "release", "edition", separator=" ", ignore_nulls=True),
        unit_price=pl.col("unit_price").str.replace_all(r"[,\s]", "").cast(pl.Decimal(18, 2), strict=False),
        volume=pl.col("agreement").is_not_null() | pl.col("metric").is_in(VOLUME_METRICS),
    )  # fmt: skip


def _of_agreements(organisation: Organisation) -> pl.DataFrame:
    rows = [
        {
            "entitlement_id": agreement.agreement, "unit_id": agreement.unit, "metric": "unlimited", "quantity": agreement.quantity,
            "agreement": agreement.agreement, "name": f"{agreement.product} {edition}".strip(), "volume": True,
            "lists_mak": bool(agreement.mak),
        }
        for agreement in organisation.volume_agreements or ()
        for edition in agreement.editions or ("",)
    ]  # fmt: skip
    schema = {
        "entitlement_id": pl.String, "unit_id": pl.String, "metric": pl.String, "quantity": pl.Int64, "agreement": pl.String,
        "name": pl.String, "volume": pl.Boolean, "lists_mak": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema).with_row_index("lot")


def _recognised(lots: pl.DataFrame, engine: EngineView) -> pl.DataFrame:
    names = lots.select("name", publisher=pl.lit(None, pl.String), version=pl.lit(None, pl.String)).unique().sort("name")
    decided = engine.decide(names.select(*NAME_KEY)).select(
        "name", "family_id", "edition_id", category="lm_category", release="lm_release", status="lm_status"
    )
    met = lots.join(decided, on="name", how="left", maintain_order="left")
    return met.with_columns(family_id=pl.when(pl.col("status") == "recognised").then("family_id")).drop("status")
