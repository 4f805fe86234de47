"""Every example and counter-example of the shipped catalogs, through the whole engine."""

from __future__ import annotations

from pathlib import Path

import pytest

import licmatch_catalogs
from licmatch.match import Engine
from licmatch.match.check import check, check_signatures
from licmatch.match.examples import check_examples, read_examples

ROOT = Path(licmatch_catalogs.__file__).parent


@pytest.fixture(scope="session")
def shipped() -> Engine:
    return Engine.load()


FOLDERS = ("os", "office", "antivirus", "vocabulary", "vendors")


@pytest.mark.parametrize("path", sorted(path for name in FOLDERS for path in (ROOT / name).glob("*.tsv")), ids=lambda path: path.stem)
def test_examples_hold(path: Path, shipped: Engine) -> None:
    misses = check_examples(read_examples([path]), shipped)
    assert not misses, "\n".join(map(str, misses))


def test_every_family_file_has_examples_beside_it() -> None:
    families = [path for category in ("os", "office", "antivirus") for path in (ROOT / category).glob("*.toml")]
    assert families
    assert [path.name for path in families if not path.with_suffix(".tsv").is_file()] == []


def test_signature_examples_hold(shipped: Engine) -> None:
    assert check_signatures(shipped.compiled.signatures) == []


def test_the_whole_check_finds_no_fault_and_no_idle_phrase() -> None:
    report = check()
    assert report.faults == ()
    assert report.phrases > 5000
    assert report.idle == 0
