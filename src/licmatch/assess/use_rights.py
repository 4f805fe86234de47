"""Use rights: what the terms of a kind of licence say of a copy, as data with the days on which they hold.

They never accuse of circumvention and never prove a purchase: they say what a copy is where no paper was seen.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.resources.abc import Traversable

import msgspec
import polars as pl

from licmatch.assess.facts.columns import of_device
from licmatch.assess.facts.distinct import Distinct
from licmatch.errors import CatalogError, Location

SCHEMA = 1
# What no category may say of a copy, as data or code: the first needs a fact about circumvention, the second a purchase that was seen,
# and the others are said of devices: a copy that is there would be counted nowhere.
NOT_FOR_CATEGORIES = ("cracked", "genuine_purchased", "not_in_scope", "absent")
MODELS = ("device", "with_device", "user", "site", "subscription", "with_system", "free", "free_for_persons")
# A file may come from anybody's plugin; these keep a hostile one small.
_MAX_BYTES = 256 * 1024
_MAX_RIGHTS = 200
_MAX_VALUES = 500

RIGHT_COLUMNS: dict[str, pl.DataType] = {"right_id": pl.String(), "model": pl.String(), "proofs": pl.List(pl.String())}


# What a right may ask of a copy and its device.
_LOOKED_AT = ("verdict", "licence", "channel", "edition_id", "kind", "org_type", "family_id", "approved_free")


class UseRight(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One right: which copies it is about (every list that is given must hold), what it makes of them, and when it is in force.

    `families` may end in `*`. What is not known of a copy meets no list.
    """

    id: str
    title: str
    title_zh: str
    model: str
    sources: tuple[str, ...]
    checked: date
    licences: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    except_channels: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    device_kinds: tuple[str, ...] = ()
    org_types: tuple[str, ...] = ()
    approved: bool | None = None
    instead_of: tuple[str, ...] = ("no_evidence",)
    verdict: str | None = None
    confidence: float | None = None
    proofs: tuple[str, ...] = ()
    starts: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    def in_force(self, day: date) -> bool:
        """Say whether these are the terms of a day; both ends count."""
        return (self.starts is None or self.starts <= day) and (self.until is None or day <= self.until)


def load_use_rights(file: Traversable, category: str, verdicts: Sequence[str]) -> tuple[UseRight, ...]:
    """Return the rights that a file lists for a category, in its order.

    Raises CatalogError, naming the file, for anything that does not fit, and where the file says nothing of the category.
    """
    where = Location(str(file))
    try:
        raw = file.read_bytes()
        if len(raw) > _MAX_BYTES:
            raise CatalogError(f"the use rights are larger than {_MAX_BYTES} bytes", where=where)
        tables = tomllib.loads(raw.decode("utf-8"))
    except OSError as fault:
        raise CatalogError(f"the use rights cannot be read: {fault.strerror}", where=where) from None
    except (ValueError, RecursionError) as fault:
        raise CatalogError(f"the use rights are not TOML: {fault}", where=where) from None
    if tables.get("schema") != SCHEMA:
        raise CatalogError(f"the use rights must begin with `schema = {SCHEMA}`", where=where)
    if category not in tables:
        raise CatalogError(f"the use rights say nothing of {category!r}", where=where, hint=f"write [[{category}]]")
    try:
        rights = msgspec.convert(tables[category], tuple[UseRight, ...])
    except msgspec.ValidationError as fault:
        raise CatalogError(f"the use rights of {category!r} do not fit: {fault}", where=where) from None
    if faults := _faults(rights, verdicts):
        raise CatalogError(f"the use rights of {category!r} do not fit: " + "; ".join(faults), where=where)
    return rights


