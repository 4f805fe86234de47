"""Every error licmatch raises on purpose, and the exit code each one ends the command with.

>>> issubclass(InputError, LicmatchError)
True
"""

from __future__ import annotations

from dataclasses import dataclass

EXIT_DONE = 0
EXIT_FAILED_POLICY = 1
EXIT_USAGE = 2
EXIT_INPUT = 3
EXIT_PLUGIN = 4
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Location:
    """Where a fault is: a file, and a line or an entry in it when known."""

    path: str
    line: int | None = None
    entry: str | None = None

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return where if self.entry is None else f"{where} {self.entry}"


class LicmatchError(Exception):
    """Base of all errors licmatch raises on purpose: what went wrong, where, and what to do."""

    exit_code = EXIT_INPUT

    def __init__(self, message: str, *, where: Location | None = None, hint: str | None = None) -> None:
        self.message = message
        self.where = where
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        head = self.message if self.where is None else f"{self.where}: {self.message}"
        return head if self.hint is None else f"{head}\n  hint: {self.hint}"


class UsageError(LicmatchError):
    """The words of the command or call do not fit together."""

    exit_code = EXIT_USAGE


class InputError(LicmatchError):
    """An input file cannot be used at all (single bad rows go to `rejected` instead)."""


class CatalogError(LicmatchError):
    """A catalog or vocabulary is not usable; lists every fault found, not the first only."""

    def __init__(self, message: str, *, faults: tuple[str, ...] = (), where: Location | None = None, hint: str | None = None) -> None:
        self.faults = faults
        super().__init__("\n".join((message, *faults)), where=where, hint=hint)


class ResultError(LicmatchError):
    """A result folder cannot be written or read, or what it holds does not add up."""


class WriteError(ResultError):
    """A place cannot be written; `why` is `busy` (another run holds it), `full`, `refused` (no right to) or `failed`.

    `said` is what the system says of it, where it says anything.
    """

    def __init__(
        self, message: str, *, why: str = "failed", said: str = "", where: Location | None = None, hint: str | None = None
    ) -> None:
        self.why, self.said = why, said
        super().__init__(message, where=where, hint=hint)


class PluginError(LicmatchError):
    """A plugin did not load, clashes with another, or answers in the wrong shape."""

    exit_code = EXIT_PLUGIN
