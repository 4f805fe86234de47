"""Every command of the page about learning a format runs on the export it shows; the profile and the keys it lists are the code's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from licmatch.ingest.profiles import Profile, read_profile
from licmatch.ingest.profiles.profile import COLUMNS

PAGES = sorted((Path(__file__).parents[2] / "docs" / "how-to").glob("learn_a_format*.md"))


def blocks(page: Path, language: str = "") -> list[str]:
    fenced = re.findall(r"^```(\w*)[^\n]*\n(.*?)^```$", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [block for written_in, block in fenced if written_in == language]


def test_both_pages_show_the_same() -> None:
    assert len(PAGES) == 2
    for language in ("", "csv", "toml"):
        assert blocks(PAGES[0], language) == blocks(PAGES[1], language) != []


def test_the_page_runs_as_written(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(blocks(PAGES[0], "csv")[0], encoding="utf-8")
    commands = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
    ran = subprocess.run(
        ["bash", "-c", "set -e\n" + "\n".join(blocks(PAGES[0]))], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "4 rows in = recognised 3 + ambiguous 0 + unknown 0 + rejected 1" in ran.stdout
    learned = read_profile(tmp_path / "console.toml")
    (tmp_path / "shown.toml").write_text(blocks(PAGES[0], "toml")[0], encoding="utf-8")
    shown = read_profile(tmp_path / "shown.toml")
    assert (learned.columns, learned.keep, learned.date_order) == (shown.columns, shown.keep, shown.date_order)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_key_and_column_stands_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for key in (field.name for field in msgspec.structs.fields(Profile)):
        assert f"`{key}`" in text or f"`[{key}]`" in text or key == "profile", key
    for column in COLUMNS:
        assert f"`{column}`" in text, column
