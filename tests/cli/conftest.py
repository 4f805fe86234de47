"""Run the command in this process, as a shell would: words in, exit code and both outputs back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from licmatch import Engine
from licmatch.cli.main import status

# An engine never changes, so the runs of this session share one for each set of options; test_exit_codes and test_match_command
# also start real processes, which load their own.
_fresh = Engine.load
_kept = cache(Engine.load)


def _load(*, catalogs: Iterable[object] = (), builtin: bool = True, without: Iterable[str] = (), **more: Any) -> Engine:
    if any(value is not None for value in more.values()):  # what is verified must be read again each time, and plugins are no keys
        return _fresh(catalogs=catalogs, builtin=builtin, without=without, **more)
    return _kept(catalogs=tuple(map(str, catalogs)), builtin=builtin, without=tuple(without))


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def licmatch(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    for variable in ("LC_ALL", "LC_MESSAGES", "LICMATCH_DEBUG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr(Engine, "load", _load)

    def run(*words: object) -> Ran:
        capfd.readouterr()
        code = status([str(word) for word in words])
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run
