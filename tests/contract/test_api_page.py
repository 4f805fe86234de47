"""The page about Python says what `licmatch` offers: every public name, every public attribute, every argument; and its blocks run."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from pathlib import Path

import pytest

import licmatch

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
NAMES, MODULES = PAGE.split("\n## Names\n")[1].split("\n## Modules\n")
SECTION = dict(re.findall(r"^### `([\w.]+)`\n(.*?)(?=^### |^## |\Z)", NAMES, re.MULTILINE | re.DOTALL))


def test_each_public_name_has_its_heading_and_no_other_has():
    assert sorted(SECTION) == sorted(licmatch.__all__)


@pytest.mark.parametrize("name", sorted(name for name in licmatch.__all__ if isinstance(getattr(licmatch, name), type)))
def test_each_public_attribute_of_a_class_is_on_the_page(name):
    kind = getattr(licmatch, name)
    own = {attribute for base in kind.__mro__ if base.__module__.startswith("licmatch") for attribute in vars(base)}
    if issubclass(kind, licmatch.LicmatchError) and kind is not licmatch.LicmatchError:
        own -= set(dir(licmatch.LicmatchError))
    fields = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    public = {attribute for attribute in own | fields if not attribute.startswith("_")}
    words = set(re.findall(r"\w+", SECTION[name]))
    assert public - words == set()
    called = set(re.findall(r"`(?:\w+\.)?(\w+)\(", SECTION[name]))
    assert {attribute for attribute in called & public if not callable(getattr(kind, attribute, None))} == set()


def arguments(function: object) -> str:
    shown = []
    for parameter in inspect.signature(function).parameters.values():  # type: ignore[arg-type]
        default = "" if parameter.default is parameter.empty else "=" + repr(parameter.default).replace("'", '"')
        shown.append(f"{parameter.name}{default}")
    return ", ".join(shown)


CALLS = (
    "assess", "read_result", "read_inventory", "load_plugins", "Engine.load", "Engine.match", "Engine.match_name", "Engine.explain",
    "Engine.fields",
)  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_each_call_is_shown_with_its_arguments_and_defaults(name):
    holder, _, method = name.partition(".")
    function = getattr(licmatch, holder)
    told = arguments(getattr(function, method) if method else function).removeprefix("self, ")
    shown = "Engine.load" if name == "Engine.load" else method or holder
    assert f"{shown}({told})" in " ".join(SECTION[holder].split())


def test_each_module_on_the_page_can_be_imported():
    modules = re.findall(r"^### `(licmatch\.[\w.]+)`$", MODULES, re.MULTILINE)
    assert len(modules) >= 4
    for module in modules:
        if module != "licmatch.spark" or importlib.util.find_spec("pyspark"):
            importlib.import_module(module)


def test_the_blocks_of_the_page_run_in_their_order():
    space: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        exec(compile(block, "api.md", "exec"), space)


def test_a_name_that_moved_works_and_warns(monkeypatch):
    monkeypatch.setitem(licmatch._MOVED, "Matcher", ("Engine", "2.0"))
    with pytest.warns(DeprecationWarning, match=r"licmatch\.Matcher is now licmatch\.Engine; the old name goes in 2\.0") as told:
        assert licmatch.Matcher is licmatch.Engine
    assert told[0].filename == __file__
    assert "Matcher" not in licmatch.__all__


def test_every_name_that_moved_leads_to_a_public_one():
    assert {new for new, _ in licmatch._MOVED.values()} <= set(licmatch.__all__)
    assert not set(licmatch._MOVED) & set(licmatch.__all__)
