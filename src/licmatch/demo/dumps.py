"""Inventory files as real collectors write them: PowerShell CSV in GBK, UTF-16LE or lossy ASCII, osquery snapshots, GLPI JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import polars as pl

TYPE_LINE = "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n"
POWERSHELL_ENCODINGS = {"gbk": "gbk", "utf16": "utf-16-le", "ascii": "ascii"}
MEDIUM_OF = {"gbk": "ansi", "utf16": "unicode", "ascii": "ascii", "osquery": "unicode", "glpi": "unicode", "osquery-deb": "unicode"}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def write_powershell(path: Path, rows: pl.DataFrame, form: str) -> None:
    """Write one unit's Uninstall keys as `Export-Csv` does; rows: device_id, name, version, publisher, install_date, location."""
    table = rows.select(
        pl.col("device_id").alias("PSComputerName"),
        pl.col("name").alias("DisplayName"),
        pl.col("version").alias("DisplayVersion"),
        pl.col("publisher").alias("Publisher"),
        pl.col("install_date").alias("InstallDate"),
        pl.col("location").alias("InstallLocation"),
    ).fill_null("")
    text = TYPE_LINE + table.write_csv(quote_style="always", line_terminator="\r\n")
    data = text.encode(POWERSHELL_ENCODINGS[form])
    path.write_bytes(b"\xff\xfe" + data if form == "utf16" else data)


def _joined(rows: pl.DataFrame, record: pl.Expr) -> Iterator[tuple[str, str]]:
    """Yield (device_id, its records as the inside of a JSON array) in the order of the rows."""
    per_device = (
        rows.select("device_id", record.struct.json_encode().alias("record"))
        .group_by("device_id", maintain_order=True)
        .agg(pl.col("record").str.join(","))
    )
    yield from per_device.iter_rows()


def _snapshot(query: str, records: str, device_id: str, day: date) -> str:
    moment = datetime.combine(day, time(9), UTC)
    calendar = f"{_DAYS[day.weekday()]} {_MONTHS[day.month - 1]} {day.day:2d} 09:00:00 {day.year} UTC"
    host = json.dumps(device_id, ensure_ascii=False)
    return (
        f'{{"snapshot":[{records}],"action":"snapshot","name":"{query}","hostIdentifier":{host},"calendarTime":"{calendar}",'
        f'"unixTime":{int(moment.timestamp())},"epoch":0,"counter":0,"numerics":false,"decorations":{{"hostname":{host}}}}}\n'
    )


def write_osquery(path: Path, rows: pl.DataFrame, day: date) -> None:
    """Write the `programs` snapshots of one unit's Windows devices, one line a device."""
    text = pl.struct(
        pl.col("name"),
        pl.col("version").fill_null(""),
        pl.col("location").fill_null("").alias("install_location"),
        pl.lit("").alias("install_source"),
        pl.lit("").alias("language"),
        pl.col("publisher").fill_null(""),
        pl.lit("").alias("uninstall_string"),
        pl.col("install_date"),
        pl.lit("").alias("identifying_number"),
    )
    lines = [_snapshot("pack_inventory_programs", records, device_id, day) for device_id, records in _joined(rows, text)]
    path.write_bytes("".join(lines).encode())


def write_osquery_packages(path: Path, rows: pl.DataFrame, systems: dict[str, tuple[str, str, str]], day: date) -> None:
    """Write the `os_version` and `deb_packages` snapshots of one unit's Linux devices; `systems`: name, version and build by device."""
    package = pl.struct(
        pl.col("name"),
        pl.col("version").fill_null(""),
        pl.lit("").alias("source"),
        pl.lit("amd64").alias("arch"),
        pl.lit("install ok installed").alias("status"),
        pl.format("{} <packages@example.invalid>", pl.col("publisher").fill_null("")).alias("maintainer"),
        pl.lit("misc").alias("section"),
    )
    lines = []
    for device_id, records in _joined(rows, package):
        name, version, build = systems[device_id]
        os_record = json.dumps(
            {"name": name, "version": version, "build": build, "platform": "debian", "arch": "x86_64"},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        lines += [
            _snapshot("pack_inventory_os_version", os_record, device_id, day),
            _snapshot("pack_inventory_deb_packages", records, device_id, day),
        ]
    path.write_bytes("".join(lines).encode())


def write_glpi(folder: Path, rows: pl.DataFrame, systems: dict[str, tuple[str, str, str]], unit_name: str, day: date) -> None:
    """Write one GLPI agent inventory per device into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    software = pl.struct(
        pl.col("name"),
        pl.col("version").fill_null(""),
        pl.col("publisher").fill_null(""),
        pl.lit("x86_64").alias("arch"),
        pl.lit("registry").alias("from"),
        pl.format(
            "{}-{}-{}",
            pl.col("install_date").str.slice(0, 4),
            pl.col("install_date").str.slice(4, 2),
            pl.col("install_date").str.slice(6, 2),
        ).alias("install_date"),
        pl.lit("application").alias("system_category"),
    )
    for device_id, records in _joined(rows, software):
        name, version, _ = systems[device_id]
        system = {"arch": "64-bit", "full_name": name, "kernel_name": "MSWin32", "kernel_version": version, "name": "Windows"}
        head = json.dumps(
            {"action": "inventory", "deviceid": f"{device_id}-{day.isoformat()}-09-00-00", "itemtype": "Computer", "tag": unit_name},
            ensure_ascii=False,
        )
        inside = json.dumps(
            {"hardware": {"name": device_id}, "operatingsystem": system, "versionclient": "GLPI-Agent_v1.11"}, ensure_ascii=False
        )
        (folder / f"{device_id}.json").write_bytes(f'{head[:-1]}, "content": {inside[:-1]}, "softwares": [{records}]}}}}\n'.encode())
