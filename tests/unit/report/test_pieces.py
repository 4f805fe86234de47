"""Pieces of evidence told by number are the pieces themselves, each once, in the order in which a person reads them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from licmatch.report.pieces import RECOGNITION, pieces_of
from licmatch.rules import number_order
from licmatch.schema import EVIDENCE

_TEXT = st.sampled_from(["", "a", "b", "火绒", "Ω"])
PIECE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["ruling", "signature", "os", "installed_program", "unsettled_name"]), "source": st.none() | _TEXT,
        "row": st.none() | st.integers(-3, 3), "rule_id": st.none() | _TEXT, "text": st.none() | _TEXT,
        "weight": st.none() | st.sampled_from([0.0, 0.5, 1.0]),
    }
)  # fmt: skip
LISTS = st.lists(st.tuples(st.none() | st.lists(st.none() | PIECE, max_size=4), st.integers(0, 3)), max_size=6)


def _reading(piece: dict[str, Any]) -> list[Any]:
    first = {"ruling": 0, "installed_program": RECOGNITION, "os": RECOGNITION, "unsettled_name": 3}.get(piece["kind"], 1)
    weight = piece["weight"]
    texts = [piece[name] for name in ("kind", "rule_id", "text", "source", "row")]
    return [first, weight is None, -(weight or 0.0), *((value is None, value or 0 if value is None else value) for value in texts)]


@given(LISTS, LISTS)
@settings(max_examples=60, deadline=None)
def test_every_piece_is_told_once_in_its_order(copies: list[Any], findings: list[Any]) -> None:
    parts = [
        (pl.Series([one for one, _ in rows], dtype=pl.List(EVIDENCE)), pl.Series([at for _, at in rows], dtype=pl.UInt32))
        for rows in (copies, findings)
    ]
    wanted: dict[int, list[dict[str, Any]]] = {}
    for lists, at in (*copies, *findings):
        for piece in lists or ():
            if piece is not None and piece not in wanted.setdefault(at, []):
                wanted[at].append(piece)
    told = pieces_of(parts).in_words().to_dicts()
    assert told == [{"at": at} | piece for at in sorted(wanted) for piece in sorted(wanted[at], key=_reading)]


def test_pieces_that_do_not_go_into_one_number_are_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = {"kind": "signature", "source": "a", "row": 1, "rule_id": "r", "text": "t", "weight": 1.0}
    rows = [piece | {"row": row, "text": text} for text in ("t", "s") for row in (3, None, 3, 1, 2)]
    part = [(pl.Series([rows, [], rows[::-1]], dtype=pl.List(EVIDENCE)), pl.Series([1, 0, 0], dtype=pl.UInt32))]
    told = pieces_of(part).in_words()
    assert told["row"].to_list() == [1, 2, 3, None] * 4
    for bits in (12, 6, 0):
        # Room for all columns, for all but the row, for none.
        monkeypatch.setattr(number_order, "_BITS", bits)
        assert_frame_equal(pieces_of(part).in_words(), told)
