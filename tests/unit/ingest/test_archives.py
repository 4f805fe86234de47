"""Dumps in .zip and .gz read as if they lay there unpacked; what is broken, hostile or too large ends in a named error."""

from __future__ import annotations

import gzip
import io
import struct
import time
import zipfile
from pathlib import Path

import pytest

from licmatch.errors import InputError
from licmatch.ingest import Inventory, archives, read_frame, read_inventory
from licmatch.ingest.names import read_names

CSV = b"DisplayName,DisplayVersion,Publisher\nWPS Office,11,Kingsoft\n,1,\n"


def packed(members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=compression)
    return buffer.getvalue()


def read(file: Path, content: bytes, **options: str) -> Inventory:
    file.write_bytes(content)
    inventory = read_inventory([file], **options)  # type: ignore[arg-type]
    assert sum(entry.rows for entry in inventory.files) == inventory.software.collect().height + inventory.rejected.height
    return inventory


def test_members_are_files_that_the_source_names(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    inventory = read(file, packed({"PC-2/uninstall.csv": CSV, "PC-1.csv": CSV, "PC-3/": b"", "__MACOSX/._PC-1.csv": b"x", ".hidden": b"x"}))
    at = file.as_posix()
    rows = inventory.software.select("device_id", "name", "source", "source_file", "source_row").collect().rows()
    assert rows == [
        ("PC-1", "WPS Office", "uninstall-csv;device=file", f"{at}/PC-1.csv", 2),
        ("PC-2", "WPS Office", "uninstall-csv;device=folder", f"{at}/PC-2/uninstall.csv", 2),
    ]
    assert inventory.rejected.select("file", "line").rows() == [(f"{at}/PC-1.csv", 3), (f"{at}/PC-2/uninstall.csv", 3)]
    assert [entry.path for entry in inventory.files] == [f"{at}/PC-1.csv", f"{at}/PC-2/uninstall.csv"]
    assert [(notice.code, notice.file) for notice in inventory.notices] == [
        ("SKIPPED_HIDDEN", f"{at}/.hidden"),
        ("SKIPPED_HIDDEN", f"{at}/__MACOSX/._PC-1.csv"),
    ]


def test_a_zip_of_one_computer_names_it(tmp_path: Path) -> None:
    inventory = read(tmp_path / "PC-9.zip", packed({"uninstall.csv": CSV}))
    assert inventory.software.select("device_id", "source").collect().rows() == [("PC-9", "uninstall-csv;device=folder")]


def test_gzip_keeps_the_name_of_the_file(tmp_path: Path) -> None:
    inventory = read(tmp_path / "PC-4.csv.gz", gzip.compress(CSV, mtime=0))
    assert inventory.software.select("device_id").collect().rows() == [("PC-4",)]
    assert inventory.files[0].path.endswith("PC-4.csv.gz")
    assert inventory.files[0].bytes == len(CSV)


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = packed({"uninstall.csv": CSV})
    inventory = read(tmp_path / "all.zip", packed({"县局/PC-5.zip": inner, "县局/PC-6.csv.gz": gzip.compress(CSV, mtime=0)}))
    assert inventory.software.select("device_id", "source_file").collect().rows() == [
        ("PC-5", f"{(tmp_path / 'all.zip').as_posix()}/县局/PC-5.zip/uninstall.csv"),
        ("PC-6", f"{(tmp_path / 'all.zip').as_posix()}/县局/PC-6.csv.gz"),
    ]
    deep = CSV
    for name in ("a.csv", "b.zip", "c.zip", "d.zip"):
        deep = packed({name: deep})
    with pytest.raises(InputError, match="archives lie in archives more than 3 deep"):
        read(tmp_path / "deep.zip", deep)


def test_names_that_chinese_windows_wrote(tmp_path: Path) -> None:
    plain = packed({"??????-PC1.csv": CSV}, compression=zipfile.ZIP_STORED)
    inventory = read(tmp_path / "all.zip", plain.replace(b"??????", "财务科".encode("gbk")))
    assert inventory.software.select("device_id").collect().rows() == [("财务科-PC1",)]


def test_any_content_may_be_packed(tmp_path: Path) -> None:
    import polars as pl

    frame = pl.DataFrame({"device_id": ["A"], "name": ["WPS"]})
    frame.write_parquet(tmp_path / "x.parquet")
    frame.write_excel(tmp_path / "x.xlsx")
    for name in ("x.parquet", "x.xlsx"):
        content = (tmp_path / name).read_bytes()
        assert read(tmp_path / "one.zip", packed({name: content})).software.select("device_id", "name").collect().rows() == [("A", "WPS")]
        assert read(tmp_path / f"{name}.gz", gzip.compress(content, mtime=0)).software.select("device_id").collect().rows() == [("A",)]


def test_tables_beside_the_inventory_and_names_to_match_may_be_packed(tmp_path: Path) -> None:
    file = tmp_path / "devices.zip"
    file.write_bytes(packed({"d.csv": b"device_id,unit_id,kind\nA,U,desktop\n"}))
    frame, _ = read_frame("devices", file)
    assert frame.select("device_id", "unit_id").rows() == [("A", "U")]
    names = tmp_path / "names.csv.gz"
    names.write_bytes(gzip.compress("软件名称,数量\nWPS,3\n".encode("gb18030")))
    table = read_names([names])
    assert (table.name, table.frame.collect().rows()) == ("软件名称", [("WPS", "3")])


def encrypted() -> bytes:
    content = bytearray(packed({"a.csv": CSV}, compression=zipfile.ZIP_STORED))
    content[6] |= 1
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("a.csv")
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def twice() -> bytes:
    content = packed({"a.csv": CSV, "b.csv": CSV})
    return content.replace(b"b.csv", b"a.csv")


def wrong_crc() -> bytes:
    content = bytearray(packed({"a.csv": CSV}, compression=zipfile.ZIP_STORED))
    content[40] ^= 0xFF
    return bytes(content)


def long_list() -> bytes:
    content = bytearray(packed({"a.csv": CSV}))
    at = content.rfind(b"PK\x05\x06")
    content[at + 12 : at + 16] = struct.pack("<I", archives.DIRECTORY + 1)
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.zip", packed({"../../etc/cron.d/x": CSV}), "climbs out"),
        ("a.zip", packed({"/etc/passwd": CSV}), "climbs out"),
        ("a.zip", packed({"C:\\Windows\\x.csv": CSV}), "climbs out"),
        ("a.zip", packed({"ok/..\\..\\x.csv": CSV}), "climbs out"),
        ("a.zip", link(), "symbolic link"),
        ("a.zip", twice(), "two files in the archive have one name"),
        ("a.zip", encrypted(), "password"),
        ("a.zip", wrong_crc(), "broken or breaks off"),
        ("a.zip", long_list(), "more than 100,000 files"),
        ("a.zip", packed({}), "holds no file"),
        ("a.zip", packed({"a.csv": CSV})[:-30], "broken or breaks off"),
        ("a.csv.gz", gzip.compress(CSV, mtime=0)[:-12], "broken or breaks off"),
        ("a.csv.gz", gzip.compress(CSV, mtime=0)[:-8] + b"12345678", "broken or breaks off"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00", "broken or breaks off"),
    ],
)
def test_what_is_hostile_or_broken_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read(tmp_path / name, content)
    assert (tmp_path / name).as_posix() in str(caught.value)
    assert "hint: " in str(caught.value) or words == "holds no file"


