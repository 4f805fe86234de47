from __future__ import annotations

import polars as pl
import pytest
from tests.unit.assess.cases import devices, finding, installed, judged

PRO, PRO_X86 = "Microsoft Office 专业增强版 2016", "Microsoft Office Professional Plus 2016 (x86)"


def test_rows_of_one_product_line_are_one_installation() -> None:
    [office] = installed(judged(("a", PRO), ("a", PRO_X86), ("a", PRO)), "a", "office")
    assert (office["rows_collapsed"], office["product_id"]) == (3, "office.microsoft-office-2016.professional-plus")
    seen = [piece for piece in office["evidence"] if piece["kind"] == "installed_program"]
    assert {piece["text"] for piece in seen} == {PRO, PRO_X86}
    assert sorted(piece["row"] for piece in seen) == [0, 1]


def test_a_name_without_release_joins_the_one_that_has_it() -> None:
    [office] = installed(judged(("a", "Microsoft Office"), ("a", PRO)), "a", "office")
    assert (office["release"], office["edition"], office["rows_collapsed"]) == ("2016", "professional-plus", 2)


def test_alone_a_name_without_release_stands_for_itself() -> None:
    [office] = installed(judged(("a", "Microsoft Office")), "a", "office")
    assert office["release"] is None


def test_two_releases_are_two_installations() -> None:
    assert [row["release"] for row in installed(judged(("a", PRO), ("a", "Microsoft Office 2010")), "a", "office")] == ["2010", "2016"]


@pytest.mark.parametrize("name", ["Microsoft Office MUI 2016", "KMSpico", "Foo"])
def test_what_needs_no_licence_is_no_installation(name: str) -> None:
    assert judged(("a", name)).installations.is_empty()


def test_an_application_is_part_of_the_suite_beside_it() -> None:
    [office] = installed(judged(("a", "Microsoft Word 2016"), ("a", PRO)), "a", "office")
    assert (office["family"], office["role"], office["rows_collapsed"]) == ("Microsoft Office", "product", 2)


def test_an_application_alone_counts() -> None:
    [word] = installed(judged(("a", "Microsoft Word 2016")), "a", "office")
    assert (word["family"], word["role"]) == ("Microsoft Word", "standalone_app")


def test_an_application_no_suite_holds_counts_beside_it() -> None:
    assert [row["family"] for row in installed(judged(("a", "Microsoft Visio 2016"), ("a", PRO)), "a", "office")] == [
        "Microsoft Office",
        "Microsoft Visio",
    ]


def test_an_application_of_another_release_is_not_part_of_the_suite() -> None:
    found = installed(judged(("a", "Microsoft Word 2016"), ("a", "Microsoft Office 2010")), "a", "office")
    assert [(row["family"], row["release"]) for row in found] == [("Microsoft Office", "2010"), ("Microsoft Word", "2016")]


def test_suites_of_other_devices_do_not_matter() -> None:
    result = judged(("a", "Microsoft Word 2016"), ("b", PRO))
    assert installed(result, "a", "office")[0]["family"] == "Microsoft Word"


def test_an_os_named_by_table_and_dump_is_one_installation_with_both_as_evidence() -> None:
    result = judged(("a", "Microsoft Windows 10 专业版"), devices=devices({"device_id": "a", "os_name": "Windows 10 Pro"}))
    [os] = installed(result, "a", "os")
    assert [(piece["kind"], piece["source"], piece["row"]) for piece in os["evidence"]] == [
        ("os", "devices", None), ("installed_program", "software", 0)]  # fmt: skip
    assert os["rows_collapsed"] == 1


def test_the_devices_table_knows_the_os_best() -> None:
    result = judged(("a", "Windows 7"), devices=devices({"device_id": "a", "os_name": "Windows 10 Pro"}))
    [os] = installed(result, "a", "os")
    assert os["family"] == "Windows 10"
    assert {piece["text"] for piece in os["evidence"]} == {"Windows 10 Pro", "Windows 7"}


def test_an_os_only_the_table_names_is_matched_with_no_rows() -> None:
    result = judged(("a", "Foo"), devices=devices({"device_id": "a", "os_name": "Windows 7"}, {"device_id": "b", "os_name": "Windows 7"}))
    row = result.matches.row(by_predicate=pl.col("name") == "Windows 7", named=True)
    assert (row["rows"], row["devices"]) == (0, 2)
    assert finding(result, "b", "os")["installations"] == 1


def test_a_name_in_table_and_dump_counts_each_device_once() -> None:
    result = judged(
        ("a", "Windows 7"),
        ("a", "Windows 7"),
        ("c", "Windows 7"),
        devices=devices({"device_id": "a", "os_name": "Windows 7"}, {"device_id": "b", "os_name": "Windows 7"}),
    )
    assert result.matches.filter(name="Windows 7").select("rows", "devices").row(0) == (3, 3)


def test_a_site_product_without_a_family_is_its_own_line() -> None:
    from tests.unit.assess.small_engine import SmallEngine, product

    own = {
        name: product("office", "x") | {"family_id": None, "lm_family": None, "lm_release": None, "lm_product_id": f"office.own-{name}"}
        for name in "PQ"
    }
    found = installed(judged(("a", "P"), ("a", "Q"), engine=SmallEngine(answers=own)), "a", "office")
    assert [row["product_id"] for row in found] == ["office.own-P", "office.own-Q"]
