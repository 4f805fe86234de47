"""The result of a run: its frames and manifest, written as a folder that appears whole or not at all, and read back."""

from __future__ import annotations

from licmatch.result.diff import diff
from licmatch.result.folder import previous_log, read_result, reserved, write_result
from licmatch.result.manifest import SCHEMA_VERSION, describe
from licmatch.result.parts import TableParts
from licmatch.result.record import Result
from licmatch.result.refresh import refresh
from licmatch.result.rulings_log import chained
from licmatch.result.rulings_log import described as log_described
from licmatch.result.seats_follow import numbered_lots, places_of, seats_follow
from licmatch.result.summary_only import summary_only
from licmatch.result.verify import Verification, verify

__all__ = [
    "SCHEMA_VERSION",
    "Result",
    "TableParts",
    "Verification",
    "chained",
    "describe",
    "diff",
    "log_described",
    "numbered_lots",
    "places_of",
    "previous_log",
    "read_result",
    "refresh",
    "reserved",
    "seats_follow",
    "summary_only",
    "verify",
    "write_result",
]
