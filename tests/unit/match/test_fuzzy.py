from __future__ import annotations

import importlib
import json
import math
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch.catalog.pack import build_pack, load_pack
from licmatch.errors import CatalogError
from licmatch.match.fuzzy import PackMatcher
from licmatch.match.pack_calibration import pack_probability
from licmatch.match.pack_choice import NEGLIGIBLE, _Numbers, score
from licmatch.match.pack_makers import read_makers
from licmatch.match.pack_reading import read_names
from licmatch.schema import DECISION_COLUMNS

TABLE = """id,name,publisher
Maker.Drawing,Drawing Studio,Maker Inc.
Maker.Drawing.Long,drawing  studio,maker inc.
Other.Player,Media Player Deluxe,Other Software
Other.Reader,Media Reader Deluxe,Other Software
Adder.Adder.3.11,Adder 3.11,Adder Foundation
Adder.Adder.3.12,Adder 3.12,Adder Foundation
Adder.Launcher,Adder Launcher,Adder Foundation
Lattice.SDK.7,Lattice Software Development Kit 7.0,Lattice Corporation
Lattice.SDK.8,Lattice SDK 8.0,Lattice Corporation
Lattice.SDK.Preview,Lattice SDK 9.0 Preview,Lattice Corporation
Pen.Quill,Quill,Pen Labs
Pen.Quillpp,Quill++,Pen Labs
NorthCorp.Mailbox,Mailbox Pro,North Inc
North.Mailbox,Mailbox Pro,North Incorporated
Forge.Smith,Smith 2021.1,Forge s.r.o.
Forge.Smith,Smith 2021.2,Forge s.r.o.
Forge.Smith,Smith 2022.3,Forge s.r.o.
Forge.Smith,Smith,Forge s.r.o.
Forge.Smith.EAP,Smith (EAP),Forge s.r.o.
Ferry.Tug,Tug Boat,Ferry AG
Ferry.Tug.x86,Tug Boat (x86),Ferry AG
zh.notes,云笔笔记,杭州云笔科技有限公司
,no id,x
"""


@pytest.fixture(scope="module")
def pack_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    (folder / "site.csv").write_text(TABLE, encoding="utf-8")
    report = build_pack(folder / "site.csv", folder / "site.json")
    assert (report.rows, report.products, report.joined, len(report.rejected)) == (23, 21, 1, 1)
    return folder / "site.json"


@pytest.fixture(scope="module")
def pack(pack_file: Path) -> PackMatcher:
    return PackMatcher(load_pack(pack_file))


def decide(pack: PackMatcher, *rows: tuple[str, str | None, str | None]) -> pl.DataFrame:
    return pack.decide(pl.DataFrame(rows, schema=dict.fromkeys(("name", "publisher", "version"), pl.String), orient="row"))


def test_same_name_and_publisher_become_one_product_under_the_shortest_id(pack_file: Path) -> None:
    product = next(item for item in load_pack(pack_file).products if item.id == "Maker.Drawing")
    assert product.also_ids == ("Maker.Drawing.Long",)


@pytest.mark.parametrize(
    ("name", "publisher", "expected", "method"),
    [
        ("Drawing Studio 4.2.1 (x64)", "Maker GmbH", "Maker.Drawing", "exact"),
        ("Media Player Deluxe Plus", "Other Software Ltd", "Other.Player", "fuzzy"),
        ("Text Editor", "Other Software", None, None),
        ("", None, None, None),
        # numbers pick among siblings; one that stands in none of them makes it neither of them, nor another product of their maker
        ("Adder 3.12.4 (64-bit)", "Adder Foundation", "Adder.Adder.3.12", "exact"),
        ("Adder 3.11.9 (64-bit)", "Adder Foundation", "Adder.Adder.3.11", "exact"),
        ("Adder 2.7.18", "Adder Foundation", None, None),
        # a run of words and its initials
        ("Lattice SDK 7.0.410 (x86)", "Lattice Corporation", "Lattice.SDK.7", None),
        ("Lattice Software Development Kit 8.0", "Lattice Corporation", "Lattice.SDK.8", None),
        ("Lattice SDK 9.0.100-preview.5", "Lattice Corporation", "Lattice.SDK.Preview", "exact"),
        # signs are part of a name
        ("Quill++ (ARM 64-bit)", "Pen Labs", "Pen.Quillpp", "exact"),
        ("Quill 5.1", "Pen Labs", "Pen.Quill", "exact"),
        # two ids of one renamed product: the one whose maker is the publisher
        ("Mailbox Pro 2.0", "North", "North.Mailbox", "exact"),
        # numbered by year or not: the release and the build of what comes before it
        ("Smith 2024.3.5", "Forge s.r.o.", "Forge.Smith", "exact"),
        ("Smith 251.23774.35", "Forge s.r.o.", "Forge.Smith.EAP", "exact"),
        ("Tug Boat (64-bit)", "Ferry AG", "Ferry.Tug", "exact"),
        ("TugBoat 32-bit", "Ferry AG", "Ferry.Tug.x86", "exact"),
        # the pack writes names in Chinese: one that is not there is not the maker's other product
        ("拖船助手", "Ferry AG", None, None),
        ("雲筆筆記 7.3", "杭州雲筆科技有限公司", "zh.notes", "exact"),
        # nobody names a maker: the words alone must do
        ("Drawing Studio", None, "Maker.Drawing", "exact"),
    ],
)
def test_what_a_name_means(pack: PackMatcher, name: str, publisher: str | None, expected: str | None, method: str | None) -> None:
    row = decide(pack, (name, publisher, None)).row(0, named=True)
    assert row["lm_product_id"] == expected
    if method is not None or expected is None:
        assert row["lm_method"] == method


