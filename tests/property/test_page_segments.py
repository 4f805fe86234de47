"""Numbers and texts that travel packed inside the page come out as they went in."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.report.page_reader import column as unpacked
from tests.unit.report.page_reader import steps as unstepped

from licmatch.report.packed import column, segment, steps, texts

NUMBERS = st.lists(st.integers(0, 2**32 - 1), max_size=60)
STEPPED = st.lists(st.integers(0, 2**30), max_size=60)


@given(NUMBERS)
def test_a_column_comes_back(numbers: list[int]) -> None:
    assert unpacked(column(numbers)) == numbers


@given(STEPPED)
def test_steps_come_back(numbers: list[int]) -> None:
    assert unstepped(steps(numbers)) == numbers


@given(st.lists(st.text(max_size=20), max_size=20), NUMBERS)
def test_a_segment_comes_back_part_by_part_and_cannot_end_its_script(said: list[str], numbers: list[int]) -> None:
    packed = segment(texts(said), column(numbers))
    assert not set(packed) & set("<>&'\"\\")
    whole = zlib.decompress(b64decode(packed))
    size = int.from_bytes(whole[:4], "little")
    assert json.loads(whole[4 : 4 + size]) == said
    assert whole[8 + size :] == column(numbers)


@pytest.mark.parametrize("numbers", [[-1], [2**32]])
def test_what_does_not_fit_is_refused(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        column(numbers)
