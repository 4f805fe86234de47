"""What must be true once a page has run, beyond every command having ended well: its folder, and all that it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook


def first_score(folder: Path, told: str) -> None:
    assert (folder / "result" / "report.html").is_file()
    assert "microsoft-office-2019" in told


def how_to_campaign(folder: Path, told: str) -> None:
    assert (folder / "board.xlsx").is_file()
    assert "SOD2" in told


def forms(folder: Path, told: str) -> None:
    assert "0 rejected" in told
    assert "The forms say what the result says." in told
    assert {path.name for path in (folder / "register").iterdir()} >= {"entitlements.parquet", "differences.parquet", "rejected.parquet"}
    assert len(list((folder / "forms").rglob("*.xlsx"))) > 18


def _cells(folder: Path, form: str, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(next(folder.glob(f"{form}_*.xlsx"))).get_sheet_by_name(name).to_python()


def campaign(folder: Path, told: str) -> None:
    # The city of the plan: counties, zones, towns and its own departments, each computer once.
    units = pl.read_csv(folder / "demo-county" / "units.csv", infer_schema=False)
    tiers = dict(units["tier"].value_counts().iter_rows())
    assert (tiers["city"], tiers["county"], tiers["zone"]) == (1, 9, 2)
    assert tiers["township"] > 20
    assert units.filter((pl.col("parent_id") == "440800") & (pl.col("tier") == "department")).height > 30
    scores = pl.read_parquet(folder / "city" / "scores.parquet")
    city = scores.filter(pl.col("unit_id") == "440800").row(0, named=True)
    assert city["devices"] == 150 == pl.read_parquet(folder / "city" / "devices.parquet")["device_id"].n_unique()
    # What ten places made by themselves is what the city made at once.
    assert told.count("The result holds") == 2
    assert "What moved the counts of units: 0;" in told
    assert "Figures of units that moved: 0" in told
    assert scores.equals(pl.read_parquet(folder / "merged" / "scores.parquet"))
    # One file of the campaign and one inspection stand in the report and in the forms.
    assert 'id="campaign"' in (folder / "city" / "report.html").read_text(encoding="utf-8")
    outcome = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))
    whole = outcome["figures"][0]
    assert sum(one["computers"] for one in outcome["inspected"]) == whole["inspected"] > 0
    assert sum(one["passed"] for one in outcome["inspected"]) == whole["sound"]
    summary = _cells(folder / "acceptance", "F2", "湛江市")
    total = next(row for row in summary if "合计" in row)
    assert {float(whole["inspected"]), float(whole["sound"])} <= {cell for cell in total if isinstance(cell, float)}
    chikan = next(row for row in summary if "赤坎区" in row)
    # What the campaign says was bought, in licences and in ten thousand yuan.
    assert {12.0, 0.48} <= {cell for cell in chikan if isinstance(cell, float)}
    assert any(date(2026, 10, 20) in row for row in _cells(folder / "forms", "F7", "赤坎区"))


def privacy(folder: Path, told: str) -> None:
    devices = pl.read_parquet(folder / "result" / "devices.parquet")["device_id"].to_list()
    assert all(device.startswith("anon-") for device in devices)


def rulings(folder: Path, told: str) -> None:
    assert pl.read_parquet(folder / "autumn" / "installations.parquet")["official"].any()


AFTER: dict[str, Callable[[Path, str], None]] = {
    "how-to/campaign": how_to_campaign,
    "how-to/forms": forms,
    "how-to/privacy": privacy,
    "how-to/rulings": rulings,
    "tutorial/campaign": campaign,
    "tutorial/first_score": first_score,
}
