from __future__ import annotations

from pathlib import Path

import licmatch_catalogs
from licmatch.match.check import check

ROOT = Path(licmatch_catalogs.__file__).parent


def test_a_built_in_file_is_looked_at_and_not_added_twice() -> None:
    report = check([ROOT / "office" / "wps-office.toml"])
    assert report.faults == ()
    assert 0 < report.examples < 1000


def test_a_fault_is_told_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('schema = 1\ncategory = "office"\n\n[[family]]\nid = "mine"\nname = 7\nvendor = "Microsoft"\n', encoding="utf-8")
    (fault,) = check([path]).faults
    assert (fault.file, fault.line, fault.entry) == ("own.toml", 6, "mine")


SITE = """
schema = 1
category = "office"

[[family]]
id = "ember-note"
name = "Ember Note"
vendor = "Ember Works"
names = ["ember note"{more}]

[[vendor]]
name = "Ember Works"
"""
HEADER = "raw\tpublisher\tversion\texpect\tevidence\twhy\n"


def site(folder: Path, more: str, *examples: str) -> Path:
    path = folder / "site.toml"
    path.write_text(SITE.replace("{more}", more), encoding="utf-8")
    path.with_suffix(".tsv").write_text(HEADER + "".join(f"{line}\n" for line in examples), encoding="utf-8")
    return path


EMBER = "Ember Note\t\t\toffice.ember-note\tconstructed\t"


def test_a_site_catalog_whose_names_all_earn_their_place_is_sound(tmp_path: Path) -> None:
    report = check([site(tmp_path, "", EMBER)])
    assert (report.faults, report.phrases, report.idle) == ((), 1, 0)


def test_one_idle_name_is_a_fault_with_file_and_line(tmp_path: Path) -> None:
    path = site(tmp_path, ', "embernote"', EMBER)
    report = check([path])
    (fault,) = report.faults
    assert (fault.file, fault.line, fault.entry, report.idle) == ("site.toml", 9, "office.ember-note", 1)
    assert "'embernote' is idle: stands in no example" in fault.text
    assert check([path], fast=True).faults == ()
    assert check([site(tmp_path, ', "embernote"', EMBER, EMBER.replace("Ember Note", "EmberNote"))]).faults == ()


def test_a_name_that_only_repeats_another_is_idle_too(tmp_path: Path) -> None:
    told = check([site(tmp_path, ', "(ember|) ember note"', EMBER)]).faults
    assert any("is idle" in fault.text for fault in told)


def test_a_vendor_word_of_a_site_must_earn_its_place(tmp_path: Path) -> None:
    path = site(tmp_path, "", EMBER)
    path.write_text(path.read_text(encoding="utf-8") + 'words = ["emberworks"]\n', encoding="utf-8")
    (fault,) = check([path]).faults
    assert (fault.line, "'emberworks' is idle" in fault.text) == (13, True)
    path.with_suffix(".tsv").write_text(f"{HEADER}{EMBER}\nEmberworks Ember Note\t\t\toffice.ember-note whole\tproof\t\n", encoding="utf-8")
    assert check([path]).faults == ()


def test_a_name_of_a_built_in_product_must_be_told_apart_from_it(tmp_path: Path) -> None:
    (fault,) = check([site(tmp_path, ', "lark docs", "libreoffice"', EMBER, EMBER.replace("Ember Note", "Lark Docs"))], fast=True).faults
    assert "office.libreoffice too, and no example tells them apart" in fault.text