SECOND = """id,name,publisher
Grove.Warden,Warden,Grove Ltd
GroveLtd.WardenSuite,Warden,Grove Ltd
Hill.Slate,Slate,Hill Works
Hill.Slate.Reader,Slate Reader,Hill Works
Brook.Slate,Slate Board,Brook Studio
Tern.Kestrel.3.0,Kestrel 3.0,Tern Team
Tern.Kestrel.3.2,Kestrel 3.2,Tern Team
Cobalt.MAKEMSI,MAKEMSI,Cobalt Dee
Gnu.Make,Make,Gnu Tools
Osier.Osier,Osier,Anna Weidmann
Mole.Map,Map Maker,Mole and Sons
Heath.Pro,Heath Draw,Heath GmbH
Heath.View,Heath View,Heath GmbH
"""


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> PackMatcher:
    folder = tmp_path_factory.mktemp("second")
    (folder / "site.csv").write_text(SECOND, encoding="utf-8")
    build_pack(folder / "site.csv", folder / "site.json")
    return PackMatcher(load_pack(folder / "site.json"))


@pytest.mark.parametrize(
    ("name", "publisher", "expected"),
    [
        # of two ids with nothing between them the one without the legal form: an index drops it when it renames
        ("Warden 2.0", "Grove Ltd", "Grove.Warden"),
        # what stands behind a dash or in brackets describes
        ("Slate - a board for drawings and notes (host)", "Hill Works", "Hill.Slate"),
        ("Slate Reader - for slates", "Hill Works", "Hill.Slate.Reader"),
        # a number with a nought is that number, not everything of its first part
        ("Kestrel 3.0.7", "Tern Team", "Tern.Kestrel.3.0"),
        ("Kestrel 3.4.1", "Tern Team", None),
        # a word about installing is one of the name's letters all the same
        ("MakeMsi", "Cobalt Dee", "Cobalt.MAKEMSI"),
        ("Kestrel 3.2 21Apr2024", "Tern Team", "Tern.Kestrel.3.2"),
        # publishers as web addresses, as the id spells them, and those that name nobody
        ("Map Maker", "https://www.mole.com/maps", "Mole.Map"),
        ("Slate Board", "brook.net", "Brook.Slate"),
        ("Map Maker 3", "Unknown", "Mole.Map"),
        ("Osier 4", "www.osier.de", "Osier.Osier"),
        # the maker's name in both names is no likeness of the products
        ("Heath Mail", "Heath GmbH", None),
        # a script the pack does not write: the words say nothing, so the only product of the maker it is, and nothing where there are two
        ("지도 제작", "Mole and Sons", "Mole.Map"),
        ("하늘 편지", "Heath GmbH", None),
        ("지도 제작", "Somebody Else", None),
    ],
)
def test_how_names_and_publishers_are_read(second: PackMatcher, name: str, publisher: str, expected: str | None) -> None:
    assert decide(second, (name, publisher, None))["lm_product_id"][0] == expected


