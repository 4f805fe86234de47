"""Bringing an engine to the workers: one file, sent by Spark, named by its hash."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from licmatch.errors import UsageError
from licmatch.match.engine import Engine
from licmatch.match.portable import EngineMark, carried

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Files that a Spark application was given: it refuses another path under the same name, and never forgets one.
_sent: dict[tuple[str, str], str] = {}


@dataclass(frozen=True, slots=True)
class Shipped:
    """What a task needs to find and verify the engine: the mark, and the name under which Spark keeps the file."""

    mark: EngineMark
    file: str


def ship(spark: SparkSession, engine: Engine) -> Shipped:
    """Send the engine's catalogs to every worker of the session, once for each content. Raises UsageError where Spark cannot."""
    mark, raw = carried(engine)
    context = getattr(spark, "sparkContext", None)
    if context is None:
        hint = "run the driver on the cluster (spark-submit)"
        raise UsageError("a Spark Connect session cannot be given files for its workers", hint=hint)
    sent = (str(context.applicationId), mark.sha256)
    if sent not in _sent:
        file = f"licmatch-{mark.sha256[:32]}.msgpack"
        # The folder has to last as long as the application: executors that join later ask for the file again.
        path = Path(tempfile.mkdtemp(prefix="licmatch-")) / file
        path.write_bytes(raw)
        context.addFile(str(path))
        _sent[sent] = file
    return Shipped(mark, _sent[sent])
