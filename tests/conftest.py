"""Shared by all tests: one engine, programs that a test may need, and no skip that nobody notices."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from licmatch import Engine

# CI has every program and every file the tests can ask for: there a skip is a test that did not run.
IN_CI = os.environ.get("LICMATCH_CI") == "1"

# The same examples on every run, and no time limit of its own: a loaded machine is no fault of the code.
settings.register_profile("licmatch", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("licmatch")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "ci_may_skip(why): CI cannot run this test either, for this reason")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("ci_may_skip") is None:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI can run it: {call.excinfo.value if call.excinfo else ''}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped as a whole, and CI can run it"  # type: ignore[assignment]
    return report


@pytest.fixture
def needs_tool() -> Callable[[str], str]:
    """Return where a program is, or skip the test; in CI its absence is a failure."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"the program {name} is not installed")
        return path

    return find


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The built-in engine; immutable, so one serves all tests."""
    from licmatch import Engine

    return Engine.load()
