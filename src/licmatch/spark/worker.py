"""What runs in a Python worker of the cluster: make the engine once, answer batches with it.

Spark forks its workers before this is imported, and one runs on each core of an executor: polars is imported here, inside the worker,
and is told to use one thread unless the site has said otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from licmatch.match.engine import Engine
    from licmatch.match.portable import EngineMark


def decide_partition(batches: Iterator[pa.RecordBatch], *, mark: EngineMark, file: str, max_rows: int) -> Iterator[pa.RecordBatch]:
    """Answer the batches of a partition (name, publisher, version) with the engine that was shipped. The function of `mapInArrow`."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from licmatch.match.arrow import match_batches

    yield from match_batches(batches, _engine(mark, file), max_rows=max_rows)


@lru_cache(maxsize=2)
def _engine(mark: EngineMark, file: str) -> Engine:
    """Return the engine of a shipped file: read and verified once in the life of a worker.

    Raises CatalogError or PluginError where this worker would not answer as the driver does.
    """
    from pyspark import SparkFiles

    from licmatch.errors import CatalogError
    from licmatch.match.portable import unpacked

    try:
        raw = Path(SparkFiles.get(file)).read_bytes()
    except OSError as fault:
        hint = "can the workers reach the driver's ports?"
        raise CatalogError(f"the catalog did not arrive at this worker: {fault.strerror}", hint=hint) from None
    return unpacked(mark, raw)
