"""What a plugin may hand over, and when each hook is called. Hooks register; plain objects do the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


def _nothing_known() -> pl.DataFrame:
    # Plugins are listed without polars.
    import polars as pl

    return pl.DataFrame()


def _as_it_is(installations: pl.DataFrame) -> pl.DataFrame:
    return installations


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What a category may look at besides the installations themselves.

    `facts` has one row a family of the category (family_id, licence, origin, ...); `as_of` is the day that is judged. The other
    frames are `device` (a number) and what is known there; they may have no rows, and null means unknown:

    - `devices`, `licences`, `copies`: the facts that rules ask for, of the grains device, licence and copy, the latter two of this
      category only. `licences` also says `sold_as`, the channel in the words of an installation's `channel`; `copies` has `at`.
    - `states`: what the devices report of this category's products (traces of the kind `<category>_state`): device, product (as
      reported), family_id and licence where it was recognised, enabled, real_time, up_to_date, expires, seen_on.

    `with_rights` gives installations the verdicts that the category's use rights say, and the columns right_id, model and proofs.
    """

    as_of: date
    facts: pl.DataFrame
    policy: dict[str, object] = field(default_factory=dict)
    devices: pl.DataFrame = field(default_factory=_nothing_known)
    licences: pl.DataFrame = field(default_factory=_nothing_known)
    copies: pl.DataFrame = field(default_factory=_nothing_known)
    states: pl.DataFrame = field(default_factory=_nothing_known)
    with_rights: Callable[[pl.DataFrame], pl.DataFrame] = _as_it_is


class Judge(Protocol):
    """Turns installations of one category into verdicts, as polars expressions over whole frames."""

    def __call__(self, installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
        """Return the frame with `verdict`, `confidence`, `grade` filled, `channel` bettered; no row lost, added or reordered."""
        ...


class Remark(Protocol):
    """Says what stands beside the verdicts of one category and changes none."""

    def __call__(self, installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
        """Return device, at (the installation's, or null for the device as a whole), flag, text (`field=value; ...`).

        `installations` are those the judge returned, with all columns it added.
        """
        ...


@dataclass(frozen=True, slots=True)
class Flag:
    """A remark a category may make: its code in tables, and its words."""

    code: str
    title_en: str
    title_zh: str


@dataclass(frozen=True, slots=True)
class Category:
    """One licensable category: its id is the entry-point name of the plugin that owns it.

    `remark` may use the codes of `flags` and no others. `use_rights` is a TOML file with a list named after the category.
    """

    id: str
    title_en: str
    title_zh: str
    judge: Judge
    one_per_device: bool = False
    order: int = 100  # where it stands in tables and reports; equal ones by id
    api: int = API
    remark: Remark | None = None
    flags: tuple[Flag, ...] = ()
    use_rights: Traversable | None = None


class HookSpecs:
    """The hooks themselves; a plugin module implements any of them with `@licmatch.hookimpl`."""

    @hookspec
    def licmatch_category(self) -> Category | None:
        """Return the category this plugin owns. Called by `load_plugins`, once, after all imports."""

    @hookspec
    def licmatch_catalog_files(self) -> Iterable[Traversable]:  # type: ignore[empty-body]
        """Return catalog files, or folders of them (.toml with their .tsv examples beside them), each of which is there.

        Called once per `Engine.load`, and by `licmatch plugins`.
        """
