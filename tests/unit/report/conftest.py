"""One sample result for all report tests: making it is slower than reading it."""

from __future__ import annotations

import shutil

import pytest
from tests.unit.report.sample import SampleResult, sample_result


@pytest.fixture(scope="session")
def result() -> SampleResult:
    return sample_result(counties=3, units=8, devices=6)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is; without one these tests are skipped by name, and in CI they fail."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path is not None:
            return path
    pytest.skip("the program chromium is not installed")
