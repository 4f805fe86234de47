"""Every shell block of the page about forms runs, in order, in one folder; both languages have the same commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[2] / "docs" / "how-to").glob("forms*.md"))


def blocks(page: Path) -> list[str]:
    return re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_both_pages_have_the_same_commands() -> None:
    assert len(PAGES) == 2
    assert blocks(PAGES[0]) == blocks(PAGES[1])


@pytest.mark.slow
def test_the_page_runs_as_written(tmp_path: Path) -> None:
    commands = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
    script = "set -e\n" + "\n".join(blocks(PAGES[0]))
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "0 rejected" in ran.stdout
    assert "The forms say what the result says." in ran.stdout
    assert {path.name for path in (tmp_path / "register").iterdir()} >= {"entitlements.parquet", "differences.parquet", "rejected.parquet"}
    assert len(list((tmp_path / "forms").rglob("*.xlsx"))) > 18
