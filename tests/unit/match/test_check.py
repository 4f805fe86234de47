from __future__ import annotations

from pathlib import Path

import licmatch_catalogs
from licmatch.match.check import check

ROOT = Path(licmatch_catalogs.__file__).parent


def test_a_built_in_file_is_looked_at_and_not_added_twice() -> None:
    report = check([ROOT / "office" / "wps-office.toml"])
    assert report.faults == ()
    assert 0 < report.examples < 1000


def test_a_fault_is_told_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('schema = 1\ncategory = "office"\n\n[[family]]\nid = "mine"\nname = 7\nvendor = "Microsoft"\n', encoding="utf-8")
    (fault,) = check([path]).faults
    assert (fault.file, fault.line) == ("own.toml", 5)
