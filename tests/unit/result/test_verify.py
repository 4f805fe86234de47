from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import devices, judged, units

from licmatch.errors import ResultError
from licmatch.messages import LANGUAGES, texts
from licmatch.result import Verification, verify
from licmatch.result.folder import seal, write_table
from licmatch.result.verify import worded

OFFICE = "Microsoft Office 专业增强版 2016"
RULINGS = pl.DataFrame(
    [{"ruling_id": "R", "ruled_by": "局", "document_no": "1", "ruled_on": "2026-10-01", "verdict": "cracked", "device_id": "b"}]
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result of a county of four devices, one ruling, one device out of use, one name nobody knows."""
    folder = tmp_path_factory.mktemp("made") / "county"
    rows = (
        ("a", OFFICE),
        ("a", "KMSpico"),
        ("b", OFFICE),
        ("b", "Windows 10 Pro"),
        ("c", "天擎"),
        ("c", "Foo"),
        ("d", OFFICE),
        (None, OFFICE),
    )
    placed = devices(
        *({"device_id": name, "unit_id": f"u{at % 2}", "in_use": "no" if name == "d" else "yes"} for at, name in enumerate("abcd"))
    )
    judged(*rows, devices=placed, units=units(county=None, u0="county", u1="county"), rulings=RULINGS, out=folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "county"))


def resealed(folder: Path, **changes: Any) -> Verification:
    """Verify after the manifest was made to fit the files again, as somebody would who hides a change."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    seal(folder, manifest | changes)
    return verify(folder)


def rewrite(folder: Path, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    path = folder / f"{table}.parquet"
    write_table(change(pl.read_parquet(path)), path)


def codes(found: Verification) -> set[str]:
    return {fault.code for fault in found.faults}


def test_a_result_as_it_was_made_holds(folder: Path) -> None:
    found = verify(folder)
    assert (found.faults, found.holds) == ((), True)
    assert found.files == len(list(folder.iterdir()))
    assert found.manifest_sha256 == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert resealed(folder).holds


def test_a_file_that_is_gone_added_cut_or_replaced_by_a_folder(folder: Path) -> None:
    (folder / "units.parquet").unlink()
    (folder / "note.txt").write_text("x", encoding="utf-8")
    (folder / "scores.parquet").write_bytes((folder / "scores.parquet").read_bytes()[:-1])
    (folder / "rulings_queue.csv").unlink()
    (folder / "rulings_queue.csv").mkdir()
    told = {(fault.code, fault.file) for fault in verify(folder).faults}
    assert told == {("missing", "units.parquet"), ("extra", "note.txt"), ("changed", "scores.parquet"), ("no_file", "rulings_queue.csv")}


def test_a_link_is_no_file_of_a_result(folder: Path) -> None:
    moved = folder.parent / "moved"
    shutil.move(folder / "units.parquet", moved)
    (folder / "units.parquet").symlink_to(moved)
    assert codes(verify(folder)) == {"no_file"}


@pytest.mark.parametrize("damage", [b"", b"0" * 64 + b"  manifest.json\n"])
def test_a_seal_that_does_not_fit(folder: Path, damage: bytes) -> None:
    (folder / "manifest.sha256").write_bytes(damage)
    assert codes(verify(folder)) == {"seal"}
    (folder / "manifest.sha256").unlink()
    assert codes(verify(folder)) == {"missing"}


def test_a_folder_rewritten_as_a_whole_is_found_by_the_hash_noted_elsewhere(folder: Path) -> None:
    noted = verify(folder).manifest_sha256
    assert verify(folder, expect=noted.upper()).holds
    rewrite(folder, "unknown", lambda frame: frame.with_columns(name=pl.lit("Bar")))
    assert resealed(folder).holds
    assert codes(verify(folder, expect=noted)) == {"other_seal"}


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"kind": "licmatch-result", "schema": 99}'])
def test_what_is_no_result_is_an_error(folder: Path, damage: bytes) -> None:
    (folder / "manifest.json").write_bytes(damage)
    with pytest.raises(ResultError):
        verify(folder)


def first(column: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Change one cell: that of the first row."""
    return lambda frame: frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value)).otherwise(pl.col(column)).cast(frame.schema[column]).alias(column)
    )


@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        ("matches", lambda frame: frame.head(-1), "total"),
        ("matches", first("rows", 7), "total"),
        ("matches", lambda frame: frame.drop("lm_risk"), "column"),
        ("matches", lambda frame: frame.with_columns(pl.col("rows").cast(pl.Int32)), "column"),
        ("installations", lambda frame: frame.head(-1), "total"),
        ("installations", first("verdict", "genuine_oem"), "state"),
        ("installations", lambda frame: frame.with_columns(official=~pl.col("official")), "official"),
        ("installations", lambda frame: frame.with_columns(official=pl.lit(False)), "not_official"),
        ("installations", first("unit_id", "u7"), "unit"),
        ("installations", lambda frame: pl.concat([frame.head(-1), frame.head(1)]), "finding_count"),
        ("installations", lambda frame: frame.with_columns(category=pl.lit("games")), "no_finding"),
        ("findings", lambda frame: frame.head(-1), "findings"),
        ("findings", lambda frame: frame.with_columns(verdict=pl.lit("genuine_oem"), state=pl.lit("genuine")), "worst"),
        ("findings", lambda frame: frame.with_columns(installations=pl.col("installations") + 1), "finding_count"),
        ("scores", lambda frame: frame.head(-1), "stray_unit"),
        ("scores", lambda frame: frame.with_columns(office_genuine=pl.col("office_genuine") + 1), "count"),
        ("scores", lambda frame: frame.with_columns(devices=pl.col("devices") + 1), "count"),
        ("scores", first("office_rate_high", 0.999), "count"),
        ("scores", first("points_low", 99.0), "interval"),
        ("scores", first("parent_id", "county"), "circle"),
        ("devices", lambda frame: frame.head(-1), "total"),
        ("devices", lambda frame: frame.with_columns(in_scope=pl.lit(True)), "total"),
        ("devices", lambda frame: frame.with_columns(unknown=pl.col("unknown") + 1), "rows_of_devices"),
        ("units", lambda frame: frame.head(-1), "total"),
        ("unknown", lambda frame: frame.head(-1), "unknown"),
        ("rejected", lambda frame: frame.head(0), "total"),
    ],
)  # fmt: skip
def test_a_table_that_was_changed_and_sealed_again_does_not_add_up(folder: Path, table: str, change: Any, code: str) -> None:
    rewrite(folder, table, change)
    assert code in codes(resealed(folder))


def test_totals_that_were_changed_in_the_manifest(folder: Path) -> None:
    totals = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["totals"]
    for name in totals:
        assert codes(resealed(folder, totals={**totals, name: totals[name] + 1})) == {"total"}, name
    assert resealed(folder, totals=totals).holds


def test_a_log_that_was_changed_and_sealed_again(folder: Path) -> None:
    log = folder / "rulings_log.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole.replace(b'"document_no":"1"', b'"document_no":"2"'))
    assert codes(resealed(folder)) == {"log_broken"}
    log.write_bytes(b"")
    assert codes(resealed(folder)) == {"log_head"}
    head = {"entries": 0, "earlier": 0, "head": "0" * 64}
    assert codes(resealed(folder, rulings_log=head)) == {"log_devices"}


@pytest.mark.parametrize(
    "changes", [{"categories": "x"}, {"totals": []}, {"verdicts": None}, {"policy": {}}, {"rulings_log": None}, {"inputs": 3}]
)
def test_a_manifest_that_makes_no_sense_is_a_fault_and_no_traceback(folder: Path, changes: dict[str, Any]) -> None:
    assert not resealed(folder, **changes).holds


def test_every_fault_is_worded_in_both_languages(folder: Path) -> None:
    rewrite(folder, "findings", lambda frame: frame.head(-1))
    found = resealed(folder)
    assert found.faults
    for lang in LANGUAGES:
        for fault in found.faults:
            assert "findings" in worded(fault, lang) or "scores" in worded(fault, lang)
    source = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[3].glob("src/licmatch/result/verify*.py"))
    for key in (key.removeprefix("verify.") for key in texts("en") if key.startswith("verify.")):
        assert f'"{key}"' in source, f"nobody says {key}"
