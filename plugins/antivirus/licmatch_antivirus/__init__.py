"""Antivirus software: the category, its judge and its catalog files, handed over by the same hooks a third party uses."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from licmatch import Category, Flag, JudgeContext, hookimpl

if TYPE_CHECKING:
    import polars as pl


def _judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    # Imported when first asked: listing plugins needs no polars.
    from licmatch_antivirus.judge import judge

    return judge(installations, context)


def _remark(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    from licmatch_antivirus.judge import remark

    return remark(installations, context)


_FLAGS = (
    Flag("protection_off", "protection is off, or its signatures are old", "防护未启用或病毒库过期"),
    Flag("several_products", "several antivirus products run at once", "同时运行多款杀毒软件"),
    Flag("no_protection", "no antivirus runs", "没有运行中的杀毒软件"),
)


@hookimpl
def licmatch_category() -> Category:
    """Own the category `antivirus`."""
    return Category(
        id="antivirus",
        title_en="Antivirus",
        title_zh="杀毒软件",
        judge=_judge,
        order=3,
        remark=_remark,
        flags=_FLAGS,
        use_rights=files("licmatch_catalogs") / "policy" / "use_rights.toml",
    )


@hookimpl
def licmatch_catalog_files() -> Iterable[Traversable]:
    """Hand over the catalog folder `antivirus`, whole."""
    return [files("licmatch_catalogs") / "antivirus"]
