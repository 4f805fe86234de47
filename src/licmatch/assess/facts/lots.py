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
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.organisation import Organisation
from licmatch.ingest.records import Notice
from licmatch.licences.lines import lines_of
from licmatch.licences.rights import built_in_rights
from licmatch.schema import NAME_KEY

VOLUME_METRICS = ("site", "unlimited")
# Subscriptions of developers and testers, by what papers call them: no product of a category, so nobody recognises them.
_DEVELOPERS = r"(?i)\bmsdn\b|visual ?studio.*(?:subscription|订阅)|(?:subscription|订阅).*visual ?studio|developer subscription|开发者订阅"
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

_PRODUCT = ("family_id", "edition_id", "name", "channel", "volume")


@dataclass(frozen=True, slots=True)
class Question:
    """Whether some lot covers a thing: which lots are asked (by the columns of `Lots.products`), and whether anything was handed in
    that could answer.

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

    `products`: what the lots of `frame` are of, each once: family_id, edition_id, name, channel, volume, line, edition_class.
    `shared`: product (row of `products`), unit_id (null: everybody's) of the lots that are bound to no device; `bound`: product,
    device_id of the others. Each once.

    `papers`: every lot of the entitlements that was recognised, also those that have lapsed, numbered by its row.
    `developers`: unit_id, device_id of the subscriptions for developers in force, which no category recognises.
    `entitlements_given`, `agreements_given`: whether anything was handed in; without, "not bought" is unknown, not a no.
    """

    frame: pl.DataFrame
    products: pl.DataFrame
    shared: pl.DataFrame
    bound: pl.DataFrame
    papers: pl.DataFrame
    developers: pl.DataFrame
    ancestors: pl.DataFrame
    entitlements_given: bool
    agreements_given: bool
    notices: tuple[Notice, ...] = ()

    @property
    def given(self) -> bool:
        """Whether the owner said anything about its licences."""
        return self.entitlements_given or self.agreements_given

    def for_developers(self) -> pl.Expr:
        """Return whether a developers' subscription covers the row (unit_id, device_id); null where no papers were handed in."""
        if not self.given:
            return pl.lit(None, pl.Boolean)
        of_units = self.developers.filter(pl.col("device_id").is_null())
        if of_units["unit_id"].has_nulls():  # one without a unit is everybody's
            return pl.lit(True)
        below = self.ancestors.filter(pl.col("ancestor").is_in(of_units["unit_id"].unique().implode()))["unit_id"].unique()
        bound = self.developers["device_id"].drop_nulls().unique()
        return (pl.col("unit_id").is_in(below.implode()) | pl.col("device_id").is_in(bound.implode())).fill_null(False)

    def flags(
        self, wanted: pl.DataFrame, groups: Distinct | None = None, own: pl.DataFrame | None = None, **asked: Question
    ) -> pl.DataFrame:
        """Return wanted (unit_id, device_id, line, edition_class, ...) with a Boolean column for each question. Same rows, same order.

        Null for all rows where nothing was handed in that could answer, and for rows whose line is not known. A lot covers its
        unit and all below, or the device it is bound to; a lot without a unit covers everybody. `groups`: the rows by unit, line
        and edition_class, and `own`: what `with_own_lots` says of them, where the caller knows that already.
        """
        # Units and editions are few, rows are many: each combination is asked once, and found again by its number.
        keys = ["unit_id", "line", "edition_class"]
        groups = Distinct.of(wanted, keys) if groups is None else groups
        among = {name: self._among(question) for name, question in asked.items()}
        answers = {name: self._answered(groups.frame.select(keys), question, among[name]) for name, question in asked.items()}
        met = wanted.with_columns(answer.gather(groups.at).alias(name) for name, answer in answers.items())
        known = {name: question for name, question in asked.items() if question.known}
        # What is asked of another line than the row's own is no matter of the row's line.
        pairs = self.with_own_lots(wanted, None if any(each.line for each in known.values()) else groups) if own is None else own
        if pairs.is_empty():
            return met
        covered = pairs.select(self._fits(question).alias(name) & among[name].gather(pairs["product"]) for name, question in known.items())
        return met.with_columns(met[name].scatter(pairs["asked"].filter(covered[name].fill_null(False)), True) for name in known)

    def _among(self, question: Question) -> pl.Series:
        """Which of the products the question asks about."""
        among = pl.lit(True) if question.among is None else question.among.fill_null(False)
        return self.products.select(pl.repeat(True, pl.len()) & among).to_series()

    def _answered(self, asked: pl.DataFrame, question: Question, among: pl.Series) -> pl.Series:
        """Whether a lot of the unit, of one above it or of everybody answers; null where the line is not known."""
        if not question.known:
            return pl.repeat(None, asked.height, dtype=pl.Boolean, eager=True)
        wanted = asked.with_row_index("asked")
        if question.edition_class is not None:
            wanted = wanted.with_columns(edition_class=pl.lit(question.edition_class, pl.String))
        if question.line is not None:
            wanted = wanted.with_columns(line=pl.lit(question.line, pl.String))
        met = self._by_unit(wanted, self.shared.filter(among.gather(self.shared["product"])))
        if question.edition:
            met = met.filter((pl.col("lot_edition") == pl.col("edition_class")).fill_null(True))
        covered = pl.col("asked").is_in(met["asked"].unique().implode())
        return wanted.select(pl.when(pl.col("line").is_not_null()).then(covered)).to_series()

    def with_own_lots(self, wanted: pl.DataFrame, groups: Distinct | None = None) -> pl.DataFrame:
        """Return the rows (`asked`) of wanted that some lot is bound to the device of, once a lot: line, edition_class, and product,
        lot_line, lot_edition of the lot. With `groups` (the rows by line), only rows of lines such lots are of."""
        rows = wanted.select("device_id", "line", "edition_class").with_row_index("asked")
        if groups is not None:
            lines = self.products["line"].gather(self.bound["product"].unique())
            rows = rows.filter(groups.frame["line"].is_in(lines.implode()).fill_null(False).gather(groups.at))
        met = rows.join(self.bound, on="device_id")
        return met.with_columns(
            self.products["line"].gather(met["product"]).alias("lot_line"),
            self.products["edition_class"].gather(met["product"]).alias("lot_edition"),
        )

    @staticmethod
    def _fits(question: Question) -> pl.Expr:
        """Whether a lot of the row's own device (lot_line, lot_edition) is of what is asked about."""
        line = pl.col("line") if question.line is None else pl.lit(question.line)
        edition = pl.col("edition_class") if question.edition_class is None else pl.lit(question.edition_class)
        fits = pl.col("lot_line") == line
        return fits & (pl.col("lot_edition") == edition).fill_null(True) if question.edition else fits

    def _by_unit(self, asked: pl.DataFrame, lots: pl.DataFrame) -> pl.DataFrame:
        slim = lots.select(
            self.products["line"].gather(lots["product"]), pl.col("unit_id").alias("lot_unit"),
            self.products["edition_class"].gather(lots["product"]).alias("lot_edition"),
        ).unique()  # fmt: skip
        placed = asked.join(self.ancestors, on="unit_id", how="left").join(
            slim.filter(pl.col("lot_unit").is_not_null()), left_on=["line", "ancestor"], right_on=["line", "lot_unit"]
        )
        everywhere = asked.join(slim.filter(pl.col("lot_unit").is_null()).drop("lot_unit"), on="line")
        columns = ["asked", "edition_class", "lot_edition"]
        return pl.concat([placed.select(columns), everywhere.select(columns)])


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


