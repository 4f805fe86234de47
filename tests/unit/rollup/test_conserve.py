from __future__ import annotations

import polars as pl
import pytest

from licmatch.errors import ResultError
from licmatch.rollup import UnitTree, conserve, conserve_rows, count_columns

TREE = UnitTree(
    pl.DataFrame({"unit_id": ["r", "u"], "parent_id": [None, "r"], "level": [0, 1]}),
    pl.DataFrame({"unit_id": ["r", "u", "u"], "ancestor": ["r", "u", "r"]}),
)


def counts(unit_ids: list[str], **given: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"unit_id": unit_ids, **{name: given.get(name, [0] * len(unit_ids)) for name in count_columns(["os"])}})


def test_what_adds_up_passes() -> None:
    conserve(counts(["u"], devices=[3]), counts(["r", "u"], devices=[3, 3]), TREE, ["os"])


@pytest.mark.parametrize("devices", [[2, 3], [4, 3], [3, 2]])
def test_a_device_lost_or_counted_twice_is_found(devices: list[int]) -> None:
    with pytest.raises(ResultError, match="devices of a unit is not its own plus its children's"):
        conserve(counts(["u"], devices=[3]), counts(["r", "u"], devices=devices), TREE, ["os"])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"rows": [2, 2], "unknown": [1, 1]}, "rows are not"),
        ({"os_installed": [2, 2], "os_genuine": [1, 1]}, "installed is not"),
        ({"in_use": [1, 1], "os_covered": [1, 1], "os_coverable": [1, 1]}, "more devices are covered"),
    ],
)
def test_counts_must_agree_among_themselves(given: dict[str, list[int]], says: str) -> None:
    own = counts(["u"], **{name: values[1:] for name, values in given.items()})
    with pytest.raises(ResultError, match=says):
        conserve(own, counts(["r", "u"], **given), TREE, ["os"])


def test_devices_of_a_unit_outside_the_tree_are_found() -> None:
    with pytest.raises(ResultError, match="'stray'"):
        conserve(counts(["stray"], devices=[1]), counts(["r", "u"]), TREE, ["os"])


def test_rows_in_must_equal_what_became_of_them() -> None:
    matches = pl.DataFrame({"lm_status": ["recognised", "unknown"], "rows": [3, 4]})
    assert conserve_rows(9, matches, 7, 2) == {"rows_in": 9, "recognised": 3, "ambiguous": 0, "unknown": 4, "rejected": 2}
    for rows_in, top, rejected in ((8, 7, 2), (9, 6, 2), (9, 7, 3)):
        with pytest.raises(ResultError):
            conserve_rows(rows_in, matches, top, rejected)
