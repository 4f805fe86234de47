from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from licmatch.catalog.pack import build_pack, load_pack
from licmatch.errors import CatalogError
from licmatch.match.fuzzy import PackMatcher

TABLE = """id,name,publisher
Maker.Drawing,Drawing Studio,Maker Inc.
Maker.Drawing.Long,drawing  studio,maker inc.
Other.Player,Media Player Deluxe,Other Software
Other.Reader,Media Reader Deluxe,Other Software
,no id,x
"""


@pytest.fixture
def pack(tmp_path: Path) -> PackMatcher:
    (tmp_path / "site.csv").write_text(TABLE, encoding="utf-8")
    report = build_pack(tmp_path / "site.csv", tmp_path / "site.json")
    assert (report.rows, report.products, report.joined, len(report.rejected)) == (5, 3, 1, 1)
    return PackMatcher(load_pack(tmp_path / "site.json"))


def test_same_name_and_publisher_become_one_product_under_the_shortest_id(tmp_path: Path, pack: PackMatcher) -> None:
    product = next(item for item in load_pack(tmp_path / "site.json").products if item.id == "Maker.Drawing")
    assert product.also_ids == ("Maker.Drawing.Long",)


@pytest.mark.parametrize(
    ("name", "publisher", "expected", "method"),
    [
        ("Drawing Studio 4.2.1 (x64)", "Maker GmbH", "Maker.Drawing", "exact"),
        ("Media Player Deluxe Plus", "Other Software Ltd", "Other.Player", "fuzzy"),
        ("Text Editor", "Other Software", None, None),
        ("", None, None, None),
    ],
)
def test_words_decide_on_both_sides(pack: PackMatcher, name: str, publisher: str | None, expected: str | None, method: str | None) -> None:
    keys = pl.DataFrame(
        {"name": [name], "publisher": [publisher], "version": [None]}, schema=dict.fromkeys(("name", "publisher", "version"), pl.String)
    )
    row = pack.decide(keys).row(0, named=True)
    assert (row["lm_product_id"], row["lm_method"]) == (expected, method)


def test_what_is_no_pack_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CatalogError):
        load_pack(tmp_path / "bad.json")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CatalogError):
        build_pack(tmp_path / "bad.csv", tmp_path / "x.json")
