"""Every registered reader, the rule compiler and the catalog loader under inputs made to break them: an answer or a LicmatchError.

A new reader is picked up as it is registered; what it needs is a small valid file in `corpus/<format>/` or `tests/golden/formats`.
`LICMATCH_EXAMPLES` says how many inputs each (a few where it is not set); `make fuzz` goes on for hours.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import MUTATIONS, mutated
from tests.fuzz.run import main
from tests.fuzz.targets import Target, check, targets

EXAMPLES = int(os.environ.get("LICMATCH_EXAMPLES", "25"))
FINDINGS = Path(__file__).parent / "found"
STEPS = st.lists(st.tuples(st.integers(0, len(MUTATIONS) - 1), st.integers(0, 2**30)), max_size=4)


@pytest.mark.parametrize("name", targets())
def test_every_target_starts_from_valid_files(name: str) -> None:
    target = targets()[name]
    assert target.seeds, f"put a small valid file into tests/fuzz/corpus/{name}/ or tests/golden/formats/{name}/"
    for seed in target.seeds:
        check(target, seed)


@pytest.mark.parametrize("name", targets())
def test_a_changed_file_gives_an_answer_or_a_licmatch_error(name: str) -> None:
    target = targets()[name]
    others = tuple(seed for other in targets().values() for seed in other.seeds[:1])

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(target.seeds), STEPS)
    def holds(seed: bytes, steps: list[tuple[int, int]]) -> None:
        check(target, mutated(seed, steps, others))

    holds()


def _found() -> list[tuple[str, Path]]:
    return [(path.parent.name, path) for path in sorted(FINDINGS.glob("*/*.dump"))]


@pytest.mark.parametrize(("name", "path"), _found(), ids=[f"{name}-{path.stem}" for name, path in _found()])
def test_what_broke_a_target_once_does_not_again(name: str, path: Path) -> None:
    check(targets()[name], path.read_bytes())


def test_a_target_that_breaks_is_found_and_its_input_cut_to_the_least(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(data: bytes) -> None:
        if b"PC-1" in data and data.count(b"\n") > 1:
            raise ValueError("two lines and a computer")

    broken = Target("jsonl", breaks)
    monkeypatch.setattr("tests.fuzz.run.targets", lambda: {"jsonl": broken})
    monkeypatch.setattr("sys.argv", ["run", "--seconds", "0.02", "--findings", str(tmp_path)])
    monkeypatch.setattr("tests.fuzz.targets.seeds_of", lambda _: (b"PC-1\nb\nc\n" * 40,))
    assert main() == 1
    (least,) = (tmp_path / "jsonl").iterdir()
    assert sorted(least.read_bytes()) == sorted(b"PC-1\n\n")
