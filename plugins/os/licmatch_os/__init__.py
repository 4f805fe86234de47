"""Operating systems: the category, its judge and its catalog files, handed over by the same hooks a third party uses."""

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
    from licmatch_os.judge import judge

    return judge(installations, context)


def _remark(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    from licmatch_os.judge import remark

    return remark(installations, context)


_FLAGS = (
    Flag("proof_missing", "a copy bound to its computer: which proof was seen, which is missing", "随机预装系统：已见与尚缺的凭证"),
    Flag("server_on_desktop", "a server system on a desktop or laptop", "台式机或笔记本上安装服务器操作系统"),
    Flag("dedicated_system", "a system for dedicated devices on a desktop or laptop", "台式机或笔记本上安装专用设备（嵌入式/IoT）系统"),
)


@hookimpl
def licmatch_category() -> Category:
    """Own the category `os`."""
    return Category(
        id="os",
        title_en="Operating system",
        title_zh="操作系统",
        judge=_judge,
        one_per_device=True,
        order=1,
        remark=_remark,
        flags=_FLAGS,
        use_rights=files("licmatch_catalogs") / "policy" / "use_rights.toml",
    )


@hookimpl
def licmatch_catalog_files() -> Iterable[Traversable]:
    """Hand over the catalog folder `os`, whole."""
    return [files("licmatch_catalogs") / "os"]
