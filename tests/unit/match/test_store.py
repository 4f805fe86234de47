from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.unit.match.small import small_engine

from licmatch.errors import UsageError
from licmatch.match.store import DecisionStore
from licmatch.schema import NAME_KEY

NAMES = pl.DataFrame(
    [
        ("Microsoft Office 2016", "Microsoft Corporation", "16.0"),
        ("Twin Guard", None, None),
        ("Something Else", "Somebody", "1"),
        (None, None, None),
    ],
    schema=dict.fromkeys(NAME_KEY, pl.String),
    orient="row",
)


def test_a_second_run_decides_only_what_is_new(tmp_path: Path) -> None:
    engine = small_engine()
    first = DecisionStore(tmp_path / "store")
    engine.remembering(first).decide(NAMES.head(2))
    first.save()
    second = DecisionStore(tmp_path / "store")
    assert_frame_equal(engine.remembering(second).decide(NAMES), engine.decide(NAMES))
    assert (second.reused, second.decided) == (2, 2)


def test_rows_keep_their_order_and_a_null_name_is_remembered_too(tmp_path: Path) -> None:
    engine, store = small_engine(), DecisionStore(tmp_path / "store")
    engine.remembering(store).decide(NAMES)
    turned = NAMES.reverse()
    assert_frame_equal(engine.remembering(store).decide(turned), engine.decide(turned))
    assert store.decided == NAMES.height


def test_a_damaged_store_is_begun_anew(tmp_path: Path) -> None:
    engine, store = small_engine(), DecisionStore(tmp_path / "store")
    engine.remembering(store).decide(NAMES)
    store.save()
    names = tmp_path / "store" / "names.parquet"
    names.write_bytes(names.read_bytes()[:-40])
    again = DecisionStore(tmp_path / "store")
    assert_frame_equal(engine.remembering(again).decide(NAMES), engine.decide(NAMES))
    assert again.reused == 0


def test_answers_of_another_engine_are_not_taken_over(tmp_path: Path) -> None:
    engine, store = small_engine(), DecisionStore(tmp_path / "store")
    engine.remembering(store).decide(NAMES)
    store.save()
    mark = tmp_path / "store" / "store.json"
    told = json.loads(mark.read_text("utf-8"))
    mark.write_text(json.dumps(told | {"engine": "0" * 64}), "utf-8")
    again = DecisionStore(tmp_path / "store")
    engine.remembering(again).decide(NAMES)
    assert (again.reused, again.decided) == (0, NAMES.height)


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError):
        DecisionStore(tmp_path / "letters")
    assert (tmp_path / "letters" / "mine.txt").read_text("utf-8") == "mine"


def test_an_empty_folder_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    engine, store = small_engine(), DecisionStore(tmp_path / "store")
    engine.remembering(store).decide(NAMES)
    store.save()
    again = DecisionStore(tmp_path / "store")
    engine.remembering(again).decide(NAMES)
    assert (again.reused, again.decided) == (NAMES.height, 0)


def test_the_same_names_give_the_same_bytes(tmp_path: Path) -> None:
    engine = small_engine()
    for folder, order in (("one", NAMES), ("two", NAMES.reverse())):
        store = DecisionStore(tmp_path / folder)
        engine.remembering(store).decide(order)
        store.save()
    mark = (tmp_path / "one" / "store.json").read_text("utf-8")
    assert mark == json.dumps(json.loads(mark), sort_keys=True, indent=1) + "\n"
    for name in ("store.json", "names.parquet", "catalog.msgpack"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
