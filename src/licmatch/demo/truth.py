"""What really is in the county, for checking answers: one table by device, one by name as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from licmatch.demo.activation import Mark
from licmatch.demo.entry import Truth
from licmatch.demo.installed import Plan
from licmatch.demo.pirated import PIRATED, PIRATED_APPS
from licmatch.demo.places import Unit
from licmatch.demo.stories import Story
from licmatch.demo.vocabulary import TRUTH_COLUMNS

PRODUCT = pl.Struct({"vendor": pl.String, "family": pl.String, "edition": pl.String, "release": pl.String, "role": pl.String})
DEVICE_TRUTH: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "unit_id": pl.String(),
    "kind": pl.String(),
    "in_use": pl.String(),
    "os": PRODUCT,
    "office": pl.List(PRODUCT),
    "antivirus": pl.List(PRODUCT),
    "pirated": pl.Boolean(),
    "pirated_by": pl.List(pl.String),
    "pirated_categories": pl.List(pl.String),
    "repacked": pl.Boolean(),
}

# What a category is in truth is what the worst of its copies is.
STATES = ("pirated", "unlicensed", "trial", "personal", "genuine", "free")
LICENCE_TRUTH: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "category": pl.String(),
    "in_use": pl.String(),
    "state": pl.String(),
    "story": pl.String(),
    "aside": pl.String(),
    "tools": pl.List(pl.String),
    "clear": pl.List(pl.String),
    "faint": pl.List(pl.String),
}


def _product(truth: Truth | None) -> dict[str, str | None]:
    assert truth is not None  # every bundle and cracked suite of the generator states what it is
    return {"vendor": truth.vendor, "family": truth.family, "edition": truth.edition, "release": truth.release, "role": truth.role}


def device_truth(stories: Sequence[Story], units: tuple[Unit, ...], plan: Plan) -> pl.DataFrame:
    """Return one row a device, in the order given; `pirated` is about the three categories, `pirated_by` names tools its programs show."""
    rows = []
    for story in stories:
        device = story.device
        prefix = "" if device.system.platform == "windows" else "linux "
        found = [PIRATED.values[i] for i in device.pirated]
        suites = [_product(plan.bundles[f"{prefix}office"][i].product) for i in device.office]
        suites += [_product(entry.truth) for entry, _, _ in found if entry.truth]
        apps = [PIRATED_APPS.values[i] for i in device.pirated_apps]
        rows.append(
            (
                device.device_id,
                units[device.unit].unit_id,
                device.kind,
                device.in_use,
                _product(device.system.truth),
                suites,
                [_product(plan.bundles[f"{prefix}antivirus"][i].product) for i in device.antivirus],
                bool(story.used_on),
                [entry.tool for entry, _, _ in (*found, *apps)],
                list(story.used_on),
                device.repacked,
            )
        )
    return pl.DataFrame(rows, schema=DEVICE_TRUTH, orient="row")


def licence_truth(stories: Sequence[Story], marks: Iterable[Mark]) -> pl.DataFrame:
    """Return one row a device and category: the worst state of its copies, its story, and what speaks of an unlocked copy.

    `clear` evidence speaks by itself, `faint` evidence only raises a question; a pirated row with neither cannot be found out.
    """
    clear: dict[tuple[str, str], set[str]] = {}
    faint: dict[tuple[str, str], set[str]] = {}
    for mark in marks:
        (clear if mark.clear else faint).setdefault((mark.device_id, mark.category), set()).add(mark.what)
    rows = []
    for story in stories:
        device = story.device
        for category in dict.fromkeys(copy.category for copy in story.copies):
            copies = sorted((copy for copy in story.copies if copy.category == category), key=lambda copy: STATES.index(copy.state))
            key = (device.device_id, category)
            used = category in story.used_on
            rows.append(
                (
                    *key, device.in_use, copies[0].state, copies[0].story, story.aside, list(story.tools),
                    sorted(clear.get(key, ())) if used else [], sorted(faint.get(key, ())) if used else [],
                )
            )  # fmt: skip
    return pl.DataFrame(rows, schema=LICENCE_TRUTH, orient="row")


def name_truth(counts: pl.DataFrame, spellings: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Return one row a written (name, publisher, version) with rows, devices, damage, the truth columns, catalogued and tool.

    `counts`: spelling, rows, devices. Where two products were written alike (their letters lost), `clash` is true and the truth is
    the more frequent one's. Where `catalogued` is false the row is no product, component or update of the three categories, and no sign
    of piracy. Of package maintainers only the name is given, not the address.
    """
    keys = plan.vocabulary.plain().select("key", "title").join(plan.vocabulary.facts(), on="title", how="left")
    known = (
        counts.join(spellings, on="spelling", how="left")
        .with_columns((pl.col("spelling") // 6).alias("key"))
        .join(keys, on="key", how="left")
        .sort(["rows", "spelling"], descending=[True, False])
    )
    truth = [pl.col(column).first() for column in (*TRUTH_COLUMNS, "tool")]
    clash = (pl.struct(*TRUTH_COLUMNS, "tool").n_unique() > 1).alias("clash")
    grouped = known.group_by("name", "publisher", "version", maintain_order=True).agg(
        pl.col("rows").sum(), pl.col("devices").sum(), pl.col("damage").first(), *truth, clash
    )
    return grouped.with_columns(pl.any_horizontal(pl.col("family").is_not_null(), pl.col("tool").is_not_null()).alias("catalogued")).sort(
        "name", "publisher", "version"
    )
