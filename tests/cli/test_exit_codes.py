"""Whatever goes wrong ends in one clear message on standard error and the exit code of the contract, never in a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import licmatch.cli.main as main_module
from licmatch.errors import InputError, LicmatchError, Location, PluginError, ResultError, UsageError


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr("licmatch.plugin_loader.load_plugins", fail)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("two of them", hint="choose one"), 2),
        (InputError("no bytes in it", where=Location("a.csv", 3), hint="collect it again"), 3),
        (ResultError("does not add up"), 3),
        (PluginError("did not load"), 4),
        (LicmatchError("something else"), 3),
        (KeyboardInterrupt(), 130),
        (ValueError("never thought of"), 3),
        (MemoryError(), 3),
        (PermissionError(13, "Permission denied", "out.csv"), 3),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_each_error_has_its_exit_code_and_one_message(licmatch, monkeypatch, error, code):
    failing(monkeypatch, error)
    ran = licmatch("plugins")
    assert (ran.code, ran.out) == (code, "")
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) <= 2
    if str(error) and not isinstance(error, KeyboardInterrupt):
        assert getattr(error, "strerror", None) or str(error).splitlines()[0] in ran.err


@pytest.mark.parametrize("error", [ImportError("x.so: failed to map segment from shared object"), RuntimeError("can't start new thread")])
def test_a_library_or_thread_that_finds_no_room_is_want_of_memory(licmatch, monkeypatch, error):
    failing(monkeypatch, error)
    told = licmatch("plugins").err
    failing(monkeypatch, MemoryError())
    assert told == licmatch("plugins").err
    failing(monkeypatch, type(error)("something else"))
    assert type(error).__name__ in licmatch("plugins").err


def test_a_place_and_a_hint_are_shown(licmatch, monkeypatch):
    failing(monkeypatch, InputError("no bytes in it", where=Location("a.csv", 3), hint="collect it again"))
    assert licmatch("plugins").err == "error: a.csv:3: no bytes in it\n  hint: collect it again\n"


def test_an_unexpected_exception_is_let_through_for_who_asks(licmatch, monkeypatch):
    failing(monkeypatch, ValueError("never thought of"))
    monkeypatch.setenv("LICMATCH_DEBUG", "1")
    with pytest.raises(ValueError, match="never thought of"):
        main_module.status(["plugins"])


@pytest.mark.parametrize(
    "words",
    [
        ("nope",),
        ("match",),
        ("match", "in.csv"),
        ("match", "in.csv", "-o", "out.pdf"),
        ("match", "in.csv", "-o", "nowhere/out.csv"),
        ("plugins", "--lang", "fr"),
        ("assess", "in.csv", "-o", "result", "--as-of", "tomorrow"),
        ("assess", "in.csv", "-o", "result", "--fail-on", "stolen"),
        ("explain",),
        ("catalog", "show", "os.windows-3000"),
        ("catalog", "list", "--category", "games"),
        ("demo", "--devices", "0"),
    ],
    ids=" ".join,
)
def test_words_that_do_not_fit_together_are_usage(licmatch, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    ran = licmatch(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00" * 64, b"\xff\xfe", b"PK\x03\x04 no workbook", b"PAR1 not parquet PAR1", b"{", b"<?xml version='1.0'?><!DOCTYPE a><a/>"],
    ids=["empty", "nul", "bom only", "no workbook", "no parquet", "open brace", "doctype"],
)
@pytest.mark.parametrize("command", ["match", "assess"])
def test_input_that_cannot_be_used_is_said_in_a_sentence(licmatch, tmp_path, raw, command):
    source = tmp_path / "dump.csv"
    source.write_bytes(raw)
    out = tmp_path / ("out.csv" if command == "match" else "result")
    ran = licmatch(command, source, "-o", out, *(["--as-of", "2026-11-30"] if command == "assess" else []))
    assert ran.code == 3
    assert "Traceback" not in ran.err
    assert str(source) in ran.err
    assert not out.exists()


@pytest.mark.parametrize("command", ["match", "assess"])
def test_a_file_that_is_not_there(licmatch, tmp_path, command):
    ran = licmatch(command, tmp_path / "no.csv", "-o", tmp_path / ("out.csv" if command == "match" else "result"))
    assert ran.code == 3
    assert "no.csv" in ran.err


def test_a_plugin_that_is_not_there(licmatch):
    assert licmatch("plugins", "--without", "cad").code == 4


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_interrupting_ends_with_130(tmp_path: Path):
    fifo = tmp_path / "never.csv"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [sys.executable, "-c", "import time, licmatch.cli.main as m, licmatch.plugin_loader as p\n"
         "def slow(**_): print('started', flush=True); time.sleep(30)\n"
         "p.load_plugins = slow\nm.run()", "plugins"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=10)
    assert process.returncode == 130
    assert told.strip() == "Interrupted."


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_that_goes_away_hears_nothing():
    script = f"{sys.executable} -m licmatch formats --json | head -c 1 >/dev/null"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert ran.stderr == ""


def test_a_console_of_code_page_936_gets_question_marks_not_a_crash(tmp_path: Path):
    environment = {**os.environ, "PYTHONIOENCODING": "gbk:strict", "LANG": "zh_CN"}
    ran = subprocess.run(
        [sys.executable, "-m", "licmatch", "explain", "Café™ Ω 🙂 专业版"], capture_output=True, env=environment, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "专业版" in ran.stdout.decode("gbk")
    assert b"?" in ran.stdout
