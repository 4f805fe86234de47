"""The grammar's own promises: composed truth, different names, no activator among the harmless ones."""

from __future__ import annotations

import re

from licmatch.demo import antivirus, office, pirated
from licmatch.demo.everyday import everyday_entries
from licmatch.demo.installed import first_different
from licmatch.demo.invented import invented_entries
from licmatch.demo.updates import language_rows, update_entries

ACCUSING = re.compile(r"激活|破解|注册机|crack|keygen|activat|KMS", re.IGNORECASE)


def test_a_suite_brings_components_that_are_not_products() -> None:
    bundle = next(b for b in office.office_bundles(1) if b.rows[0][0].name == "Microsoft Office 专业增强版 2016")
    roles = [entry.truth.role for entry, _ in bundle.rows if entry.truth]
    assert roles[0] == "product"
    assert {"component", "language_pack"} == set(roles[1:])
    assert any(entry.name == "Microsoft Word MUI (Chinese (Simplified)) 2016" for entry, _ in bundle.rows)


def test_the_release_of_wps_follows_its_version() -> None:
    assert office.wps_entry("12.1.0.16120").truth == office.Truth("office", "Kingsoft", "WPS Office", None, "2023")
    professional = office.wps_entry("11.8.2.10125").truth
    assert professional is not None
    assert professional.edition == "Professional"


def test_updates_name_their_product_and_are_updates() -> None:
    for entry in first_different(update_entries(7), 300):
        assert "KB" in entry.name
        assert entry.truth is not None
        assert entry.truth.role == "update"
        assert str(entry.truth.release) in entry.name


def test_harmless_names_accuse_nobody() -> None:
    entries = [entry for entry, _ in everyday_entries(3)] + first_different(invented_entries(3), 3000)
    entries += [entry for bundle in (*office.office_bundles(3), *antivirus.antivirus_bundles(3)) for entry, _ in bundle.rows]
    entries += [*language_rows(), *first_different(update_entries(3), 500)]
    assert [entry.name for entry in entries if ACCUSING.search(entry.name) or entry.tool] == []


def test_every_pirated_entry_says_which_tool_it_is() -> None:
    assert all(entry.tool for entry in pirated.pirated_entries())


def test_invented_names_do_not_run_out() -> None:
    names = {entry.name for entry in first_different(invented_entries(11), 20_000)}
    assert len(names) == 20_000
