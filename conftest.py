"""Doctests of what needs an extra are left out where the extra is not installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("pyspark") else ["src/licmatch/spark/*.py", "tests/spark/*_job.py"]
