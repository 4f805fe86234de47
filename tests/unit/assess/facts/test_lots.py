"""Which lots speak of a thing: unit trees, bound devices, editions, days, and the difference between no and not known."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.small_engine import SmallEngine, product

from licmatch.assess.facts.lots import Lots, Question, edition_class, read_lots
from licmatch.assess.organisation import load_organisation
from licmatch.licences.lines import line_of, lines_of
from licmatch.licences.rights import built_in_rights
from licmatch.schema import ENTITLEMENTS

DAY = date(2026, 11, 30)
TREE = pl.DataFrame(
    {"unit_id": ["city", "county", "county", "town", "town", "town"], "ancestor": ["city", "county", "city", "town", "county", "city"]}
)
ANSWERS = {
    "Windows 10 Enterprise": product("os", "Windows 10", "10", "enterprise"),
    "Windows 11": product("os", "Windows 11", "11"),
    "Office 365": {**product("office", "Office 365"), "family_id": "office.office-365"},
}


def lots(*rows: dict[str, Any], **owner: Any) -> Lots:
    entitlements = [{"entitlement_id": f"e{place}", "metric": "device", "unit_id": None, **row} for place, row in enumerate(rows)]
    frame = pl.DataFrame([dict.fromkeys(ENTITLEMENTS) | row for row in entitlements], schema=ENTITLEMENTS)
    return read_lots(frame, load_organisation(owner), TREE, SmallEngine(answers=ANSWERS), DAY)


def covered(held: Lots, *, unit: str = "town", device: str = "d", edition: str | None = None, **question: Any) -> bool | None:
    wanted = pl.DataFrame(
        [(unit, device, "os.windows", edition)],
        schema=dict.fromkeys(("unit_id", "device_id", "line", "edition_class"), pl.String),
        orient="row",
    )
    answer = held.flags(wanted, covered=Question(held.given, **question))["covered"][0]
    return None if answer is None else bool(answer)


def test_nothing_handed_in_is_not_known() -> None:
    assert covered(lots()) is None
    assert covered(lots(volume_agreements=[])) is False


@pytest.mark.parametrize(
    ("owner", "unit", "answer"), [("county", "town", True), ("town", "county", False), (None, "town", True), ("town", "city", False)]
)
def test_a_lot_covers_its_unit_and_all_below(owner: str | None, unit: str, answer: bool) -> None:
    assert covered(lots({"product": "Windows 11", "unit_id": owner}), unit=unit) is answer


def test_a_bound_lot_covers_its_device_and_no_other() -> None:
    held = lots({"product": "Windows 11", "unit_id": "town", "device_id": "d"})
    assert (covered(held), covered(held, device="other")) == (True, False)


@pytest.mark.parametrize(
    ("start", "end", "answer"), [("2026-12-01", None, False), (None, "2026-11-29", False), ("2026-11-30", "2026-11-30", True)]
)
def test_only_lots_in_force_count(start: str | None, end: str | None, answer: bool) -> None:
    assert covered(lots({"product": "Windows 11", "valid_from": start, "valid_to": end}, {"product": "Office 365"})) is answer


def test_editions_part_only_where_both_are_known() -> None:
    held = lots({"product": "Windows 10 Enterprise"})
    assert covered(held, edition="professional", edition_class=None) is True
    wanted = [("professional", False), ("enterprise", True), (None, True)]
    for edition, answer in wanted:
        frame = pl.DataFrame(
            {"unit_id": ["town"], "device_id": ["d"], "line": ["os.windows"], "edition_class": [edition]},
            schema_overrides={"edition_class": pl.String},
        )
        assert held.flags(frame, covered=Question(True, edition=True))["covered"].to_list() == [answer]


def test_an_agreement_is_a_volume_lot_of_its_editions() -> None:
    held = lots(volume_agreements=[{"product": "Windows 10", "editions": ["Enterprise"], "unit": "county"}])
    assert held.frame.select("line", "edition_class", "unit_id", "volume").row(0) == ("os.windows", "enterprise", "county", True)


def test_what_nobody_recognises_covers_nothing_and_is_named() -> None:
    held = lots({"product": "无名软件"})
    assert (held.frame.height, [notice.detail for notice in held.notices]) == (0, ["无名软件"])


@pytest.mark.parametrize(
    ("family", "line"),
    [("os.windows", "os.windows"), ("os.windows-8-1", "os.windows"), ("os.windows-server-2012-r2", "os.windows-server"),
     ("os.windows-storage-server-2008", "os.windows-server"), ("office.microsoft-365", "office.microsoft-office"), ("os.uos", "os.uos"),
     ("antivirus.kaspersky-endpoint-security-11", "antivirus.kaspersky-endpoint-security")],
)  # fmt: skip
def test_lines_of_families(family: str, line: str) -> None:
    book = built_in_rights()
    assert pl.select(lines_of(pl.lit(family), book)).item() == line_of(family, book) == line


def test_classes_of_editions() -> None:
    slugs = pl.Series("e", ["enterprise-ltsc", "home-china", "pro-education", "pro-n", "professional-plus", "business", "special"])
    assert slugs.to_frame().select(edition_class(pl.col("e"))).to_series().to_list() == [
        "enterprise", "home", "education", "professional", "professional-plus", "professional", "special",
    ]  # fmt: skip
