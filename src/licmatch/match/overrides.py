"""The top layer: a site's own answers for exact names and products, each in somebody's name and until a day.

An override changes what a name is, never what it bears: a signature of unlicensed use and its risk stay, and a tool for unlicensed use
cannot be renamed or ignored away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.catalog.alternatives import expand
from licmatch.catalog.pack import PackProduct
from licmatch.catalog.records import Override
from licmatch.catalog.succession import IGNORE, family_of, successor_of
from licmatch.errors import CatalogError
from licmatch.match.answers import TOOL_CATEGORY
from licmatch.normalize.name_steps import normalize
from licmatch.normalize.publisher import normalize_publishers
from licmatch.schema import DECISION_COLUMNS

METHOD = "override"
_KEPT = ("lm_signature_id", "lm_risk")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def split_product(product: str, compiled: lx.Compiled) -> tuple[lx.FamilyRecord, str | None, lx.EditionRecord | None] | None:
    """Read a product id back into family, release and edition, or return None where no family or edition of that id exists."""
    families = {family.id: family for family in compiled.families}
    identity = family_of(product, families)
    if identity is None:
        return None
    family = families[identity]
    slug, _, edition_id = product[len(identity) :].removeprefix("-").partition(".")
    edition = next((edition for edition in compiled.editions if edition.id == edition_id), None)
    if edition_id and edition is None:
        return None
    release = next((one.id for one in family.releases if _NOT_SLUG.sub("-", one.id.casefold()).strip("-") == slug), None)
    if slug and release is None:
        if family.release_numbers == "none":
            return None
        release = slug.replace("-", ".")
    return family, release or family.release_in_name, edition


def expired(entry: Override, day: date) -> bool:
    """Say whether an override has run out before a day; on its last day it still acts."""
    return entry.until < day


class Overrides:
    """Overrides ready to be applied. Immutable; shared by threads."""

    def __init__(self, acting: Sequence[Override], compiled: lx.Compiled, products: Iterable[PackProduct]) -> None:
        site = {product.id: product for product in products}
        self.acting = tuple(acting)
        # One that names its publisher is more exact than one that does not.
        ordered = sorted(self.acting, key=lambda entry: entry.publisher is None)
        makers = normalize_publishers(pl.Series([entry.publisher for entry in ordered], dtype=pl.String)).to_list() if ordered else []
        self._by_name: dict[str, list[tuple[str | None, Override]]] = {}
        self._by_product: dict[str, list[tuple[str | None, Override]]] = {}
        for entry, maker in zip(ordered, makers, strict=True):
            texts = [text for name in entry.names for text in expand(name)]
            for key in dict.fromkeys(normalize(pl.Series(texts, dtype=pl.String)).to_list()):
                self._by_name.setdefault(key, []).append((maker, entry))
            if entry.product:
                self._by_product.setdefault(successor_of(entry.product, compiled.retired), []).append((maker, entry))
        self._answers = {entry.id: _answer(entry, compiled, site) for entry in self.acting}

    def told(self, identity: str) -> str | None:
        """Return who answers for an override and why, for explanations; None for an id that is none."""
        return next((f"{entry.owner}: {entry.reason} (until {entry.until})" for entry in self.acting if entry.id == identity), None)

    def chosen(self, padded: str | None, maker: str | None, product: str | None) -> Override | None:
        """Return the override for one name: by its own name before by its product."""
        for table, key in ((self._by_name, padded), (self._by_product, product)):
            for wanted, entry in table.get(key, ()) if key is not None else ():
                if wanted is None or wanted == maker:
                    return entry
        return None

    def apply(self, padded: pl.Series, publishers: pl.Series, decided: pl.DataFrame) -> pl.DataFrame:
        """Return the decisions with the overridden ones put in their place; same rows, same order."""
        if not self.acting:
            return decided
        reached = padded.is_in(list(self._by_name)) | decided["lm_product_id"].is_in(list(self._by_product))
        rows = (reached.fill_null(False) & (decided["lm_category"] != TOOL_CATEGORY).fill_null(True)).arg_true()
        if rows.len() == 0:
            return decided
        makers = normalize_publishers(publishers.gather(rows)).to_list()
        found = zip(padded.gather(rows).to_list(), makers, decided["lm_product_id"].gather(rows).to_list(), rows.to_list(), strict=True)
        put = [(row, self._answers[entry.id]) for name, maker, product, row in found if (entry := self.chosen(name, maker, product))]
        at = [row for row, _ in put]
        for column, dtype in DECISION_COLUMNS.items():
            if column not in _KEPT and at:
                values = pl.Series([answer[column] for _, answer in put], dtype=dtype)
                decided = decided.with_columns(decided[column].scatter(at, values).alias(column))
        return decided


def _answer(entry: Override, compiled: lx.Compiled, site: Mapping[str, PackProduct]) -> dict[str, object]:
    """Return the decision columns of an override.

    Raises CatalogError when its answer is no product of the catalogs and packs.
    """
    row: dict[str, object] = dict.fromkeys(DECISION_COLUMNS)
    row |= {"lm_method": METHOD, "lm_rule_id": entry.id, "memory": False}
    if entry.answer == IGNORE:
        return row | {"lm_status": "unknown"}
    row |= {"lm_status": "recognised", "lm_score": 1.0, "lm_margin": 1.0}
    identity = successor_of(entry.answer, compiled.retired)
    row |= {"lm_product_id": identity, "family_id": identity}
    if identity in site:
        product = site[identity]
        return row | {"lm_category": product.category, "lm_vendor": product.publisher, "lm_family": product.name, "lm_role": "product"}
    split = split_product(identity, compiled)
    if split is None:
        raise CatalogError(f"override {entry.id!r}: {entry.answer!r} is no product of the catalogs", hint="name a product id, or ignore")
    family, release, edition = split
    return row | {
        "lm_category": family.category,
        "lm_vendor": compiled.vendors[family.vendor].name,
        "lm_family": family.name,
        "lm_edition": edition.title if edition else None,
        "lm_release": release,
        "lm_role": family.role,
        "family_id": family.id,
        "edition_id": edition.id if edition else None,
        "release_id": release,
        "channel": family.channel,
    }
