"""CAD programs: the category, its judge, its remarks, its catalog and its use rights."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from licmatch import Category, Flag, hookimpl
from licmatch_cad.judge import judge, remark

HERE = files("licmatch_cad")


@hookimpl
def licmatch_category() -> Category:
    """Own the category `cad`."""
    return Category(
        id="cad",
        title_en="CAD",
        title_zh="计算机辅助设计软件",
        judge=judge,
        remark=remark,
        flags=(Flag("subscription_only", "sold by subscription only: ask for the subscription", "仅以订阅方式销售：请核对订阅凭证"),),
        use_rights=HERE / "use_rights.toml",
    )


@hookimpl
def licmatch_catalog_files() -> Iterable[Traversable]:
    """Hand over the catalog folder, whole."""
    return [HERE / "catalog"]
