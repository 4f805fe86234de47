"""licmatch on a Spark cluster: `decide`, `match`, `assess` and `roll_up` take and give Spark frames and answer as the local ones do.

Needs `pip install 'licmatch[spark]'` and a Java runtime; docs/how-to/spark.md tells how to bring it to the workers.
The names are loaded on first use: a worker imports this package before it knows what it is to do.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licmatch.spark.assessing import assess
    from licmatch.spark.matching import decide, match
    from licmatch.spark.units import roll_up

_HOME = {"assess": "assessing", "decide": "matching", "match": "matching", "roll_up": "units"}

__all__ = ["assess", "decide", "match", "roll_up"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    missing = [package for package in ("pyspark", "pyarrow", "pandas") if find_spec(package) is None]
    if missing:
        from licmatch.errors import UsageError

        raise UsageError(f"licmatch.spark needs {', '.join(missing)}", hint="pip install 'licmatch[spark]'")
    found: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    return found
