"""What `catalog check` makes of what it is handed: site packs, folders, several at once, categories nobody owns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from licmatch.errors import UsageError
from licmatch.match.check import check

FAMILY = """schema = 1
category = "{category}"

[[family]]
id = "ember-cad"
name = "Ember CAD"
vendor = "Ember"
names = ["ember cad"]
{more}
"""
MAKER = '[[vendor]]\nname = "Ember"\n'
HEADER = "raw\tpublisher\tversion\texpect\tevidence\twhy\n"


def family(folder: Path, category: str = "office", more: str = "", expect: str = "office.ember-cad") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "ember.toml").write_text(FAMILY.format(category=category, more=more) + MAKER, encoding="utf-8")
    (folder / "ember.tsv").write_text(f"{HEADER}Ember CAD\t\t\t{expect}\tconstructed\t\n", encoding="utf-8")
    return folder


def pack(path: Path, *products: dict[str, str]) -> Path:
    path.write_text(json.dumps({"licmatch_pack": 1, "products": list(products)}, indent=1), encoding="utf-8")
    return path


DESK = {"id": "our.crm", "name": "Our Customer Desk", "publisher": "Us"}
HALL = {"id": "a", "name": "Ledger Hall"}
TWIN = {"id": "b", "name": "ledger  hall"}


def test_of_a_pack_its_own_products_are_checked_and_counted(tmp_path):
    report = check(pack(tmp_path / "p.json", DESK, {"id": "our.erp", "name": "Our Ledger Hall", "publisher": "Us"}))
    assert (report.faults, report.families, report.products, report.signatures, report.examples, report.phrases) == ((), 2, 2, 0, 2, 0)


def test_a_name_of_a_pack_that_means_another_product_is_a_fault_on_its_line(tmp_path):
    path = pack(tmp_path / "p.json", DESK, HALL, TWIN)
    [fault] = check([path], fast=True).faults
    assert (fault.file, fault.entry, fault.text) == (str(path), "b", "'ledger  hall' by nobody is b, and is answered a")
    assert '"id": "b"' in path.read_text(encoding="utf-8").splitlines()[(fault.line or 0) - 1]


def test_what_is_no_pack_is_a_fault_and_stops_no_other(tmp_path):
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    report = check([tmp_path / "broken.json", pack(tmp_path / "p.json", HALL, TWIN)], fast=True)
    assert [Path(str(fault.file)).name for fault in report.faults] == ["broken.json", "p.json"]
    assert "is no licmatch pack" in report.faults[0].text


def test_packs_and_folders_are_checked_side_by_side_and_only_they_are_counted(tmp_path):
    report = check([pack(tmp_path / "p.json", DESK), family(tmp_path / "own")])
    assert (report.faults, report.families, report.products, report.examples, report.phrases) == ((), 2, 1, 2, 1)
    assert not report.signatures


@pytest.mark.parametrize("inside", [(), ("site.json",), ("notes.txt", ".hidden.toml")])
def test_a_folder_without_a_catalog_is_refused(tmp_path, inside):
    for name in inside:
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no catalog"):
        check([tmp_path])


def test_an_examples_file_stands_for_the_catalog_beside_it(tmp_path):
    assert check(family(tmp_path / "own") / "ember.tsv").families == 1


def test_a_category_that_no_plugin_owns_is_told_and_is_no_fault_of_a_tool(tmp_path):
    report = check(family(tmp_path / "own", "ofice", 'role = "tool"', "role:tool"))
    [told] = report.unowned
    assert (report.faults, told.file, told.category, told.count) == ((), "own/ember.toml", "ofice", 1)
    assert {"os", "office", "antivirus"} <= set(told.installed)
    # Drafts of what nobody has looked at yet.
    assert check(family(tmp_path / "own", "other", 'role = "tool"', "role:tool")).unowned == ()
    assert check(family(tmp_path / "own", "office")).unowned == ()


def test_a_pack_of_a_category_that_no_plugin_owns_is_told(tmp_path):
    [told] = check(pack(tmp_path / "p.json", {**DESK, "category": "nosuch"}, {**HALL, "category": "office"})).unowned
    assert (told.category, told.count) == ("nosuch", 1)
    assert "no plugin that is installed owns the category 'nosuch'" in str(told)


def test_an_example_of_a_category_that_no_plugin_owns_says_why_first_and_what_to_choose(tmp_path):
    [fault] = check(family(tmp_path / "own", "other", "", "other.ember-cad"), fast=True).faults
    assert fault.text.startswith("no plugin that is installed owns the category 'other'")
    assert "(antivirus, office, os), or role = \"tool\"" in fault.text
    assert "expected" not in fault.text


def test_faults_that_stop_loading_hide_none_that_need_no_loading(tmp_path):
    own = family(tmp_path / "own", more='licence = "comercial"\nvendor_ = "x"')
    text = (own / "ember.toml").read_text(encoding="utf-8").replace('vendor = "Ember"', 'vendor = "Amber"')
    (own / "ember.toml").write_text(text.replace("ember-cad", "Ember_CAD"), encoding="utf-8")
    (own / "ember.tsv").write_text("raw\n", encoding="utf-8")
    report = check(own)
    told = [(fault.line, fault.text) for fault in report.faults]
    assert report.families == 1
    for line, part in (
        (1, "the header is not raw"), (7, "vendor 'Amber' is not in"), (9, "licence 'comercial'"), (10, "unknown key 'vendor_'"),
        (5, "the id is no slug"),
    ):  # fmt: skip
        assert any(number == line and part in text for number, text in told), (part, told)
    assert len(told) == 5, told
