from __future__ import annotations

import gzip
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from licmatch.assess import gather, judged_day
from licmatch.errors import InputError, UsageError
from licmatch.ingest import read_inventory
from tests.hostile.inputs import GOOD, HEAD, LARGE, SMALL
from tests.hostile.measured import MOST_MIB, MOST_SECONDS, measured

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "hostile_input.md"


@pytest.mark.parametrize("name", SMALL)
def test_a_named_outcome_and_rows_that_add_up(name: str, tmp_path: Path) -> None:
    make, outcome = SMALL[name]
    file = make(tmp_path)
    if isinstance(outcome, str):
        with pytest.raises(InputError, match=outcome) as told:
            read_inventory([file])
        assert told.value.where is not None
        return
    inventory = read_inventory([file])
    software = inventory.software.collect()
    assert (software.height, inventory.rejected.height) == outcome
    assert sum(entry.rows for entry in inventory.files) == software.height + inventory.rejected.height


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it")
@pytest.mark.parametrize("name", LARGE)
def test_a_bounded_cost(name: str, tmp_path: Path) -> None:
    make, outcome = LARGE[name]
    file = make(tmp_path)
    found = measured(file, tmp_path)
    file.unlink()
    assert found.code == (0 if outcome is None else 3), found
    assert outcome is None or outcome in found.told
    assert "Traceback" not in found.told
    assert found.peak_mib <= MOST_MIB, found
    assert found.cpu_seconds <= MOST_SECONDS, found


@pytest.mark.parametrize("name", [*SMALL, *LARGE])
def test_the_page_names_every_input(name: str) -> None:
    assert f"| {name} |" in PAGE.read_text(encoding="utf-8")


def test_devices_that_collide_are_reported(tmp_path: Path) -> None:
    make, _ = SMALL["names of devices that collide"]
    assert "DEVICE_COLLISION" in [notice.code for notice in read_inventory([make(tmp_path)]).notices]


def test_nonsense_of_a_clock_is_no_day_to_judge(tmp_path: Path) -> None:
    make, _ = SMALL["clocks that are nonsense"]
    with pytest.raises(UsageError, match="does not say when it was collected"):
        judged_day(None, gather(read_inventory([make(tmp_path)]), side={}))


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")
def test_links_pipes_and_devices(tmp_path: Path) -> None:
    elsewhere, dumps = tmp_path / "elsewhere", tmp_path / "dumps"
    for folder in (elsewhere, dumps):
        folder.mkdir()
        (folder / "a.csv").write_text(HEAD + GOOD, encoding="utf-8")
    (dumps / "round").symlink_to(dumps)
    (dumps / "out").symlink_to(elsewhere)
    (dumps / "nowhere.csv").symlink_to(tmp_path / "nothing")
    (dumps / "endless.csv").symlink_to("/dev/zero")
    os.mkfifo(dumps / "pipe.csv")
    inventory = read_inventory([dumps])
    assert inventory.software.collect().height == 1
    passed_over = {Path(notice.file).name for notice in inventory.notices if notice.code == "SKIPPED_NO_FILE"}
    assert passed_over == {"round", "out", "nowhere.csv", "endless.csv", "pipe.csv"}
    with pytest.raises(InputError, match="neither a file nor a folder"):
        read_inventory(["/dev/zero"])


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_pipe_that_is_named_is_read_to_its_end(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    pipe = tmp_path / "PC-7.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[pack((HEAD + GOOD).encode())], daemon=True)
    writer.start()
    inventory = read_inventory([pipe])
    writer.join(10)
    assert inventory.software.select("device_id", "source_file").collect().rows() == [("PC-1", pipe.as_posix())]
