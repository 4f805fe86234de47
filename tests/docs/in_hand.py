"""What a reader of a page already has, and what people do by hand between its blocks."""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path

import polars as pl
import xlsxwriter
from python_calamine import CalamineWorkbook

import licmatch


class County:
    """A county of the demo, built once: its raw files and its result."""

    def __init__(self, home: Path) -> None:
        self.result, self.raw = home / "result", home / "result-county"

    def dumps(self, folder: Path) -> None:
        shutil.copytree(self.raw / "inventory", folder / "dumps")

    def assessed(self, folder: Path) -> None:
        shutil.copytree(self.result, folder / "result")

    def units(self, folder: Path) -> None:
        shutil.copy(self.raw / "units.csv", folder)
        (folder / "staff.txt").write_text("张三\n", encoding="utf-8")

    def inventory(self, folder: Path) -> None:
        (folder / "inventory.csv").write_text(
            "name,publisher\n青山CAD 2024,成都青山软件有限公司\nParley,Parley Technologies LLC\n", encoding="utf-8"
        )

    def spring(self, folder: Path) -> None:
        """An earlier result, and its queue with one ruling filled in."""
        shutil.copytree(self.result, folder / "spring")
        with open(folder / "spring" / "rulings_queue.csv", encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        filled = {
            "ruling_id": "R-1",
            "verdict": "genuine_purchased",
            "ruled_by": "市版权局",
            "document_no": "粤版鉴〔2026〕1号",
            "ruled_on": "2026-11-20",
        }
        rows[0] = [filled.get(column, cell) for column, cell in zip(head, rows[0], strict=True)]
        _write(folder / "filled.xlsx", {"queue": [head, *rows]})

    def places(self, folder: Path) -> None:
        """Results of three counties, and the city's table of units."""
        engine = licmatch.Engine.load()
        units = [{"unit_id": "440800", "parent_id": None, "name": "湛江市", "tier": "city"}]
        for code, name in (("440802", "chikan"), ("440881", "lianjiang"), ("440825", "xuwen")):
            own = {"unit_id": code, "parent_id": None, "name": name, "tier": "county"}
            licmatch.assess(
                pl.DataFrame({"device_id": [f"{name}-1", f"{name}-2"], "name": ["WPS Office 2019 专业版", f"{name} 系统"]}),
                devices=pl.DataFrame({"device_id": [f"{name}-1", f"{name}-2"], "unit_id": [code, code]}),
                units=pl.DataFrame([own], schema_overrides={"parent_id": pl.String}), as_of="2026-11-30", engine=engine, out=folder / name,
            )  # fmt: skip
            units.append(own | {"parent_id": "440800"})
        pl.DataFrame(units).write_csv(folder / "city-units.csv")


def note_the_hash(folder: Path) -> None:
    manifest = (folder / "autumn" / "manifest.json").read_bytes()
    (folder / "noted.txt").write_text(hashlib.sha256(manifest).hexdigest(), encoding="utf-8")


def fill_the_register(folder: Path) -> None:
    """Write `absent` for every category of every computer drawn, as a team would, and leave the rest of the workbook."""
    book = CalamineWorkbook.from_path(str(folder / "register.xlsx"))
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    filled = 0
    for rows in sheets.values():
        keys = next((row for row in rows if "device_id" in row), None)
        for row in rows[rows.index(keys) + 1 :] if keys else ():
            for category in ("os", "office", "antivirus"):
                row[keys.index(f"{category}_verdict")] = "absent"
            filled += 1
    assert filled > 10
    _write(folder / "register.xlsx", sheets)


def _write(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)


IN_HAND = {
    "how-to/collect": (County.dumps,),
    "how-to/merge": (County.places,),
    "how-to/plan": (County.assessed,),
    "how-to/privacy": (County.dumps, County.units),
    "how-to/rulings": (County.dumps, County.spring),
    "how-to/site_pack": (County.dumps, County.inventory),
}
# Before the block of that number, counted over all blocks of the page.
BY_HAND = {
    "how-to/inspect": {2: fill_the_register},
    "how-to/rulings": {3: note_the_hash},
}
