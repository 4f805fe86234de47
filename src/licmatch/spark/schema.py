"""Arrow types and Spark types, side by side in one place: Spark takes columns by place and fails without a word where a type differs."""

from __future__ import annotations

import pyarrow as pa

_TYPES = {
    pa.string(): "string",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", "UTC"): "timestamp",
    pa.list_(pa.string()): "array<string>",
}


def ddl(schema: pa.Schema) -> str:
    """Return a schema in Spark's words. Raises KeyError for a type that does not cross the boundary.

    >>> ddl(pa.schema([("name", pa.string()), ("rows", pa.int64())]))
    '`name` string, `rows` bigint'
    """
    return ", ".join(f"`{field.name}` {_TYPES[field.type]}" for field in schema)
