"""Why names got their answers, in both languages, compared with what a person read.

After a change that is meant: `LICMATCH_UPDATE_GOLDEN=1 pytest tests/golden`, then read the difference before keeping it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from licmatch import Engine
from licmatch.messages import LANGUAGES

HERE = Path(__file__).parent / "explanations"
# Each layer, each outcome and each kind of reason: name, publisher, version.
ASKED: tuple[tuple[str, str | None, str | None], ...] = (
    ("Microsoft Office 专业增强版 2019 - zh-cn", "Microsoft Corporation", "16.0.10396.20017"),
    ("Microsoft® Office 2016 (x64) - zh-CN", None, None),
    ("Microsoft Office Word 2010", None, None),
    ("Microsoft Visual C++ 2013 x64 Additional Runtime - 12.0.21005", "Microsoft Corporation", "12.0.21005"),
    ("Security Update for Microsoft Office 2010 (KB2553140) 32-Bit Edition", "Microsoft", None),
    ("Service Pack 2 for Microsoft Office 2010", None, None),
    ("Office Tab 14.00", "Detong Technology Ltd.", "14.00"),
    ("Office", None, None),
    ("Kingsoft Office 2013 日本語版", None, None),
    ("WPS Office 2019 专业版 (11.8.2.12085)", "Kingsoft Corp.", "11.8.2.12085"),
    ("Windows 10 专业版", "Somebody Else Ltd.", "10.0.22631"),
    ("Windows 10 Plus Home", None, None),
    ("ESET ??????", "ESET", None),
    ("Microsoft Office ???? 2016", None, None),
    ("ｋｍｓａｕｔｏ　Ｎｅｔ ２０１６", None, None),
    ("Plugin for Microsoft Outlook 365", "Example", None),
    ("{90160000-0011-0000-0000-0000000FF1CE}", None, None),
    ("360杀毒", "360安全中心", None),
    ("财政一体化客户端 3.2", None, None),
    ("McAfee LibreOffice Helper", None, None),
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_answer_tells_why_as_it_was_read(engine: Engine, lang: str) -> None:
    each = [engine.explain(name, publisher=publisher, version=version).as_text(lang) for name, publisher, version in ASKED]
    told = "\n\n".join(each) + "\n"
    expected = HERE / f"{lang}.txt"
    if os.environ.get("LICMATCH_UPDATE_GOLDEN") == "1":
        expected.write_text(told, encoding="utf-8")
    assert told == expected.read_text(encoding="utf-8")


def test_programs_read_the_same_in_english(engine: Engine) -> None:
    told = [engine.explain(name, publisher=publisher, version=version).as_dict() for name, publisher, version in ASKED[::4]]
    expected = HERE / "programs.json"
    if os.environ.get("LICMATCH_UPDATE_GOLDEN") == "1":
        expected.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert json.loads(json.dumps(told)) == json.loads(expected.read_text(encoding="utf-8"))
