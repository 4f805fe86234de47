from __future__ import annotations

import polars as pl
from tests.unit.assess.cases import devices, judged

from licmatch.rollup import ranked_unknown
from licmatch.schema import UNKNOWN


def test_names_that_hold_something_open_come_first_then_by_devices() -> None:
    result = judged(
        ("a", "某某杀毒"), ("a", "Foo"), ("b", "Foo"), ("a", "Bar"), ("a", "Bar"), ("a", "Windows Defender"), ("b", "天擎"), ("c", "天擎")
    )
    rows = result.unknown.select("name", "lm_status", "category", "rows", "devices", "interval_open").rows()
    # One copy and three open names: each device with an open name holds a quarter of the rate.
    assert rows == [
        ("天擎", "ambiguous", "antivirus", 2, 2, 0.5),
        ("某某杀毒", "unknown", "antivirus", 1, 1, 0.25),
        ("Foo", "unknown", None, 2, 2, 0.0),
        ("Bar", "unknown", None, 2, 1, 0.0),
    ]
    low, high = result.scores.select("antivirus_rate_low", "antivirus_rate_high").row(0)
    assert high - low == result.unknown["interval_open"].sum()


def test_devices_out_of_use_hold_nothing_open() -> None:
    idle = devices({"device_id": "a", "in_use": "no"})
    result = judged(("a", "某某杀毒"), ("b", "Windows Defender"), ("b", "天擎"), devices=idle)
    assert result.unknown.select("name", "interval_open").rows() == [("天擎", 0.5), ("某某杀毒", 0.0)]
    low, high = result.scores.select("antivirus_rate_low", "antivirus_rate_high").row(0)
    assert high - low == 0.5


def test_names_that_hold_equally_much_stand_by_their_texts_without_one_last() -> None:
    texts = [("B", "p", "1"), ("A", None, "1"), ("A", "q", "1"), ("A", "p", None), ("A", "p", "2"), ("A", "p", "1")]
    told = {"lm_status": "unknown", "category": "os", "rows": 1, "devices": 1, "held_open": 1}
    rows = pl.DataFrame([dict(zip(("name", "publisher", "version"), text, strict=True)) | told for text in texts])
    rows = rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in UNKNOWN.items() if name not in rows.columns)
    ranked = ranked_unknown(rows, pl.DataFrame({"os_installed": [2], "os_open_names": [6]}))
    assert ranked.select("name", "publisher", "version").rows() == [
        ("A", "p", "1"), ("A", "p", "2"), ("A", "p", None), ("A", "q", "1"), ("A", None, "1"), ("B", "p", "1"),
    ]  # fmt: skip
    assert ranked["interval_open"].to_list() == [0.125] * 6
