"""What a plugin may hand over, and when each hook is called. Hooks register; plain objects do the work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Protocol

import pluggy

if TYPE_CHECKING:
    import polars as pl

PROJECT = "licmatch"
API = 1

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What a category may look at besides the installations themselves.

    `facts` has one row a family of the category (family_id, licence, origin, ...); `as_of` is the day that is judged.
    """

    as_of: date
    facts: pl.DataFrame
    policy: dict[str, object] = field(default_factory=dict)


class Judge(Protocol):
    """Turns installations of one category into verdicts, as polars expressions over whole frames."""

    def __call__(self, installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
        """Return the frame with `verdict`, `confidence`, `grade` filled; no row lost, added or reordered."""
        ...


@dataclass(frozen=True, slots=True)
class Category:
    """One licensable category: its id is the entry-point name of the plugin that owns it."""

    id: str
    title_en: str
    title_zh: str
    judge: Judge
    one_per_device: bool = False
    order: int = 100  # where it stands in tables and reports; equal ones by id
    api: int = API


class HookSpecs:
    """The hooks themselves; a plugin module implements any of them with `@licmatch.hookimpl`."""

    @hookspec
    def licmatch_category(self) -> Category | None:
        """Return the category this plugin owns. Called by `load_plugins`, once, after all imports."""

    @hookspec
    def licmatch_catalog_files(self) -> Iterable[Traversable]:  # type: ignore[empty-body]
        """Return catalog files, or folders of them (.toml with their .tsv examples beside them). Called once per `Engine.load`."""
