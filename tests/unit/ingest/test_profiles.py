"""Mapping profiles: read and checked, applied to every kind of table, and used only where they fit."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import InputError, UsageError
from licmatch.ingest import Inventory, read_inventory
from licmatch.ingest.gather import NO_DEVICE_HERE
from licmatch.ingest.lazy_table import BIG_CSV
from licmatch.ingest.names import read_names
from licmatch.ingest.profiles import Profile, load_profiles, profile_text, read_profile

TEXT = """profile = 1
id = "acme"
title = "ACME 控制台"
known_by = ["终端标识", "应用"]
[columns]
device_id = "终端标识"
name = "应用"
version = "版本信息"
"""
TABLE = (
    "序号,终端 标识,应用,版本信息,备注,name\n1,T1,WPS Office,11.8,新,x\n,,微信,3.9,,\n3,T1,,1,,\n合计,,2,,,\n5,T2,QQ,9,a,b,c\n6,,钉钉,1,,\n"
)


def profile(folder: Path, text: str = TEXT, name: str = "acme.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def read(file: Path, *profiles: Path | Profile, **options: str) -> Inventory:
    inventory = read_inventory([file], profiles=profiles, **options)  # type: ignore[arg-type]
    assert sum(entry.rows for entry in inventory.files) == inventory.software.collect().height + inventory.rejected.height
    return inventory


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_table_is_read_by_its_profile(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(("某平台导出\n" + TABLE).encode(encoding))
    inventory = read(file, profile(tmp_path))
    assert inventory.files[0].format == "acme"
    found = inventory.software.select("device_id", "name", "version", "备注", "name_own", "source", "source_row").collect().rows()
    assert found == [
        ("T1", "WPS Office", "11.8", "新", "x", "acme;device=content", 3),
        ("T1", "微信", "3.9", "", "", "acme;device=content", 4),
    ]
    assert inventory.rejected.select("line", "reason").rows() == [
        (5, "no name"), (6, "total or signature row"), (7, "COLUMN_SHIFT: more cells than headers"), (8, NO_DEVICE_HERE),
    ]  # fmt: skip
    assert [notice.code for notice in inventory.notices] == ["FILLED_DOWN"]


def test_rows_that_are_not_kept_are_rejected_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("机器,应用,状态\nA,WPS,已安装\nA,QQ,已卸载\nA,X,\n", encoding="utf-8")
    kept = profile(
        tmp_path,
        'profile=1\nid="k"\nknown_by=["应用"]\n[columns]\nname="应用"\nhostname="机器"\n[keep]\n"状态"=["已安装"]\n',
    )
    inventory = read(file, kept)
    assert inventory.software.select("name").collect().rows() == [("WPS",)]
    assert [reason.split(",")[0] for reason in inventory.rejected["reason"]] == ["状态 is '已卸载'", "状态 is ''"]


def test_each_file_may_be_a_computer(tmp_path: Path) -> None:
    (tmp_path / "PC-1").mkdir()
    file = tmp_path / "PC-1" / "list.csv"
    file.write_text("应用;备注;hostname\nWPS;;not this one\n", encoding="utf-8")
    for how, device in (("file", "list"), ("folder", "PC-1")):
        text = f'profile=1\nid="k"\nknown_by=["应用"]\ndevice="{how}"\n[columns]\nname="应用"\n'
        inventory = read(file, profile(tmp_path, text))
        assert inventory.software.select("device_id", "source").collect().rows() == [(device, f"k;device={how}")]


@pytest.mark.parametrize(("order", "days"), [("day first", ["2024-03-14", "2024-03-02"]), ("month first", ["14/03/2024", "2024-02-03"])])
def test_dates_are_read_in_the_order_the_profile_says(tmp_path: Path, order: str, days: list[str]) -> None:
    file = tmp_path / "x.csv"
    file.write_text("机器,应用,装于\nA,WPS,14/03/2024\nA,QQ,2/3/2024 08:00:00\n", encoding="utf-8")
    text = f'profile=1\nid="k"\nknown_by=["应用"]\ndate_order="{order}"\n[columns]\nname="应用"\nhostname="机器"\ninstall_date="装于"\n'
    assert read(file, profile(tmp_path, text)).software.collect()["install_date"].to_list() == days


def test_a_console_that_lists_some_programs_only(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("终端标识,应用,版本信息\nT1,WPS,1\n", encoding="utf-8")
    partial = profile(tmp_path, TEXT.replace("[columns]", 'software_list = "partial"\n[columns]'))
    assert read(file, partial).devices["software_list"].to_list() == ["partial"]
    assert read(file, profile(tmp_path)).devices["software_list"].to_list() == [None]


def test_workbooks_sheet_by_sheet(tmp_path: Path) -> None:
    import xlsxwriter

    file = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(file))
    for name, rows in (("一", [["标题"], ["终端标识", "应用", "版本信息"], ["T1", "WPS", "11"]]), ("说明", [["随便"], ["写点"]])):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    inventory = read(file, profile(tmp_path))
    assert inventory.software.select("device_id", "name", "source_row").collect().rows() == [("T1", "WPS", 3)]
    assert [(notice.code, notice.detail) for notice in inventory.notices] == [("SHEET_NOT_READ", "说明")]


NESTED = {
    "host": "H0",
    "data": {"list": [{"pc": {"name": "PC-1"}, "apps": [{"n": "WPS"}, 7, {"n": ""}]}, {"pc": {"name": "PC-2"}, "apps": [{"n": "QQ"}]}]},
}


def test_records_inside_json(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps(NESTED), encoding="utf-8")
    text = 'profile=1\nid="k"\nknown_by=["n"]\nrecords="data.list.apps"\ndevice="file"\n[columns]\nname="n"\n'
    inventory = read(file, profile(tmp_path, text))
    assert inventory.software.select("device_id", "name", "document.host", "source_row").collect().rows() == [
        ("x", "WPS", "H0", 1), ("x", "QQ", "H0", 4),
    ]  # fmt: skip
    assert inventory.rejected.select("line", "reason").rows() == [(2, "no name"), (3, "no name")]
    inside = {"data": {"list": [{"pcName": "PC-1", "apps": [{"n": "WPS"}]}]}}
    file.write_text(json.dumps(inside), encoding="utf-8")
    text = 'profile=1\nid="k"\nknown_by=["n"]\nrecords="data.list.apps"\n[columns]\nname="n"\nhostname="data.list.pcName"\n'
    assert read(file, profile(tmp_path, text)).software.select("device_id").collect().rows() == [("PC-1",)]


def test_files_of_another_kind_are_read_as_ever(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "in" / "b.csv").write_text("device_id,name\nB,WPS\n", encoding="utf-8")
    inventory = read(tmp_path / "in", profile(tmp_path))
    assert [file.format for file in inventory.files] == ["acme", "csv"]
    assert "PROFILE_NOT_USED" not in {notice.code for notice in inventory.notices}
    unused = read(tmp_path / "in" / "b.csv", profile(tmp_path))
    assert [(notice.code, notice.detail) for notice in unused.notices] == [("PROFILE_NOT_USED", "acme")]


def test_of_two_that_fit_the_fuller_reads_and_equals_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(TABLE, encoding="utf-8")
    folder = tmp_path / "profiles"
    folder.mkdir()
    profile(folder)
    profile(folder, TEXT.replace('"acme"', '"fuller"').replace('"应用"]', '"应用", "备注"]'), "b.toml")
    assert read(file, folder).files[0].format == "fuller"
    profile(folder, TEXT.replace('"acme"', '"other"'), "b.toml")
    with pytest.raises(UsageError, match="both fit"):
        read(file, folder)
    for named in ("acme", "other"):
        assert read(file, folder, format=named).files[0].format == named
        assert read_names([file], profiles=[folder], format=named).files[0].format == named


def test_a_named_profile_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no header that the mapping profile acme is known by"):
        read(file, profile(tmp_path), format="acme")
    with pytest.raises(InputError, match="no header that the mapping profile acme is known by"):
        read_names([file], profiles=[profile(tmp_path)], format="acme")


def test_counts_are_refused_by_a_profile_too(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("应用,安装台数\nWPS,30\n", encoding="utf-8")
    with pytest.raises(InputError, match="AGGREGATE_ONLY"):
        read(file, profile(tmp_path, 'profile=1\nid="k"\nknown_by=["应用"]\ndevice="file"\n[columns]\nname="应用"\n'))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profile = ", "is no TOML"),
        ("\udcff", "not UTF-8"),
        (TEXT.replace("profile = 1", "profile = 2"), "this version reads 1"),
        (TEXT.replace('"acme"', '"ACME Console"'), "small letters"),
        (TEXT.replace('["终端标识", "应用"]', "[]"), "known_by names no header"),
        (TEXT.replace("version =", "verzion ="), "no column is called verzion"),
        (TEXT.replace('name = "应用"\n', ""), "does not say which one is the name"),
        (TEXT.replace('"版本信息"', '"应用"'), "one header is two columns: 应用"),
        (TEXT.replace("[columns]", 'device = "folders"\n[columns]'), "device = 'folders'"),
        (TEXT.replace('device_id = "终端标识"\n', ""), "no column names the computer"),
        (TEXT.replace("[columns]", 'software_list = "some"\n[columns]'), "software_list = 'some'"),
        (TEXT.replace("[columns]", 'date_order = "any"\n[columns]'), "date_order = 'any'"),
        (TEXT.replace("[columns]", "colums = 3\n[columns]"), "unknown field `colums`"),
        (TEXT.replace('"终端标识", "应用"', '"终端标识", 3'), "Expected `str`"),
        ("a = " + "[" * 5_000, "nested too deeply"),
        ("#" * (1 << 20) + "#", "larger than 1 MiB"),
    ],
)
def test_an_unsound_profile_is_an_error_that_names_the_fault(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=words) as caught:
        read_profile(file)
    assert str(file) in str(caught.value)


def test_profiles_that_clash_or_are_missing(tmp_path: Path) -> None:
    one = profile(tmp_path, name="one.toml")
    two = profile(tmp_path, name="two.toml")
    with pytest.raises(InputError, match="is there already"):
        load_profiles([one, two])
    assert [each.id for each in load_profiles([one, one])] == ["acme"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no mapping profile"):
        load_profiles([tmp_path / "empty"])
    with pytest.raises(InputError, match="cannot be read"):
        load_profiles([tmp_path / "no.toml"])
    with pytest.raises(UsageError, match="as a format is"):
        read_inventory([one], profiles=[profile(tmp_path, TEXT.replace('"acme"', '"csv"'), "csv.toml")])


def test_a_large_table_is_scanned_and_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "x.csv"
    small.write_text(
        "终端标识,应用,版本信息,version\n" + "".join(f"{'T' * bool(n % 9)}{n % 7 or ''},软件 {n % 11},{n % 5}.1,own\n" for n in range(500)),
        encoding="gb18030",
    )
    chosen = profile(tmp_path)
    in_memory = read(small, chosen)
    monkeypatch.setattr("licmatch.ingest.inventory.BIG_CSV", 100)
    scanned = read(small, chosen)
    assert BIG_CSV > 100
    assert scanned.rows is not None
    assert in_memory.rows is None
    order = ["device_id", "name", "version", "version_own", "source", "source_row"]
    assert scanned.software.select(order).collect().equals(in_memory.software.select(order).collect())
    assert scanned.files == in_memory.files
    assert scanned.rejected.select("line", "reason").equals(in_memory.rejected.select("line", "reason"))
    assert scanned.rejected.height
    assert scanned.devices.equals(in_memory.devices)


def test_names_to_match_keep_every_row_and_column(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("标题\n" + TABLE.rsplit("5,T2", 1)[0], encoding="utf-8")
    table = read_names([file], profiles=[profile(tmp_path)])
    assert (table.name, table.version, table.publisher) == ("应用", "版本信息", None)
    frame = table.frame.collect()
    assert frame.columns == ["序号", "终端 标识", "应用", "版本信息", "备注", "name"]
    assert frame.height == 4
    plain = tmp_path / "plain.csv"
    plain.write_text("name\nWPS\n", encoding="utf-8")
    assert [notice.code for notice in read_names([plain], profiles=[profile(tmp_path)]).notices] == ["PROFILE_NOT_USED"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    made = Profile(
        profile=1,
        id="a-1",
        title='引号 " 反斜杠 \\ \x7f 换行\n',
        known_by=("a\tb", "状态"),
        columns={"name": "a\tb", "hostname": '"机"'},
        keep={"状态": ("已安装", "正常")},
        records="data.list",
        device="columns",
        date_order="month first",
        software_list="partial",
    )
    file = profile(tmp_path, profile_text(made, head=["注释"], said={"name": "两\n行 \x1b[31m"}))
    assert read_profile(file) == made


def test_frames_of_profiles_and_of_formats_join(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "in" / "b.csv").write_text("device_id,name,备注\nB,WPS,z\n", encoding="utf-8")
    software = read(tmp_path / "in", profile(tmp_path)).software.collect()
    assert software.filter(pl.col("device_id") == "B").select("name", "备注").rows() == [("WPS", "z")]
