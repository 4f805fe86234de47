"""A category's answers are checked: whatever a plugin says wrongly ends in one sentence that names it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from tests.unit.assess.cases import finding, judged
from tests.unit.assess.small_engine import SmallEngine, as_it_is

from licmatch.errors import PluginError
from licmatch.hooks import Flag


def engine(**changed) -> SmallEngine:
    os, *others = SmallEngine().categories
    return SmallEngine(categories=(replace(os, judge=as_it_is, **changed), *others))


def said(flag="x", at=0, device=0, **more):
    def remark(installations, context):
        return pl.DataFrame([{"device": device, "at": at, "flag": flag, "text": "t", **more}])

    return remark


def failing(installations, context):
    return installations.select("no_such_column")


FLAG = (Flag("x", "the x", "某某"),)


def test_a_remark_stands_beside_the_verdict_with_its_words():
    result = judged(("a", "Windows 10 Pro"), engine=engine(remark=said(), flags=FLAG))
    assert finding(result, "a", "os")["flags"] == ["x"]
    assert finding(result, "a", "os")["verdict"] == "no_evidence"
    assert result.manifest["rules"]["os:x"] == {"title_en": "the x", "title_zh": "某某"}


def test_a_remark_on_the_device_is_told_with_the_finding():
    result = judged(("a", "Windows 10 Pro"), engine=engine(remark=said(at=None), flags=FLAG))
    found = finding(result, "a", "os")
    assert (found["flags"], [(piece["kind"], piece["text"]) for piece in found["evidence"]]) == (["x"], [("x", "t")])


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"remark": said("y"), "flags": FLAG}, "has no flag y"),
        ({"remark": said()}, "has no flag x"),
        ({"remark": said(at=99), "flags": FLAG}, "on no installation"),
        ({"remark": said(device=99, at=None), "flags": FLAG}, "on no installation"),
        ({"remark": lambda installations, context: None}, "lack a column"),
        ({"remark": lambda installations, context: installations}, "lack a column"),
        ({"remark": failing}, "could not judge: ColumnNotFoundError"),
    ],
)
def test_a_remark_that_breaks_its_promise_stops_the_run(changed, fault):
    with pytest.raises(PluginError, match=fault) as raised:
        judged(("a", "Windows 10 Pro"), engine=engine(**changed))
    assert "'os'" in str(raised.value)


def test_a_judge_that_fails_is_named_and_is_no_traceback():
    os, *others = SmallEngine().categories
    with pytest.raises(PluginError, match="category 'os' could not judge"):
        judged(("a", "Windows 10 Pro"), engine=SmallEngine(categories=(replace(os, judge=failing), *others)))


def test_a_judge_betters_the_channel_and_nothing_else_of_a_copy():
    def renaming(installations, context):
        return installations.with_columns(channel=pl.lit("retail"), product_id=pl.lit("os.mine"), vendor=pl.lit("me"))

    os, *others = SmallEngine().categories
    result = judged(("a", "Windows 10 Pro"), engine=SmallEngine(categories=(replace(os, judge=renaming, remark=None), *others)))
    (copy,) = result.installations.filter(category="os").to_dicts()
    assert (copy["channel"], copy["product_id"], copy["vendor"]) == ("retail", "os.windows-10-10.pro", "Microsoft")
