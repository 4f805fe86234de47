"""What a change of catalogs changes, and nothing else."""

from __future__ import annotations

import polars as pl
from tests.unit.match.small import OFFICE, SYSTEMS

from licmatch.match import Engine
from licmatch.match.catalog_diff import Side, diff_catalogs, load_side
from licmatch.match.examples import Example
from licmatch.plugin_loader import load_plugins
from licmatch.schema import NAME_KEY


def side(folder, office: str, *raws: str) -> Side:
    folder.mkdir()
    (folder / "office.toml").write_text(office, encoding="utf-8")
    (folder / "systems.toml").write_text(SYSTEMS, encoding="utf-8")
    engine = Engine.load(catalogs=[folder], builtin=False, plugins=load_plugins(installed=False))
    return Side(engine, tuple(Example("x.tsv", at, raw, None, None, "none", "verified", "") for at, raw in enumerate(raws)))


def test_nothing_changed_is_nothing_told(tmp_path):
    found = diff_catalogs(side(tmp_path / "a", OFFICE, "MS Office 2016"), side(tmp_path / "b", OFFICE, "Windows 10"))
    assert (found.asked, found.changed.height) == (2, 0)
    assert found.families_added == found.families_removed == found.names_added == found.names_removed == ()


def test_families_names_and_answers_that_change_are_told(tmp_path):
    cut = OFFICE[: OFFICE.index('[[family]]\nid = "microsoft-word"')].replace("(microsoft|ms) office", "(microsoft|mso) office")
    columns = {"name": ["Microsoft Word 2016", "Windows 10"], "publisher": None, "version": None}
    names = pl.DataFrame(columns, schema=dict.fromkeys(NAME_KEY, pl.String))
    found = diff_catalogs(side(tmp_path / "a", OFFICE, "MSO Office 2016"), side(tmp_path / "b", cut), names)
    assert found.families_removed == ("office.microsoft-word",)
    assert found.families_added == ()
    assert found.names_added == ("office.microsoft-office: mso office",)
    assert "office.microsoft-office: ms office" in found.names_removed
    assert found.asked == 3
    assert {row["name"]: (row["old"], row["new"]) for row in found.changed.to_dicts()} == {
        "Microsoft Word 2016": ("office.microsoft-word-2016", "unknown"),
        "MSO Office 2016": ("unknown", "office.microsoft-office-2016"),
    }


def test_a_site_file_is_read_on_top_of_the_built_in_catalogs(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(
        'schema = 1\ncategory = "office"\n[[family]]\nid = "quill"\nname = "Quill"\nvendor = "Quillworks"\nnames = ["quill workbench"]\n'
        '[[vendor]]\nname = "Quillworks"\n',
        encoding="utf-8",
    )
    found = diff_catalogs(load_side("builtin"), load_side(path))
    assert found.families_added == ("office.quill",)
    assert (found.families_removed, found.changed.height) == ((), 0)
    assert found.asked > 5000
