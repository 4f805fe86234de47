"""Every shell block of the tutorials runs, in order, in one folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

DOCS = Path(__file__).parents[2] / "docs" / "tutorial"
CAMPAIGN = [DOCS / "campaign.md", DOCS / "campaign.zh.md"]


def blocks(page: Path) -> list[str]:
    return re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def run(page: Path, folder: Path) -> str:
    commands = Path(sys.executable).parent
    script = "set -e\n" + "\n".join(blocks(page))
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
    ran = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def cells(folder: Path, form: str, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(next(folder.glob(f"{form}_*.xlsx"))).get_sheet_by_name(name).to_python()


@pytest.mark.parametrize("page", sorted(DOCS.glob("first_score*.md")), ids=lambda page: page.name)
def test_the_tutorial_runs_as_written(page: Path, tmp_path: Path) -> None:
    assert blocks(page)
    told = run(page, tmp_path)
    assert (tmp_path / "result" / "report.html").is_file()
    assert "microsoft-office-2019" in told


def test_both_pages_of_the_campaign_have_the_same_commands() -> None:
    assert blocks(CAMPAIGN[0]) == blocks(CAMPAIGN[1])
    assert len(blocks(CAMPAIGN[0])) == 10


@pytest.mark.slow
def test_a_city_goes_through_its_whole_campaign(tmp_path: Path) -> None:
    told = run(CAMPAIGN[0], tmp_path)
    # The city of the plan: counties, zones, towns and its own departments, each computer once.
    units = pl.read_csv(tmp_path / "demo-county" / "units.csv", infer_schema=False)
    tiers = dict(units["tier"].value_counts().iter_rows())
    assert (tiers["city"], tiers["county"], tiers["zone"]) == (1, 9, 2)
    assert tiers["township"] > 20
    assert units.filter((pl.col("parent_id") == "440800") & (pl.col("tier") == "department")).height > 30
    scores = pl.read_parquet(tmp_path / "city" / "scores.parquet")
    city = scores.filter(pl.col("unit_id") == "440800").row(0, named=True)
    assert city["devices"] == 150 == pl.read_parquet(tmp_path / "city" / "devices.parquet")["device_id"].n_unique()
    # What ten places made by themselves is what the city made at once.
    assert told.count("The result holds") == 2
    assert "What moved the counts of units: 0;" in told
    assert "Figures of units that moved: 0" in told
    assert scores.equals(pl.read_parquet(tmp_path / "merged" / "scores.parquet"))
    # One file of the campaign and one inspection stand in the report and in the forms.
    assert 'id="campaign"' in (tmp_path / "city" / "report.html").read_text(encoding="utf-8")
    outcome = json.loads((tmp_path / "outcome.json").read_text(encoding="utf-8"))
    whole = outcome["figures"][0]
    assert sum(one["computers"] for one in outcome["inspected"]) == whole["inspected"] > 0
    assert sum(one["passed"] for one in outcome["inspected"]) == whole["sound"]
    summary = cells(tmp_path / "acceptance", "F2", "湛江市")
    total = next(row for row in summary if "合计" in row)
    assert {float(whole["inspected"]), float(whole["sound"])} <= {cell for cell in total if isinstance(cell, float)}
    chikan = next(row for row in summary if "赤坎区" in row)
    # What the campaign says was bought, in licences and in ten thousand yuan.
    assert {12.0, 0.48} <= {cell for cell in chikan if isinstance(cell, float)}
    assert any(date(2026, 10, 20) in row for row in cells(tmp_path / "forms", "F7", "赤坎区"))
