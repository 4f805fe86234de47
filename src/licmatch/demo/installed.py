"""The installed software of devices, as integers: (device, title, key, spoilt), a few hundred thousand rows in some tenths of a second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from licmatch.demo import antivirus, linux, office
from licmatch.demo.draw import noise
from licmatch.demo.entry import Bundle, Entry
from licmatch.demo.estate import Device, Shelf, Shelves
from licmatch.demo.everyday import everyday_entries
from licmatch.demo.invented import invented_entries
from licmatch.demo.pirated import PIRATED, PIRATED_APPS, pirated_entries
from licmatch.demo.popularity import stratified_ranks, unroll, zipf_ends
from licmatch.demo.updates import update_entries
from licmatch.demo.vocabulary import Vocabulary

SPOILT_SHARE = 0.02
INVENTED_PER_DEVICE = (10, 30)  # lowest, highest number of draws
UPDATES_PER_DEVICE = (4, 30)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything devices are furnished from: the vocabulary, the shelves, and the titles of each pool in order of popularity."""

    vocabulary: Vocabulary
    shelves: Shelves
    bundles: dict[str, tuple[Bundle, ...]]
    bundle_rows: pl.DataFrame  # kind, bundle, title, share
    common: pl.DataFrame  # platform, title, share
    invented: pl.Series  # titles
    updates: pl.Series  # titles


def first_different(entries: Iterable[Entry], count: int) -> list[Entry]:
    """Return the first `count` entries with different names."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if len(found) >= count:
            break
        found.setdefault(entry.name, entry)
    return list(found.values())


def plan_estate(devices: int, seed: int) -> Plan:
    """Return the plan for an estate of this many devices: more devices, more different names."""
    vocabulary = Vocabulary()
    shelves = Shelves(
        Shelf(office.office_bundles(seed)),
        Shelf(office.sold_alone(seed)),
        Shelf(antivirus.antivirus_bundles(seed)),
        Shelf(linux.office_bundles(seed)),
        Shelf(linux.antivirus_bundles(seed)),
    )
    bundles = {
        "office": shelves.office.bundles + shelves.sold_alone.bundles,
        "antivirus": shelves.antivirus.bundles,
        "linux office": shelves.linux_office.bundles,
        "linux antivirus": shelves.linux_antivirus.bundles,
    }
    rows = [
        (kind, number, vocabulary.title(entry), share)
        for kind, shelf in bundles.items()
        for number, bundle in enumerate(shelf)
        for entry, share in bundle.rows
    ]
    common = [("windows", vocabulary.title(entry), share) for entry, share in everyday_entries(seed)]
    common += [("linux", vocabulary.title(entry), share) for entry, share in linux.packages(seed)]
    vocabulary.add(pirated_entries())
    updates = first_different(update_entries(seed), max(200, int(0.55 * devices)))
    invented = first_different(invented_entries(seed), max(300, int(1.0 * devices)))
    return Plan(
        vocabulary,
        shelves,
        bundles,
        pl.DataFrame(rows, schema={"kind": pl.String, "bundle": pl.UInt32, "title": pl.UInt32, "share": pl.Float64}, orient="row"),
        pl.DataFrame(common, schema={"platform": pl.String, "title": pl.UInt32, "share": pl.Float64}, orient="row"),
        pl.Series(vocabulary.add(invented), dtype=pl.UInt32),
        pl.Series(vocabulary.add(updates), dtype=pl.UInt32),
    )


def _chosen(devices: list[Device], first: int) -> pl.DataFrame:
    """Return device, kind and bundle for every bundle a device chose."""
    found: list[tuple[int, str, int]] = []
    for number, device in enumerate(devices, start=first):
        prefix = "" if device.system.platform == "windows" else "linux "
        found += [(number, f"{prefix}office", bundle) for bundle in device.office]
        found += [(number, f"{prefix}antivirus", bundle) for bundle in device.antivirus]
    return pl.DataFrame(found, schema={"device": pl.UInt32, "kind": pl.String, "bundle": pl.UInt32}, orient="row")


def _by_share(rows: pl.DataFrame, seed: int, purpose: str) -> pl.DataFrame:
    """Return the device and title of those rows (device, title, share) that the draw keeps."""
    counter = pl.col("device").cast(pl.UInt64) * (1 << 32) + pl.col("title").cast(pl.UInt64)
    return rows.filter(noise(counter, seed, purpose) < pl.col("share")).select("device", "title")


def installed_rows(devices: list[Device], plan: Plan, seed: int, *, first: int) -> pl.DataFrame:
    """Return device, title, key and spoilt of all rows, sorted by device and title; `first` is the number of the first device."""
    numbers = pl.DataFrame(
        {
            "device": range(first, first + len(devices)),
            "platform": ["windows" if device.system.platform == "windows" else "linux" for device in devices],
            "server": [device.kind == "server" for device in devices],
        },
        schema={"device": pl.UInt32, "platform": pl.String, "server": pl.Boolean},
    )
    bundled = _by_share(_chosen(devices, first).join(plan.bundle_rows, on=["kind", "bundle"]), seed, "bundled")
    # A server carries the runtimes and drivers, but few of the programs people use.
    share = pl.when("server").then(pl.col("share") * 0.4).otherwise(pl.col("share"))
    common = _by_share(numbers.join(plan.common, on="platform").with_columns(share), seed, "common")
    pirated = [
        (number, plan.vocabulary.title(entry))
        for number, device in enumerate(devices, start=first)
        for entry in (*(PIRATED.values[i][0] for i in device.pirated), *(PIRATED_APPS.values[i][0] for i in device.pirated_apps))
    ]
    on_windows = numbers.filter(pl.col("platform") == "windows")
    tails = [
        _tail(on_windows, plan.invented, INVENTED_PER_DEVICE, seed, "invented"),
        _tail(on_windows, plan.updates, UPDATES_PER_DEVICE, seed, "updates"),
    ]
    rows = pl.concat([bundled, common, pl.DataFrame(pirated, schema={"device": pl.UInt32, "title": pl.UInt32}, orient="row"), *tails])
    counter = pl.col("device").cast(pl.UInt64) * (1 << 32) + pl.col("title").cast(pl.UInt64)
    # Of a title's versions the first are the common ones.
    version = (noise(counter, seed, "version") ** 2 * pl.col("versions")).cast(pl.UInt32)
    return (
        rows.unique()
        .join(plan.vocabulary.titles(), on="title", how="left")
        .sort("device", "title")
        .select(
            "device", "title", (pl.col("first_key") + version).alias("key"), (noise(counter, seed, "spoilt") < SPOILT_SHARE).alias("spoilt")
        )
    )


def _tail(devices: pl.DataFrame, pool: pl.Series, bounds: tuple[int, int], seed: int, purpose: str) -> pl.DataFrame:
    low, high = bounds
    count = (low + noise(pl.col("device"), seed, f"{purpose} count") * (high - low + 1)).cast(pl.Int64)
    draws = unroll(devices.with_columns(count.alias("of")), "of")
    ranks = stratified_ranks(draws, zipf_ends(len(pool), exponent=0.85, shift=20.0), seed, purpose)
    return draws.select("device").with_columns(pool.gather(ranks).alias("title"))
