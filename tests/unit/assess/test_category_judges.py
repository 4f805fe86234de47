"""A category's answers are checked: whatever a plugin says wrongly ends in one sentence that names it."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

import polars as pl
import pytest
from tests.unit.assess.cases import finding, judged
from tests.unit.assess.small_engine import SmallEngine, as_it_is

from licmatch.assess.policy import load_policy
from licmatch.errors import EXIT_PLUGIN, PluginError, UsageError
from licmatch.hooks import Flag

VERSION = version("licmatch")


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
        ({"remark": said("y"), "flags": FLAG}, "flag it has not: y"),
        ({"remark": said()}, "flag it has not: x"),
        ({"remark": said(at=99), "flags": FLAG}, "on no installation"),
        ({"remark": said(device=99, at=None), "flags": FLAG}, "on no installation"),
        ({"remark": lambda installations, context: None}, "lack a column"),
        ({"remark": lambda installations, context: installations}, "lack a column"),
        ({"remark": failing}, "its remark failed: ColumnNotFoundError"),
        ({"remark": said(device="no number"), "flags": FLAG}, "a column of another type"),
    ],
)
def test_a_remark_that_breaks_its_promise_stops_the_run(changed, fault):
    with pytest.raises(PluginError, match=fault) as raised:
        judged(("a", "Windows 10 Pro"), engine=engine(**changed))
    assert str(raised.value).startswith(f"plugin os (licmatch {VERSION})")
    assert "--without os" in raised.value.hint


def test_a_judge_that_fails_is_named_and_is_no_traceback():
    os, *others = SmallEngine().categories
    with pytest.raises(PluginError, match=r"plugin os \(licmatch .*\): its judge failed: ColumnNotFoundError"):
        judged(("a", "Windows 10 Pro"), engine=SmallEngine(categories=(replace(os, judge=failing), *others)))


def giving(**said):
    return lambda installations, context: installations.with_columns(**{name: pl.lit(value) for name, value in said.items()})


def usage(installations, context):
    raise UsageError("an error of ours, raised by a plugin")


def leaving(installations, context):
    raise SystemExit(0)


@pytest.mark.parametrize(
    ("judge", "fault", "remedy"),
    [
        (giving(verdict="fine"), "a verdict that is not in the table: fine", "docs/reference/verdicts.md"),
        (giving(verdict=None), "a verdict that is not in the table: null", "docs/reference/verdicts.md"),
        (giving(verdict="cracked"), "the verdict cracked, which a judge never gives", "leave the verdict"),
        (giving(verdict="genuine_purchased"), "the verdict genuine_purchased, which a judge never gives", "leave the verdict"),
        (giving(verdict="not_in_scope"), "the verdict not_in_scope, which a judge never gives", "leave the verdict"),
        (giving(verdict="absent"), "the verdict absent, which a judge never gives", "leave the verdict"),
        # Fusion makes `cracked` of it.
        (giving(grade="conclusive"), "the grade conclusive", "none, indication, strong"),
        (giving(grade="very"), "the grade very", "none, indication, strong"),
        (giving(confidence="much"), "a column of another type", "confidence as Float64"),
        (lambda installations, context: installations.head(0), "lost, added or reordered", "return the frame it was given"),
        (lambda installations, context: installations.drop("grade"), "lost, added or reordered", "none missing"),
        (lambda installations, context: None, "lost, added or reordered", "return the frame it was given"),
        (usage, "its judge failed: UsageError", "fix or uninstall it"),
        (leaving, "its judge failed: SystemExit", "fix or uninstall it"),
    ],
)
def test_what_a_judge_may_not_say_is_refused_with_its_plugin_and_a_remedy(judge, fault, remedy):
    os, *others = SmallEngine().categories
    with pytest.raises(PluginError, match=fault) as raised:
        judged(("a", "Windows 10 Pro"), engine=SmallEngine(categories=(replace(os, judge=judge, remark=None), *others)))
    assert str(raised.value).startswith(f"plugin os (licmatch {VERSION})")
    assert remedy in raised.value.hint
    assert raised.value.hint.endswith("or pass --without os; the report will say it is incomplete")


REFUSED = ("cracked", "genuine_purchased", "not_in_scope", "absent")


@pytest.mark.parametrize("code", [code for code in load_policy().states() if code not in REFUSED])
def test_a_judge_may_give_any_other_verdict(code):
    os, *others = SmallEngine().categories
    result = judged(("a", "Windows 10 Pro"), engine=SmallEngine(categories=(replace(os, judge=giving(verdict=code), remark=None), *others)))
    assert result.installations.filter(category="os")["verdict"].to_list() == [code]


@pytest.mark.parametrize("text", ["schema = 2", "schema = 1\n[[os]]\n", None])
def test_use_rights_that_do_not_fit_are_the_fault_of_their_plugin(tmp_path, text):
    file = tmp_path / "use_rights.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(PluginError) as raised:
        judged(("a", "Windows 10 Pro"), engine=engine(use_rights=file))
    assert raised.value.exit_code == EXIT_PLUGIN
    assert "use_rights.toml" in str(raised.value)
    assert f"plugin os (licmatch {VERSION}): the use rights" in str(raised.value)
    assert "--without os" in raised.value.hint


def test_a_judge_betters_the_channel_and_nothing_else_of_a_copy():
    def renaming(installations, context):
        return installations.with_columns(channel=pl.lit("retail"), product_id=pl.lit("os.mine"), vendor=pl.lit("me"))

    os, *others = SmallEngine().categories
    result = judged(("a", "Windows 10 Pro"), engine=SmallEngine(categories=(replace(os, judge=renaming, remark=None), *others)))
    (copy,) = result.installations.filter(category="os").to_dicts()
    assert (copy["channel"], copy["product_id"], copy["vendor"]) == ("retail", "os.windows-10-10.pro", "Microsoft")
