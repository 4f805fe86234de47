"""Every error has a Chinese text: whoever writes a new one adds its line to `messages/errors_zh.toml`, or this fails and names it."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st
from tests.contract.error_texts import all_texts, reason_texts, skeleton

from licmatch.ingest import formats
from licmatch.messages.errors import chinese_errors, in_chinese
from licmatch.schema import REQUIRED

PLACE = re.compile(r"\{(\+?[a-z]\w*)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_no_error_lacks_its_chinese():
    texts = all_texts()
    assert len(texts) > 700
    known = {skeleton(english) for english in chinese_errors()}
    lacking = {text: places for text, places in texts.items() if skeleton(text) not in known}
    assert lacking == {}, "add these to src/licmatch/messages/errors_zh.toml"


def test_the_walk_sees_constants_formats_choices_names_and_gathered_faults():
    texts = {skeleton(text): places for text, places in all_texts().items()}
    assert "the input does not say when it was collected, so the day to judge is not known" in texts
    assert "no format is called {}" in texts
    # A conditional expression, a name given elsewhere, a list of faults.
    assert "`licmatch catalog list` lists them" in texts
    assert "name a file, a folder, or - for standard input" in texts
    assert "verdict {}: unknown state" in texts


# Sentences of tables that are no reason: words of a format, of the owner's facts (with their Chinese beside them), of a hint.
NO_REASON = {
    "no risk", "not checked", "\\windows defender\\exclusions\\", "only packages of winget's own sources",
    "the organisation allows this tool here", "the host is in the organisation's register", "the organisation exempts this device",
    "no {column}", "{kind}: no {first}",  # of columns that stand here one by one
}  # fmt: skip


def test_no_reason_of_a_rejected_row_lacks_its_chinese():
    reasons = reason_texts()
    assert {"a signing key, not a package", "quantity 0", "duplicate of {}"} <= reasons.keys()
    lacking = {text: place for text, place in reasons.items() if text not in NO_REASON and not CHINESE.search(in_chinese(text))}
    assert lacking == {}, "add these to [reasons] of src/licmatch/messages/errors_zh.toml"
    columns = {"fact", "device_id", *REQUIRED["units"], *REQUIRED["entitlements"]}
    assert [column for column in sorted(columns) if not CHINESE.search(in_chinese(f"units: no {column}").partition("：")[2])] == []


def test_no_chinese_text_is_left_over():
    """A line of an area whose English no source holds any more is dead."""
    import tomllib
    from importlib.resources import files

    sections = tomllib.loads((files("licmatch.messages") / "errors_zh.toml").read_text(encoding="utf-8"))
    said = {skeleton(text) for text in all_texts()}
    titles = {info.title for info in formats()}
    for area, entries in sections.items():
        if area == "formats":
            assert set(entries) - titles == set()
        elif area not in ("words", "reasons", "libraries", "click"):
            assert {english for english in entries if skeleton(english) not in said} == set(), area


def test_no_format_lacks_its_chinese_title():
    assert [info.id for info in formats() if info.title not in chinese_errors()] == []


def test_both_texts_take_the_same_values():
    for english, chinese in chinese_errors().items():
        assert sorted(PLACE.findall(english)) == sorted(set(PLACE.findall(chinese))), english
        assert len(PLACE.findall(english)) == len(PLACE.findall(chinese)), english


def test_chinese_texts_are_chinese():
    # A title may be the names of the commands alone.
    titles = {info.title for info in formats()}
    told = [text for english, text in chinese_errors().items() if english not in titles and len(PLACE.sub("", text)) > 12]
    assert [text for text in told if not CHINESE.search(text)] == []


def test_a_text_with_values_in_it_comes_out_in_its_own_chinese_with_the_values():
    """No text is taken for another one: each comes back as the Chinese that stands beside it."""
    for english, chinese in chinese_errors().items():
        # What is only a part of another text is no text by itself.
        if english.startswith((" ", ",")):
            continue
        values = {name: f"\u00ab{number}\u00bb" for number, name in enumerate(PLACE.findall(english))}
        text, told = (PLACE.sub(lambda place, values=values: values[place[1]], written) for written in (english, chinese))
        assert in_chinese(text) == told, english


@given(st.text(max_size=200))
def test_any_text_comes_back_as_text(text: str):
    told = in_chinese(text)
    assert isinstance(told, str)
    assert in_chinese(f"catalog {text} does not exist").startswith("目录 ") or "\n" in text or text.endswith(" does not exist")


def test_nested_faults_and_places_come_out_in_chinese():
    assert in_chinese("the policy does not fit: there is no grade; verdict x: unknown state") == (
        "政策不符合要求：没有任何评分等级；判定 x：无法识别的状态"
    )
    assert in_chinese("the catalogs have faults:\na.toml: unknown key 'x'\nb.toml:3 acme: Expected `str`, got `int` - at `$.id`") == (
        "目录有错误：\na.toml：无法识别的键 'x'\nb.toml:3 acme：应为 `str`，实为 `int`（位于 `$.id`）"
    )
    # A place that a quotation mark ends does not reach over the next quotation.
    assert in_chinese("the changes do not fit: Object contains unknown field `foo` - at `$.buy[0]`") == (
        "变更文件不符合要求：无法识别的键 `foo`（位于 `$.buy[0]`）"
    )
    assert in_chinese("the policy file cannot be read: No such file or directory") == "政策文件无法读取：没有这个文件或文件夹"


def test_what_nobody_knows_stays_as_it_is():
    assert in_chinese("some library is unhappy: 0x80004005") == "some library is unhappy: 0x80004005"


def test_a_long_hostile_text_takes_bounded_time():
    for text in (
        "the policy does not fit: " + "a: b; " * 1_000,
        "x: " * 6_000,
        "plugin " * 2_500,
        "the catalogs have faults:\n" + "y\n" * 2_000,
    ):
        began = time.process_time()
        assert in_chinese(text)
        assert time.process_time() - began < 10
