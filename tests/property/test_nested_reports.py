"""Whatever stands in a report of a known shape: a named error or rows, and every record is one or the other."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch.errors import LicmatchError
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.registry import surest_reader

GOLDEN = Path(__file__).parents[1] / "golden" / "formats"
NAMES = sorted(
    folder.name
    for folder in GOLDEN.iterdir()
    if folder.name.split(".")[0]
    in ("jamf", "homebrew", "fleet", "tencent-ioa", "aliyun-sase", "aliyun-security-center", "huawei-hss", "cyclonedx", "spdx")
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["", " ", "N/A", "\x00", "\u202e"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every part of a JSON value."""
    found = [path]
    if isinstance(value, dict):
        for key, part in value.items():
            found += places(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            found += places(part, (*path, place))
    return found


def changed(value: object, path: tuple[str | int, ...], new: object) -> object:
    if not path:
        return new
    made = copy.deepcopy(value)
    inner = made
    for step in path[:-1]:
        inner = inner[step]  # type: ignore[index]
    inner[path[-1]] = new  # type: ignore[index]
    return made


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_a_report_with_any_part_replaced(name: str, data: st.DataObject) -> None:
    (file,) = (GOLDEN / name).glob("input.*")
    report = json.loads(file.read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(report)))
        report = changed(report, path, data.draw(ODD))
    doc = Document("x.json", json.dumps(report, ensure_ascii=False).encode("utf-8", "replace"))
    reader = surest_reader(doc)
    if reader is None:
        return
    gather = Gather()
    gather.begin()
    try:
        reader.read(doc, gather)
    except LicmatchError:
        return
    gather.end("x.json", reader.info.id, "utf-8", "", 0)
    software, *_, rejected, files = gather.finish()
    assert files[0].rows == software.collect().height + rejected.height
