"""Rows counted on devices and names: what judging looks at, and what it looks at only beside traces."""

from __future__ import annotations

import polars as pl
import pytest

from licmatch.assess.accusers import accused_rows, accusers_in_evidence
from licmatch.assess.evidence import KEPT, gathered, pieces
from licmatch.assess.names import Names
from licmatch.assess.occurrences import Occurrences, count_occurrences, match_numbers
from licmatch.ingest.numbered import number_rows
from licmatch.schema import EVIDENCE, NAME_KEY

ROWS = pl.DataFrame(
    [
        ("b", "Patch", "Maker", "2"), ("a", "Patch", "Maker", "2"), ("c", "Patch", "Maker", "2"), ("a", "Crack", None, None),
        ("b", "Patch", "Maker", "2"), ("b", "Office", "Maker", "16"), ("a", "Chat", None, "1"), ("a", "Office", None, "16"),
    ],
    schema=["device_id", *NAME_KEY], orient="row",
)  # fmt: skip
DEVICES = pl.DataFrame({"device_id": ["a", "b", "c"], "device": [0, 1, 2]}, schema_overrides={"device": pl.UInt32})


def names(*more: tuple[str, str | None, str | None]) -> Names:
    """The names of the rows in their order, and further ones that a devices table gives."""
    told = pl.DataFrame(more, schema=dict.fromkeys(NAME_KEY, pl.String), orient="row")
    listed = pl.concat([ROWS.select(NAME_KEY), told]).unique().sort(NAME_KEY).with_row_index("match")
    name = pl.col("name")
    return Names(
        listed.with_columns(
            lm_status=pl.when(name == "Chat").then(pl.lit("unknown")).otherwise(pl.lit("recognised")), lm_role=pl.lit(None, pl.String),
            signed=name == "Crack", needed=name.is_in(["Crack", "Office"]), beside_traces=name == "Patch",
        )
    )  # fmt: skip


def told(found: Occurrences, decided: Names) -> list[tuple[object, ...]]:
    return found.pairs.join(decided.frame, on="match").select("device", "name", "rows", "row").sort("device", "name", "row").rows()


@pytest.mark.parametrize("further", [(), (("AAA 1", None, None), ("Zzz 1", None, None))])
def test_what_is_needed_beside_traces_is_looked_at_where_some_may_be(further: tuple[tuple[str, None, None], ...]) -> None:
    decided = names(*further)
    found = count_occurrences(number_rows(ROWS.lazy()), decided, DEVICES)
    assert told(found, decided) == [(0, "Crack", 1, 3), (0, "Office", 1, 7), (0, "Patch", 1, 1), (1, "Office", 1, 5)]
    reported = count_occurrences(number_rows(ROWS.lazy()), decided, DEVICES, traced=pl.Series([1]))
    assert told(reported, decided) == [*told(found, decided), (1, "Patch", 2, 0)]
    # What is not looked at is counted all the same.
    by_name = found.devices.join(decided.frame, on="match").select("name", "publisher", "devices").sort("name", "publisher").rows()
    assert by_name == [("Chat", None, 1), ("Crack", None, 1), ("Office", None, 1), ("Office", "Maker", 1), ("Patch", "Maker", 3)]
    assert found.rows.select("device", "recognised", "ambiguous", "unknown").rows() == [(0, 3, 0, 1), (1, 3, 0, 0), (2, 1, 0, 0)]


def test_names_are_numbered_in_their_order() -> None:
    rows = number_rows(ROWS.lazy())
    assert rows.names["name_number"].to_list() == list(range(rows.names.height))
    assert rows.names.select(NAME_KEY).equals(rows.names.select(NAME_KEY).sort(NAME_KEY, nulls_last=False))
    assert match_numbers(rows, names()).to_list() == rows.names["name_number"].to_list()


def test_evidence_stands_by_its_key_in_the_order_of_the_parts() -> None:
    first, second = (
        pieces(pl.DataFrame({"at": keys, "text": texts}, schema_overrides={"at": pl.UInt32}), ["at"], text=pl.col("text"))
        for keys, texts in (([2, 0], ["x", "y"]), ([0, 1, 2, 2], ["a", "b", "c", "d"]))
    )
    lists = gathered([first, second, first.clear()], ["at"])
    said = lists.select("at", pl.col("evidence").list.eval(pl.element().struct.field("text"))).rows()
    assert said == [(0, ["y", "a"]), (1, ["b"]), (2, ["x", "c", "d"])]
    many = pl.concat([second] * KEPT)
    assert gathered([many], ["at"])["evidence"].list.len().to_list() == [KEPT] * 3


def test_the_rules_that_accuse_are_told_of_each_list() -> None:
    def piece(kind: str, rule: str | None, weight: float | None) -> dict[str, object]:
        return {"kind": kind, "source": "s", "row": 1, "rule_id": rule, "text": "t", "weight": weight}

    seen = piece("installed_program", "family", 1.0)
    lists = [
        [seen], None, [piece("rule", "b", 0.9), seen, piece("signature", "a", None), piece("rule", "b", 0.5)], [],
        [piece("rule", "c", 0.0), piece("explained", "d", 0.0), piece("rule", None, 1.0)], [piece("rule", "e", 1.0)],
    ]  # fmt: skip
    frame = pl.DataFrame({"at": range(6), "evidence": lists}, schema={"at": pl.UInt32, "evidence": pl.List(EVIDENCE)})
    assert accused_rows(frame["evidence"]).rows() == [(2, ["a", "b"]), (5, ["e"])]
    assert accusers_in_evidence(frame, "at")["accused_by"].to_list() == [[], [], ["a", "b"], [], [], ["e"]]
