"""Evidence is worked out on columns: more computers of the same kinds cost no further call into Python."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import date
from types import FrameType
from typing import Any

import polars as pl
import pytest

import licmatch
from licmatch.assess import judgement
from licmatch.assess.side_by_side import side_by_side

DAY = date(2026, 11, 30)


def estate(times: int) -> dict[str, Any]:
    """The same three stories on so many computers each."""
    ids = [f"{story}-{number:04d}" for story in ("kms", "tool", "retail") for number in range(times)]
    kms, tool = (pl.col("device_id").str.starts_with(story) for story in ("kms", "tool"))
    devices = pl.DataFrame({"device_id": ids}).with_columns(
        hostname=pl.col("device_id").str.to_uppercase(), os_name=pl.lit("Microsoft Windows 10 专业版"), collected_at=pl.lit("2026-11-01")
    )
    return {
        "inventory": devices.select("device_id", name=pl.when(tool).then(pl.lit("KMSpico")).otherwise(pl.lit("WPS Office 个人版"))),
        "devices": devices,
        "activations": devices.select(
            "device_id", "collected_at",
            application=pl.lit("windows"), product_name=pl.lit("Windows(R), Professional edition"), license_status=pl.lit(1),
            description=pl.when(kms).then(pl.lit("VOLUME_KMSCLIENT channel")).otherwise(pl.lit("RETAIL channel")),
            partial_product_key=pl.when(kms).then(pl.lit("T83GX")).otherwise(pl.lit("3V66T")),
            kms_host=pl.when(kms).then(pl.lit("kms.loli.beer")),
        ),
        "traces": devices.filter(tool).select("device_id", kind=pl.lit("file_path"), value=pl.lit(r"C:\\KMSpico\\KMSELDI.exe")),
    }  # fmt: skip


def calls(work: Callable[[], Any], counted: list[int]) -> int:
    """How many Python functions a piece of work calls, in every thread of ours; `counted` is begun anew."""
    counted[0] = 0

    def count(_frame: FrameType, event: str, _arg: Any) -> None:
        counted[0] += event == "call"

    threading.setprofile(count)
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return counted[0]


def count_elements(monkeypatch: pytest.MonkeyPatch, counted: list[int]) -> None:
    """Count what is called for single values as well: polars calls that from threads of its own."""
    for kind in (pl.Expr, pl.Series):
        real = kind.map_elements

        def spied(self: Any, function: Callable[[Any], Any], *args: Any, real: Any = real, **kwargs: Any) -> Any:
            def each(value: Any) -> Any:
                counted[0] += 1
                return function(value)

            return real(self, each, *args, **kwargs)

        monkeypatch.setattr(kind, "map_elements", spied)


def test_hearing_and_fusing_call_python_no_more_often_on_ten_times_the_computers(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = licmatch.Engine.load()
    seen: dict[str, list[int]] = {"hear": [], "fuse": []}
    counter = [0]
    count_elements(monkeypatch, counter)
    for name in seen:
        work = getattr(judgement, name)

        def counted(*args: Any, work: Callable[..., Any] = work, name: str = name, **kwargs: Any) -> Any:
            done: list[Any] = []
            seen[name].append(calls(lambda: done.append(work(*args, **kwargs)), counter))
            return done[0]

        monkeypatch.setattr(judgement, name, counted)
    for times in (30, 30, 300):  # the first run fills what is kept for the next
        given = estate(times)
        result = licmatch.assess(given.pop("inventory"), **given, as_of=DAY, engine=engine)
    assert result.findings.filter(pl.col("grade").is_in(["strong", "conclusive"])).height >= 600
    for _, few, many in seen.values():
        assert many <= few * 1.02


def test_what_either_side_raises_is_raised() -> None:
    def fails() -> None:
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        side_by_side(fails, lambda: 1)
    with pytest.raises(ValueError, match="first"):
        side_by_side(lambda: 1, fails)