def _faults(rights: tuple[UseRight, ...], verdicts: Sequence[str]) -> list[str]:
    faults = [f"more than {_MAX_RIGHTS} rights"] if len(rights) > _MAX_RIGHTS else []
    seen: set[str] = set()
    for right in rights:
        if right.id in seen:
            faults.append(f"{right.id} is there twice")
        seen.add(right.id)
        strange = sorted({*right.instead_of, *([right.verdict] if right.verdict else [])} - set(verdicts))
        faults += [f"{right.id}: there is no verdict {code!r}" for code in strange]
        if right.verdict in NOT_FOR_CATEGORIES:
            faults.append(f"{right.id}: terms never make a copy {right.verdict!r}")
        if right.model not in MODELS:
            faults.append(f"{right.id}: model must be one of {', '.join(MODELS)}")
        if right.confidence is not None and not 0.0 <= right.confidence <= 1.0:
            faults.append(f"{right.id}: confidence lies between 0 and 1")
        if right.starts and right.until and right.starts > right.until:
            faults.append(f"{right.id}: it ends before it begins")
        if not right.sources:
            faults.append(f"{right.id}: it names no source")
        if any(len(getattr(right, name)) > _MAX_VALUES for name in ("licences", "channels", "families", "editions")):
            faults.append(f"{right.id}: a list is longer than {_MAX_VALUES}")
    return faults


def with_rights(installations: pl.DataFrame, rights: Sequence[UseRight], devices: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the installations with what the first fitting right in force says: verdict, confidence, right_id, model, proofs.

    `devices`: device, kind, org_type. A right without a verdict leaves it. Same rows, same order; calling it again begins anew.
    """
    own = installations.drop(name for name in RIGHT_COLUMNS if name in installations.columns)
    book = [right for right in rights if right.in_force(as_of)]
    told = pl.DataFrame(
        [(place, right.id, right.model, list(right.proofs), right.verdict, right.confidence) for place, right in enumerate(book)],
        schema={"right": pl.UInt32(), **RIGHT_COLUMNS, "right_verdict": pl.String(), "right_confidence": pl.Float64()},
        orient="row",
    )
    placed = own.with_columns(of_device(own.select("device"), devices, "kind", "org_type").select("kind", "org_type").get_columns())
    fitting = [pl.when(_fits(right)).then(pl.lit(place, pl.UInt32)) for place, right in enumerate(book)]
    # Which right fits is asked once a kind of copy: what rights look at takes few values together.
    first = pl.coalesce(fitting) if fitting else pl.lit(None, pl.UInt32)
    kinds = Distinct.of(placed, [name for name in _LOOKED_AT if name in placed.columns]).reading(right=first)
    said = pl.col("right_verdict").is_not_null()
    answers = Distinct(kinds.frame.select("right").join(told, on="right", how="left", maintain_order="left"), kinds.at)
    return (
        answers.on(own)
        .with_columns(
            # A verdict that changed has the confidence of its own code, unless the right gives one.
            confidence=pl.when(pl.col("right_confidence").is_not_null())
            .then(pl.col("right_confidence") * pl.col("score").fill_null(1.0))
            .when(said & (pl.col("right_verdict") != pl.col("verdict")))
            .then(None)
            .otherwise("confidence"),
            verdict=pl.coalesce("right_verdict", "verdict"),
        )
        .select(*own.columns, *RIGHT_COLUMNS)
    )


def _fits(right: UseRight) -> pl.Expr:
    asked: list[pl.Expr] = [pl.col("verdict").is_in(right.instead_of)]
    columns = {
        "licence": right.licences,
        "channel": right.channels,
        "edition_id": right.editions,
        "kind": right.device_kinds,
        "org_type": right.org_types,
    }
    asked += [pl.col(column).is_in(values).fill_null(False) for column, values in columns.items() if values]
    if right.except_channels:
        asked.append(~pl.col("channel").is_in(right.except_channels).fill_null(False))
    if right.families:
        whole = [family for family in right.families if not family.endswith("*")]
        begun = [pl.col("family_id").str.starts_with(family[:-1]) for family in right.families if family.endswith("*")]
        asked.append(pl.any_horizontal(pl.col("family_id").is_in(whole), *begun).fill_null(False))
    if right.approved is not None:
        asked.append(pl.col("approved_free").eq(right.approved).fill_null(False))
    return pl.all_horizontal(asked)
