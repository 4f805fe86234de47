"""What may stand behind an expected answer: whole, channel, of; and what is refused there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import CatalogError
from licmatch.match import Engine
from licmatch.match.examples import HEADER, check_examples, read_examples

HEAD = "\t".join(HEADER) + "\n"


@cache
def shipped() -> Engine:
    return Engine.load()


def misses(folder: Path, raw: str, expect: str) -> list[str]:
    file = folder / "x.tsv"
    file.write_text(f"{HEAD}{raw}\t\t\t{expect}\tconstructed\twhy not\n", encoding="utf-8")
    return [miss.got for miss in check_examples(read_examples([file]), shipped())]


@pytest.mark.parametrize(
    ("raw", "expect"),
    [
        ("Microsoft Office Professional Plus 2016", "office.microsoft-office-2016.professional-plus whole"),
        ("Microsoft Office Professional Plus 2016 Gravel", "office.microsoft-office-2016.professional-plus"),
        ("Microsoft Office 2016 Trial", "office.microsoft-office-2016 channel:trial whole"),
        ("Microsoft Office 2016 Language Pack", "role:language_pack of:office.microsoft-office"),
        ("Gravel Roller", "unknown"),
    ],
)
def test_what_holds(tmp_path, raw, expect):
    assert misses(tmp_path, raw, expect) == []


@pytest.mark.parametrize(
    ("raw", "expect"),
    [
        ("Microsoft Office Professional Plus 2016 Gravel", "office.microsoft-office-2016.professional-plus whole"),
        ("Microsoft Office 2016", "office.microsoft-office-2016 channel:trial"),
        ("Microsoft Office 2016 Language Pack", "role:language_pack of:office.microsoft-word"),
        ("Microsoft Office 2016", "unknown"),
    ],
)
def test_what_does_not(tmp_path, raw, expect):
    assert len(misses(tmp_path, raw, expect)) == 1


@pytest.mark.parametrize("mark", ["wholly", "channel:gift", "of:office", "whole:yes"])
def test_an_unknown_mark_is_refused_with_its_line(tmp_path, mark):
    with pytest.raises(CatalogError, match=r"x\.tsv:2: .* is no mark"):
        misses(tmp_path, "Microsoft Office 2016", f"office.microsoft-office-2016 {mark}")


def test_unknown_needs_its_reason(tmp_path):
    file = tmp_path / "x.tsv"
    file.write_text(f"{HEAD}Gravel Roller\t\t\tunknown\tconstructed\t\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="says why"):
        read_examples([file])


def test_a_surer_answer_than_memory_allows_does_not_hold(tmp_path, monkeypatch):
    file = tmp_path / "x.tsv"
    file.write_text(f"{HEAD}Windows 10 Pro\t\t\tos.windows-10.pro\tmemory\twhy not\n", encoding="utf-8")
    engine, decide = shipped(), Engine.decide
    for score, got in ((0.99, ["os.windows-10.pro at 0.99 (known from memory: at most 0.8)"]), (0.8, [])):
        told = pl.lit(score).alias("lm_score"), pl.lit(True).alias("memory")
        monkeypatch.setattr(Engine, "decide", lambda self, keys, told=told: decide(self, keys).with_columns(*told))
        assert [miss.got for miss in check_examples(read_examples([file]), engine)] == got
