"""`catalog check|build|list|show` on what a site hands over."""

from __future__ import annotations

import json

import pytest

TABLE = (
    "id,name,publisher,category\ncad.ember,Ember CAD 2024,Ember Works,{category}\n"
    "cad.ember,余烬CAD 2024,余烬软件,\nchat.parley,Parley,Parley LLC,\n"
)


@pytest.fixture
def pack(licmatch, tmp_path):
    (tmp_path / "ours.csv").write_text(TABLE.format(category="office"), encoding="utf-8")
    assert licmatch("catalog", "build", tmp_path / "ours.csv", "-o", tmp_path / "ours.json", "--quiet").code == 0
    return str(tmp_path / "ours.json")


def test_a_pack_is_checked_and_nothing_else(licmatch, pack):
    for more in ((), ("--fast",)):
        ran = licmatch("catalog", "check", pack, *more)
        assert (ran.code, ran.out.strip()) == (0, "no faults: products of site packs: 3")
    told = json.loads(licmatch("catalog", "check", pack, "--json").out)
    assert (told["families"], told["products"], told["faults"], told["unowned"]) == (3, 3, [], [])


def test_one_fault_is_one_fault(licmatch, tmp_path):
    path = tmp_path / "twins.json"
    path.write_text('{"licmatch_pack": 1, "products": [{"id": "a", "name": "Hall"}, {"id": "b", "name": "hall"}]}', encoding="utf-8")
    ran = licmatch("catalog", "check", path)
    assert (ran.code, len(ran.out.splitlines())) == (3, 1)
    assert "1 fault: " in ran.err
    assert "1 处错误" in licmatch("catalog", "check", path, "--lang", "zh").err


def test_a_folder_without_a_catalog_is_an_error(licmatch, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = licmatch("catalog", "check", tmp_path / "empty")
    assert (ran.code, "holds no catalog" in ran.err, ran.out) == (2, True, "")
    assert licmatch("explain", "x", "--catalog", tmp_path / "empty").code == 2


def test_a_category_without_a_plugin_is_noted_when_a_pack_is_built_and_checked(licmatch, tmp_path):
    (tmp_path / "ours.csv").write_text(TABLE.format(category="nosuch"), encoding="utf-8")
    build = ("catalog", "build", tmp_path / "ours.csv", "-o", tmp_path / "ours.json")
    for words in (build, ("catalog", "check", tmp_path / "ours.json")):
        ran = licmatch(*words)
        assert ran.code == 0
        assert "no installed plugin owns the category 'nosuch'" in ran.err
        assert "antivirus, office, os" in ran.err
        assert "类别为“nosuch”" in licmatch(*words, "--lang", "zh").err
        assert licmatch(*words, "--quiet").err == ""
    assert json.loads(licmatch(*build, "--json").out)["categories"] == {"nosuch": 1}


def test_a_pack_that_nobody_could_load_is_not_written(licmatch, tmp_path):
    (tmp_path / "ours.csv").write_text(TABLE, encoding="utf-8")
    ran = licmatch("catalog", "build", tmp_path / "ours.csv", "-o", tmp_path / "p.txt")
    assert (ran.code, "ends in .json" in ran.err, (tmp_path / "p.txt").exists()) == (2, True, False)


def test_a_table_without_its_columns_is_told_those_it_has(licmatch, tmp_path):
    (tmp_path / "ours.csv").write_text("ident,titel\n1,2\n", encoding="utf-8")
    ran = licmatch("catalog", "build", tmp_path / "ours.csv", "-o", tmp_path / "ours.json")
    assert (ran.code, "needs the columns id and name, and has 'ident', 'titel'" in ran.err) == (3, True)


def test_products_of_a_pack_are_listed_and_shown(licmatch, pack):
    assert licmatch("catalog", "list", "--no-builtin", "--catalog", pack, "--quiet").out.split() == ["cad.ember", "chat.parley"]
    assert "cad.ember" in licmatch("catalog", "list", "--category", "office", "--catalog", pack, "--quiet").out.split()
    ran = licmatch("catalog", "show", "cad.ember", "--catalog", pack)
    assert (ran.code, "Ember CAD 2024" in ran.out, "余烬CAD 2024" in ran.out) == (0, True, True)
    [told] = json.loads(licmatch("catalog", "show", "chat.parley", "--catalog", pack, "--json").out)
    assert (told["name"], told["pack"]) == ("Parley", pack)
    assert "did you mean chat.parley?" in licmatch("catalog", "show", "chat.parly", "--catalog", pack).err


def test_a_licence_nobody_knows_is_refused_wherever_the_catalog_is_loaded(licmatch, tmp_path):
    path = tmp_path / "own.toml"
    family = 'schema = 1\ncategory = "office"\n[[family]]\nid = "x"\nname = "X"\nvendor = "Microsoft"\nlicence = "comercial"\n'
    path.write_text(family, encoding="utf-8")
    ran = licmatch("explain", "x", "--catalog", path)
    assert (ran.code, "own.toml:7 x: licence 'comercial' is none of commercial" in ran.err) == (3, True)
