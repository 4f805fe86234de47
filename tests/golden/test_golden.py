"""A small county through the whole command, compared with what a person wrote down and read.

After a change that is meant: `LICMATCH_UPDATE_GOLDEN=1 pytest tests/golden`, then read the difference before keeping it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import polars as pl

import licmatch

HERE = Path(__file__).parent / "county"
EXPECTED = HERE / "expected.json"


def _told(folder: Path) -> dict[str, Any]:
    result = licmatch.assess([HERE / "inventory"], devices=HERE / "devices.csv", units=HERE / "units.csv", as_of="2026-11-30", out=folder)
    matches = result.matches.sort("name", "publisher", "version", nulls_last=False)
    scores = result.scores.select(
        "unit_id", "devices", "in_use", pl.col("^(os|office|antivirus)_(installed|genuine|not_genuine|undetermined|absent)$")
    )
    return {
        "totals": result.manifest["totals"],
        "matches": [
            list(row) for row in matches.select("name", "lm_status", "lm_product_id", "lm_role", "lm_risk", "rows", "devices").iter_rows()
        ],
        "installations": [
            list(row)
            for row in result.installations.select("device_id", "category", "product_id", "verdict", "grade", "end_of_support").iter_rows()
        ],
        "findings": [
            list(row) for row in result.findings.select("device_id", "category", "verdict", "state", "grade", "installations").iter_rows()
        ],
        "scores": [dict(row) for row in scores.sort("unit_id").iter_rows(named=True)],
        "unknown": result.unknown.sort("name")["name"].to_list(),
        "rejected": result.rejected.height,
    }


def test_a_small_county_is_judged_as_written_down(tmp_path: Path) -> None:
    told = _told(tmp_path / "result")
    if os.environ.get("LICMATCH_UPDATE_GOLDEN") == "1":
        EXPECTED.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert told == json.loads(EXPECTED.read_text(encoding="utf-8"))


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        _told(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert [name for name in files if (tmp_path / "one" / name).read_bytes() != (tmp_path / "two" / name).read_bytes()] == []
