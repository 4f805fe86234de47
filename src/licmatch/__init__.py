"""Recognise installed software, flag unlicensed use, and score devices, units, counties and cities.

The names below are the public surface; they are loaded on first use, so `import licmatch` stays cheap.

>>> import licmatch
>>> licmatch.hookimpl.project_name
'licmatch'
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licmatch.errors import (
        CatalogError,
        InputError,
        LicmatchError,
        PluginError,
        ResultError,
        UsageError,
    )
    from licmatch.hooks import Category, Flag, JudgeContext, hookimpl
    from licmatch.ingest import Inventory, read_inventory
    from licmatch.match import Engine, Explanation, Match
    from licmatch.pipeline import assess
    from licmatch.plugin_loader import Plugins, load_plugins
    from licmatch.result import Result, read_result

    __version__: str

# Public name -> the module that holds it. A module is imported when one of its names is first asked for.
_HOME = {
    "CatalogError": "errors",
    "Category": "hooks",
    "Engine": "match",
    "Explanation": "match",
    "Flag": "hooks",
    "InputError": "errors",
    "Inventory": "ingest",
    "JudgeContext": "hooks",
    "LicmatchError": "errors",
    "Match": "match",
    "PluginError": "errors",
    "Plugins": "plugin_loader",
    "Result": "result",
    "ResultError": "errors",
    "UsageError": "errors",
    "hookimpl": "hooks",
    "load_plugins": "plugin_loader",
    "read_inventory": "ingest",
    "read_result": "result",
}

# Old public name -> (new name, the version that removes the old one): docs/reference/deprecation.md.
_MOVED: dict[str, tuple[str, str]] = {}

__all__ = [
    "CatalogError",
    "Category",
    "Engine",
    "Explanation",
    "Flag",
    "InputError",
    "Inventory",
    "JudgeContext",
    "LicmatchError",
    "Match",
    "PluginError",
    "Plugins",
    "Result",
    "ResultError",
    "UsageError",
    "assess",
    "hookimpl",
    "load_plugins",
    "read_inventory",
    "read_result",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("licmatch")
    if name in _MOVED:
        import warnings

        new, until = _MOVED[name]
        warnings.warn(f"licmatch.{name} is now licmatch.{new}; the old name goes in {until}", DeprecationWarning, stacklevel=2)
        return getattr(sys.modules[__name__], new)
    if name not in _HOME:
        raise AttributeError(f"module 'licmatch' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"licmatch.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Keeps `licmatch.assess` the public function.

    The stage folder has the same name, and importing a submodule sets it on its package: whoever had imported
    `licmatch.assess.…` before would find a module where the function should be.
    """

    @property
    def assess(self) -> object:
        from licmatch.pipeline import assess

        return assess

    @assess.setter
    def assess(self, stage: ModuleType) -> None:
        """Ignore what the import system sets; `from licmatch.assess import …` does not need it."""


sys.modules[__name__].__class__ = _Package
