"""The result of a run: its frames and manifest, written as a folder that appears whole or not at all, and read back."""

from __future__ import annotations

from licmatch.result.folder import read_result, write_result
from licmatch.result.manifest import SCHEMA_VERSION, describe
from licmatch.result.record import Result

__all__ = ["SCHEMA_VERSION", "Result", "describe", "read_result", "write_result"]
