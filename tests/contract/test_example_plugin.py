"""The worked fourth category of the docs: a distribution outside the package, found by its entry point and run as its own tests say."""

from __future__ import annotations

import runpy
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from licmatch import load_plugins
from licmatch.cli.main import status

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "licmatch-cad"


def install(project: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a project on the path as an editable install does: its metadata, its entry points, its source folder."""
    told = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = site / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n")
    entries = told["entry-points"]["licmatch.plugins"]
    (info / "entry_points.txt").write_text("[licmatch.plugins]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items()))
    for folder in (site, project / "src"):
        monkeypatch.syspath_prepend(str(folder))
    for module in [name for name in sys.modules if name.split(".")[0] in entries.values()]:
        monkeypatch.delitem(sys.modules, module)


def own_tests(project: Path) -> list[Callable[[], None]]:
    """Return the test functions of a project's files."""
    files = (runpy.run_path(str(file)) for file in sorted(project.glob("tests/test_*.py")))
    return [test for file in files for name, test in file.items() if name.startswith("test_")]


@pytest.fixture
def tests_of_example(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    install(EXAMPLE, tmp_path / "site", monkeypatch)
    return own_tests(EXAMPLE)


def test_the_example_is_a_fourth_category_and_its_own_tests_pass(tests_of_example):
    assert [category.id for category in load_plugins().categories] == ["os", "office", "antivirus", "cad"]
    assert len(tests_of_example) == 3
    for test in tests_of_example:
        test()


def shape(folder: Path, name: str) -> set[str]:
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.replace(name.replace("-", "_"), "NAME").replace(name, "NAME") for path in files}


def test_a_new_plugin_has_the_shape_of_the_example_and_its_tests_pass_as_they_stand(tmp_path, monkeypatch, capsys):
    project = tmp_path / "ours"
    assert status(["plugins", "new", "pdf-tools", "-o", str(project)]) == 0
    assert shape(project, "pdf-tools") == shape(EXAMPLE, "cad")
    assert "$" not in "".join(path.read_text(encoding="utf-8") for path in project.rglob("*") if path.is_file())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    install(project, tmp_path / "site", monkeypatch)
    run = own_tests(project)
    assert len(run) == 4
    for test in run:
        test()


@pytest.mark.parametrize("name", ["", "CAD", "a b", "../x", "-cad", "x" * 41, "图"])
def test_what_cannot_be_an_id_is_refused(name, tmp_path, capsys):
    assert status(["plugins", "new", "-o", str(tmp_path / "new"), "--", name]) == 2
    assert not (tmp_path / "new").exists()


def test_the_name_of_an_installed_plugin_is_refused(tmp_path, monkeypatch, capsys):
    assert status(["plugins", "new", "office", "-o", str(tmp_path / "new")]) == 2
    assert "a plugin called 'office' is installed already: office (licmatch " in capsys.readouterr().err
    install(EXAMPLE, tmp_path / "site", monkeypatch)
    assert status(["plugins", "new", "cad", "-o", str(tmp_path / "new")]) == 2
    assert "cad (licmatch-cad " in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_new_plugin_has_the_titles_it_was_given(tmp_path, monkeypatch, capsys):
    project, titles = tmp_path / "ours", ('PDF "tools"', "版式文件$工具")
    words = ["plugins", "new", "pdf-tools", "-o", str(project), "--quiet"]
    assert status([*words, "--title-en", titles[0], "--title-zh", titles[1]]) == 0
    install(project, tmp_path / "site", monkeypatch)
    category = next(one for one in load_plugins().categories if one.id == "pdf-tools")
    assert (category.title_en, category.title_zh) == titles


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "x" * 41])
def test_what_cannot_be_a_title_is_refused(title, tmp_path, capsys):
    assert status(["plugins", "new", "pdf-tools", "-o", str(tmp_path / "new"), "--title-zh", title]) == 2
    assert not (tmp_path / "new").exists()


def test_a_new_plugin_is_never_written_over_anything(tmp_path, capsys):
    kept = tmp_path / "kept.txt"
    kept.write_text("mine")
    assert status(["plugins", "new", "cad", "-o", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_the_catalog_of_a_new_plugin_passes_the_check(tmp_path, monkeypatch, capsys):
    project = tmp_path / "ours"
    assert status(["plugins", "new", "pdf-tools", "-o", str(project), "--quiet"]) == 0
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    catalog = str(project / "src" / "licmatch_pdf_tools" / "catalog")
    assert status(["catalog", "check", catalog]) == 3
    assert "no plugin that is installed owns the category 'pdf-tools'" in "".join(capsys.readouterr())
    install(project, tmp_path / "site", monkeypatch)
    assert status(["catalog", "check", catalog]) == 0
