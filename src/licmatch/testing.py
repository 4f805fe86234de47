"""For the tests of plugins and packs: an engine with a plugin that is not installed, and checks that say everything that is wrong.

>>> from licmatch.testing import engine_with, told
>>> told(engine_with(), "Windows 10 Pro", "never heard of 7")
{'Windows 10 Pro': 'os.windows-10.pro', 'never heard of 7': 'unknown'}

A check that does not hold raises AssertionError with all faults, one a line, so it stands in a test as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.catalog.handed import handed_catalogs
from licmatch.hooks import Category
from licmatch.match import Engine
from licmatch.match.check import Report, check
from licmatch.match.examples import read_examples
from licmatch.pipeline import assess
from licmatch.plugin_loader import Plugins, load_plugins
from licmatch.result import Result
from licmatch.schema import LICENSABLE_ROLES

__all__ = ["AS_OF", "PluginReport", "check_pack", "check_plugin", "engine_with", "findings", "plugins_with", "told"]

# The day that is judged where a test names none: any will do, but it must not be today's.
AS_OF = "2026-11-30"


@dataclass(frozen=True, slots=True)
class PluginReport:
    """What `check_plugin` looked at: the category it owns, if any, its families and its examples."""

    category: Category | None
    families: int
    examples: int


def plugins_with(**plugins: object) -> Plugins:
    """Return the installed plugins and these, by name; one given here stands in for an installed one of its name.

    A name that is no Python word, as `pdf-tools`, is given as `**{"pdf-tools": module}`. Raises PluginError like `licmatch.load_plugins`.
    """
    twins = [f"{name.distribution}:{name.name}" for name in load_plugins().names if name.name in plugins]
    return load_plugins(extra=list(plugins.items()), without=twins)


def engine_with(catalogs: str | Path | Iterable[str | Path] = (), **plugins: object) -> Engine:
    """Return an engine with the built-in catalogs, these plugins (module or object, by name) and these catalogs or packs.

    Nothing is installed: `engine_with(cad=licmatch_cad)` is what a user gets who has installed it. Raises PluginError and CatalogError.
    """
    return Engine.load(catalogs=catalogs, plugins=plugins_with(**plugins))


def told(engine: Engine, *names: str | tuple[str, str | None] | tuple[str, str | None, str | None]) -> dict[str, str]:
    """Return {name: answer}: a product id, `role:<role>` for what needs no licence, `unknown` or `ambiguous`.

    A name may be a pair or triple with its publisher and version: equal names need them in one call each.
    """
    rows = [(name,) if isinstance(name, str) else name for name in names]
    filled = [(*row, None, None)[:3] for row in rows]
    return {str(row["name"]): _answer(row) for row in _decided(engine, filled).iter_rows(named=True)}


def findings(
    engine: Engine, installed: Mapping[str, Sequence[str]], category: str, /, *, as_of: date | str = AS_OF, **frames: Any
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return {device: (verdict, flags)} of a category, for devices with these names of installed software.

    `frames` are those of `licmatch.assess`: devices, units, entitlements, traces and so on.
    """
    result = _judged(engine, [(device, name) for device, names in installed.items() for name in names], as_of, **frames)
    of_category = result.findings.filter(pl.col("category") == category)
    return {device: (verdict, tuple(flags)) for device, verdict, flags in of_category.select("device_id", "verdict", "flags").iter_rows()}


def check_pack(path: str | Path, *, fast: bool = False, as_of: date | None = None, plugins: Plugins | None = None) -> Report:
    """Check a catalog file or folder (.toml, .tsv) or a site pack (.json) as `licmatch catalog check` does.

    `plugins` are those that own its categories, else the installed ones. Of a site pack no name may be answered with another product of
    the pack. Raises AssertionError with every fault, and UsageError for a path that is no catalog or holds none.
    """
    report = check(path, as_of=as_of, fast=fast, plugins=plugins)
    _hold(f"{path} has faults", map(str, report.faults))
    return report


