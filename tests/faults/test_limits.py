"""No room, no right, no memory, two at once, Ctrl-C: a sentence, an exit code, the earlier result as it was, nothing left beside it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from licmatch.ingest.sources import Source
from tests.faults.estate import NEW, OLD, Estate, estate

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")]


@pytest.fixture
def place(tmp_path: Path) -> Estate:
    made = estate(tmp_path)
    assert made.run(made.words(OLD)).code == 0
    return made


def unharmed(place: Estate) -> None:
    assert place.day_of_result() == OLD
    assert place.left_over() == []


@pytest.mark.parametrize("size", [0, 8_000])
def test_files_may_not_grow(place: Estate, size: int) -> None:
    ran = place.run(place.words(NEW), file_size=size)
    assert ran.code == 3, ran
    assert "no room left to write" in ran.err or "File too large" in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 2
    unharmed(place)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, check=False
    ).returncode == 0  # fmt: skip
    if not mounted:
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)


@pytest.mark.ci_may_skip("mounting is for the administrator; the limit on file sizes is tested everywhere")
def test_the_disk_is_full(place: Estate, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 40_000)
    ran = place.run(["assess", str(place.dump), "-o", str(small_disk / "result"), "--as-of", NEW, "--quiet", "--lang", "zh"])
    assert ran.code == 3
    assert "没有空间可写" in ran.err
    assert "原有内容未改动" in ran.err
    assert [entry.name for entry in small_disk.iterdir()] == ["filler"]


@pytest.mark.parametrize("out", ["match.parquet", "match.csv", "match.jsonl", "match.xlsx"])
def test_a_matched_table_that_finds_no_room_leaves_the_earlier_one(place: Estate, out: str) -> None:
    table = pl.read_csv(place.dump)
    pl.concat([table] * 3000).with_row_index().write_csv(place.dump)
    target = place.folder / out
    target.write_bytes(b"earlier")
    ran = place.run(["match", str(place.dump), "-o", str(target), "--quiet"], file_size=3_000)
    assert ran.code == 3
    assert "no room left to write" in ran.err, ran.err
    assert target.read_bytes() == b"earlier"
    assert {entry.name for entry in place.folder.iterdir()} == {"dumps", "place", "temporary", out}


def test_a_place_where_nothing_may_be_written(place: Estate) -> None:
    ran = place.run(["assess", str(place.dump), "-o", "/sys/licmatch-result", "--as-of", NEW, "--quiet"])
    assert ran.code == 3
    assert "this may not be written here" in ran.err
    assert "/sys/licmatch-result" in ran.err


@pytest.mark.parametrize("megabytes", [4, 64])
def test_the_memory_is_used_up(place: Estate, megabytes: int) -> None:
    rows = "".join(f"PC-{at % 500},Some program {at} with a long name {at:040}\n" for at in range(300_000))
    place.dump.write_text("device_id,name\n" + rows, encoding="utf-8")
    ran = place.run(place.words(NEW), memory=megabytes << 20)
    # What Rust cannot get ends the process where it stands; what Python cannot get ends in our own sentence.
    assert ran.code in (3, -signal.SIGABRT), ran
    assert "memory" in ran.err.lower(), ran.err
    assert "Traceback" not in ran.err
    assert place.day_of_result() == OLD
    place.dump.write_text("device_id,name\nPC-1,Windows 10\n", encoding="utf-8")
    assert place.run(place.words(NEW)).code == 0
    assert (place.day_of_result(), place.left_over()) == (NEW, [])


def test_two_runs_into_one_folder(place: Estate) -> None:
    first = place.start(place.words(NEW), wait_at=10)
    assert first.stdout is not None
    assert first.stdout.readline() == "waiting\n"
    second = place.run(place.words(NEW))
    assert second.code == 3
    assert "is being written by another run" in second.err
    assert place.day_of_result() == OLD
    (place.folder / "go").touch()
    first.communicate(timeout=300)
    assert first.returncode == 0
    assert (place.day_of_result(), place.left_over()) == (NEW, [])


@pytest.mark.parametrize(("number", "step"), [(signal.SIGINT, 6), (signal.SIGINT, 30), (signal.SIGTERM, 20)])
def test_interrupted(place: Estate, number: signal.Signals, step: int) -> None:
    ran = place.run(place.words(NEW), interrupt_at=step, signal=int(number))
    assert (ran.code, ran.err.strip()) == (130, "Interrupted.")
    unharmed(place)


def test_an_interrupted_run_with_a_store_need_not_decide_its_names_again(place: Estate) -> None:
    store = place.folder / "store"
    counted = place.run(place.words(OLD, "--store", str(place.folder / "other")), count=True)
    steps = int(counted.out.split("steps ")[1])
    # In the middle of writing the result: all names are decided by then.
    ran = place.run(place.words(NEW, "--store", str(store)), interrupt_at=steps // 2, signal=int(signal.SIGINT))
    assert ran.code == 130
    kept = pl.read_parquet(store / "names.parquet")
    assert "KMSpico" in kept["name"].to_list()


def test_a_file_that_cannot_be_read_to_its_end(place: Estate, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from licmatch.cli.main import status

    def failing(source: Source, most: int = -1) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO), source.label)

    monkeypatch.setattr(Source, "read", failing)
    assert status(place.words(NEW)) == 3
    told = capsys.readouterr().err
    assert "Input/output error" in told
    assert "county.csv" in told
    unharmed(place)
