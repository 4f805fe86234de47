"""What every format reader is: an info, a detector that looks at the content, and a function that reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.records import FormatInfo


@dataclass(frozen=True, slots=True)
class Reader:
    """A format. `detect` returns how sure it is, 0.0 to 1.0; `read` puts all it finds into the gatherer."""

    info: FormatInfo
    detect: Callable[[Document], float]
    read: Callable[[Document, Gather], None]
