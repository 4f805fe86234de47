from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from tests.unit.licences.estates import ANCESTORS, AS_OF, EXCEL, FULL, OFFICE, WORD, Copy, demand_of, lot, lots_of, rights

from licmatch.licences import assign, beyond_licence, outcomes, position, verify_assignment


def found(copies, lots, as_of=AS_OF):
    return assign(demand_of(copies), lots_of(lots), ANCESTORS, rights(), as_of)


def told(copies, lots, as_of=AS_OF):
    return outcomes(found(copies, lots, as_of))["outcome"].to_list()


STANDARD = (OFFICE, "standard", "2019")
PRO = ("os.windows-10", "pro", "10")


@pytest.mark.parametrize(
    ("copy", "owned", "outcome"),
    [
        (STANDARD, lot(*STANDARD), "genuine_purchased"),
        (STANDARD, lot(*STANDARD, metric="site", quantity=None), "genuine_site"),
        (STANDARD, lot(*STANDARD, channel="allocated", proofs="配发通知"), "genuine_allocated"),
        (STANDARD, lot(*STANDARD, proofs="发票"), "no_evidence"),
        (STANDARD, lot(*STANDARD, valid_to=date(2025, 1, 1)), "expired"),
        (STANDARD, lot(*STANDARD, valid_from=date(2027, 1, 1)), None),
        (STANDARD, lot(*STANDARD, unit_id="b"), None),
        (STANDARD, lot(*STANDARD, scope="unit"), None),
        (STANDARD, lot(*STANDARD, channel="trial"), None),
        (STANDARD, lot(OFFICE, "professional-plus", "2019"), "version_mismatch"),
        (STANDARD, lot(OFFICE, "standard", "2016"), "version_mismatch"),
        (STANDARD, lot(OFFICE, "standard", "2016", maintenance_to=date(2018, 12, 1)), "genuine_purchased"),
        (STANDARD, lot(*STANDARD, metric="concurrent"), "no_evidence"),
        (STANDARD, lot(*STANDARD, metric="concurrent", proofs=FULL + ";并发记录"), "genuine_purchased"),
        (PRO, lot(*PRO, metric="oem", channel="oem", device_id="d0", proofs="装箱单;COA 标签"), "genuine_oem"),
        (PRO, lot(*PRO, metric="oem", channel="oem", device_id="d9", proofs="装箱单;COA 标签"), None),
        (PRO, lot(*PRO), "no_evidence"),  # an upgrade, and nobody knows of a full licence
    ],
)
def test_what_one_lot_makes_of_one_copy(copy, owned, outcome):
    assert told([Copy(0, "a", *copy)], [owned]) == [outcome]


def test_an_upgrade_needs_a_full_licence_on_the_computer():
    upgrade = lot("os.windows-10", "enterprise", "10")
    bare, known = Copy(0, "a", "os.windows-10", "enterprise", "10", False), Copy(0, "a", "os.windows-10", "enterprise", "10", True)
    assert told([bare], [upgrade]) == ["version_mismatch"]
    assert outcomes(found([bare], [upgrade]))["missing"].to_list() == [["base_licence"]]
    assert told([known], [upgrade]) == ["genuine_purchased"]
    oem = lot("os.windows-7", "professional", "7", metric="oem", channel="oem", device_id="d0", proofs="装箱单;COA")
    assert told([bare], [upgrade, oem]) == ["genuine_purchased"]
    box = lot("os.windows-7", "professional", "7", channel="retail", proofs="发票;包装")
    based = found([bare], [upgrade, box])
    assert based.covers["base_lot"].to_list() == [1]
    assert based.case == "milp"
    home = lot("os.windows-7", "home", "7", metric="oem", channel="oem", device_id="d0", proofs="装箱单;COA")
    assert told([bare], [upgrade, home]) == ["version_mismatch"]


def test_the_last_computers_are_beyond_the_licence():
    copies = [Copy(device, "a", *STANDARD) for device in (3, 1, 2)]
    over = beyond_licence(found(copies, [lot(*STANDARD, quantity=2)]))
    assert over["device_id"].to_list() == ["d3"]


def test_free_software_needs_the_approved_list():
    copies = [
        Copy(0, "a", "office.wps-office", "personal", None, None, "free", True),
        Copy(1, "a", "office.libreoffice", licence="open_source"),
    ]
    both = found([*copies, Copy(2, "a", "office.wps-office", "personal", None, None, "free", False)], [])
    assert both.covers["at"].to_list() == [2]
    assert position(both, rights())["free"].sum() == 2


def test_surplus_of_one_pool_never_offsets_another():
    rows = position(found([Copy(0, "a", *STANDARD)], [lot(OFFICE, "professional-plus", "2019", unit_id="a", quantity=5)]), rights())
    assert rows.select("shortfall", "surplus").rows() == [(0, 5), (1, 0)]


def test_an_oem_licence_dies_with_its_computer():
    oem = lot(*PRO, metric="oem", channel="oem", device_id="d9", proofs="装箱单;COA")
    assert position(found([Copy(0, "a", *PRO)], [oem]), rights())["entitled"].sum() == 0


