from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from licmatch import schema
from licmatch.demo import CountyPaths, generate_county
from licmatch.errors import UsageError

AS_OF = date(2026, 11, 30)
DEVICES = 700


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> CountyPaths:
    return generate_county(tmp_path_factory.mktemp("demo") / "county", devices=DEVICES, seed=7, as_of=AS_OF)


def fingerprints(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def written_rows(county: CountyPaths) -> pl.DataFrame:
    """Read the dumps back with nothing of the generator or of licmatch: device_id, name, publisher, version."""
    rows: list[tuple[str, str, str, str]] = []
    for path in sorted(p for p in county.inventory.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if path.suffix == ".csv":
            text = data[2:].decode("utf-16-le") if data.startswith(b"\xff\xfe") else data.decode("gbk")
            head, _, body = text.partition("\r\n")
            assert head.startswith("#TYPE ")
            found = csv.DictReader(io.StringIO(body, newline=""))
            rows += [(r["PSComputerName"], r["DisplayName"], r["Publisher"], r["DisplayVersion"]) for r in found]
        elif path.suffix == ".ndjson":
            for line in data.decode().splitlines():
                record = json.loads(line)
                if record["name"].endswith("os_version"):
                    continue
                for r in record["snapshot"]:
                    publisher = r["maintainer"].partition(" <")[0] if "maintainer" in r else r["publisher"]
                    rows.append((record["hostIdentifier"], r["name"], publisher, r["version"]))
        else:
            content = json.loads(data)["content"]
            rows += [(content["hardware"]["name"], r["name"], r["publisher"], r["version"]) for r in content["softwares"]]
    return pl.DataFrame(rows, schema=["device_id", "name", "publisher", "version"], orient="row")


def test_same_seed_same_bytes(county: CountyPaths, tmp_path: Path) -> None:
    again = generate_county(tmp_path / "again", devices=DEVICES, seed=7, as_of=AS_OF)
    assert fingerprints(again.folder) == fingerprints(county.folder)


def test_another_seed_is_another_county(county: CountyPaths, tmp_path: Path) -> None:
    other = generate_county(tmp_path / "other", devices=60, seed=8, as_of=AS_OF)
    assert set(pl.read_parquet(other.truth)["device_id"]) != set(pl.read_parquet(county.truth)["device_id"])


def test_tables_are_canonical_and_agree(county: CountyPaths) -> None:
    units, devices, activations = (pl.read_csv(p, infer_schema=False) for p in (county.units, county.devices, county.activations))
    assert units.columns == list(schema.UNITS)
    assert devices.columns == list(schema.DEVICES)
    assert activations.columns == list(schema.ACTIVATIONS)
    assert devices.height == devices["device_id"].n_unique() == DEVICES
    assert set(devices["unit_id"]) <= set(units["unit_id"])
    assert set(activations["device_id"]) <= set(devices["device_id"])
    assert activations["partial_product_key"].str.len_chars().unique().to_list() == [5]
    assert pl.read_parquet(county.truth)["device_id"].to_list() == devices["device_id"].to_list()
    assert devices["collected_at"].max() <= AS_OF.isoformat()


def test_the_truth_is_of_what_was_written(county: CountyPaths) -> None:
    rows = written_rows(county)
    assert rows.height == county.rows
    counted = rows.group_by("name", "publisher", "version").agg(
        pl.len().cast(pl.Int64).alias("rows"), pl.col("device_id").n_unique().cast(pl.Int64).alias("devices")
    )
    truth = pl.read_parquet(county.truth_names).with_columns(pl.col("publisher", "version").fill_null(""))
    both = counted.sort("name", "publisher", "version")
    assert truth.select(both.columns).sort("name", "publisher", "version").equals(both)


def test_devices_have_in_the_dumps_what_the_truth_says(county: CountyPaths) -> None:
    truth = pl.read_parquet(county.truth)
    names = pl.read_parquet(county.truth_names).with_columns(pl.col("publisher", "version").fill_null(""))
    known = written_rows(county).join(names, on=["name", "publisher", "version"], how="left")
    assert known["rows"].null_count() == 0
    for category in ("office", "antivirus"):
        stated = (
            truth.select("device_id", pl.col(category).alias("p"))
            .explode("p")
            .drop_nulls()
            .unnest("p")
            .select("device_id", "family")
            .unique()
        )
        seen = (
            known.filter((pl.col("category") == category) & pl.col("role").is_in(["product", "standalone_app"]))
            .select("device_id", "family")
            .unique()
        )
        assert seen.sort("device_id", "family").equals(stated.sort("device_id", "family"))
    accused = known.filter(pl.col("tool").is_not_null()).select("device_id", "tool").unique()
    stated_tools = truth.select("device_id", pl.col("pirated_by").alias("tool")).explode("tool").drop_nulls().unique()
    assert accused.sort("device_id", "tool").equals(stated_tools.sort("device_id", "tool"))


def test_the_county_is_as_varied_as_promised(county: CountyPaths) -> None:
    names = pl.read_parquet(county.truth_names)
    distinct = names.group_by("name").agg(pl.col("catalogued").any())
    assert 0.5 < 1 - distinct["catalogued"].mean() < 0.7  # type: ignore[operator]
    assert set(names["damage"].drop_nulls()) == {"mojibake", "lossy", "trailing blank", "no-break space", "doubled space", "full width"}
    assert county.rows >= 55 * DEVICES
    truth = pl.read_parquet(county.truth)
    assert truth["pirated"].any()
    assert truth["repacked"].any()
    assert (truth["antivirus"].list.len() > 1).any()
    assert set(truth["os"].struct.field("vendor")) >= {"Microsoft", "UnionTech", "Kylin"}
    starts = {p.read_bytes()[:2] for p in county.inventory.rglob("*.csv")}
    assert starts == {b"\xff\xfe", b"#T"}
    assert list(county.inventory.rglob("*.json"))
    assert list(county.inventory.rglob("*.ndjson"))
    lossy = [p for p in county.inventory.rglob("*.csv") if p.read_bytes().isascii()]
    assert len([p for p in lossy if b"????" in p.read_bytes()]) >= 1


def test_one_device_is_a_county(tmp_path: Path) -> None:
    paths = generate_county(tmp_path / "one", devices=1, seed=1, as_of=AS_OF)
    assert pl.read_parquet(paths.truth).height == 1
    assert written_rows(paths).height == paths.rows > 0


def test_a_full_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="not an empty folder"):
        generate_county(tmp_path, devices=1, as_of=AS_OF)


def test_no_devices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one device"):
        generate_county(tmp_path / "none", devices=0, as_of=AS_OF)