def test_a_bomb_costs_little(tmp_path: Path) -> None:
    """Hundreds of megabytes in one, by gzip (where nothing tells in advance) and by zip (where the list does)."""
    block = bytes(1 << 20)
    with gzip.open(tmp_path / "bomb.csv.gz", "wb", compresslevel=9) as file:
        for _ in range(320):
            file.write(block)
    with (
        zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(320):
            member.write(block)
    for name in ("bomb.csv.gz", "bomb.zip"):
        begun = time.process_time()
        with pytest.raises(InputError, match="as only a bomb does"):
            read_inventory([tmp_path / name])
        assert time.process_time() - begun < 10


def test_a_small_archive_may_shrink_by_much(tmp_path: Path) -> None:
    same = b"DisplayName,DisplayVersion\n" + b"WPS Office,11\n" * 200_000
    inventory = read(tmp_path / "PC-1.csv.gz", gzip.compress(same, mtime=0))
    assert inventory.files[0].rows == 200_000


def test_lists_of_members_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives.Allowance.__init__, "__defaults__", (3,))
    with pytest.raises(InputError, match="more than 100,000 files"):
        read(tmp_path / "a.zip", packed({f"{number}.csv": CSV for number in range(4)}))
    assert len(read(tmp_path / "a.zip", packed({f"{number}.csv": CSV for number in range(3)})).files) == 3