def test_an_oem_downgrade_lasts_while_the_maker_supports_the_release():
    old, oem = (
        Copy(0, "a", "os.windows-7", "professional", "7"),
        lot(*PRO, metric="oem", channel="oem", device_id="d0", proofs="装箱单;COA"),
    )
    assert told([old], [oem], date(2019, 6, 1)) == ["genuine_oem"]
    assert told([old], [oem], date(2020, 6, 1)) == ["version_mismatch"]


def test_a_second_computer_of_a_person_wants_a_register():
    copies = [Copy(0, "a", OFFICE, "professional", "2010"), Copy(1, "a", OFFICE, "professional", "2010")]
    box = lot(OFFICE, "professional", "2010", channel="retail", proofs="发票;包装")
    assert told(copies, [box]) == ["genuine_purchased", "no_evidence"]
    assert told(copies, [box | {"proofs": "发票;包装;用户登记"}]) == ["genuine_purchased", "genuine_purchased"]


def test_one_seat_of_a_suite_covers_the_parts_on_one_computer_only():
    copies = [Copy(0, "a", WORD, None, "2019"), Copy(0, "a", EXCEL, None, "2019"), Copy(1, "a", WORD, None, "2019")]
    best = found(copies, [lot(*STANDARD)])
    assert best.covers["lot"].to_list() == [0, 0, None]
    assert best.covers["seat"].to_list() == [0, 0, None]


def test_a_present_assignment_is_kept_unless_more_can_be_covered():
    first, second = Copy(0, "a", *STANDARD), Copy(1, "a", *STANDARD)
    assert found([first, second], [lot(*STANDARD, device_id="d1")]).covers["lot"].to_list() == [None, 0]
    old, new = Copy(0, "a", OFFICE, "standard", "2016"), Copy(1, "a", *STANDARD)
    # The newer licence is assigned to the older copy, but only it reaches the newer one.
    lots = [lot(*STANDARD, device_id="d0"), lot(OFFICE, "standard", "2016")]
    assert found([old, new], lots).covers["lot"].to_list() == [1, 0]


@pytest.mark.parametrize("break_it", ["drop", "steal", "potential", "bound", "price", "value"])
def test_the_verifier_notices(break_it):
    joint = break_it in ("bound", "price", "value")
    copies = [Copy(device, "a", *STANDARD) for device in range(3)] + (
        [Copy(5, "a", WORD, None, "2019"), Copy(5, "a", EXCEL, None, "2019")] if joint else []
    )
    lots = [lot(*STANDARD, quantity=2, unit_price="10"), lot(*STANDARD, quantity=2, unit_price="20", unit_id="a")]
    good = found(copies, lots)
    asked = (demand_of(copies), lots_of(lots), ANCESTORS, rights(), AS_OF)
    assert verify_assignment(good, *asked) == ()
    first = pl.col("at") == 0
    priced = pl.col("side").str.starts_with("price")
    free = pl.when(priced).then(pl.col("potentials").list.eval(pl.element() * 0)).otherwise("potentials")
    wrong = {
        "drop": lambda: replace(good, covers=good.covers.with_columns(pl.when(~first).then("lot").alias("lot"))),
        "steal": lambda: replace(good, covers=good.covers.with_columns(lot=pl.lit(0, pl.UInt32), seat=pl.col("at").cast(pl.Int64))),
        "potential": lambda: replace(good, certificate=good.certificate.with_columns(pl.col("potentials").list.eval(pl.element() * 0))),
        "bound": lambda: replace(good, proofs=tuple(replace(p, bound=(9, *p.bound[1:])) if p.case == "milp" else p for p in good.proofs)),
        "price": lambda: replace(good, certificate=good.certificate.with_columns(potentials=free)),
        "value": lambda: replace(
            good, proofs=tuple(replace(p, gain=(*p.gain[:3], -9), bound=(*p.gain[:3], -9)) for p in good.proofs)
        ),
    }[break_it]()
    assert verify_assignment(wrong, *asked) != ()


def test_an_empty_estate_has_an_empty_position():
    none = found([], [])
    assert none.covers.is_empty()
    assert position(none, rights()).is_empty()
    assert verify_assignment(none, demand_of([]), lots_of([]), ANCESTORS, rights(), AS_OF) == ()


def test_two_suites_share_the_copies_of_like_computers_out():
    """Four copies each, of which two suites hold two and two: counted together for like computers, and every seat fits on one."""
    old = {"edition_id": "professional-plus", "release": "2013"}
    names = [(OFFICE, "professional-plus", "2013"), ("office.microsoft-access", None, "2013"), (WORD, None, "2019"), (EXCEL, None, "2019")]
    copies = [Copy(device, "a", *one) for device in range(6) for one in names]
    lots = [
        lot(OFFICE, old["edition_id"], old["release"], channel="retail", proofs="发票;包装", quantity=4),
        lot(OFFICE, "standard", "2019", quantity=5),
    ]
    best = found(copies, lots)
    assert best.case == "milp"
    assert best.problem.bundles.select("size").item() == 6
    assert best.covers["lot"].count() == 4 * 2 + 5 * 2
    assert best.covers.drop_nulls("lot").select("lot", "seat").unique().height == 9
    assert verify_assignment(best, demand_of(copies), lots_of(lots), ANCESTORS, rights(), AS_OF) == ()
    milp = next(proof for proof in best.proofs if proof.case == "milp")
    assert milp.gain == milp.bound
    assert len(milp.parts) == 4
