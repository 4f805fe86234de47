"""`match` and `assess` on what consoles, agents and bills write, packed and not: every row accounted for, the member named."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

GOLDEN = Path(__file__).parents[1] / "golden" / "formats"
FOLDERS = (
    "jamf", "homebrew", "fleet", "fleet.hosts", "tencent-ioa", "tencent-ioa.program", "aliyun-sase", "aliyun-security-center", "huawei-hss",
    "swid", "cyclonedx", "spdx", "device-text", "csv.ledger", "csv.console", "xlsx.ledger",
)  # fmt: skip


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Return a zip with a folder a computer, one of them packed again."""
    file = tmp_path / "county.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in FOLDERS:
            (source,) = (GOLDEN / folder).glob("input.*")
            archive.writestr(f"{folder}/{source.name}", source.read_bytes())
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as packed:
            packed.writestr("uninstall.csv", "DisplayName,DisplayVersion,Publisher\nWPS Office,11,Kingsoft\n")
        archive.writestr("PC-77.zip", inner.getvalue())
    return file


def test_assess_reads_a_county_out_of_one_zip(licmatch, county: Path, tmp_path: Path) -> None:
    ran = licmatch("assess", county, "-o", tmp_path / "r", "--as-of", "2026-11-30", "--no-report", "--rows")
    assert ran.code == 0
    assert licmatch("verify", tmp_path / "r").code == 0
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text(encoding="utf-8"))
    expected = {folder: json.loads((GOLDEN / folder / "expected.json").read_text(encoding="utf-8")) for folder in FOLDERS}
    rows = {f"{county}/{folder}/{each[0].rpartition('/')[2]}": each[3] for folder, told in expected.items() for each in told["files"]}
    assert {each["path"]: each["rows"] for each in manifest["inputs"]} == rows | {f"{county}/PC-77.zip/uninstall.csv": 1}
    totals = manifest["totals"]
    assert totals["rows_in"] == sum(rows.values()) + 1 == sum(totals[part] for part in ("recognised", "ambiguous", "unknown", "rejected"))
    written = pl.read_parquet(tmp_path / "r" / "rows.parquet")
    assert written.filter(pl.col("device_id") == "PC-77")["source_file"].to_list() == [f"{county}/PC-77.zip/uninstall.csv"]


def test_what_one_program_s_list_lacks_is_not_absent(licmatch, tmp_path: Path) -> None:
    file = GOLDEN / "tencent-ioa.program" / "input.json"
    assert licmatch("assess", file, "-o", tmp_path / "r", "--as-of", "2026-11-30", "--no-report").code == 0
    assert set(pl.read_parquet(tmp_path / "r" / "findings.parquet")["verdict"]) == {"undetermined"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_match_takes_each_of_them_packed(licmatch, folder: str, tmp_path: Path) -> None:
    (source,) = (GOLDEN / folder).glob("input.*")
    file = tmp_path / f"{source.name}.gz"
    file.write_bytes(gzip.compress(source.read_bytes()))
    for given in (source, file):
        ran = licmatch("match", given, "-o", tmp_path / "o.jsonl", "--json")
        assert ran.code == 0, ran.err
        assert json.loads(ran.out)["rows"] == len((tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()) > 0


@pytest.mark.parametrize(
    ("member", "words"), [("../../../tmp/x.csv", "climbs out of it"), ("a.csv", "as only a bomb does")], ids=["path", "bomb"]
)
def test_a_hostile_archive_ends_in_a_sentence(licmatch, member: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w", force_zip64=True) as content:
        for _ in range(300 if member == "a.csv" else 1):
            content.write(bytes(1 << 20))
    ran = licmatch("assess", file, "-o", tmp_path / "r", "--as-of", "2026-11-30")
    assert (ran.code, (tmp_path / "r").exists()) == (3, False)
    assert words in ran.err
    assert "Traceback" not in ran.err
