"""Killed at any moment, a run into an existing result leaves the earlier or the new one, whole. `make faults` kills a hundred times."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.estate import NEW, OLD, Estate, estate

pytestmark = [pytest.mark.faults, pytest.mark.skipif(os.name == "nt", reason="SIGKILL of POSIX")]
# In the tests that always run it is a handful; `make faults` sets a hundred for each of the two sweeps.
KILLS = int(os.environ.get("LICMATCH_KILLS", "4"))


@pytest.fixture
def place(tmp_path: Path) -> Estate:
    made = estate(tmp_path)
    assert made.run(made.words(OLD)).code == 0
    assert made.day_of_result() == OLD
    return made


@pytest.mark.parametrize("plain_renames", [False, True], ids=["exchange", "two renames"])
def test_killed_before_any_step_of_writing(place: Estate, plain_renames: bool) -> None:
    counted = place.run(place.words(NEW), count=True, plain_renames=plain_renames)
    assert counted.code == 0, counted.err
    steps = int(counted.out.split("steps ")[1])
    assert place.run(place.words(OLD)).code == 0
    days: Counter[str] = Counter()
    # From all over the run, and its last steps without a gap: old and new change places towards the end.
    kills = max(KILLS // 2, 3)
    points = sorted({*range(max(1, steps - kills), steps + 1), *(1 + at * steps // kills for at in range(kills))})
    for point in points:
        place.run(place.words(NEW), kill_at=point, plain_renames=plain_renames)
        day = place.day_of_result()
        days[day] += 1
        # What a killed run leaves is gone with the next one's, whatever it was: at most one run's leftovers lie there.
        if day == NEW:
            assert place.run(place.words(OLD), plain_renames=plain_renames).code == 0
            assert place.left_over() == []
    assert min(days[OLD], days[NEW]) > 0, days
    print(f"killed at {len(points)} of {steps} steps: {dict(days)}")
    assert place.run(place.words(NEW)).code == 0
    assert place.day_of_result() == NEW
    assert place.left_over() == []


def test_killed_at_any_time(place: Estate) -> None:
    start = time.monotonic()
    assert place.run(place.words(OLD)).code == 0
    whole = time.monotonic() - start
    days: Counter[str] = Counter()
    for at in range(KILLS):
        process = place.start(place.words(NEW if at % 2 else OLD))
        time.sleep(whole * (at + 0.5) / KILLS)
        process.kill()
        process.communicate()
        days[place.day_of_result()] += 1
    print(f"killed {KILLS} times within {whole:.1f} s: {dict(days)}")
    assert place.run(place.words(NEW)).code == 0
    assert place.day_of_result() == NEW
    assert place.left_over() == []
