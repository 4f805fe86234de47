"""Files, folders and pipes become one inventory: order, device names, empty and unknown files, notices in two languages."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import InputError, UsageError
from licmatch.ingest import gather, notice_text, read_inventory
from licmatch.ingest.notices import CODES
from licmatch.ingest.records import Notice

NAMES = "DisplayName,DisplayVersion\n微信,3.9\n"


def write(file: Path, text: str = NAMES) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def devices(*inputs: object, device_from: str = "auto") -> list[tuple[object, ...]]:
    return read_inventory(list(inputs), device_from=device_from).software.select("device_id", "source").collect().rows()  # type: ignore[arg-type]


def test_a_folder_is_one_inventory_in_the_order_of_its_paths(tmp_path: Path) -> None:
    for name in ("b/PC-2.csv", "a/PC-9.csv", "PC-1.csv", ".git/x.csv", "Thumbs.db"):
        write(tmp_path / name)
    calls: list[tuple[int, int]] = []
    inventory = read_inventory([tmp_path], progress=lambda done, total: calls.append((done, total)))
    assert inventory.software.select("device_id").collect()["device_id"].to_list() == ["PC-1", "PC-9", "PC-2"]
    assert calls == [(1, 3), (2, 3), (3, 3)]
    assert [notice.code for notice in inventory.notices] == ["SKIPPED_HIDDEN", "SKIPPED_HIDDEN"]
    again = read_inventory([tmp_path / "b", str(tmp_path / "*.csv"), tmp_path / "a"])
    assert again.software.collect().equals(inventory.software.collect())


def test_the_file_names_the_device_unless_many_folders_have_the_same_file(tmp_path: Path) -> None:
    alone = write(tmp_path / "PC-1.csv")
    assert devices(alone) == [("PC-1", "uninstall-csv;device=file")]
    assert devices(alone, device_from="folder") == [(tmp_path.name, "uninstall-csv;device=folder")]
    write(tmp_path / "x" / "PC-2" / "soft.csv")
    write(tmp_path / "x" / "PC-3" / "soft.csv")
    assert devices(tmp_path / "x") == [("PC-2", "uninstall-csv;device=folder"), ("PC-3", "uninstall-csv;device=folder")]


def test_device_from_content_refuses_rows_without_one(tmp_path: Path) -> None:
    inventory = read_inventory([write(tmp_path / "PC-1.csv")], device_from="content")
    assert inventory.software.collect().height == 0
    assert inventory.rejected["reason"][0].startswith("no device")
    with pytest.raises(UsageError):
        read_inventory([tmp_path], device_from="moon")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe:
        buffer = io.BytesIO("计算机名,软件名称\nA,搜狗输入法\n,微信\n".encode("gb18030"))

    monkeypatch.setattr("sys.stdin", Pipe())
    inventory = read_inventory(["-"])
    assert inventory.software.select("device_id", "name").collect().rows() == [("A", "搜狗输入法")]
    assert inventory.rejected.select("file", "line").rows() == [("-", 3)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08\x00", "archive"),
        (b'{"@context": "x", "@graph": []}', "SPDX 3"),
        (b"<html><body/></html>", "html"),
        (b"hello world", "hello world"),
        (b"[1, 2]", "JSON"),
        (b"{broken", "starts like JSON"),
        (b"PK\x03\x04rest", "workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "x.dat"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_inventory([file])
    assert words in str(caught.value)
    assert file.as_posix() in str(caught.value)


def test_missing_inputs_are_errors(tmp_path: Path) -> None:
    for missing in (tmp_path / "no.csv", str(tmp_path / "*.nothing")):
        with pytest.raises(InputError):
            read_inventory([missing])
    with pytest.raises(InputError):
        read_inventory([])
    with pytest.raises(UsageError, match="no format is called"):
        read_inventory([write(tmp_path / "a.csv")], format="nonsense")


def test_an_empty_file_among_others_is_a_notice(tmp_path: Path) -> None:
    write(tmp_path / "a.csv")
    write(tmp_path / "b.csv", "")
    inventory = read_inventory([tmp_path])
    assert [(file.format, file.rows) for file in inventory.files] == [("uninstall-csv", 1), ("empty", 0)]
    assert [notice.code for notice in inventory.notices] == ["EMPTY_FILE"]


def test_one_name_for_two_computers_is_reported(tmp_path: Path) -> None:
    report = (
        '{"deviceid": "PC-1-2026-11-22-09-00-00", "content": {"hardware": {"name": "PC-1", "uuid": "%s"}, "softwares": [{"name": "x"}]}}'
    )
    write(tmp_path / "a.json", report % "u-1")
    write(tmp_path / "b.json", report % "u-2")
    write(tmp_path / "c.csv", "device_id,name\npc-1,x\n")
    notices = [notice for notice in read_inventory([tmp_path]).notices if notice.code == "DEVICE_COLLISION"]
    assert [notice.detail for notice in notices] == ["PC-1: u-1, u-2", "PC-1, pc-1"]


def test_batches_go_to_disk_when_there_is_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        write(tmp_path / f"PC-{number}.csv", NAMES if number % 2 else "DisplayName,DisplayVersion,Comments\n微信,3.9,x\n")
    in_memory = read_inventory([tmp_path]).software.collect()
    monkeypatch.setattr("licmatch.ingest.inventory.SPOOL_FROM", 0)
    monkeypatch.setattr(gather, "ROWS_A_BATCH", 2)
    spooled = read_inventory([tmp_path]).software
    assert "Parquet SCAN" in spooled.explain()
    assert spooled.collect().equals(in_memory)
    assert spooled.select(pl.len()).collect().item() == 5


def test_every_notice_has_a_text_in_both_languages() -> None:
    for code in CODES:
        english, chinese = (notice_text(Notice(code, "f.csv", 7, "d"), lang) for lang in ("en", "zh"))
        assert english != chinese


def test_a_folder_that_cannot_be_read_stops_the_run(tmp_path, monkeypatch):
    import os

    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a.csv").write_text("device_id,name\nd,n\n", encoding="utf-8")
    locked = tmp_path / "locked"
    locked.mkdir()
    scandir = os.scandir

    def refuse(path):
        if os.fspath(path) == os.fspath(locked):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="cannot be read"):
        read_inventory([tmp_path])
