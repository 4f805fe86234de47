from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import judged

from licmatch.errors import ResultError
from licmatch.result import Result, read_result, write_result
from licmatch.result.folder import write_table
from licmatch.schema import FINDINGS, INSTALLATIONS, MATCHES, REJECTED, UNKNOWN

ROWS = (("a", "KMSpico"), ("a", "Windows 7"), ("b", "天擎"), ("b", None), ("b", "Foo"))


def bytes_of(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    written = judged(*ROWS, out=tmp_path / "county")
    read = read_result(tmp_path / "county")
    assert read.manifest == written.manifest
    for name, frame in written.tables().items():
        assert read.tables()[name].equals(frame), name


def test_the_tables_have_the_published_columns(tmp_path: Path) -> None:
    read = judged(*ROWS)
    for frame, columns in (
        (read.matches, MATCHES),
        (read.installations, INSTALLATIONS),
        (read.findings, FINDINGS),
        (read.unknown, UNKNOWN),
        (read.rejected, REJECTED),
    ):
        assert dict(frame.schema) == columns


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    judged(*ROWS, out=tmp_path / "one")
    judged(*ROWS, out=tmp_path / "two")
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_the_manifest_names_every_other_file_with_its_hash(tmp_path: Path) -> None:
    judged(*ROWS, out=tmp_path / "r", reports=lambda result, folder: (folder / "report.html").write_text("<p>", encoding="utf-8"))
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text(encoding="utf-8"))
    found = bytes_of(tmp_path / "r")
    seal = (tmp_path / "r" / "manifest.sha256").read_text(encoding="ascii")
    assert seal == f"{found.pop('manifest.json')}  manifest.json\n"
    found.pop("manifest.sha256")
    assert manifest["files"] == found
    assert "report.html" in found
    assert (manifest["schema"], manifest["as_of"], manifest["incomplete"]) == (1, "2026-11-30", False)


def test_an_earlier_result_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    judged(("a", "Foo"), out=tmp_path / "r")
    judged(("a", "Windows 7"), out=tmp_path / "r")
    assert read_result(tmp_path / "r").matches["name"].to_list() == ["Windows 7"]
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_an_empty_folder_may_become_the_result(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    judged(("a", "Foo"), out=tmp_path / "r")
    assert read_result(tmp_path / "r").matches.height == 1


def _somebodys_folder(target: Path) -> None:
    target.mkdir()
    (target / "thesis.docx").write_bytes(b"x")


def _a_result_with_a_note(target: Path) -> None:
    judged(("a", "Foo"), out=target)
    (target / "note.txt").write_text("keep me", encoding="utf-8")


def _a_file(target: Path) -> None:
    target.write_bytes(b"x")


def _somebodys_manifest(target: Path) -> None:
    target.mkdir()
    (target / "manifest.json").write_text('{"name": "web app"}', encoding="utf-8")


@pytest.mark.parametrize("make", [_somebodys_folder, _a_result_with_a_note, _a_file, _somebodys_manifest])
def test_nothing_of_anybody_else_is_overwritten(tmp_path: Path, make: Any) -> None:
    target = tmp_path / "r"
    make(target)
    before = bytes_of(target) if target.is_dir() else target.read_bytes()
    with pytest.raises(ResultError):
        judged(("a", "Windows 7"), out=target)
    assert (bytes_of(target) if target.is_dir() else target.read_bytes()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_run_that_fails_while_writing_leaves_nothing_and_keeps_the_earlier_result(tmp_path: Path) -> None:
    judged(("a", "Foo"), out=tmp_path / "r")
    before = bytes_of(tmp_path / "r")

    def failing(result: Result, folder: Path) -> None:
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError, match="no ink"):
        judged(("a", "Windows 7"), out=tmp_path / "r", reports=failing)
    assert bytes_of(tmp_path / "r") == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def _without_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _without_a_table(folder: Path) -> None:
    (folder / "scores.parquet").unlink()


def _with_a_broken_table(folder: Path) -> None:
    (folder / "scores.parquet").write_bytes(b"PAR1 not really")


def _of_the_future(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"schema": 99}), encoding="utf-8")


@pytest.mark.parametrize("damage", [_without_manifest, _without_a_table, _with_a_broken_table, _of_the_future])
def test_a_damaged_result_is_an_error_that_names_the_place(tmp_path: Path, damage: Any) -> None:
    judged(("a", "Foo"), out=tmp_path / "r")
    damage(tmp_path / "r")
    with pytest.raises(ResultError) as fault:
        read_result(tmp_path / "r")
    assert fault.value.where is not None


def test_a_result_without_rows_is_a_result(tmp_path: Path) -> None:
    empty = pl.DataFrame(schema={"device_id": pl.String, "name": pl.String})
    from tests.unit.assess.small_engine import SmallEngine

    from licmatch.pipeline import assess

    result = assess(empty, as_of="2026-11-30", engine=SmallEngine(), out=tmp_path / "r")
    assert result.scores.select("unit_id", "devices", "points").rows() == [("(all)", 0, None)]
    assert write_result(result, tmp_path / "again").manifest["totals"]["rows_in"] == 0


def test_plugins_left_out_are_said() -> None:
    assert judged(("a", "Foo"), without=("office",)).manifest["incomplete"] is True


def test_the_bytes_of_a_table_depend_on_its_rows_alone(tmp_path: Path) -> None:
    numbers = range(3000)
    texts, lists = [f"a text of some length, number {n % 97}" for n in numbers], [[str(n)] * (n % 4) for n in numbers]
    rows = pl.DataFrame({"text": texts, "list": lists})
    parts = pl.concat([rows[:7].rechunk(), rows[7:1900].rechunk(), rows[1900:]], rechunk=False)
    rows[:1000].write_parquet(tmp_path / "0.parquet")
    rows[1000:].write_parquet(tmp_path / "1.parquet")
    for name, table in {"whole": rows, "parts": parts, "files": pl.scan_parquet([tmp_path / "0.parquet", tmp_path / "1.parquet"])}.items():
        write_table(table, tmp_path / name)
    assert parts.n_chunks() > 1
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "parts").read_bytes() == (tmp_path / "files").read_bytes()
