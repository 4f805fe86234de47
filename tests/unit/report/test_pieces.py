"""Pieces of evidence told by number are the pieces themselves, each once, in the order in which a person reads them."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from licmatch.report.pieces import RECOGNITION, pieces_of
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
