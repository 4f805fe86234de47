"""No byte of a result can change, go or come without `verify` saying so."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.assess.cases import judged

from licmatch.errors import ResultError
from licmatch.result import verify


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("verify") / "county"
    ruling = {"ruling_id": "R", "ruled_by": "局", "document_no": "1", "ruled_on": "2026-10-01", "verdict": "cracked", "device_id": "a"}
    judged(
        ("a", "Windows 7"), ("b", "KMSpico"), ("b", "Foo"), rulings=pl.DataFrame([ruling]), out=target,
        reports=lambda _, partial: (partial / "report.html").write_text("<p>县</p>", encoding="utf-8"),
    )  # fmt: skip
    assert verify(target).holds
    return target


def holds(folder: Path) -> bool:
    try:
        return verify(folder).holds
    except ResultError:
        return False


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_single_byte_can_change(folder: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(path for path in folder.iterdir() if path.stat().st_size)))
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(1, 255))
    try:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :])
        assert not holds(folder)
    finally:
        path.write_bytes(whole)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_file_can_be_cut_or_grow(folder: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    whole = path.read_bytes()
    changed = data.draw(
        st.one_of(st.integers(0, max(0, len(whole) - 1)).map(lambda end: whole[:end]), st.binary(min_size=1).map(lambda more: whole + more))
    )
    if changed == whole:
        return
    try:
        path.write_bytes(changed)
        assert not holds(folder)
    finally:
        path.write_bytes(whole)


def test_no_file_can_go(folder: Path, tmp_path: Path) -> None:
    for path in sorted(folder.iterdir()):
        copy = Path(shutil.copytree(folder, tmp_path / path.name))
        (copy / path.name).unlink()
        assert not holds(copy), path.name


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="/\x00"), min_size=1, max_size=20).filter(lambda name: name not in (".", ".."))
)
def test_no_file_can_come(folder: Path, name: str) -> None:
    path = folder / name
    if path.exists():
        return
    try:
        path.write_bytes(b"")
    except OSError:
        return
    try:
        assert not holds(folder)
    finally:
        path.unlink()
