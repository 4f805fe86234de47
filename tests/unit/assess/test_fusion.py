"""Evidence put together: of one kind the strongest counts, kinds add up, and only facts about today make a copy cracked."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch.assess.fusion import ITEMS, Fused, fuse
from licmatch.assess.policy import load_policy
from licmatch.schema import RISKS

POLICY = load_policy()


def copy(verdict: str = "no_evidence", **more: Any) -> dict[str, Any]:
    return {"at": 0, "device": 0, "category": "os", "vendor": "Microsoft", "family_id": "os.windows-10", "verdict": verdict,
            "confidence": 0.5, "grade": "none", "risk": 0, "memory": False, "free": False, **more}  # fmt: skip


def item(**said: Any) -> dict[str, Any]:
    return {"device": 0, "category": "os", "at": None, "copies_of": None, "line": None, "kind": "file_name", "code": "undetermined",
            "confidence": 0.9, "risk_at_most": 3, "current": False, "memory": False, "accuses": True, "named": False, "off_by": None,
            "once": True, "rule_id": "R", "source": "traces", "row": 0, "text": "x", **said}  # fmt: skip


def fused(*items: dict[str, Any], copies: list[dict[str, Any]] | None = None) -> Fused:
    types = {"at": pl.UInt32, "device": pl.UInt32, "risk": pl.Int64}
    return fuse(
        pl.DataFrame(copies or [copy()], schema_overrides=types), pl.DataFrame(list(items), schema=ITEMS), POLICY, immune=pl.col("free")
    )


def told(result: Fused) -> tuple[str, str, float]:
    row = result.installations.row(0, named=True)
    return row["verdict"], row["grade"], round(row["confidence"], 4)


def test_nothing_said_changes_nothing() -> None:
    assert told(fused()) == ("no_evidence", "none", 0.5)


def test_one_kind_counts_once_and_kinds_add_up() -> None:
    assert told(fused(item(confidence=0.8), item(confidence=0.7, rule_id="S"))) == ("undetermined", "strong", 0.8)
    assert told(fused(item(confidence=0.8), item(confidence=0.7, kind="service"))) == ("undetermined", "strong", 0.92)
    assert told(fused(item(confidence=0.5), item(confidence=0.4, kind="service"))) == ("undetermined", "indication", 0.69)
    assert told(fused(item(confidence=0.3), item(confidence=0.2, kind="service"))) == ("undetermined", "indication", 0.44)


def test_a_composition_repeats_and_does_not_add() -> None:
    current = {"code": "cracked", "current": True, "confidence": 0.95}
    assert told(fused(item(**current), item(kind="composition", confidence=0.5)))[2] == 0.95
    assert told(fused(item(**current), item(kind="composition", confidence=0.98)))[2] == 0.98


@pytest.mark.parametrize("missing", [{"current": False}, {"confidence": 0.92}, {"code": "undetermined"}, {"memory": True}, {"off_by": "x"}])
def test_cracked_needs_a_sure_fact_about_today(missing: dict[str, Any]) -> None:
    sure = {"code": "cracked", "current": True, "confidence": 0.96}
    assert told(fused(item(**sure)))[:2] == ("cracked", "conclusive")
    assert told(fused(item(**sure | missing)))[0] != "cracked"


def test_an_explained_fact_is_told_and_weighs_nothing() -> None:
    result = fused(item(off_by="registered_host"))
    assert told(result) == ("no_evidence", "none", 0.5)
    assert result.pieces.select("kind", "rule_id", "weight").row(0) == ("explained", "R#registered_host", 0.0)


def test_an_indication_does_not_shake_what_papers_prove() -> None:
    proved = [copy("genuine_purchased")]
    assert told(fused(item(confidence=0.5), copies=proved))[:2] == ("genuine_purchased", "indication")
    assert told(fused(item(confidence=0.8), copies=proved))[:2] == ("undetermined", "strong")


def test_a_rule_that_does_not_accuse_gives_its_verdict_and_no_grade() -> None:
    home = item(code="edition_not_allowed", accuses=False, confidence=0.85, kind="edition")
    assert told(fused(home)) == ("edition_not_allowed", "none", 0.85)
    # A question below .70 gives no verdict, and no rule makes a verdict better.
    assert told(fused(home | {"confidence": 0.6}))[0] == "no_evidence"
    assert told(fused(item(code="no_evidence", accuses=False), copies=[copy("edition_not_allowed")]))[0] == "edition_not_allowed"


def test_vendor_and_line_part_the_copies() -> None:
    other = copy(at=1, vendor="UnionTech", family_id="os.uos")
    result = fused(item(copies_of="Microsoft"), item(line="os.windows", rule_id="S"), copies=[copy(), other])
    assert result.installations["verdict"].to_list() == ["undetermined", "no_evidence"]
    server = fused(item(line="os.windows"), copies=[copy(family_id="os.windows-server-2019")])
    assert told(server)[0] == "undetermined"


def test_free_software_is_immune_and_the_fact_stays_visible() -> None:
    result = fused(item(), copies=[copy("open_source", free=True)])
    assert told(result)[:2] == ("open_source", "none")
    assert result.loose_pieces["rule_id"].to_list() == ["R"]


def test_fifty_files_of_a_tool_are_told_in_eight_and_a_rule_once() -> None:
    files = [item(once=False, text=f"f{place}", row=place) for place in range(50)]
    rules = [item(rule_id="RULE", row=place) for place in range(50)]
    pieces = fused(*files, *rules).pieces
    assert pieces.height == 9
    assert (pieces["rule_id"] == "RULE").sum() == 1


facts = st.lists(
    st.builds(
        item, kind=st.sampled_from(["a", "b", "c"]), code=st.sampled_from(["cracked", "undetermined"]), confidence=st.floats(0.0, 1.0),
        current=st.booleans(), memory=st.booleans(), off_by=st.sampled_from([None, "x"]), rule_id=st.sampled_from(["R", "S"]),
        risk_at_most=st.integers(1, 3),
    ), max_size=6,
)  # fmt: skip


@given(facts, st.randoms())
def test_order_does_not_matter_and_more_evidence_never_lowers_the_grade(items: list[dict[str, Any]], random: Any) -> None:
    shuffled = random.sample(items, len(items))
    assert fused(*items).installations.equals(fused(*shuffled).installations)
    if items:
        fewer = fused(*items[:-1]).installations["grade"][0]
        assert RISKS.index(fused(*items).installations["grade"][0]) >= RISKS.index(fewer)
