"""Names decided in Arrow: record batches in, record batches out, for any engine that carries Arrow between processes.

Such engines take columns by their place and trust the declared types, so every batch leaves here in one order and with plain types
only, whatever came in. Needs pyarrow (`licmatch[arrow]`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa

from licmatch.errors import InputError, UsageError
from licmatch.match.stream import Decider
from licmatch.schema import DECISION_COLUMNS, NAME_KEY

# Rows of the largest batch that is handed on, and of the most that is decided at a time: engines set limits on rows and on bytes.
MAX_ROWS = 65_536

_PLAIN = {pl.String(): pa.string(), pl.Float64(): pa.float64(), pl.Boolean(): pa.bool_()}

# What comes out: the three texts, then every column of a decision (`schema.DECISION_COLUMNS`). Strings, doubles and Booleans only.
OUT_SCHEMA: pa.Schema = pa.schema(
    [*((part, pa.string()) for part in NAME_KEY), *((column, _PLAIN[dtype]) for column, dtype in DECISION_COLUMNS.items())]
)


def match_batches(batches: Iterable[pa.RecordBatch], engine: Decider, *, max_rows: int = MAX_ROWS) -> Iterator[pa.RecordBatch]:
    """Yield, for batches with the columns name, publisher and version, batches of `OUT_SCHEMA`: same rows, same order.

    Columns are found by name, in whatever order and text type they stand (string, large_string, string_view, dictionary of them, null);
    further columns are left out. A batch of more than `max_rows` rows is cut; an empty one gives none. What a row is answered depends
    on nothing but the row. Raises UsageError for a column that is missing, and InputError for one that is not text or for text that is
    not UTF-8.

    >>> import licmatch
    >>> batch = pa.record_batch({"version": ["22H2"], "name": ["Windows 10 Pro"], "publisher": ["Microsoft Corporation"]})
    >>> [out] = match_batches([batch], licmatch.Engine.load())
    >>> out.schema.equals(OUT_SCHEMA), out.column("lm_product_id").to_pylist()
    (True, ['os.windows-10.pro'])
    """
    if max_rows < 1:
        raise UsageError(f"max_rows is {max_rows}", hint="a batch has at least one row")
    for batch in batches:
        keys = _keys(batch)
        for start in range(0, batch.num_rows, max_rows):
            decided = engine.decide(keys.slice(start, max_rows))
            yield from conformed(decided.to_arrow(), OUT_SCHEMA).to_batches(max_chunksize=max_rows)


def conformed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the columns of a schema, chosen by name, in its order and of its types. Raises UsageError where one is missing."""
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise UsageError(f"the batch has no column {missing[0]!r}", hint=f"it has: {', '.join(table.column_names)}")
    return table.select(schema.names).cast(schema)


def _keys(batch: pa.RecordBatch) -> pl.DataFrame:
    """Return the three texts as a frame, having looked that they are text: what is not well-formed would be read past its end."""
    chosen = conformed_texts(batch)
    try:
        chosen.validate(full=True)
    except pa.ArrowInvalid as fault:
        raise InputError(f"a batch holds text that is not UTF-8: {fault}", hint="make it valid before it is matched") from None
    frame = pl.from_arrow(chosen)
    assert isinstance(frame, pl.DataFrame)
    return frame


def conformed_texts(batch: pa.RecordBatch) -> pa.Table:
    """Return name, publisher and version of a batch as strings."""
    table = pa.Table.from_batches([batch])
    for name in NAME_KEY:
        if name in table.column_names and not _is_text(table.schema.field(name).type):
            raise InputError(f"column {name!r} holds {table.schema.field(name).type}, not text", hint="cast it before it is matched")
    return conformed(table, pa.schema([(part, pa.large_string()) for part in NAME_KEY]))


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    views = getattr(pa.types, "is_string_view", lambda _: False)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind) or views(kind))
