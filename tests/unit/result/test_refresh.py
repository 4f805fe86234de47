from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.assess.cases import judged

from licmatch.errors import ResultError
from licmatch.result import Result, refresh, verify


def note(result: Result, folder: Path) -> None:
    (folder / "report.html").write_text(result.manifest["as_of"], encoding="utf-8")


def test_files_are_made_again_and_the_rest_stays_byte_for_byte(tmp_path: Path) -> None:
    judged(("a", "Windows 7"), out=tmp_path / "r", reports=lambda _, folder: (folder / "rows.parquet").write_bytes(b"kept") and None)
    before = {path.name: path.read_bytes() for path in (tmp_path / "r").iterdir()}
    refresh(tmp_path / "r", note)
    after = {path.name: path.read_bytes() for path in (tmp_path / "r").iterdir()}
    assert after.pop("report.html") == b"2026-11-30"
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"manifest.json", "manifest.sha256"}
    assert verify(tmp_path / "r").holds
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_result_that_does_not_hold_is_not_sealed_again(tmp_path: Path) -> None:
    judged(("a", "Windows 7"), out=tmp_path / "r")
    (tmp_path / "r" / "units.parquet").write_bytes(b"PAR1")
    before = {path.name: path.read_bytes() for path in (tmp_path / "r").iterdir()}
    with pytest.raises(ResultError, match="1 faults"):
        refresh(tmp_path / "r", note)
    assert {path.name: path.read_bytes() for path in (tmp_path / "r").iterdir()} == before


def test_a_report_that_fails_leaves_the_result_as_it_was(tmp_path: Path) -> None:
    judged(("a", "Windows 7"), out=tmp_path / "r")

    def failing(_result: Result, folder: Path) -> None:
        (folder / "report.html").write_text("half", encoding="utf-8")
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError, match="no ink"):
        refresh(tmp_path / "r", failing)
    assert not (tmp_path / "r" / "report.html").exists()
    assert verify(tmp_path / "r").holds
