"""Places and temporary folders: what is told of a fault, and what of other processes is removed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from licmatch.errors import WriteError
from licmatch.place import SCRATCH, _locked, replacing, scratch


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_temporary_folders_of_processes_that_are_gone_are_removed_and_no_others(temporary: Path) -> None:
    left, bare, held = (temporary / f"{SCRATCH}{name}" for name in ("left", "bare", "held"))
    for folder in (left, bare, held):
        folder.mkdir()
    (left / ".lock").touch()
    (left / "rows.parquet").write_bytes(b"x")
    lock, _ = _locked(held / ".lock", held)
    (temporary / "licmatch-notes").mkdir()
    own = scratch.__wrapped__()
    assert {entry.name for entry in temporary.iterdir()} == {own.name, held.name, "licmatch-notes"}
    assert own.name.startswith(SCRATCH)
    os.close(lock)


def test_a_folder_that_is_taken_before_it_is_locked_is_left_for_the_next(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    make = tempfile.mkdtemp

    def taken(**words: str) -> str:
        made.append(Path(make(**words)))
        if len(made) == 1:
            made[0].rmdir()
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", taken)
    assert scratch.__wrapped__() == made[1]


def test_a_process_leaves_no_temporary_folder(tmp_path: Path) -> None:
    code = "from licmatch.place import scratch_folder; (scratch_folder() / 'x').write_text('x')"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["input.csv", "out.csv.old", "../beside/input.csv"])
def test_a_file_that_could_not_be_read_is_not_told_as_the_place(tmp_path: Path, name: str) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "here" / "out.csv"):
        (tmp_path / "here" / name).read_bytes()


@pytest.mark.parametrize("name", ["part/x", ""])
def test_what_could_not_be_written_is(tmp_path: Path, name: str) -> None:
    with pytest.raises(WriteError, match="cannot be written"), replacing(tmp_path / "out") as partial:
        (partial / name / "x").write_bytes(b"x")
    assert list(tmp_path.iterdir()) == []
