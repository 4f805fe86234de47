"""One engine for all threads and tasks: nothing in it changes, so whoever asks at the same time gets what they would get alone."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.unit.match.small import small_engine, write_small

from licmatch import Engine, load_plugins
from licmatch.match.once import DecidedOnce
from licmatch.schema import MATCH_COLUMNS

THREADS = 8
NAMES = [
    "Microsoft Office 2010", "Microsoft Word 2010",
    "win10 pro", "Twin Guard", "Tails 5.1", "????? Office 2010", "\u00c3\u2030dition Office 2016", None,
    *(f"Microsoft Office 2010 part {n}" for n in range(200)), *(f"nothing known {n}" for n in range(200)),
]  # fmt: skip


def frame(turn: int) -> pl.DataFrame:
    """The same names in another order for each thread, so that they do not walk in step."""
    return pl.DataFrame({"name": NAMES}).sample(fraction=1.0, shuffle=True, seed=turn)


def at_once(engine: Engine, barrier: Barrier, turn: int) -> tuple[pl.DataFrame, str, list[object]]:
    barrier.wait()
    told = engine.match(frame(turn))
    why = engine.explain("Microsoft Office 2010").as_text()
    return told, why, [engine.facts, engine.releases, engine.versions, engine.field_words is not None]


def test_threads_that_use_a_fresh_engine_at_once_get_what_each_would_get_alone(tmp_path):
    paths = write_small(tmp_path)
    expected = {turn: small_engine().match(frame(turn)) for turn in range(THREADS)}
    why = small_engine().explain("Microsoft Office 2010").as_text()
    # A fresh engine each time: what is built on first use is then built while others ask for it.
    for _ in range(3):
        engine = Engine.load(catalogs=paths, builtin=False, plugins=load_plugins(installed=False))
        barrier = Barrier(THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            for turn, (told, text, facts) in enumerate(pool.map(partial(at_once, engine, barrier), range(THREADS))):
                assert_frame_equal(told, expected[turn])
                assert text == why
                assert facts[0].equals(small_engine().facts)
                assert facts[2] == small_engine().versions


def test_engines_may_be_loaded_at_once(tmp_path):
    paths = write_small(tmp_path)
    barrier = Barrier(4)

    def load(_: int) -> Engine:
        barrier.wait()
        return Engine.load(catalogs=paths, builtin=False, plugins=load_plugins(installed=False))

    with ThreadPoolExecutor(4) as pool:
        assert {engine.versions["catalog"] for engine in pool.map(load, range(4))} == {small_engine().versions["catalog"]}


def test_tasks_match_in_threads_while_the_loop_goes_on(engine):
    async def work() -> tuple[list[pl.DataFrame], int]:
        beats = 0
        tasks = [asyncio.create_task(asyncio.to_thread(engine.match, frame(turn))) for turn in range(THREADS)]
        gathered = asyncio.gather(*tasks)
        while not gathered.done():
            await asyncio.sleep(0.001)
            beats += 1
        return await gathered, beats

    told, beats = asyncio.run(work())
    for turn, one in enumerate(told):
        assert_frame_equal(one, engine.match(frame(turn)))
    assert beats > 0


def test_a_lazy_answer_can_be_awaited(engine):
    async def work() -> pl.DataFrame:
        matched = await asyncio.to_thread(engine.match, frame(0).lazy())
        return await matched.collect_async()

    assert_frame_equal(asyncio.run(work()), engine.match(frame(0)))


def test_one_expression_may_be_used_by_several_threads():
    expression = pl.col("name").licmatch.match(engine=small_engine())
    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(lambda turn: frame(turn).select(expression).unnest("name"), range(THREADS))
        for turn, told in enumerate(found):
            assert_frame_equal(told, small_engine().match(frame(turn)).select(*MATCH_COLUMNS))


def test_threads_decide_a_name_once():
    asked: list[str | None] = []

    class Asked:
        def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
            asked.extend(keys["name"].to_list())
            return small_engine().decide(keys)

    once = DecidedOnce(Asked())
    keys = frame(0).with_columns(publisher=pl.lit(None, pl.String), version=pl.lit(None, pl.String))
    with ThreadPoolExecutor(THREADS) as pool:
        for told in pool.map(once.decide, [keys] * THREADS):
            assert_frame_equal(told, small_engine().decide(keys))
    assert len(asked) == len(set(NAMES))


@pytest.mark.parametrize("name", ["compiled", "plugins", "categories", "without", "packs"])
def test_what_an_engine_is_made_of_cannot_be_changed(name):
    part = getattr(small_engine(), name)
    if not isinstance(part, tuple):
        field = next(iter(getattr(part, "__struct_fields__", ()) or part.__slots__))
        with pytest.raises(AttributeError):
            setattr(part, field, None)
