"""An engine that remembers: the same answers, and each name asked once."""

from __future__ import annotations

import polars as pl
from polars.testing import assert_frame_equal

from licmatch.assess.remembering import Remembering
from licmatch.match import Engine
from licmatch.schema import NAME_KEY

NAMES = [
    ("Microsoft Office Standard 2019", "Microsoft Corporation", None),
    ("Windows 10 Pro", None, "10.0.19045"),
    ("Windows 10 Pro", None, None),
    ("KMSpico", None, None),
]


def keys(*rows: tuple[str, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(NAME_KEY, pl.String), orient="row")


def test_the_answers_are_the_engines_own_in_the_order_asked(engine: Engine) -> None:
    remembering = Remembering(engine)
    remembering.decide(keys(*NAMES[:2]))
    for asked in (keys(*NAMES), keys(*reversed(NAMES)), keys()):
        assert_frame_equal(remembering.decide(asked), engine.decide(asked))
    assert remembering.categories == engine.categories


def test_a_name_is_decided_once(engine: Engine) -> None:
    asked: list[int] = []

    class Counting(Remembering):
        def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
            asked.append(keys.height)
            return engine.decide(keys)

    remembering = Remembering(Counting(engine))
    remembering.decide(keys(*NAMES[:3]))
    remembering.decide(keys(*NAMES))
    remembering.decide(keys(*NAMES))
    assert asked == [3, 1]
