"""What `verify` says of one thing that does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: its code (worded by `verify.<code>` of the messages), where, and the values of its text."""

    code: str
    file: str
    values: Mapping[str, Any] = field(default_factory=dict)
