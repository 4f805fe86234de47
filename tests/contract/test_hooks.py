"""No hook without its page, its test and somebody who uses it; the same for what a category may hand over."""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import licmatch
from licmatch import Category, Engine, JudgeContext, hookimpl, load_plugins
from licmatch.hooks import HookSpecs
from licmatch.testing import __all__ as kit
from licmatch.testing import check_plugin

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "hooks.md").read_text(encoding="utf-8")
HOOKS = sorted(name for name in vars(HookSpecs) if name.startswith("licmatch_"))
PLUGINS = [*ROOT.glob("plugins/*/licmatch_*/__init__.py"), ROOT / "docs/examples/licmatch-cad/src/licmatch_cad/__init__.py"]


@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_has_a_page_a_promise_a_test_and_a_user(hook):
    section = PAGE.split(f"### `{hook}(")[1].split("\n### ")[0].split("\n## ")[0]
    assert "Called" in section
    assert "Called" in (getattr(HookSpecs, hook).__doc__ or "")
    assert f"test_hook_{hook}" in globals()
    users = [
        path.parent.name for path in PLUGINS if re.search(rf"^@hookimpl\ndef {hook}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(users) >= 4


@pytest.mark.parametrize("kind", [Category, JudgeContext])
def test_each_field_of_what_a_plugin_sees_is_on_the_page_and_what_it_gives_is_used(kind):
    code = "\n".join(path.read_text(encoding="utf-8") for init in PLUGINS for path in sorted(init.parent.glob("*.py")))
    for field in dataclasses.fields(kind):
        assert re.search(rf"\b{field.name}\b", PAGE), field.name
        # `api` is what the loader compares, and nobody but a plugin of another time sets it.
        assert kind is JudgeContext or field.name == "api" or re.search(rf"\b{field.name}=", code), field.name


def counted(calls: list[str]) -> SimpleNamespace:
    @hookimpl
    def licmatch_category():
        calls.append("category")
        return Category(id="cad", title_en="CAD", title_zh="计算机辅助设计", judge=lambda installations, context: installations)

    @hookimpl
    def licmatch_catalog_files():
        calls.append("files")
        return []

    return SimpleNamespace(licmatch_category=licmatch_category, licmatch_catalog_files=licmatch_catalog_files)


def test_hook_licmatch_category():
    calls: list[str] = []
    plugins = load_plugins(extra=[("cad", counted(calls))])
    assert calls == ["category"]
    assert [category.id for category in Engine.load(plugins=plugins).categories] == ["os", "office", "antivirus", "cad"]
    assert calls.count("category") == 1


def test_hook_licmatch_catalog_files():
    calls: list[str] = []
    plugins = load_plugins(extra=[("cad", counted(calls))])
    assert "files" not in calls
    Engine.load(plugins=plugins)
    Engine.load(plugins=plugins)
    assert calls.count("files") == 2


def test_the_page_names_every_part_of_the_kit():
    assert [name for name in kit if name != "AS_OF" and name != "PluginReport" and f"`{name}(" not in PAGE] == []


def test_the_plugin_of_the_page_and_its_tests_run(tmp_path, monkeypatch):
    blocks = re.findall(r"^```python[^\n]*\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    package = tmp_path / "acme_licmatch_cad"
    package.mkdir()
    (package / "__init__.py").write_text(blocks[0], encoding="utf-8")
    example = ROOT / "docs/examples/licmatch-cad/src/licmatch_cad/catalog"
    for ending in ("toml", "tsv"):
        (package / f"catalog.{ending}").write_bytes((example / f"cad.{ending}").read_bytes())
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("LICMATCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delitem(sys.modules, "acme_licmatch_cad", raising=False)
    space: dict[str, object] = {}
    exec(compile(blocks[1], "hooks.md", "exec"), space)
    for name in ("test_the_plugin_holds", "test_what_it_recognises_and_how_it_judges"):
        space[name]()  # type: ignore[operator]


def test_the_kit_needs_no_private_name():
    assert licmatch.hookimpl is hookimpl
    assert check_plugin.__module__ == "licmatch.testing"
