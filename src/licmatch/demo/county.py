"""`generate_county`: a believable county on disk, and the truth beside it; the engine and this grammar never see each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from licmatch import schema
from licmatch.demo.activation import Mark, activation_rows
from licmatch.demo.asset_ledger import ledger_rows
from licmatch.demo.campaign import campaign_toml, programme_toml
from licmatch.demo.collecting import collected_by
from licmatch.demo.draw import Draw, Weighted, noise
from licmatch.demo.dumps import MEDIUM_OF, POWERSHELL_ENCODINGS, write_glpi, write_osquery, write_osquery_packages, write_powershell
from licmatch.demo.estate import Device, draw_devices
from licmatch.demo.hardware import devices_frame
from licmatch.demo.installed import Plan, installed_rows, plan_estate
from licmatch.demo.owner import organisation_toml, owner_of
from licmatch.demo.papers import entitlement_rows
from licmatch.demo.pirated import PIRATED
from licmatch.demo.places import Unit, hand_out, units_frame, units_of_the_city
from licmatch.demo.stories import Story, draw_stories
from licmatch.demo.traces import trace_rows
from licmatch.demo.truth import device_truth, licence_truth, name_truth
from licmatch.demo.vocabulary import MEDIA
from licmatch.errors import UsageError
from licmatch.messages import message

DEVICES_AT_A_TIME = 10_000  # rows of this many devices are in memory at once
GLPI_LIMIT = 30  # per-device files only where a unit has few devices
FORMS = Weighted((("gbk", 62.0), ("utf16", 19.0), ("osquery", 12.0), ("glpi", 7.0)))


@dataclass(frozen=True, slots=True)
class CountyPaths:
    """Where `generate_county` put what."""

    folder: Path
    units: Path
    devices: Path
    inventory: Path
    activations: Path
    traces: Path
    entitlements: Path
    organisation: Path
    truth: Path
    truth_names: Path
    truth_licences: Path
    readme: Path
    programme: Path
    campaign: Path
    ledger: Path
    rows: int


def generate_county(folder: Path, *, devices: int = 5000, seed: int = 20050613, as_of: date) -> CountyPaths:
    """Write a county of this many devices into the folder and return the paths; same arguments, same bytes.

    The folder is made if absent and must be empty: a county is never mixed with older files. Raises UsageError otherwise.
    """
    if devices < 1:
        raise UsageError(f"a county needs at least one device, not {devices}", hint="give --devices a positive number")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder", hint="name a new folder for the county")
    paths = CountyPaths(
        folder,
        folder / "units.csv",
        folder / "devices.csv",
        folder / "inventory",
        folder / "activations.csv",
        folder / "traces.csv",
        folder / "entitlements.csv",
        folder / "organisation.toml",
        folder / "truth.parquet",
        folder / "truth_names.parquet",
        folder / "truth_licences.parquet",
        folder / "README.txt",
        folder / "programme.toml",
        folder / "campaign.toml",
        folder / "ledger.csv",
        0,
    )
    paths.inventory.mkdir(parents=True)
    units = units_of_the_city(seed)
    counts = hand_out(units, devices)
    plan = plan_estate(devices, seed)
    estate = draw_devices(units, counts, plan.shelves, seed, as_of)
    stories = draw_stories(estate, units, plan, seed)
    forms = _forms(units, counts, seed)
    units_frame(units, counts, seed).write_csv(paths.units)
    _write_licensing(paths, stories, units, forms, seed, as_of)
    device_truth(stories, units, plan).write_parquet(paths.truth, compression="zstd")
    written = _write_inventory(paths.inventory, estate, units, counts, forms, plan, seed, as_of)
    written.write_parquet(paths.truth_names, compression="zstd")
    paths.programme.write_bytes(programme_toml(as_of).encode())
    paths.campaign.write_bytes(campaign_toml(units, seed, as_of).encode())
    ledger_rows(stories, units, seed).write_csv(paths.ledger)
    paths.readme.write_bytes("\n".join(message("demo.readme", lang) for lang in ("zh", "en")).encode())
    return replace(paths, rows=int(written["rows"].sum()))


def _write_licensing(paths: CountyPaths, stories: list[Story], units: tuple[Unit, ...], forms: list[str], seed: int, as_of: date) -> None:
    """Write what was collected and kept on licences, and the truth about it."""
    collected, owner = collected_by(len(units), seed), owner_of(units, seed)
    devices, of_hardware = devices_frame(stories, units, collected, seed)
    activations, of_records = activation_rows(stories, collected, owner, seed)
    traces, of_traces = trace_rows(stories, collected, seed)
    _saying_none(devices, "devices").write_csv(paths.devices)
    _saying_none(activations, "activations").write_csv(paths.activations)
    traces.write_csv(paths.traces)
    entitlement_rows(stories, units, seed, as_of).write_csv(paths.entitlements)
    paths.organisation.write_bytes(organisation_toml(owner, stories, units).encode())
    # Another maker's mark on a computer only asks a question until the factory licence is seen that it belongs to.
    recorded = set(activations.filter(pl.col("application") == "windows")["device_id"])
    of_hardware = [replace(mark, clear=mark.clear and mark.device_id in recorded) for mark in of_hardware]
    marks = [*_of_names(stories, forms), *of_hardware, *of_records, *of_traces]
    licence_truth(stories, marks).write_parquet(paths.truth_licences, compression="zstd")


def _saying_none(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """In a file a blank cell was not asked; where somebody asked and there is none, a word says so."""
    asked = pl.col(schema.ASKED_AND_NONE[kind])
    return frame.with_columns(pl.when(asked == "").then(pl.lit("none")).otherwise(asked).name.keep())


def _of_names(stories: list[Story], forms: list[str]) -> Iterator[Mark]:
    """What the list of programs tells of unlocked copies; Chinese names are lost where a file has no encoding."""
    for story in stories:
        for entry, _, _ in (PIRATED.values[i] for i in story.device.pirated):
            if forms[story.device.unit] != "ascii" or entry.name.isascii():
                # A suite that calls itself cracked speaks of itself, a tool of what it unlocked.
                yield from (
                    Mark(story.device.device_id, category, "program", True) for category in (("office",) if entry.truth else story.used_on)
                )


def _forms(units: tuple[Unit, ...], counts: tuple[int, ...], seed: int) -> list[str]:
    """Return the form of each unit's Windows dump; the first town with devices exported without an encoding and lost its Chinese."""
    draw = Draw(seed, "forms")
    forms = []
    for unit, count in zip(units, counts, strict=True):
        form = draw.weighted(FORMS)
        if unit.tier == "township" and count and "ascii" not in forms:
            form = "ascii"
        forms.append("osquery" if form == "glpi" and count > GLPI_LIMIT else form)
    return forms