def test_the_rule_is_the_pack_entry_whichever_of_its_ids_is_answered(pack_file: Path, pack: PackMatcher) -> None:
    entries = {product.id: {product.id, *product.also_ids} for product in load_pack(pack_file).products}
    names = [(product.name, product.publisher, None) for product in load_pack(pack_file).products]
    answered = decide(pack, *names).filter(pl.col("lm_status") == "recognised")
    assert answered.height > 15
    for rule, identity in answered.select("lm_rule_id", "lm_product_id").iter_rows():
        assert identity in entries[rule]
    # Nothing speaks for "Maker.Drawing.Long": the shortest id is the answer and the rule.
    row = decide(pack, ("Drawing Studio", "Maker", None)).row(0, named=True)
    assert (row["lm_product_id"], row["lm_rule_id"]) == ("Maker.Drawing", "Maker.Drawing")


def test_an_id_among_its_like_is_the_newer_one(tmp_path: Path) -> None:
    lines = ["Old.Loom,Loom,Weft Corp", "Weft.LoomSuite,Loom,Weft Corp", "Weft.LoomSuite.Beta,Loom Beta,Weft Corp"]
    lines += [f"Weft.LoomSuite.{year},Loom {year},Weft Corp" for year in (2021, 2022, 2023)]
    (tmp_path / "site.csv").write_text("\n".join(["id,name,publisher", *lines]) + "\n", encoding="utf-8")
    build_pack(tmp_path / "site.csv", tmp_path / "site.json")
    row = decide(PackMatcher(load_pack(tmp_path / "site.json")), ("Loom", "Weft Corp", None)).row(0, named=True)
    assert (row["lm_product_id"], row["lm_rule_id"]) == ("Weft.LoomSuite", "Old.Loom")


@pytest.mark.parametrize("identity", ["site.asset-{}", "P-{}", "ZJ_{}.{}", "{}"])
def test_the_running_number_of_an_owners_code_is_no_release(tmp_path: Path, identity: str) -> None:
    products = ("云笔笔记,杭州云笔科技有限公司", "Drawing Studio,Maker Inc.", "Media Player Deluxe,Other Software")
    rows = [f"{identity.format(39 + number, 7)},{product}" for number, product in enumerate(products)]
    (tmp_path / "coded.csv").write_text("id,name,publisher\n" + "\n".join(rows) + "\n", encoding="utf-8")
    build_pack(tmp_path / "coded.csv", tmp_path / "coded.json")
    coded = PackMatcher(load_pack(tmp_path / "coded.json"))
    out = decide(
        coded,
        ("Drawing Studio 5.31.236 (x64)", "Maker Inc.", None),
        ("云笔笔记 7.31.554", "杭州云笔科技有限公司", None),
        ("Media Player Deluxe 2.1", None, "2.1.0"),
    )
    assert out["lm_product_id"].to_list() == [identity.format(number, 7) for number in (40, 39, 41)]


def test_scores_are_the_probability_of_the_weight(pack_file: Path, pack: PackMatcher) -> None:
    rows = [("Drawing Studio 4", "Maker", None), ("Media Player Deluxe Plus", "Other Software", None), ("Tug Boat", "Ferry", None)]
    weights = decide(PackMatcher(load_pack(pack_file), probability=float), *rows)["lm_score"]
    assert decide(pack, *rows)["lm_score"].to_list() == [pytest.approx(pack_probability(weight), abs=1e-4) for weight in weights]


def test_the_version_column_tells_a_number_the_name_leaves_out(pack: PackMatcher) -> None:
    out = decide(pack, ("Adder", "Adder Foundation", "3.12.4150.0"), ("Adder", "Adder Foundation", "3.11.9"))
    assert out["lm_product_id"].to_list() == ["Adder.Adder.3.12", "Adder.Adder.3.11"]


def test_one_row_is_answered_like_many(pack: PackMatcher) -> None:
    rows = [
        ("Quill++ 3", "Pen Labs", None),
        ("Smith 2024.1", "Forge", "241.1"),
        ("Media Reader Deluxe", None, None),
        ("Nothing", None, None),
    ]
    together = decide(pack, *rows, *rows)
    assert together.columns == list(DECISION_COLUMNS)
    assert together.equals(pl.concat([decide(pack, row) for row in (*rows, *rows)]))


def test_the_order_of_the_table_does_not_matter(tmp_path: Path, pack: PackMatcher) -> None:
    header, *lines = TABLE.splitlines()
    (tmp_path / "turned.csv").write_text("\n".join([header, *reversed(lines)]) + "\n", encoding="utf-8")
    build_pack(tmp_path / "turned.csv", tmp_path / "turned.json")
    turned = PackMatcher(load_pack(tmp_path / "turned.json"))
    rows = [("Mailbox Pro", "North", None), ("Tug", "Ferry AG", None), ("Drawing  Studio", "maker", None), ("Lattice SDK", "Lattice", None)]
    columns = ["lm_status", "lm_product_id", "lm_score"]
    assert decide(turned, *rows).select(columns).equals(decide(pack, *rows).select(columns))


