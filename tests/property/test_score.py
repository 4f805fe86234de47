"""Rates, bars, points and grades of any counts, against the definitions of `docs/reference/frames.md` in plain arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from licmatch.assess import load_policy
from licmatch.rollup import count_columns, score

CATEGORIES = ["os", "office", "antivirus"]
COUNTS = count_columns(CATEGORIES)
POLICY = load_policy()

# Small numbers hold more that is equal, empty or one apart; primes all differ in every sum.
counts = st.fixed_dictionaries({name: st.integers(0, 12) | st.sampled_from([97, 1009, 40_961]) for name in COUNTS})


def over(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole > 0 else None


def least(*rates: Fraction | None) -> Fraction | None:
    known = [rate for rate in rates if rate is not None]
    return min(known) if known else None


def expected(n: dict[str, int]) -> dict[str, Fraction | None]:
    """Return every rate and bar of the counts."""
    found: dict[str, Fraction | None] = {}
    for one in CATEGORIES:
        installed, genuine, opened, covered = (n[f"{one}_{name}"] for name in ("installed", "genuine", "open_names", "covered"))
        found |= {
            f"{one}_rate": over(genuine, installed),
            f"{one}_rate_low": over(genuine, installed + opened),
            f"{one}_rate_high": over(genuine + n[f"{one}_undetermined"] + opened, installed + opened),
            f"{one}_coverage": over(covered, n["in_use"]),
            f"{one}_coverage_low": over(covered, n["in_use"]),
            f"{one}_coverage_high": over(covered + n[f"{one}_coverable"], n["in_use"]),
            f"{one}_domestic_rate": over(n[f"{one}_licences_domestic"], n[f"{one}_licences"]),
        }
    either = n["ledger_listed"] + n["ledger_surveyed"] - n["ledger_both"]
    installed, undetermined, opened = (
        sum(n[f"{one}_{name}"] for one in CATEGORIES) for name in ("installed", "undetermined", "open_names")
    )
    clean, at_best = (over(n["devices_accepted"] + doubt, n["in_use"]) for doubt in (0, n["devices_in_doubt"]))
    found |= {
        "units_rate": over(n["units_reported"], n["units_expected"]),
        "devices_rate": over(n["ledger_surveyed"], either),
        "fields_rate": over(n["device_fields_filled"] + n["unit_fields_filled"], n["device_fields"] + n["unit_fields"]),
        "settled_rate": over(installed - undetermined, installed + opened),
        "sufficiency": over(n["required"] - n["shortfall"], n["required"]),
        "evidence_rate": over(n["entitled_proved"], n["entitled"]),
        "ledger_match": over(n["ledger_both"], either),
        "exact": over(n["pools_exact"], n["pools"]),
    }
    strict = None if clean is None else least(clean, found["evidence_rate"])
    return found | {
        "thorough": least(*(found[name] for name in ("units_rate", "devices_rate", "fields_rate", "settled_rate"))),
        "strict": strict,
        "strict_low": strict,
        "strict_high": None if at_best is None else least(at_best, found["evidence_rate"]),
    }


def reasons(n: dict[str, int]) -> list[str]:
    lacking = ["evidence"] if n["entitled_proved"] < n["entitled"] else []
    return [name for name in ("infringing", "in_doubt", "over_deployed") if n[name] > 0] + lacking


def points(rates: dict[str, Fraction | None], end: str) -> float | None:
    """Return what the items earn of what there is to earn, out of 100."""
    earned = whole = Fraction(0)
    for item in POLICY.points:
        rate = rates[f"{item.category}_{item.by}{end}"]
        if rate is not None:
            zero, full, weight = (Fraction(str(value)) for value in (item.zero_at, item.full_at, item.weight))
            whole += weight
            earned += weight * min(max((rate - zero) / (full - zero), Fraction(0)), Fraction(1))
    return float(100 * earned / whole) if whole else None


def scored(n: dict[str, int]) -> dict[str, Any]:
    return score(pl.DataFrame({name: [n[name]] for name in COUNTS}), CATEGORIES, POLICY).row(0, named=True)


@given(counts)
@example(dict.fromkeys(COUNTS, 0))
@example(dict.fromkeys(COUNTS, 1))
@example({name: number + 1 for number, name in enumerate(COUNTS)})
@settings(max_examples=60)
def test_every_figure_is_what_its_definition_says(n: dict[str, int]) -> None:
    row, wanted = scored(n), expected(n)
    assert {name: row[name] for name in wanted} == {
        name: None if rate is None else pytest.approx(float(rate), rel=1e-12) for name, rate in wanted.items()
    }
    why = reasons(n)
    judged = n["in_use"] > 0
    assert row["accepted"] == (not why if judged else None)
    assert row["not_accepted"] == ("; ".join(why) if judged and why else None)
    for end in ("", "_low", "_high"):
        exact = points(wanted, end)
        assert row[f"points{end}"] == (None if exact is None else pytest.approx(exact, abs=0.00501))
        reached = [step.code for step in POLICY.grades if row[f"points{end}"] is not None and row[f"points{end}"] >= step.min]
        assert row[f"grade{end}"] == (reached[0] if reached else None)
