"""`--pseudonymize` and `--summary-only` from the command: no name of a device or a person in any byte of what is written."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from tests.unit.privacy.planted import SECRETS, leaks, plant

SIDES = ("devices", "units", "activations", "traces", "entitlements", "rulings", "ledger", "organisation")


@pytest.fixture
def planted(licmatch, tmp_path):
    """A function that assesses the planted inventory into a folder; and the key file."""
    files = plant(tmp_path / "in")
    (tmp_path / "key").write_text("0f1e2d3c4b5a69788796a5b4c3d2e1f0", encoding="ascii")

    def run(name: str, *words: object) -> Path:
        (tmp_path / "staff.txt").write_text("王小明\n", encoding="utf-8")
        if "--pseudonymize" in words:
            words = (*words, "--names", tmp_path / "staff.txt")
        given = [word for side in SIDES for word in (f"--{side}", files[side])]
        ran = licmatch("assess", files["inventory"], "-o", tmp_path / name, *given, "--quiet", *words)
        assert ran.code == 0, ran.err
        return Path(tmp_path / name)

    return run


def test_without_a_key_the_names_are_there(planted):
    """The search finds what it looks for, or the tests below would prove nothing."""
    found = {secret for _, secret in leaks(planted("plain"))}
    assert len(found) >= 14, set(SECRETS) - found


def test_under_pseudonyms_no_byte_names_a_device_or_a_person(licmatch, planted, tmp_path):
    folder = planted("anon", "--pseudonymize", tmp_path / "key")
    assert leaks(folder) == []
    assert licmatch("verify", folder).code == 0


def test_pseudonyms_change_no_figure(planted, tmp_path):
    plain, anon = planted("plain"), planted("anon", "--pseudonymize", tmp_path / "key")
    for table in ("scores", "position", "units"):
        assert pl.read_parquet(plain / f"{table}.parquet").equals(pl.read_parquet(anon / f"{table}.parquet"))
    for table in ("installations", "findings"):
        one, two = (pl.read_parquet(folder / f"{table}.parquet").drop("device_id", "evidence") for folder in (plain, anon))
        assert one.drop("flags").sort(pl.all()).equals(two.drop("flags").sort(pl.all()))
    manifest = json.loads((anon / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["totals"]["devices"] == 2
    assert len(manifest["pseudonymised"]) == 16


def test_pseudonyms_afterwards_are_the_same_and_again_changes_nothing(licmatch, planted, tmp_path):
    plain, anon = planted("plain", "--no-report"), planted("anon", "--no-report", "--pseudonymize", tmp_path / "key")
    for name, source in (("later", plain), ("again", anon)):
        ran = licmatch("merge", source, "-o", tmp_path / name, "--pseudonymize", tmp_path / "key", "--no-report", "--quiet")
        assert ran.code == 0, ran.err
    ids = [pl.read_parquet(folder / "devices.parquet")["device_id"].to_list() for folder in (anon, tmp_path / "later", tmp_path / "again")]
    assert ids[0] == ids[1] == ids[2]
    same = [path.name for path in anon.iterdir() if path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()]
    assert sorted(same) == sorted(path.name for path in anon.iterdir())


def test_a_summary_names_nobody_but_what_program_names_say(licmatch, planted, tmp_path):
    folder = planted("plain", "--no-report")
    ran = licmatch("merge", folder, "-o", tmp_path / "up", "--summary-only", "--quiet")
    assert ran.code == 0, ran.err
    assert {name for name, _ in leaks(tmp_path / "up")} <= {"unknown.parquet", "report.html", "report.xlsx"}
    assert pl.read_parquet(tmp_path / "up" / "scores.parquet").equals(pl.read_parquet(folder / "scores.parquet"))
    assert licmatch("verify", tmp_path / "up").code == 0


def test_a_summary_under_pseudonyms_names_nobody_at_all(licmatch, planted, tmp_path):
    folder = planted("plain", "--no-report")
    hide = ("--pseudonymize", tmp_path / "key", "--names", tmp_path / "staff.txt")
    ran = licmatch("merge", folder, "-o", tmp_path / "up", "--summary-only", *hide, "--quiet")
    assert ran.code == 0, ran.err
    assert leaks(tmp_path / "up") == []
    assert licmatch("report", tmp_path / "up", "--lang", "zh").code == 0
    assert leaks(tmp_path / "up") == []


def test_reports_alone_can_be_under_pseudonyms(licmatch, planted, tmp_path):
    folder = planted("plain")
    ran = licmatch("report", folder, "--pseudonymize", tmp_path / "key", "--names", tmp_path / "staff.txt")
    assert ran.code == 0, ran.err
    assert [leak for leak in leaks(folder) if leak[0] in ("report.html", "report.xlsx", "rulings_queue.xlsx")] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"short", "too short"), (b"a" * 64, "too simple"), (bytes(range(256)) * 20, "at most 4096"), (None, "no such key file")],
)
def test_what_cannot_be_a_key_is_refused_with_a_hint(licmatch, planted, tmp_path, content, words):
    folder = planted("plain", "--no-report")
    if content is not None:
        (tmp_path / "bad").write_bytes(content)
    ran = licmatch("merge", folder, "-o", tmp_path / "x", "--pseudonymize", tmp_path / "bad")
    assert (ran.code, words in ran.err, "secrets.token_hex" in ran.err) == (3, True, True)
    assert not (tmp_path / "x").exists()


def test_another_key_on_top_is_refused(licmatch, planted, tmp_path):
    folder = planted("anon", "--no-report", "--pseudonymize", tmp_path / "key")
    (tmp_path / "other").write_text("another key that is long enough", encoding="ascii")
    ran = licmatch("merge", folder, "-o", tmp_path / "x", "--pseudonymize", tmp_path / "other")
    assert (ran.code, "another key" in ran.err) == (2, True)


def test_rows_and_pseudonyms_exclude_each_other(licmatch, tmp_path):
    files = plant(tmp_path / "in")
    (tmp_path / "key").write_text("0f1e2d3c4b5a69788796a5b4c3d2e1f0", encoding="ascii")
    ran = licmatch("assess", files["inventory"], "-o", tmp_path / "x", "--rows", "--pseudonymize", tmp_path / "key")
    assert (ran.code, "--rows" in ran.err) == (2, True)


def test_a_person_whom_nothing_lists_is_found_only_with_a_list_of_names(licmatch, planted, tmp_path):
    folder = planted("plain", "--no-report")
    licmatch("merge", folder, "-o", tmp_path / "x", "--pseudonymize", tmp_path / "key", "--no-report", "--quiet")
    assert {secret for _, secret in leaks(tmp_path / "x")} == {"王小明"}
    assert licmatch("merge", folder, "-o", tmp_path / "y", "--names", tmp_path / "staff.txt").code == 2
