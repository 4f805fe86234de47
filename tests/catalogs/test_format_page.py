"""The file shown on the format's page is a catalog that loads, and reads what it says it reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from licmatch.match import Engine
from licmatch.plugin_loader import load_plugins

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "catalog_format.md"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    block = re.search(r"```toml[^\n]*\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert block is not None
    path = tmp_path_factory.mktemp("page") / "example.toml"
    path.write_text(block.group(1), encoding="utf-8")
    return Engine.load(catalogs=[path], builtin=False, plugins=load_plugins(installed=False))


@pytest.mark.parametrize(
    ("raw", "publisher", "expected"),
    [
        ("Example Office Home and Student 2010", None, "office.example-office-2010.home-and-student"),
        ("Example Suite 专业版 2016", None, "office.example-office-2016.professional"),
        ("ExOffice 14", None, "office.example-office-2010"),
        ("Example 2016", "Microsoft Corporation", "office.example-office-2016"),
        ("Example", None, None),
        ("Example Office Template", None, None),
        ("com.example.office", None, "office.example-office"),
        ("Example Office 2010 small office", None, "office.example-office-2010.home-and-student"),
    ],
)
def test_the_example_reads_as_its_comments_say(shown: Engine, raw: str, publisher: str | None, expected: str | None) -> None:
    assert shown.match_name(raw, publisher=publisher).product_id == expected
