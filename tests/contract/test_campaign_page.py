"""The reference of the campaign file lists what the code knows."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from licmatch.programme import built_in_programmes, built_in_rubrics, load_workflow, open_points
from licmatch.programme.campaign import Campaign

DOCS = Path(__file__).parents[2] / "docs"


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
