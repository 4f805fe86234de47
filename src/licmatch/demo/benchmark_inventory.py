"""`generate_parquet`: one big inventory table for measurements, written in bounded memory; the names are those of the county's grammar."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate, chain
from pathlib import Path

import polars as pl

from licmatch.demo import antivirus, linux, office
from licmatch.demo.damage import damaged
from licmatch.demo.draw import Draw, noise
from licmatch.demo.entry import Entry
from licmatch.demo.estate import LINUX_SHARE
from licmatch.demo.everyday import everyday_entries
from licmatch.demo.installed import first_different
from licmatch.demo.invented import invented_entries
from licmatch.demo.pirated import pirated_entries
from licmatch.demo.popularity import stratified_ranks, zipf_ends
from licmatch.demo.updates import language_rows, update_entries, wps_builds
from licmatch.demo.vocabulary import Vocabulary
from licmatch.errors import UsageError

CATALOGUED_SHARE = 0.4
SPOILT_SHARE = 0.04
MOST_VERSIONS = 10  # with 60,000 names gives about 160,000 (name, publisher, version)
WPS_BUILDS = 2000
ROWS_AT_A_TIME = 500_000
COLUMNS = ("device_id", "name", "publisher", "version")


def generate_parquet(path: Path, *, rows: int, devices: int, distinct_names: int, seed: int = 20050613) -> None:
    """Write device_id, name, publisher and version of exactly so many rows, devices and different names, sorted by device.

    Popularity is Zipf-like, and every (name, publisher, version) occurs at least once. Memory depends on `distinct_names`, not on `rows`.
    Raises UsageError when the rows cannot hold all devices or all names.
    """
    if devices < 1 or distinct_names < 1 or rows < 3 * devices:
        raise UsageError(f"{rows} rows are too few for {devices} devices", hint="give at least three rows a device")
    vocabulary = Vocabulary()
    vocabulary.add(_entries(distinct_names, seed))
    if rows < vocabulary.keys:
        raise UsageError(
            f"{rows} rows cannot hold {vocabulary.keys} different (name, publisher, version)", hint="give more rows or fewer names"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".parts-") as folder:
        parts = []
        for number, part in enumerate(_parts(vocabulary, rows, devices, seed)):
            parts.append(Path(folder) / f"{number:05d}.parquet")
            part.write_parquet(parts[-1], compression="lz4", statistics=False)
        partial = path.with_name(f".{path.name}.partial")
        pl.scan_parquet(parts).sink_parquet(
            partial, compression="zstd", compression_level=1, row_group_size=ROWS_AT_A_TIME, maintain_order=True
        )
        partial.replace(path)


def _entries(count: int, seed: int) -> list[Entry]:
    """Return entries with `count` different names, the popular ones first."""
    shelves = (
        (office.office_bundles(seed), 1.0),
        (office.sold_alone(seed), 0.05),
        (antivirus.antivirus_bundles(seed), 1.2),
        (linux.office_bundles(seed), LINUX_SHARE),
        (linux.antivirus_bundles(seed), LINUX_SHARE),
    )
    shares: dict[Entry, float] = {}
    for shelf, weight in shelves:
        total = sum(bundle.weight for bundle in shelf)
        for bundle in shelf:
            for entry, share in bundle.rows:
                shares[entry] = shares.get(entry, 0.0) + weight * share * bundle.weight / total
    catalogued_count = round(count * CATALOGUED_SHARE)
    catalogued = _with_spoilt(
        chain(
            sorted(shares, key=lambda entry: (-shares[entry], entry.name)),
            pirated_entries(),
            language_rows(),
            first_different(wps_builds(seed), WPS_BUILDS),
            update_entries(seed),
        ),
        catalogued_count,
        seed,
        "catalogued",
    )
    common = [*everyday_entries(seed), *((entry, share * LINUX_SHARE) for entry, share in linux.packages(seed))]
    shares |= dict(common)
    common.sort(key=lambda pair: (-pair[1], pair[0].name))
    taken = {entry.name for entry in catalogued}
    others = _with_spoilt(
        (
            entry
            for entry in chain((entry for entry, _ in common), invented_entries(seed, most_versions=MOST_VERSIONS))
            if entry.name not in taken
        ),
        count - catalogued_count,
        seed,
        "others",
        taken,
    )
    draw = Draw(seed, "order")
    order = {entry: (-shares.get(entry, 0.0), draw.unit()) for entry in chain(catalogued, others)}
    return sorted(order, key=order.__getitem__)


def _with_spoilt(entries: Iterator[Entry], count: int, seed: int, purpose: str, taken: set[str] | None = None) -> list[Entry]:
    """Return `count` entries with different names, a few of them with the spoilt name of one before."""
    draw = Draw(seed, f"spoilt {purpose}")
    spoilt_count = int(count * SPOILT_SHARE)
    sound = first_different(entries, count - spoilt_count)
    names = {entry.name for entry in sound} | (taken or set())
    found = list(sound)
    while len(found) < count:
        origin = draw.pick(sound)
        name, _ = damaged(origin.name, draw)
        if name in names:
            name += " " * (1 + draw.below(3))  # few names and many draws: stray blanks always leave something new
        if name not in names:
            names.add(name)
            found.append(replace(origin, name=name))
    return found


def _parts(vocabulary: Vocabulary, rows: int, devices: int, seed: int) -> Iterator[pl.DataFrame]:
    """Yield the table in parts of whole devices."""
    plain = vocabulary.plain().select("name", "publisher", "version")
    titles = vocabulary.titles()
    ends = zipf_ends(titles.height, exponent=1.0, shift=12.0)
    step, multiplier = rows // vocabulary.keys, _coprime(vocabulary.keys)
    starts = _starts(rows, devices, seed)
    batch = max(1, devices * ROWS_AT_A_TIME // rows)
    for first in range(0, devices, batch):
        span = starts.slice(first, min(batch, devices - first) + 1)
        begin = pl.DataFrame(
            {"device": range(first, first + len(span) - 1), "begin": span.head(-1), "of": span.diff().tail(-1)},
            schema={"device": pl.UInt32, "begin": pl.Int64, "of": pl.Int64},
        )
        draws = begin.with_columns(pl.int_ranges(0, pl.col("of")).alias("nth")).explode("nth", empty_as_null=False)
        draws = draws.with_columns((pl.col("begin") + pl.col("nth")).alias("row")).with_columns(
            pl.col("row").cast(pl.UInt64).alias("counter")
        )
        chosen = titles.select("first_key", "versions")[stratified_ranks(draws, ends, seed, "titles")]
        drawn = draws.with_columns(chosen).with_columns(
            (pl.col("first_key") + (noise(pl.col("counter"), seed, "versions") ** 2 * pl.col("versions")).cast(pl.UInt32)).alias("drawn")
        )
        nth_key = pl.col("row") // step
        # Every `step`th row goes round all keys once, so that none is missing however rare.
        covers = (pl.col("row") % step == 0) & (nth_key < vocabulary.keys)
        key = pl.when(covers).then((nth_key * multiplier % vocabulary.keys).cast(pl.UInt32)).otherwise(pl.col("drawn"))
        keyed = drawn.select(pl.format("PC-{}", pl.col("device").cast(pl.String).str.zfill(7)).alias("device_id"), key.alias("key"))
        yield keyed.select("device_id").with_columns(plain[keyed["key"]]).select(COLUMNS)


def _starts(rows: int, devices: int, seed: int) -> pl.Series:
    """Return the first row of each device and the number of rows at the end; a device has between half and three halves of the mean."""
    weights = pl.select(pl.int_range(devices).alias("device")).select(0.5 + noise(pl.col("device"), seed, "rows of a device")).to_series()
    ends = list(accumulate(weights))
    return pl.Series([0, *(int(end * (rows / ends[-1])) for end in ends[:-1]), rows], dtype=pl.Int64)


def _coprime(count: int) -> int:
    """Return a multiplier that takes 0..count-1 to all of 0..count-1 in scattered order."""
    candidate = max(1, int(count * 0.618))
    while math.gcd(candidate, count) != 1:
        candidate += 1
    return candidate
