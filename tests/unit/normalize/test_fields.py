from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from licmatch.match import Engine
from licmatch.normalize import FIELDS, read_fields, traced
from licmatch.normalize.fields import locate_fields

WORDS = Path(__file__).parents[3] / "catalogs" / "licmatch_catalogs" / "vocabulary" / "words.toml"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Foo (x64)", {"architecture": ["x64"]}),
        ("Foo 64-bit Edition", {"architecture": ["x64"]}),
        ("Foo 32 位", {"architecture": ["x86"]}),
        ("Foo arm64", {"architecture": ["arm64"]}),
        ("libfoo loongarch64", {"architecture": ["loongarch64"]}),
        ("Foo x86 x64", {"architecture": ["x86", "x64"]}),
        ("Microsoft 365 - en-us", {"language": ["en-US"]}),
        ("Foo (zh-CN)", {"language": ["zh-CN"]}),
        ("Foo zh_TW", {"language": ["zh-TW"]}),
        ("Foo sr-Latn-RS", {"language": ["sr-Latn-RS"]}),
        ("Foo English", {"language": ["en"]}),
        ("福昕 繁體中文版", {"language": ["zh-Hant"]}),
        ("Foo 中文版", {"language": ["zh"]}),
        ("Foo (Deutsch)", {"language": ["de"]}),
        ("Foo 11.1.0.8612", {"version": ["11.1.0.8612"]}),
        ("Foo v3", {"version": ["3"]}),
        ("Foo 版本 12", {"version": ["12"]}),
        ("Windows 10 Version 21H2", {"version": ["21h2"]}),
        ("Foo 2016", {}),  # a bare number may be the product's own
        ("Windows 11 (Build 22631.3007)", {"build": ["22631.3007"]}),
        ("Windows 10.0.19045", {"version": ["10.0.19045"], "build": ["19045"]}),
        ("Update (KB5012170)", {"kb": ["5012170"]}),
        ("Windows 7 SP1", {"service_pack": ["1"]}),
        ("Windows XP Service Pack 3", {"service_pack": ["3"]}),
        ("Foo (remove only)", {"noise": ["remove only"]}),
        ("Foo (User)", {"noise": ["user"]}),
        ("Office 即点即用", {"channel": ["click-to-run"]}),
        ("Foo (MSI)", {"channel": ["msi"]}),
        ("MSI Afterburner", {}),
        ("Windows 7 OEM", {"channel": ["oem"]}),
        ("Foo (C:\\Program Files (x86)\\Foo)", {"path": ["C:\\Program Files (x86)\\Foo"]}),
        ("Foo [/opt/apps/foo]", {"path": ["/opt/apps/foo"]}),
        ("Foo {90160000-0011-0000-0000-0000000FF1CE}", {"product_code": ["{90160000-0011-0000-0000-0000000FF1CE}"]}),
    ],
)
def test_fields_without_a_catalog(name: str, told: dict[str, list[str]]) -> None:
    row = read_fields(pl.Series([name])).row(0, named=True)
    if "path" in told:  # the words of a path are read too
        assert row["path"] == told["path"]
        return
    assert {field: row[field] for field in FIELDS if row[field]} == told


def test_what_a_field_says_stays_in_the_key() -> None:
    (key,) = read_fields(pl.Series(["Windows 10 Enterprise N LTSC x64 (zh-CN)"]))["key"]
    assert key.split() == ["windows", "10", "enterprise", "n", "ltsc", "x", "64", "(", "zh", "cn", ")"]


@pytest.mark.parametrize(
    ("name", "field", "told"),
    [
        ("Office Professional Plus 2016 Retail", "edition", ["pro", "plus"]),
        ("Office Professional Plus 2016 Retail", "channel", ["retail"]),
        ("Office 专业增强版 批量授权版", "channel", ["volume"]),
        ("Windows 10 家庭版", "edition", ["home"]),
        ("Windows Home Server", "edition", []),  # a product's name hides the words in it
        ("Foo 试用版", "channel", ["trial"]),
        ("libfoo-dev", "channel", []),
        ("Windows 7 пакет обновления 1", "service_pack", ["1"]),
    ],
)
def test_fields_with_the_catalogs(engine: Engine, name: str, field: str, told: list[str]) -> None:
    assert engine.fields(pl.DataFrame({"name": [name]}))[field].to_list() == [told]


def test_one_row_a_distinct_name_sorted(engine: Engine) -> None:
    frame = pl.DataFrame({"DisplayName": ["b x64", None, "a", "b x64"]})
    fields = engine.fields(frame, name="DisplayName")
    assert fields["name"].to_list() == ["a", "b x64"]
    assert fields.columns == ["name", "key", *FIELDS]
    assert fields.equals(engine.fields(frame.lazy(), name="DisplayName"))


def test_located_fields_point_at_the_raw_text() -> None:
    name = "ＷＰＳ Office® (６４ 位) 11.1.0 - zh-CN"
    found = {one.field: name[one.start : one.end] for one in locate_fields(traced(name))}
    assert found == {"architecture": "６４ 位", "language": "zh-CN", "version": "11.1.0"}


# A region's two letters are words of English too: read in brackets only.
UNREAD = {"us", "uk", "multi"}


@pytest.mark.parametrize(("table", "field"), [("arch", "architecture"), ("locale", "language")])
def test_every_word_of_the_vocabulary_has_a_value(table: str, field: str) -> None:
    words = [word for word in tomllib.loads(WORDS.read_text(encoding="utf-8"))[table] if word not in UNREAD]
    told = read_fields(pl.Series(words))[field].to_list()
    assert [word for word, values in zip(words, told, strict=True) if not values] == []


def test_explain_shows_spans_and_fields(engine: Engine) -> None:
    explanation = engine.explain("Microsoft® Office 2016 (x64) - zh-CN")
    shown = explanation.as_text("en")
    assert "[9:10] '®'" in shown
    assert "[24:27] 'x64'" in shown
    told = explanation.as_dict()
    assert {"field": "language", "value": "zh-CN", "start": 31, "end": 36, "text": "zh-CN"} in told["fields"]
    assert {"step": "drop_trademark_signs", "start": 9, "end": 10, "before": "®", "after": " "} in told["edits"]
