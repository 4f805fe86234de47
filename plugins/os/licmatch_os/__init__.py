"""Operating systems: the category, its judge and its catalog files, handed over by the same hooks a third party uses."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from licmatch import Category, JudgeContext, hookimpl

if TYPE_CHECKING:
    import polars as pl


def _judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    # Imported when first asked: listing plugins needs no polars.
    from licmatch_os.judge import judge

    return judge(installations, context)


@hookimpl
def licmatch_category() -> Category:
    """Own the category `os`."""
    return Category(id="os", title_en="Operating system", title_zh="操作系统", judge=_judge, one_per_device=True, order=1)


@hookimpl
def licmatch_catalog_files() -> Iterable[Traversable]:
    """Hand over the catalog folder `os`, whole."""
    return [files("licmatch_catalogs") / "os"]
