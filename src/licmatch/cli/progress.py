"""A bar on a terminal, once the work has taken longer than a second. Elsewhere, and with --quiet, nothing."""

from __future__ import annotations

import sys
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING

from licmatch.cli.language import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_SECONDS = 1.0


class Bar:
    """Shows on standard error what is being done; `update` fits the `progress` argument of `read_inventory`."""

    def __init__(self, quiet: bool) -> None:
        self._lock = Lock()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._text, self._done, self._total = "", 0, 0
        self._closed = quiet or not sys.stderr.isatty()
        self._timer = None if self._closed else Timer(PATIENCE_SECONDS, self._show)

    def __enter__(self) -> Bar:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
            if self._progress is not None:
                self._progress.stop()

    def step(self, message_id: str) -> None:
        """Say which part of the work begins; how much of it there is, is not known yet."""
        self._text, self._done, self._total = say(message_id), 0, 0
        self._draw()

    def update(self, done: int, total: int) -> None:
        """Say how much of the present step is done."""
        self._done, self._total = done, total
        self._draw()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._closed:
                return
            columns = (SpinnerColumn("line"), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._progress.add_task(self._text, total=None)
            self._progress.start()
        self._draw()

    def _draw(self) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=self._text, completed=self._done, total=self._total or None)
