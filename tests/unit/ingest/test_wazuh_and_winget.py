"""Changes are folded and never taken for a list; what a terminal shows is read by where its columns stand."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import InputError
from licmatch.ingest import Inventory, notice_text, read_inventory


def read(folder: Path, name: str, content: str | bytes, **options: object) -> Inventory:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    inventory = read_inventory([file], **options)  # type: ignore[arg-type]
    emitted = inventory.software.select(pl.len()).collect().item()
    assert sum(entry.rows for entry in inventory.files) == emitted + inventory.rejected.height
    return inventory


def rows(inventory: Inventory, *columns: str) -> list[tuple[object, ...]]:
    return inventory.software.select(*columns).collect().rows()


def event(operation: str, name: str, *, agent: str | None = "pc-1", **about: object) -> dict[str, object]:
    told: dict[str, object] = {"type": "dbsync_packages", "operation": operation, "data": {"name": name, "format": "win", **about}}
    return told if agent is None else {"agent": {"id": "001", "name": agent}, **told}


def log(*events: object) -> str:
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in events)


def test_events_end_in_the_state_they_leave(tmp_path: Path) -> None:
    text = log(
        event("INSERTED", "微信", version="3.9"),
        event("INSERTED", "Nero", version="7"),
        event("INSERTED", "微信", version="3.9", agent="pc-2"),
        event("DELETED", "Nero", version="7"),
        event("DELETED", "WinRAR", version="5"),
        event("DELETED", "微信", version="3.9", agent="pc-2"),
        event("INSERTED", "微信", version="4.0", agent="pc-2"),
    )
    inventory = read(tmp_path, "e.ndjson", text)
    assert rows(inventory, "device_id", "name", "version") == [("pc-1", "微信", "3.9"), ("pc-2", "微信", "4.0")]
    assert sorted(inventory.rejected.select("line", "reason").rows()) == [
        (2, "removed by a later event"),
        (3, "removed by a later event"),
        (4, "removed"),
        (5, "removed"),
        (6, "removed"),
    ]
    assert inventory.devices.select("device_id", "software_list").rows() == [("pc-1", "partial"), ("pc-2", "partial")]
    (notice,) = inventory.notices
    assert (notice.code, notice.count) == ("CHANGES_ONLY", 2)
    assert "Absence proves nothing" in notice_text(notice, "en")
    assert "不等于没有" in notice_text(notice, "zh")


def test_a_change_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    first = event("INSERTED", "WPS", version="11", vendor="Kingsoft", item_id="a", scan_time="2026/10/05 03:00:00")
    text = log(first, event("MODIFIED", "WPS", install_time="20240101", vendor=" ", item_id="a", scan_time="2026/10/07 03:00:00"))
    inventory = read(tmp_path, "e.ndjson", text)
    assert rows(inventory, "name", "version", "publisher", "install_date", "source_row") == [("WPS", "11", "Kingsoft", "2024-01-01", 2)]
    assert inventory.rejected["reason"].to_list() == ["replaced by a later event"]
    assert inventory.devices["collected_at"].to_list() == ["2026-10-07T03:00:00"]


@pytest.mark.parametrize(
    "wrap", [lambda one: one, lambda one: {"agent": one.pop("agent"), "timestamp": "2026-10-05T03:00:00", "data": one}]
)
@pytest.mark.parametrize("many", [1, 3])
def test_events_as_they_are_and_as_archived(tmp_path: Path, wrap, many: int) -> None:  # type: ignore[no-untyped-def]
    text = log(*(wrap(event("INSERTED", f"P{n}")) for n in range(many)))
    inventory = read(tmp_path, "e.json", text)
    assert inventory.files[0].format == "wazuh-events"
    assert rows(inventory, "device_id", "name") == [("pc-1", f"P{n}") for n in range(many)]


def test_events_without_an_agent_are_of_the_computer_the_file_names(tmp_path: Path) -> None:
    text = log(event("INSERTED", "A", agent=None))
    assert rows(read(tmp_path, "PC-7.json", text), "device_id", "source") == [("PC-7", "wazuh-events;device=file")]
    named = read(tmp_path, "PC-7.json", text, device_from="content")
    assert named.rejected["reason"].str.starts_with("no device").to_list() == [True]


def test_a_whole_list_makes_events_an_addition(tmp_path: Path) -> None:
    (tmp_path / "e.ndjson").write_text(log(event("INSERTED", "A"), event("INSERTED", "B", agent="pc-2")), encoding="utf-8")
    (tmp_path / "x.csv").write_text("device_id,name\npc-1,C\n", encoding="utf-8")
    devices = read_inventory([tmp_path]).devices
    assert dict(devices.select("device_id", "software_list").iter_rows()) == {"pc-1": None, "pc-2": "partial"}


def test_other_answers_of_wazuh_are_not_packages(tmp_path: Path) -> None:
    agents = {"data": {"affected_items": [{"id": "001", "name": "pc-1", "status": "active"}], "total_affected_items": 1}, "error": 0}
    with pytest.raises(InputError, match="Wazuh"):
        read(tmp_path, "a.json", json.dumps(agents))


TABLE = (
    "名称                       ID                            版本     可用    源\r\n"
    "------------------------------------------------------------------------------\r\n"
    "7-Zip 23.01 (x64)          7zip.7zip                     23.01    24.09   winget\r\n"
    "微信                       Tencent.WeChat                3.9.8            winget\r\n"
    "腾讯会议                   ARP\\Machine\\X86\\TencentMeet   3.21\r\n"
    "Dell ControlVault Host Co… ARP\\Machine\\X64\\{E56CEEA2-F…  6.2.26\r\n"
    "UWP Desktop                Microsoft.VCLibs.Desktop.14   < 14.0\r\n"
    "2 upgrades available.\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("spinner", ["", "\r   - \r   \\ \r                  \r"])
def test_the_table_of_winget_list(tmp_path: Path, encoding: str, spinner: str) -> None:
    inventory = read(tmp_path, "PC-8.txt", (spinner + TABLE).encode(encoding))
    assert inventory.files[0].format == "winget"
    assert rows(inventory, "device_id", "name", "version", "product_code", "winget_source") == [
        ("PC-8", "7-Zip 23.01 (x64)", "23.01", "7zip.7zip", "winget"),
        ("PC-8", "微信", "3.9.8", "Tencent.WeChat", "winget"),
        ("PC-8", "腾讯会议", "3.21", "TencentMeet", None),
        ("PC-8", "UWP Desktop", None, "Microsoft.VCLibs.Desktop.14", None),
    ]
    assert inventory.rejected.select("line", "reason").rows() == [
        (6, "TRUNCATED: the name was cut off by the program that printed it"),
        (8, "no row of the table"),
    ]
    # A name that was cut off is a program nobody knows of.
    assert inventory.devices["software_list"].to_list() == ["partial"]


def test_a_table_without_cut_names_is_whole(tmp_path: Path) -> None:
    whole = "".join(line for line in TABLE.splitlines(keepends=True) if "…" not in line)
    assert read(tmp_path, "PC-8.txt", whole).devices["software_list"].to_list() == [None]


def test_other_tables_with_a_rule_are_not_winget(tmp_path: Path) -> None:
    text = "Name        Status      Started\n--------------------------------\nSpooler     Running     yes\nThemes      Running     yes\n"
    with pytest.raises(InputError):
        read(tmp_path, "services.txt", text)


def test_an_older_export_and_one_without_versions(tmp_path: Path) -> None:
    old = {
        "$schema": "https://aka.ms/winget-packages.schema.1.0.json",
        "Sources": [{"Packages": [{"Id": "Git.Git", "Version": "2.4"}, 3]}, {"Packages": None}, "x"],
    }
    inventory = read(tmp_path, "PC-9.json", json.dumps(old))
    assert rows(inventory, "device_id", "name", "version") == [("PC-9", "Git.Git", "2.4")]
    assert inventory.rejected["reason"].to_list() == ["no name"]
    assert inventory.devices["software_list"].to_list() == ["partial"]


@pytest.mark.parametrize(("total", "listed"), [(1, None), (900, "partial"), ("many", None)])
def test_a_page_of_an_answer_is_no_whole_list(tmp_path: Path, total: object, listed: str | None) -> None:
    item = {
        "name": "WPS",
        "version": "11",
        "vendor": "Kingsoft",
        "format": "win",
        "agent_id": "004",
        "scan": {"time": "2026-10-05T03:00:00Z"},
    }
    text = json.dumps({"data": {"affected_items": [item], "total_affected_items": total}, "error": 0})
    inventory = read(tmp_path, "a.json", text)
    assert inventory.devices.select("device_id", "software_list", "collected_at").rows() == [("004", listed, "2026-10-05T03:00:00")]
    assert ("PAGES_MISSING" in [notice.code for notice in inventory.notices]) == (listed is not None)
