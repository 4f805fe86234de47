"""Office suites: the category, its judge and its catalog files, handed over by the same hooks a third party uses."""

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
    from licmatch_office.judge import judge

    return judge(installations, context)


@hookimpl
def licmatch_category() -> Category:
    """Own the category `office`."""
    return Category(
        id="office",
        title_en="Office suite",
        title_zh="办公软件",
        judge=_judge,
        order=2,
        use_rights=files("licmatch_catalogs") / "policy" / "use_rights.toml",
    )


@hookimpl
def licmatch_catalog_files() -> Iterable[Traversable]:
    """Hand over the catalog folder `office`, whole."""
    return [files("licmatch_catalogs") / "office"]