def edition_class(edition: pl.Expr) -> pl.Expr:
    """Return the class of an edition's slug, or null: `enterprise-ltsc` and `enterprise-n` are one thing to a licence."""
    return first_case(((edition.str.starts_with(prefix), name) for prefix, name in _EDITION_CLASSES), edition)


def read_lots(entitlements: pl.DataFrame, organisation: Organisation, ancestors: pl.DataFrame, engine: EngineView, as_of: date) -> Lots:
    """Return the lots of the entitlements and volume agreements, those in force on a day apart from the papers as a whole.

    What a lot is for is recognised like any string; one nobody recognises covers nothing and is named in a notice.
    """
    papers = _recognised(_of_entitlements(entitlements), engine)
    agreements = _recognised(_of_agreements(organisation), engine)
    start, end = (pl.col("valid_from") <= as_of).fill_null(True), (pl.col("valid_to") >= as_of).fill_null(True)
    subscribed = pl.col("family_id").is_null() & pl.col("name").str.contains(_DEVELOPERS)
    developers = pl.concat([papers.filter(start & end & subscribed), agreements.filter(subscribed)], how="diagonal")
    strange = pl.concat([part.filter(pl.col("family_id").is_null() & ~subscribed).select("name") for part in (papers, agreements)])
    names = strange["name"].unique().sort().head(10).to_list()
    notices = (Notice("ENTITLEMENT_NOT_RECOGNISED", "entitlements", strange.height, ", ".join(names)),) if strange.height else ()
    known = papers.filter(pl.col("family_id").is_not_null())
    together = pl.concat([known.filter(start & end), agreements.filter(pl.col("family_id").is_not_null())], how="diagonal")
    # Of many papers few say another thing: lines and editions are read once a product, and so is what questions ask.
    products = Distinct.of(together.with_columns(pl.col("volume").cast(pl.String)), _PRODUCT).reading(
        pl.col("volume") == "true", line=lines_of(pl.col("family_id"), built_in_rights()), edition_class=edition_class(pl.col("edition_id"))
    )
    frame = products.on(together.drop("lot").with_row_index("lot"), "line", "edition_class")
    whose = together.select("unit_id", "device_id", product=products.at)
    return Lots(
        frame=frame,
        products=products.frame,
        shared=whose.filter(pl.col("device_id").is_null()).select("product", "unit_id").unique(maintain_order=True),
        bound=whose.filter(pl.col("device_id").is_not_null()).select("product", "device_id").unique(maintain_order=True),
        papers=known,
        developers=developers.select("unit_id", "device_id").unique(maintain_order=True),
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
