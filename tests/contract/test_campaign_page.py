"""Every command of the how-to on campaigns runs as written, in both languages; its settings and the reference are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from licmatch.programme import built_in_programmes, built_in_rubrics, load_workflow, open_points, settle
from licmatch.programme.campaign import Campaign

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["campaign.md", "campaign.zh.md"])
def test_the_how_to_runs_as_written(page: str, tmp_path: Path) -> None:
    text = (DOCS / "how-to" / page).read_text(encoding="utf-8")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    blocks = [block for language, block in fenced if not language]
    assert len(blocks) == 4
    commands = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "LANG": "C.UTF-8"}
    script = "set -e\n" + "\n".join(blocks)
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "board.xlsx").is_file()
    assert "SOD2" in ran.stdout
    for shown in (block for language, block in fenced if language == "toml"):
        settle({}, tomllib.loads(shown)["settings"])


def test_the_reference_lists_every_key_of_the_campaign_file():
    text = (DOCS / "reference" / "campaign.md").read_text(encoding="utf-8")
    for field in msgspec.structs.fields(Campaign):
        assert f"`{field.encode_name}`" in text or f"[[{field.encode_name}]]" in text, field.name
        inner = getattr(field.type, "__args__", (None,))[0]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            row = next(line for line in text.splitlines() if line.startswith(f"| `[[{field.encode_name}]]`"))
            for key in msgspec.structs.fields(inner):
                assert re.search(rf"\b{key.encode_name}\b", row), (field.name, key.encode_name)


def test_the_reference_lists_programmes_rubrics_open_points_roles_and_steps():
    text = (DOCS / "reference" / "campaign.md").read_text(encoding="utf-8")
    workflow = load_workflow()
    for name in (*built_in_programmes(), *built_in_rubrics(), *workflow.roles, *workflow.steps):
        assert f"`{name}`" in text, name
    for point in open_points():
        row = next(line for line in text.splitlines() if line.startswith(f"| {point.id} |"))
        assert [choice.id for choice in point.choice] == re.findall(r"`(\w+)`", row)
