"""`licmatch catalog key|sign|verify`, and `--trust` and `--require-signed` where names are recognised."""

from __future__ import annotations

import json
import os
import stat

import pytest


@pytest.fixture
def place(tmp_path, monkeypatch, licmatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours.json").write_text(
        json.dumps({"licmatch_pack": 1, "products": [{"id": "our.ledger", "name": "Zhan Ledger Hall"}]}), encoding="utf-8"
    )
    assert licmatch("catalog", "key", "-o", "office", "--no-password", "--quiet").code == 0
    assert licmatch("catalog", "key", "-o", "other", "--no-password", "--quiet").code == 0
    return tmp_path


def test_a_key_is_nobody_elses_and_never_written_over(licmatch, place):
    if os.name == "posix":
        assert stat.S_IMODE((place / "office.key").stat().st_mode) == 0o600
    before = (place / "office.key").read_bytes()
    assert licmatch("catalog", "key", "-o", "office", "--no-password").code == 2
    assert (place / "office.key").read_bytes() == before
    told = json.loads(licmatch("catalog", "key", "-o", "third", "--no-password", "--json").out)
    assert told["public_key"] in (place / "third.pub").read_text(encoding="utf-8")
    assert told["id"] in (place / "third.pub").read_text(encoding="utf-8")


def test_a_password_is_the_first_line_of_its_file(licmatch, place, monkeypatch):
    monkeypatch.setattr("licmatch.signing.secret_key.OPERATIONS", 32_768)
    monkeypatch.setattr("licmatch.signing.secret_key.MEMORY", 1 << 20)
    (place / "one").write_text("a word \nand more\n", encoding="utf-8")
    (place / "two").write_bytes(b"a word \r\n")
    assert licmatch("catalog", "key", "-o", "locked", "--password-file", "one").code == 0
    assert licmatch("catalog", "sign", "ours.json", "--key", "locked.key", "--password-file", "two").code == 0
    for wrong, what in ((b"and more\n", "password is wrong"), (b"\xff", "holds no password")):
        (place / "wrong").write_bytes(wrong)
        ran = licmatch("catalog", "sign", "ours.json", "--key", "locked.key", "--password-file", "wrong")
        assert (ran.code, what in ran.err) == (2, True), ran.err


def test_sign_and_verify(licmatch, place):
    assert "office" not in licmatch("catalog", "sign", "ours.json", "--key", "office.key").err
    ran = licmatch("catalog", "verify", "ours.json", "--trust", "office.pub")
    assert (ran.code, "holds" in ran.out, "file:ours.json" in ran.out) == (0, True, True)
    [told] = json.loads(licmatch("catalog", "verify", "ours.json", "--trust", "office.pub", "--json").out)
    assert told["pack"] == "ours.json"
    assert licmatch("catalog", "verify", "ours.json", "--trust", "other.pub").code == 3
    (place / "ours.json").write_bytes((place / "ours.json").read_bytes() + b"\n")
    ran = licmatch("catalog", "verify", "ours.json", "--trust", "office.pub")
    assert (ran.code, "does not hold" in ran.err) == (3, True)


def test_where_names_are_recognised_what_is_not_signed_or_not_trusted_is_refused(licmatch, place):
    asked = ("explain", "Zhan Ledger Hall", "--quiet", "--catalog", "ours.json")
    assert licmatch(*asked).out == "our.ledger\n"
    assert licmatch(*asked, "--trust", "office.pub").out == "our.ledger\n"
    ran = licmatch(*asked, "--trust", "office.pub", "--require-signed")
    assert (ran.code, ran.out, "is not signed" in ran.err) == (3, "", True)
    assert licmatch(*asked, "--require-signed").code == 2
    licmatch("catalog", "sign", "ours.json", "--key", "office.key")
    assert licmatch(*asked, "--trust", "office.pub", "--require-signed").out == "our.ledger\n"
    ran = licmatch(*asked, "--trust", "other.pub")
    assert (ran.code, "which is not trusted" in ran.err) == (3, True)


def test_a_result_says_who_vouched_and_a_refusal_leaves_none(licmatch, place):
    (place / "in.csv").write_text("device_id,name\npc1,Zhan Ledger Hall\n", encoding="utf-8")
    run = (
        "assess",
        "in.csv",
        "-o",
        "result",
        "--as-of",
        "2026-11-30",
        "--no-report",
        "--catalog",
        "ours.json",
        "--require-signed",
        "--trust",
        "office.pub",
    )
    assert licmatch(*run).code == 3
    assert not (place / "result").exists()
    told = licmatch("catalog", "sign", "ours.json", "--key", "office.key", "--json").out
    assert licmatch(*run).code == 0
    versions = json.loads((place / "result" / "manifest.json").read_text(encoding="utf-8"))["versions"]
    assert versions["signed_by"] == json.loads(told)[0]["key"]


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("sign", "nowhere.json", "--key", "office.key"), 2, "does not exist"),
        (("sign", "ours.json", "nowhere.json", "--key", "office.key"), 2, "does not exist"),
        (("sign", "ours.json", "--key", "nowhere"), 2, "there is no key"),
        (("sign", "ours.json", "--key", "ours.json"), 3, "no secret key"),
        (("sign", "ours.json", "--key", "office.pub"), 3, "no secret key"),
        (("verify", "ours.json", "--trust", "office.pub"), 3, "is not signed"),
        (("verify", "ours.json", "--trust", "RWxyz"), 3, "base64"),
        (("verify", "nowhere", "--trust", "office.pub"), 2, "does not exist"),
        (("verify", "ours.json"), 2, "--trust"),
    ],
)
def test_what_does_not_fit_is_said(licmatch, place, words, code, what):
    ran = licmatch("catalog", *words)
    assert (ran.code, what in ran.err) == (code, True), ran.err
    assert not (place / "ours.json.minisig").exists()


def test_both_languages(licmatch, place):
    assert "签署" in licmatch("catalog", "sign", "ours.json", "--key", "office.key", "--lang", "zh").out
    assert "核验通过" in licmatch("catalog", "verify", "ours.json", "--trust", "office.pub", "--lang", "zh").out
