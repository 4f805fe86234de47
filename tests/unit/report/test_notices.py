"""Notices and reasons: every code the stages can raise has words in both languages, and an unknown one stands for itself."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from tests.unit.report.sample import SampleResult

import licmatch.report
from licmatch.report.notices import notices
from licmatch.report.wording import reason_title

_SOURCE = Path(licmatch.report.__file__).parent.parent
_RAISED = re.compile(r'[nN]otice\(\s*"([A-Z_]+)"')


def raised_codes() -> set[str]:
    # What reading a filled form tells goes to whoever reads it, never into a result.
    files = [file for file in sorted(_SOURCE.rglob("*.py")) if file.parent.name != "forms"]
    return {code for file in files for code in _RAISED.findall(file.read_text(encoding="utf-8"))}


def test_every_code_a_stage_raises_has_words(result: SampleResult) -> None:
    codes = sorted(raised_codes())
    assert "LOSSY_ENCODING" in codes
    assert "UNKNOWN_UNIT" in codes
    entries = [{"code": code, "file": "a.csv", "count": 1234, "detail": "x"} for code in codes]
    for code, notice in zip(codes, notices(dataclasses.replace(result, manifest={"notices": entries})), strict=True):
        assert code not in notice.text.en, "the code itself is no sentence"
        assert re.search("[\u4e00-\u9fff]", notice.text.zh), code
        assert not re.search("[\u4e00-\u9fff]", notice.text.en), code


def test_an_unknown_code_is_shown_as_it_is(result: SampleResult) -> None:
    entry = {"code": "A_CODE_OF_LATER", "file": "b.csv", "count": 2, "detail": "c\u202ed"}
    (notice,) = notices(dataclasses.replace(result, manifest={"notices": [entry]}))
    assert (notice.place, notice.text.zh) == ("b.csv", "A_CODE_OF_LATER: c⟨U+202E⟩d (2)")


def test_common_reasons_are_said_in_both_languages() -> None:
    from licmatch.ingest.gather import NO_DEVICE, NO_NAME, REMOVED

    for reason in (NO_NAME, NO_DEVICE, REMOVED, "total or signature row", "ruling: its id is used twice"):
        assert re.search("[\u4e00-\u9fff]", reason_title(reason).zh), reason
    assert reason_title("quite another <reason>").zh == "quite another <reason>"
