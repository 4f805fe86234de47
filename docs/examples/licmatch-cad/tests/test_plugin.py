"""What holds of the plugin whatever its catalog says. Nothing needs to be installed but licmatch."""

from __future__ import annotations

import licmatch_cad
from licmatch.testing import check_plugin


def test_catalog_examples_and_judge_hold():
    report = check_plugin("cad", licmatch_cad)
    assert (report.families, report.examples) == (4, 9)
