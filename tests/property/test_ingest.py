"""What holds for every input: no error but ours escapes, and every record is emitted or rejected."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licmatch.errors import LicmatchError
from licmatch.ingest import read_inventory, read_names

HEADS = (
    "",
    "Windows Registry Editor Version 5.00\n[HKLM\\Uninstall\\",
    '{"name": "',
    "[{",
    "<REQUEST><CONTENT>",
    "Node,Name,Vendor,Version\n",
    "Desired=Unknown\n+++-\n",
    "---Processing---\nLICENSE NAME:",
    "Name=\nVendor=\n",
    "PAR1",
    "PK\x03\x04",
    "device_id,name\n",
    "#TYPE x\n",
    "名称: \n许可证状态: 已授权\n描述: x\n",
    "\ufeff",
)
LETTERS = st.sampled_from("微信搜狗输入法办公软件专业版Office WPS,\"'\n;\t.-01()")
CELLS = st.text(LETTERS, max_size=12)


def read(content: bytes, name: str = "PC-1.csv") -> tuple[int, int, int] | None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        try:
            inventory = read_inventory([file])
        except LicmatchError:
            return None
        return inventory.software.select(pl.len()).collect().item(), inventory.rejected.height, sum(entry.rows for entry in inventory.files)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_any_bytes_give_an_inventory_or_a_licmatch_error(head: str, rest: bytes) -> None:
    for encoding in ("utf-8", "utf-16-le"):
        counts = read(head.encode(encoding) + rest)
        if counts is not None:
            assert counts[0] + counts[1] == counts[2]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(HEADS), st.text(max_size=200))
def test_any_text_gives_an_inventory_or_a_licmatch_error(head: str, rest: str) -> None:
    counts = read((head + rest).encode("utf-8", "surrogatepass"))
    if counts is not None:
        assert counts[0] + counts[1] == counts[2]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_record_of_a_table_is_emitted_or_rejected(records: list[tuple[str, str, str]], encoding: str, end: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(["计算机名", "软件名称", "版本"])
    writer.writerows(records)
    content = text.getvalue().encode(encoding)
    said = [record for record in records if any(record)]
    emitted, rejected, total = read(content) or (-1, -1, -1)
    assert emitted + rejected == total == len(said)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.csv"
        file.write_bytes(content)
        table = read_names([file])
        kept = table.frame.select(pl.col(table.name).fill_null("")).collect().to_series().to_list()
    assert kept == [record[1] for record in said]
