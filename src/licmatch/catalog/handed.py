"""The catalogs that plugins hand over, each asked by name: one that hands over nothing must not pass for one without products."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources.abc import Traversable
from typing import cast

from licmatch.catalog.load import files_below
from licmatch.errors import PluginError
from licmatch.plugin_loader import PluginName, Plugins


def handed_catalogs(plugins: Plugins, plugin: object = None) -> list[Traversable]:
    """Return the catalog files and folders of the plugins, or of one of them, by asking each `licmatch_catalog_files` once.

    Raises PluginError where the hook fails or returns no paths, and for a path that does not exist or holds no catalog.

    >>> from licmatch.plugin_loader import load_plugins
    >>> sorted(folder.name for folder in handed_catalogs(load_plugins()))
    ['antivirus', 'office', 'os']
    """
    handed: list[Traversable] = []
    for each in plugins.manager.hook.licmatch_catalog_files.get_hookimpls():
        if plugin is None or each.plugin is plugin:
            name = plugins.name_of(each.plugin_name)
            try:
                answer: object = each.function()
                # A lone path or text is no list of them, though a text can be gone through.
                files = None if answer is None or isinstance(answer, str) else list(cast(Iterable[Traversable], answer))
            except Exception as error:
                raise _refused(name, f"failed in licmatch_catalog_files: {type(error).__name__}: {error}") from error
            if files is None:
                raise _refused(name, f"licmatch_catalog_files returned {type(answer).__name__}, not a list of paths")
            for file in files:
                _checked(name, file)
            handed += files
    return handed


def refuse_ownerless(plugins: Plugins, categories: Iterable[str]) -> None:
    """Refuse a plugin whose products nobody judges: catalogs have a category of its name, and it returned none.

    No other plugin can own that category, for the two would bear one name.
    """
    owned = {category.id for category in plugins.categories}
    without = [name for name in plugins.names if name.name not in owned]
    if without and (stray := {name.name for name in without}.intersection(categories)):
        name = plugins.name_of(min(stray))
        hint = name.remedy("mend what its licmatch_category returns, or uninstall it")
        raise PluginError(f"plugin {name}: catalogs have products of the category '{name.name}', and it owns no category", hint=hint)


def _checked(name: PluginName, file: object) -> None:
    if not (hasattr(file, "is_dir") and hasattr(file, "is_file")):
        raise _refused(name, f"licmatch_catalog_files names {file!r}, which is a {type(file).__name__} and not a path")
    place: Traversable = file  # type: ignore[assignment]
    try:
        there = place.is_file() or place.is_dir()
        # The first file is enough: reading them all is for whoever loads them.
        holds = there and next(files_below(place, place.name), None) is not None
    except OSError as error:
        raise _refused(name, f"the catalog {place} cannot be read: {error.strerror}") from error
    if not there:
        raise _refused(name, f"the catalog {place} does not exist")
    if not holds:
        raise _refused(name, f"{place} holds no catalog: no .toml file in it")


def _refused(name: PluginName, what: str) -> PluginError:
    return PluginError(f"plugin {name}: {what}", hint=name.remedy("mend what its licmatch_catalog_files returns, or uninstall it"))
