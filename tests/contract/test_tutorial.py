"""Every shell block of the tutorial runs, in order, in one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs" / "tutorial"


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_the_tutorial_runs_as_written(page: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    commands = Path(sys.executable).parent
    script = "set -e\n" + "\n".join(blocks)
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "result" / "report.html").is_file()
    assert "microsoft-office-2019" in ran.stdout
