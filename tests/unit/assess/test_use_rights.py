from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from licmatch.assess.policy import load_policy
from licmatch.assess.use_rights import load_use_rights, with_rights
from licmatch.errors import CatalogError
from licmatch.plugin_loader import load_plugins

BUILT_IN = files("licmatch_catalogs") / "policy" / "use_rights.toml"
CODES = list(load_policy().states())
RIGHT = """schema = 1
[[cad]]
id = "cad.x"
title = "x"
title_zh = "x"
model = "device"
sources = ["x"]
checked = 2026-11-23
"""


def copies(**columns: object) -> pl.DataFrame:
    row = {
        "device": 0, "verdict": "no_evidence", "confidence": 0.4, "score": 0.9, "licence": "commercial", "channel": None, "family_id": None,
        "edition_id": None, "approved_free": False,
    }  # fmt: skip
    text = dict.fromkeys(("channel", "family_id", "edition_id", "licence"), pl.String)
    return pl.DataFrame([row | columns], schema_overrides=text | {"device": pl.UInt32})


DEVICES = pl.DataFrame({"device": [0], "kind": ["desktop"], "org_type": ["government"]}, schema_overrides={"device": pl.UInt32})


def told(category: str, day: date, **columns: object) -> dict[str, object]:
    rights = load_use_rights(BUILT_IN, category, CODES)
    return with_rights(copies(**columns), rights, DEVICES, day).row(0, named=True)


@pytest.mark.parametrize(
    ("day", "right", "verdict"),
    [(date(2019, 9, 26), "office.wps-before-2019", "undetermined"), (date(2019, 9, 27), "office.wps-personal", "edition_not_allowed")],
)
def test_the_terms_of_the_day_hold(day, right, verdict):
    said = told("office", day, family_id="office.wps-office", licence="free_personal", verdict="edition_not_allowed")
    assert (said["right_id"], said["verdict"]) == (right, verdict)


def test_a_right_gives_its_confidence_a_changed_verdict_that_of_its_code_and_nothing_keeps_the_old():
    day = date(2026, 11, 30)
    given = told("office", day, licence="free_personal", verdict="edition_not_allowed")
    changed = told("os", day, channel="oem")
    untouched = told("os", day, channel="retail")
    assert given["confidence"] == pytest.approx(0.7 * 0.9)
    assert (changed["verdict"], changed["confidence"], changed["model"]) == ("label_missing", None, "with_device")
    assert (untouched["verdict"], untouched["confidence"], untouched["right_id"]) == ("no_evidence", 0.4, None)


def test_what_is_not_known_of_a_copy_meets_no_list():
    assert told("os", date(2026, 11, 30), channel=None, licence=None)["right_id"] is None


def test_a_right_replaces_only_the_verdicts_it_names():
    assert told("os", date(2026, 11, 30), channel="oem", verdict="edition_not_allowed")["verdict"] == "edition_not_allowed"


def test_asked_twice_it_says_the_same():
    rights = load_use_rights(BUILT_IN, "os", CODES)
    once = with_rights(copies(channel="oem"), rights, DEVICES, date(2026, 11, 30))
    assert with_rights(once.with_columns(verdict=pl.lit("no_evidence")), rights, DEVICES, date(2026, 11, 30)).equals(once)


def test_the_built_in_file_is_read_whole_every_right_of_a_category_that_hands_it_over():
    listed = set(tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))) - {"schema"}
    assert listed == {category.id for category in load_plugins().categories if category.use_rights is not None}
    rights = [right for category in sorted(listed) for right in load_use_rights(BUILT_IN, category, CODES)]
    assert len({right.id for right in rights}) == len(rights)
    # No right accuses, and none says that something was bought.
    assert {right.verdict for right in rights} <= {"label_missing", "no_evidence", "undetermined", "edition_not_allowed", "genuine_free"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("schema = 2\n", "schema = 1"),
        ("schema = 1\n", "says nothing|say nothing"),
        ("schema = 1\n[[cad]\n", "not TOML"),
        (RIGHT + 'verdikt = "x"\n', "unknown field"),
        (RIGHT + 'verdict = "stolen"\n', "no verdict 'stolen'"),
        (RIGHT + 'verdict = "cracked"\n', "terms never make a copy 'cracked'"),
        (RIGHT + 'verdict = "genuine_purchased"\n', "terms never make a copy 'genuine_purchased'"),
        (RIGHT + 'instead_of = ["stolen"]\n', "no verdict 'stolen'"),
        (RIGHT + "confidence = 1.5\n", "between 0 and 1"),
        (RIGHT + "from = 2026-01-02\nuntil = 2026-01-01\n", "ends before it begins"),
        (RIGHT.replace('"device"', '"rented"'), "model must be one of"),
        (RIGHT.replace('sources = ["x"]', "sources = []"), "names no source"),
        (RIGHT + RIGHT.partition("\n")[2], "there twice"),
        ("schema = 1\n#" + "x" * 300_000, "larger than"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_name(tmp_path: Path, text, fault):
    file = tmp_path / "rights.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=fault) as raised:
        load_use_rights(file, "cad", CODES)
    assert "rights.toml" in str(raised.value)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path):
    with pytest.raises(CatalogError, match="cannot be read"):
        load_use_rights(tmp_path / "none.toml", "cad", CODES)