def test_an_answer_explains_itself(pack: PackMatcher) -> None:
    why = pack.explain_pack("Media Player Deluxe Plus", "Other Software Ltd")
    assert (why.status, why.product_id) == ("recognised", "Other.Player")
    assert why.shared == ("media", "player", "deluxe")
    assert why.left_in_string == ("plus",)
    assert why.runner_up is not None
    assert why.runner_up[0] == "Other.Reader"
    assert "only in the string: plus" in why.as_lines()


@pytest.mark.parametrize("name", ["Drawing Studio 4.2", "Adder 2.7.18", "Nothing of the kind", "", "Mailbox Pro"])
def test_the_explanation_is_the_decision(pack: PackMatcher, name: str) -> None:
    why = pack.explain_pack(name, "Maker")
    row = decide(pack, (name, "Maker", None)).row(0, named=True)
    assert (why.status, why.product_id) == (row["lm_status"], row["lm_product_id"])


def test_what_is_no_pack_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CatalogError):
        load_pack(tmp_path / "bad.json")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CatalogError):
        build_pack(tmp_path / "bad.csv", tmp_path / "x.json")


def test_the_labelled_set_beside_the_plain_matchers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(__file__).parents[3] / "benchmarks" / "accuracy"
    monkeypatch.syspath_prepend(str(folder))
    peers = importlib.import_module("peers")
    assert peers.main(["--peers", "licmatch", "exact", "token_sort_ratio", "-o", str(tmp_path / "packs.json")]) == 0
    found = json.loads((tmp_path / "packs.json").read_text(encoding="utf-8"))["peers"]
    assert found["licmatch"]["right"] >= 0.75
    assert found["licmatch"]["wrong"] <= 0.08
    for plain in ("exact", "token_sort_ratio"):
        for kind in ("precision_of_id", "precision_of_family"):
            shared = found["licmatch"][kind].keys() & found[plain][kind].keys()
            assert all(found["licmatch"][kind][coverage] >= found[plain][kind][coverage] for coverage in shared)


NUMBERS = st.sampled_from(["", " 3", " 3.11", " 3.12.4", " 2021", " 2021.1", " 2022.3.1", " 8.0", " 8", " 7.0.410", " 9.0"])
MARKS = st.sampled_from(["", " (x64)", " (x86)", " EAP", " beta", " Preview", " (ARM64)"])
STEMS = st.sampled_from(
    [
        *[("Adder", "Adder Foundation"), ("Smith", "Forge s.r.o."), ("Lattice SDK", "Lattice Corporation")],
        *[("Tug Boat", "Ferry AG"), ("Mailbox Pro", "North")],
    ]
)
VERSIONS = st.sampled_from([None, "3.11.2", "3.12", "2022.3", "8.0.1", "7", "1.0", "11"])
ROWS = st.tuples(STEMS, NUMBERS, MARKS, VERSIONS)
Row = tuple[tuple[str, str], str, str, str | None]


@given(st.lists(ROWS, min_size=1, max_size=12))
def test_rows_that_get_one_answer_would_each_get_it(pack: PackMatcher, rows: list[Row]) -> None:
    given_rows = [(name + number + mark, maker, version) for (name, maker), number, mark, version in rows]
    together = decide(pack, *given_rows)
    assert together.equals(pl.concat([decide(pack, row) for row in given_rows]), null_equal=True)


@given(st.lists(ROWS, min_size=1, max_size=6))
def test_shares_are_those_of_all_choices_scored_one_by_one(pack: PackMatcher, rows: list[Row]) -> None:
    for (name, maker), number, mark, version in rows:
        [reading], [made_by] = read_names(pl.Series([name + number + mark])), read_makers(pl.Series([maker]))
        told = () if version is None else (version,)
        choices = pack._ask(reading, made_by).choices
        if not choices.all:
            continue
        held = _Numbers(reading.numbers, told)
        scored: dict[str, float] = {}
        for choice in choices.all:
            scored[choice.id.id] = max(score(choice, reading, held), scored.get(choice.id.id, -math.inf))
        best = max(scored.values())
        weights = {identity: math.exp(round(value - best, 9)) for identity, value in scored.items() if value > best - NEGLIGIBLE}
        whole = math.fsum(weights.values())
        found = choices.shares(reading, told)
        assert {choice.id.id: part for part, choice in found} == {identity: weight / whole for identity, weight in weights.items()}
        assert [part for part, _ in found] == sorted((part for part, _ in found), reverse=True)
