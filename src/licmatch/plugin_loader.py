"""Find, sort, check and register plugins. One door for built-ins and third parties, and it fails closed.

pluggy can load entry points itself, but keeps whichever of two plugins with one name it meets first, in the order of the
file system, and says nothing. A silently missing antivirus plugin is a wrong score, so the loop here is our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from itertools import pairwise

import pluggy

from licmatch.errors import PluginError
from licmatch.hooks import API, PROJECT, Category, Flag, HookSpecs

GROUP = "licmatch.plugins"
# The distribution of plugins that a caller handed over as objects: no entry point names them.
GIVEN = "(given)"


@dataclass(frozen=True, slots=True, order=True)
class PluginName:
    """Which plugin: its entry-point name (the category id, where it owns one), and the distribution it came with."""

    name: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {GIVEN}" if self.distribution == GIVEN else f"{self.name} ({self.distribution} {self.version})"

    def remedy(self, first: str = "fix or uninstall it") -> str:
        """Return what to do about a plugin that is refused: `first`, or run without it."""
        return f"{first}, or pass --without {self.name}; the report will say it is incomplete"

    def is_meant_by(self, choice: str) -> bool:
        """Say whether `name` or `distribution:name` means this plugin.

        >>> PluginName("os", "licmatch", "1.0").is_meant_by("licmatch:os")
        True
        """
        return choice in (self.name, f"{self.distribution}:{self.name}")


@dataclass(frozen=True, slots=True)
class Plugins:
    """The plugins of one run: nothing here is global, every engine and every test has its own."""

    manager: pluggy.PluginManager
    categories: tuple[Category, ...]
    names: tuple[PluginName, ...]
    without: tuple[str, ...]

    def name_of(self, name: str) -> PluginName:
        """Return the plugin of a name, which is also the id of the category it owns."""
        return next((one for one in self.names if one.name == name), PluginName(name, GIVEN, ""))


def load_plugins(*, installed: bool = True, extra: Sequence[tuple[str, object]] = (), without: Iterable[str] = ()) -> Plugins:
    """Return every installed plugin but those left out, registered in the order of their names.

    `extra` adds (name, module or object) pairs that no distribution declares; `without` takes a `name` or `distribution:name`, or several.
    Raises PluginError, with what to do, for two plugins of one name, one that does not load, an unknown or wrongly
    written hook, one that hands over nothing, a category that is none or bears another name, and a `without` that leaves out nothing.

    >>> load_plugins(installed=False).categories
    ()
    """
    # A lone text is one name, not its letters.
    left_out = tuple(dict.fromkeys([without] if isinstance(without, str) else without))
    found = [*(_installed() if installed else ()), *((PluginName(name, GIVEN, ""), thing) for name, thing in extra)]
    found.sort(key=lambda pair: pair[0])
    for choice in left_out:
        if not any(name.is_meant_by(choice) for name, _ in found):
            known = ", ".join(name.name for name, _ in found) or "none"
            raise PluginError(f"there is no plugin '{choice}' to leave out", hint=f"installed: {known}; `licmatch plugins` lists them")
    kept = [(name, thing) for name, thing in found if not any(name.is_meant_by(choice) for choice in left_out)]
    _refuse_twins([name for name, _ in kept])

    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    categories: list[Category] = []
    for name, thing in kept:
        plugin = _load(name, thing)
        _register(manager, name, plugin)
        category = _category(manager, name, plugin)
        if category is not None:
            categories.append(category)
    ordered = tuple(sorted(categories, key=lambda category: (category.order, category.id)))
    return Plugins(manager, ordered, tuple(name for name, _ in kept), left_out)


def installed_name(name: str) -> PluginName | None:
    """Return the installed plugin of a name, if there is one; nothing is imported."""
    return min((found for found, _ in _installed() if found.name == name), default=None)


def _installed() -> Iterable[tuple[PluginName, object]]:
    """Yield each entry point of the group once, though a distribution may be on the path twice (an editable install is)."""
    seen: set[tuple[str, str]] = set()
    for distribution in distributions():
        declared = [entry for entry in distribution.entry_points if entry.group == GROUP]
        # Reading the metadata of every installed distribution costs more than all else here; only those with plugins are asked.
        name = _distribution_name(distribution) if declared else ""
        for entry in declared:
            if (name, entry.name) not in seen:
                seen.add((name, entry.name))
                yield PluginName(entry.name, name, distribution.version or ""), entry


def _distribution_name(distribution: Distribution) -> str:
    # A broken dist-info folder has no metadata at all; its entry points still count, or a plugin would vanish silently.
    return (distribution.metadata["Name"] if distribution.metadata else None) or "unnamed"


def _refuse_twins(names: Sequence[PluginName]) -> None:
    for one, next_one in pairwise(names):
        if one.name == next_one.name:
            raise PluginError(
                f"two plugins are called '{one.name}': {one} and {next_one}",
                hint=f"uninstall one, or pass --without {next_one.distribution}:{next_one.name}; the report will say it is incomplete",
            )


def _load(name: PluginName, thing: object) -> object:
    if not isinstance(thing, EntryPoint):
        return thing
    try:
        return thing.load()
    # Whatever a third party's module raises while it is imported, SystemExit included, must not look like a fault of ours.
    except (Exception, SystemExit) as error:
        raise PluginError(f"plugin {name} did not load: {type(error).__name__}: {error}", hint=name.remedy()) from error


def _register(manager: pluggy.PluginManager, name: PluginName, plugin: object) -> None:
    try:
        manager.register(plugin, name=name.name)
        # A misspelt hook is silent until this call.
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise PluginError(f"plugin {name} does not fit the hooks: {' '.join(str(error).split())}", hint=name.remedy()) from error
    callers = manager.get_hookcallers(plugin) or ()
    _refuse_unmarked(name, plugin, {caller.name for caller in callers if caller.has_spec()})
    for caller in callers:
        for implementation in caller.get_hookimpls():
            # pluggy 1.7 fills an argument that has a default, 1.5 and 1.6 leave the default: the same plugin would do two things.
            if implementation.plugin is plugin and implementation.kwargnames:
                names = ", ".join(implementation.kwargnames)
                raise PluginError(f"plugin {name}: hook {caller.name} gives defaults to its arguments ({names})", hint=name.remedy())


def _refuse_unmarked(name: PluginName, plugin: object, implemented: set[str]) -> None:
    """A function without its mark is no hook to pluggy, which says nothing: its category would be missing, or judged over nothing."""
    hooks = sorted(hook for hook in vars(HookSpecs) if hook.startswith(f"{PROJECT}_"))
    unmarked = [hook for hook in hooks if hook not in implemented and callable(getattr(plugin, hook, None))]
    if implemented and not unmarked:
        return
    wrong = f"{', '.join(unmarked)} is not marked @hookimpl" if implemented else "it hands over nothing: no function is marked @hookimpl"
    marked = ", ".join(unmarked) or " or ".join(hooks)
    raise PluginError(f"plugin {name}: {wrong}", hint=name.remedy(f"write @licmatch.hookimpl above its {marked}, or uninstall it"))


def _category(manager: pluggy.PluginManager, name: PluginName, plugin: object) -> Category | None:
    """Return the category this one plugin owns, if any; hook results do not say who gave them, so each is asked alone."""
    implementations = [each for each in manager.hook.licmatch_category.get_hookimpls() if each.plugin is plugin]
    try:
        answers = [answer for answer in (each.function() for each in implementations) if answer is not None]
    except Exception as error:
        raise PluginError(f"plugin {name} failed in licmatch_category: {type(error).__name__}: {error}", hint=name.remedy()) from error
    if not answers:
        if implementations and len(manager.get_hookcallers(plugin) or ()) == 1:
            raise PluginError(
                f"plugin {name}: it hands over nothing: licmatch_category returned None",
                hint=name.remedy("return its Category, or uninstall it"),
            )
        return None
    category = answers[0]
    if not isinstance(category, Category):
        raise PluginError(f"plugin {name}: licmatch_category returned {type(category).__name__}, not a Category", hint=name.remedy())
    if category.api != API:
        needed = "a newer licmatch" if category.api > API else "a newer version of this plugin"
        raise PluginError(f"plugin {name} speaks api {category.api}, this licmatch speaks {API}: it needs {needed}", hint=name.remedy())
    if category.id != name.name:
        raise PluginError(f"plugin {name} owns the category '{category.id}': the two names must be the same", hint=name.remedy())
    if faults := _faults(category):
        raise PluginError(f"plugin {name}: in its Category {'; '.join(faults)}", hint=name.remedy())
    return category


def _faults(category: Category) -> list[str]:
    """What a run would trip over, said while it loads and not after the rows were read."""
    called = {"judge": category.judge} | ({} if category.remark is None else {"remark": category.remark})
    faults = [f"{field} is {value!r}, not a function" for field, value in called.items() if not callable(value)]
    titles = {"title_en": category.title_en, "title_zh": category.title_zh}
    faults += [f"{field} is {value!r}, not a text" for field, value in titles.items() if not isinstance(value, str)]
    if category.use_rights is not None and not hasattr(category.use_rights, "read_bytes"):
        faults.append(f"use_rights is a {type(category.use_rights).__name__}, not a path")
    if not isinstance(category.flags, tuple | list) or not all(isinstance(flag, Flag) for flag in category.flags):
        faults.append("flags are not a tuple of Flag")
    return faults