def _batches(estate: list[Device], counts: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Yield (first, end) device numbers of batches that never split a unit."""
    first = end = 0
    for count in counts:
        if end > first and end + count - first > DEVICES_AT_A_TIME:
            yield first, end
            first = end
        end += count
    if end > first:
        yield first, end


def _write_inventory(
    folder: Path,
    estate: list[Device],
    units: tuple[Unit, ...],
    counts: tuple[int, ...],
    forms: list[str],
    plan: Plan,
    seed: int,
    as_of: date,
) -> pl.DataFrame:
    """Write every unit's dumps and return the truth of all names written."""
    spellings = plan.vocabulary.written(seed)
    locations = plan.vocabulary.facts().select("title", "location")
    tallies = []
    for first, end in _batches(estate, counts):
        batch = estate[first:end]
        form_of = pl.DataFrame(
            {
                "device": range(first, end),
                "device_id": [d.device_id for d in batch],
                "unit": [d.unit for d in batch],
                "form": [forms[d.unit] if d.system.platform == "windows" else "osquery-deb" for d in batch],
            },
            schema={"device": pl.UInt32, "device_id": pl.String, "unit": pl.UInt32, "form": pl.String},
        )
        medium = pl.col("form").replace_strict({form: MEDIA.index(medium) for form, medium in MEDIUM_OF.items()}, return_dtype=pl.UInt32)
        counter = pl.col("device").cast(pl.UInt64) * (1 << 32) + pl.col("title").cast(pl.UInt64)
        # Packages of Linux keep their spelling: nothing on their way is typed or re-encoded.
        spoilt = (pl.col("spoilt") & (pl.col("form") != "osquery-deb")).cast(pl.UInt32)
        days_ago = (noise(counter, seed, "install date") ** 1.5 * 2600).cast(pl.Int64)
        rows = (
            installed_rows(batch, plan, seed, first=first)
            .join(form_of, on="device", how="left", maintain_order="left")
            .with_columns(
                (pl.col("key") * 6 + medium * 2 + spoilt).alias("spelling"),
                (pl.lit(as_of) - pl.duration(days=days_ago + 10)).dt.strftime("%Y%m%d").alias("install_date"),
            )
            .join(spellings, on="spelling", how="left", maintain_order="left")
            .join(locations, on="title", how="left", maintain_order="left")
        )
        tallies.append(
            rows.group_by("spelling").agg(
                pl.len().cast(pl.Int64).alias("rows"), pl.col("device").n_unique().cast(pl.Int64).alias("devices")
            )
        )
        _write_units(folder, rows, batch, units)
    counted = pl.concat(tallies).group_by("spelling").agg(pl.col("rows").sum(), pl.col("devices").sum()).sort("spelling")
    return name_truth(counted, spellings, plan)


def _write_units(folder: Path, rows: pl.DataFrame, batch: list[Device], units: tuple[Unit, ...]) -> None:
    systems = {d.device_id: (d.system.name, d.system.version, d.system.build) for d in batch}
    day_of = {d.unit: d.collected_on for d in batch}
    for (number, form), part in rows.partition_by("unit", "form", as_dict=True, maintain_order=True).items():
        unit, day = units[number], day_of[number]
        place = folder / unit.region_code
        place.mkdir(exist_ok=True)
        if form in POWERSHELL_ENCODINGS:
            write_powershell(place / f"{unit.unit_id}.csv", part, form)
        elif form == "osquery":
            write_osquery(place / f"{unit.unit_id}.ndjson", part, day)
        elif form == "osquery-deb":
            write_osquery_packages(place / f"{unit.unit_id}-linux.ndjson", part, systems, day)
        else:
            write_glpi(place / unit.unit_id, part, systems, unit.name, day)
