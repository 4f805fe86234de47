"""Run the command in this process, as a shell would: words in, exit code and both outputs back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from licmatch.cli.main import status


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

    def run(*words: object) -> Ran:
        capfd.readouterr()
        code = status([str(word) for word in words])
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run
