from __future__ import annotations

import polars as pl

from licmatch.assess.ledger import compare_ledger


def test_ledger_and_scan_are_compared_device_by_device() -> None:
    ledger = pl.DataFrame({"device_id": ["a", "b", "c", "d"], "in_use": ["yes", None, "yes", "no"]})
    found = pl.DataFrame({"device_id": ["a", "b", "x", "idle"], "in_scope": [True, True, True, False]})
    books = compare_ledger(ledger, found)
    assert books is not None
    assert (books.listed, books.found, books.both) == (3, 3, 2)
    assert (books.only_ledger, books.only_found) == (("c",), ("x",))
    assert books.match == 0.5
    assert [(notice.code, notice.count) for notice in books.notices()] == [("LEDGER_NOT_FOUND", 1), ("FOUND_NOT_IN_LEDGER", 1)]


def test_without_a_ledger_nothing_is_compared() -> None:
    assert compare_ledger(None, pl.DataFrame({"device_id": ["a"], "in_scope": [True]})) is None


def test_nothing_on_either_side_is_no_perfect_match() -> None:
    nothing = pl.DataFrame(schema={"device_id": pl.String, "in_scope": pl.Boolean})
    books = compare_ledger(pl.DataFrame(schema={"device_id": pl.String}), nothing)
    assert books is not None
    assert books.match is None
