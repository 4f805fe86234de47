"""`licmatch match` end to end: what the contract says of columns, order and files."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import polars as pl
import pytest

from licmatch.schema import MATCH_COLUMNS

NAMES = ["Microsoft Office 专业增强版 2016", "Nobody Knows This", "", "WPS Office", "Microsoft Office 专业增强版 2016"]
TABLE = pl.DataFrame({"资产编号": ["00123", "2", "3", "4", "5"], "软件名称": NAMES, "备注": ["=1+1", None, "a,b", 'q"q', "x\ny"]})
READERS = {
    ".parquet": pl.read_parquet,
    ".csv": lambda path: pl.read_csv(path, infer_schema=False),
    ".jsonl": pl.read_ndjson,
}


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "names.csv"
    TABLE.write_csv(path)
    return path


@pytest.mark.parametrize("ending", READERS)
def test_the_table_comes_back_with_the_columns_of_the_contract(licmatch, source, ending):
    out = source.with_name(f"out{ending}")
    ran = licmatch("match", source, "-o", out)
    assert ran.code == 0, ran.err
    matched = READERS[ending](out)
    assert matched.columns == [*TABLE.columns, *MATCH_COLUMNS]
    assert matched["资产编号"].to_list() == TABLE["资产编号"].to_list()
    assert matched["软件名称"].fill_null("").to_list() == NAMES
    assert matched["lm_status"].to_list() == ["recognised", "unknown", "unknown", "recognised", "recognised"]
    assert matched["lm_family"].to_list()[0] == "Microsoft Office"
    assert matched["lm_risk"].to_list() == ["none"] * 5


def test_the_summary_counts_every_row(licmatch, source):
    out = source.with_name("out.parquet")
    counts = json.loads(licmatch("match", source, "-o", out, "--json").out)
    assert counts == {
        "out": str(out), "rows": 5, "distinct": 4, "recognised": 3, "ambiguous": 0, "unknown": 2, "rejected": 0,
    }  # fmt: skip
    assert "5 rows, 4 distinct names; recognised 3" in licmatch("match", source, "-o", out).out
    assert licmatch("match", source, "-o", out, "--quiet").out == ""


def test_the_name_column_can_be_told(licmatch, source):
    out = source.with_name("out.parquet")
    assert licmatch("match", source, "-o", out, "--name", "备注").code == 0
    assert pl.read_parquet(out)["lm_status"].unique().to_list() == ["unknown"]
    ran = licmatch("match", source, "-o", out, "--name", "没有")
    assert ran.code in (2, 3)
    assert "没有" in ran.err


def test_standard_input_is_read(source):
    out = source.with_name("out.jsonl")
    ran = subprocess.run(
        [sys.executable, "-m", "licmatch", "match", "-", "-o", out, "--quiet"], input=source.read_bytes(), capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert pl.read_ndjson(io.BytesIO(out.read_bytes())).height == 5


def test_without_the_built_in_catalogs_a_pack_answers_alone(licmatch, source):
    products = source.with_name("ours.csv")
    products.write_text("id,name,publisher\nX-17,Nobody Knows This,Acme\n", encoding="utf-8")
    pack, out = source.with_name("ours.json"), source.with_name("out.parquet")
    assert licmatch("catalog", "build", products, "-o", pack).code == 0
    assert licmatch("match", source, "-o", out, "--no-builtin", "--catalog", pack).code == 0
    assert pl.read_parquet(out)["lm_product_id"].to_list() == [None, "X-17", None, None, None]


def test_leaving_a_plugin_out_leaves_its_products_unknown(licmatch, source):
    out = source.with_name("out.parquet")
    assert licmatch("match", source, "-o", out, "--without", "office").code == 0
    assert "office" not in pl.read_parquet(out)["lm_category"].to_list()


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_order_of_hashes_does_not_show(source, seed):
    outs = []
    for run in range(2):
        out = source.with_name(f"out-{seed}-{run}.parquet")
        command = [sys.executable, "-m", "licmatch", "match", source, "-o", out, "--quiet"]
        subprocess.run(command, check=True, env={**__import__("os").environ, "PYTHONHASHSEED": seed if run else "77"})
        outs.append(out.read_bytes())
    assert outs[0] == outs[1]


def test_with_a_store_the_second_run_gives_the_same_bytes(licmatch, source):
    written = []
    for store in ((), ("--store", source.with_name("store")), ("--store", source.with_name("store"))):
        out = source.with_name("out.parquet")
        assert licmatch("match", source, "-o", out, *store).code == 0
        written.append(out.read_bytes())
        out.unlink()
    assert written[0] == written[1] == written[2]


def test_an_input_is_never_written_over(licmatch, source):
    before = source.read_bytes()
    ran = licmatch("match", source, "-o", source)
    assert ran.code == 2
    assert "one of the inputs" in ran.err
    assert source.read_bytes() == before
    inside = source.parent / "sub" / "out.csv"
    inside.parent.mkdir()
    inside.write_text("name\nold\n", encoding="utf-8")
    assert licmatch("match", source.parent, "-o", inside).code == 2