def check_plugin(name: str, plugin: object, *, fast: bool = False, as_of: date | str = AS_OF) -> PluginReport:
    """Check a plugin as a user would meet it: it loads, its catalogs hold, every example is answered, and a run judges them all.

    `name` is that of the entry point, `plugin` the module or an object with the hooks. The run has a device an example; its verdicts
    may not depend on the order of the devices. Raises PluginError for what the loader or a run refuses, else AssertionError
    with every fault.
    """
    plugins = plugins_with(**{name: plugin})
    folders = _handed(plugins, plugin)
    category = next((one for one in plugins.categories if one.id == name), None)
    faults = []
    if category is not None and not (category.title_en.strip() and category.title_zh.strip()):
        faults.append("a category has a title in both languages")
    others = {caller.name for caller in plugins.manager.get_hookcallers(plugin) or ()} - {"licmatch_category", "licmatch_catalog_files"}
    if category is None and not folders and not others:
        faults.append("it hands over nothing: no category and no catalog")
    report = check(folders, fast=fast, plugins=plugins) if folders else None
    faults += map(str, report.faults if report else ())
    _hold(f"the plugin '{name}' has faults", faults)
    engine = Engine.load(plugins=plugins)
    own = 0 if category is None else engine.facts.filter(pl.col("category") == name).height
    if category is not None and not own:
        _hold(f"the plugin '{name}' has faults", ["no catalog has a product of its category, so nothing would ever be judged"])
    examples = [example.raw for example in read_examples(folders)] if folders else []
    names = [*examples, "nothing that anybody sells"]
    forth, back = (_verdicts(engine, names, as_of, turned=turned) for turned in (False, True))
    if not forth.equals(back):
        moved = forth.join(back, on=forth.columns, how="anti", nulls_equal=True)
        faults = [
            f"the order of the devices moves the {kind} verdict of {names[at]!r}" for at, kind in moved.select("at", "category").rows()
        ]
    _hold(f"the plugin '{name}' has faults", faults)
    return PluginReport(category, own, len(examples))


def _handed(plugins: Plugins, plugin: object) -> list[Path]:
    return [Path(str(file)) for file in handed_catalogs(plugins, plugin)]


def _verdicts(engine: Engine, names: Sequence[str], as_of: date | str, *, turned: bool) -> pl.DataFrame:
    """Return what a run says of a device for each name; turned, the devices come in the opposite order of their ids."""
    ids = [f"device {len(names) - at if turned else at:08}" for at in range(len(names))]
    found = _judged(engine, list(zip(ids, names, strict=True)), as_of).findings
    numbered = pl.DataFrame({"device_id": ids}).with_row_index("at").join(found, on="device_id", how="left")
    return numbered.select("at", "category", "verdict", "state", "confidence", "grade", "flags").sort("at", "category")


def _judged(engine: Engine, rows: Sequence[tuple[str, str]], as_of: date | str, **frames: Any) -> Result:
    inventory = pl.DataFrame(rows, schema={"device_id": pl.String, "name": pl.String}, orient="row")
    return assess(inventory, as_of=as_of, engine=engine, **frames)


def _decided(engine: Engine, rows: Sequence[tuple[str | None, ...]]) -> pl.DataFrame:
    return engine.decide(pl.DataFrame(rows, schema=dict.fromkeys(("name", "publisher", "version"), pl.String), orient="row"))


def _answer(row: Mapping[str, Any]) -> str:
    if row["lm_status"] != "recognised":
        return str(row["lm_status"])
    return str(row["lm_product_id"]) if row["lm_role"] in LICENSABLE_ROLES else f"role:{row['lm_role']}"


def _hold(what: str, faults: Iterable[str]) -> None:
    # No `assert`: Python leaves those out with -O, and nothing would be checked.
    if all_faults := list(faults):
        raise AssertionError("\n  ".join((f"{what}:", *all_faults)))
