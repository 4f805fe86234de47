"""What a line of a pack weighs: each kind of evidence moves the odds by its own amount, and no line is passed by that could win."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from tests.unit.match.test_fuzzy import SECOND, TABLE, decide

from licmatch.catalog.pack import build_pack, load_pack
from licmatch.match import fuzzy, pack_weigh
from licmatch.match.fuzzy import PackMatcher

# Name, publisher, the share of the weight that speaks for the answer, and how far that is before the next product.
WORTH = [
    ("Drawing Studio", "Maker Inc.", 0.6085, 0.9971),
    ("Drawing Studio", None, 0.6051, 0.9915),  # no maker: nothing against it
    ("Drawing Studio", "Somebody Else", 0.4334, 0.7101),  # another maker
    ("DrawingStudio", "Maker", 0.6085, 0.9971),  # the same letters
    ("Drawing Studio Tools", "Maker Inc.", 0.5871, 0.962),  # a word that no product has
    ("Studio", "Maker Inc.", 0.5203, 0.8525),  # a word of two
    ("Draving Studio", "Maker Inc.", 0.4882, 0.7999),  # a letter
    ("Draving Studio", None, 0.3495, 0.5727),
    ("Media Player", "Other Software", 0.8687, 0.8609),
    ("Media Player Deluxe Edition", "Third Party", 0.7096, 0.7091),
    ("Media Deluxe", "Other Software", 0.421, 0.0077),  # what two products share
    ("Adder 3.12.4 (64-bit)", "Adder Foundation", 0.9954, 0.9954),
    ("Adder Launcher", "adder.org", 0.9952, 0.9952),  # the maker as a web address
    ("Lattice SDK 8.0.1", "Lattice Corporation", 0.9971, 0.9971),
    ("LSDK 8", "Lattice Corporation", None, None),
    ("Quill", "Pen Labs", 0.9945, 0.9937),
    ("Quill", "www.quill.net", 0.9538, 0.953),  # a maker named as the product
    ("Pen Quill", None, 0.8567, 0.8436),  # the maker in the name, and so the id
    ("Mailbox Pro", "North", 0.983, 0.9707),
    ("Mailbox Pro", "Ferry AG", 0.5296, 0.349),
    ("Mailbox", "North Incorporated", 0.9818, 0.9695),
    ("Smith 2022.3", "Forge s.r.o.", 0.924, 0.9971),
    ("Smith 2023.1", "Forge s.r.o.", 0.725, 0.9971),
    ("Tug Boat (x86)", "Ferry AG", 0.527, 0.9971),
    ("Ferry Tug Boat", "Ferry AG", 0.6177, 0.9588),
    ("Ferry Tug Boat 9", "Other", None, None),
    ("云笔笔记 专业版", "杭州云笔科技有限公司", 0.8797, 0.8797),
    ("云笔笔记", None, 0.9915, 0.9915),
    ("Completely Different", "Maker Inc.", None, None),
]


def matcher(folder: Path, table: str) -> PackMatcher:
    (folder / "site.csv").write_text(table, encoding="utf-8")
    build_pack(folder / "site.csv", folder / "site.json")
    return PackMatcher(load_pack(folder / "site.json"), probability=float)


@pytest.mark.parametrize(("name", "publisher", "weight", "margin"), WORTH)
def test_each_kind_of_evidence_weighs_its_own(
    shared: PackMatcher, name: str, publisher: str | None, weight: float | None, margin: float | None
) -> None:
    row = decide(shared, (name, publisher, None)).row(0, named=True)
    assert (row["lm_score"], row["lm_margin"]) == (weight, margin)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> PackMatcher:
    return matcher(tmp_path_factory.mktemp("weighed"), TABLE)


@pytest.mark.parametrize("table", [TABLE, SECOND])
def test_no_line_weighs_more_than_it_was_said_it_could(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    seen: list[tuple[float, float]] = []

    def weighed(index: Any, line: Any, asked: Any, *, aliased: bool) -> float:
        odds = pack_weigh.weigh(index, line, asked, aliased=aliased)
        seen.append((odds, pack_weigh.ceiling(line, asked, aliased=aliased)))
        return odds

    passed_by = fuzzy.HOPELESS
    monkeypatch.setattr(fuzzy, "weigh", weighed)
    monkeypatch.setattr(fuzzy, "HOPELESS", -math.inf)
    lines = [line.split(",") for line in (TABLE + SECOND).splitlines() if not line.startswith(("id,", ","))]
    makers = [None, "Maker Inc.", "www.quill.net", "Heath", "Somebody"]
    names = [(name, maker, None) for _, name, own in lines for maker in (own, *makers)]
    decide(matcher(tmp_path, table), *names, *((f"{own} {name}", own, None) for _, name, own in lines))
    assert len(seen) > 200
    assert all(odds <= most for odds, most in seen)
    assert any(most < passed_by for _, most in seen)
