"""`import licmatch` costs next to nothing: it brings no stage and no library with it."""

from __future__ import annotations

import subprocess
import sys

PROBE = "import sys; before = set(sys.modules); import licmatch; print(*sorted(set(sys.modules) - before))"


def test_import_is_cheap_and_lazy():
    loaded = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.partition(".")[0] == "licmatch"}
    assert ours <= {"licmatch", "licmatch.errors"}, ours
    assert not {name.partition(".")[0] for name in loaded} & {"polars", "numpy", "pyarrow", "click", "pluggy", "msgspec", "rapidfuzz"}
