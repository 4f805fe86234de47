"""A small county whose truth was made by other rules than the engine's: nothing is lost, and nobody lawful is called cracked."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks" / "accuracy"


@pytest.fixture
def other_county(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module("other_county")


def test_the_same_seed_tells_the_same_county(other_county: ModuleType) -> None:
    one, two, other = (other_county.frames(other_county.build(seed, 300).devices) for seed in (7, 7, 8))
    assert all(one[name].equals(two[name]) for name in one)
    assert not one["activations"].equals(other["activations"])


def test_nothing_is_lost_and_nobody_lawful_is_called_cracked(other_county: ModuleType) -> None:
    county = other_county.build(1, 300)
    result, answers = other_county.judge(county)
    assert other_county.conserved(result, county)
    assert [a.record() for a in answers if a.verdict == "cracked" and not a.device.pirated] == []
    found = other_county.measured(answers)
    assert found["cracked_said"] >= 20
    assert found["cracked_precision"] >= 0.97
    assert found["pirated_that_show"] >= 50
    assert found["recall_strong"] >= 0.8
    assert found["recall_any"] >= 0.9


def test_an_activator_of_office_does_not_make_the_system_cracked(other_county: ModuleType) -> None:
    _, answers = other_county.judge(other_county.build(1, 300))
    assert [a.record() for a in other_county.errors(answers)["cracked, and lawful"]] == []


def test_what_the_collector_missed_speaks_no_more(other_county: ModuleType) -> None:
    device = next(d for d in other_county.build(1, 300).devices if d.story == "far_future" and d.standing())
    assert device.examined("os") == "conclusive"
    assert device.examined("office") is None
    for row in device.activations:
        row["grace_minutes"] = None
    assert device.examined("os") is None


def test_the_report_holds_every_error_with_its_evidence(
    other_county: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert other_county.main(["--devices", "300", "--seeds", "1", "-o", str(tmp_path / "out.json")]) == 0
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [seed["conserved"] for seed in report["seeds"]] == [True]
    for classes in report["errors"].values():
        for errors in classes.values():
            assert errors["count"] == len(errors["errors"])
            assert all({"story", "verdict", "grade", "stood", "seen"} <= error.keys() for error in errors["errors"])
    assert "kms_over_vpn" in capsys.readouterr().out
