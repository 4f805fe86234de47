"""`import licmatch` costs next to nothing, and brings no polars with it."""

from __future__ import annotations

import subprocess
import sys

PROBE = "import sys, time; start = time.perf_counter(); import licmatch; print(time.perf_counter() - start, 'polars' in sys.modules)"


def test_import_is_cheap_and_lazy():
    seconds = []
    for _ in range(5):
        taken, polars = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True).stdout.split()
        assert polars == "False"
        seconds.append(float(taken))
    assert min(seconds) < 0.06
