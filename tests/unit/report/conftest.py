"""One sample result for all report tests: making it is slower than reading it."""

from __future__ import annotations

import pytest
from tests.unit.report.sample import SampleResult, sample_result


@pytest.fixture(scope="session")
def result() -> SampleResult:
    return sample_result(counties=3, units=8, devices=6)
