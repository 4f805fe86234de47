"""Names decided in Arrow: record batches in, record batches out, for any engine that carries Arrow between processes.

Such engines take columns by their place and trust the declared types, so every batch leaves here in one order and with plain types
only, whatever came in. Needs pyarrow (`licmatch[arrow]`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pyarrow as pa

from licmatch.errors import InputError, UsageError
from licmatch.match.once import DecidedOnce
from licmatch.match.stream import Decider, default_columns, match_lazy
from licmatch.schema import DECISION_COLUMNS, MATCH_COLUMNS, NAME_KEY

# Rows of the largest batch that is handed on, and of the most that is decided at a time: engines set limits on rows and on bytes.
MAX_ROWS = 65_536

_PLAIN = {pl.String(): pa.string(), pl.Float64(): pa.float64(), pl.Boolean(): pa.bool_()}

# What comes out: the three texts, then every column of a decision (`schema.DECISION_COLUMNS`). Strings, doubles and Booleans only.
OUT_SCHEMA: pa.Schema = pa.schema(
    [*((part, pa.string()) for part in NAME_KEY), *((column, _PLAIN[dtype]) for column, dtype in DECISION_COLUMNS.items())]
)

# What `match_stream` appends to the columns it is given.
APPENDED: pa.Schema = pa.schema([(column, _PLAIN[dtype]) for column, dtype in MATCH_COLUMNS.items()])


def match_stream(
    source: Any, engine: Decider, *, name: str = "name", publisher: str | None = None, version: str | None = None,
    product_code: str | None = None, max_rows: int = MAX_ROWS,
) -> pa.RecordBatchReader:  # fmt: skip
    """Return a stream of the source's own columns, bit for bit of their own types, with the 14 `lm_` columns appended.

    `source` is anything with `__arrow_c_stream__`: a pyarrow table or reader, pandas, DuckDB, polars. `Engine.match` turns a table into
    polars, which has fewer types; here dictionaries, large and view types, time units, extension types and the schema's metadata stay, so
    that `.read_pandas()` gives pandas its categories and its index back. One batch is held at a time, and the distinct names, each
    decided once. Raises UsageError for what is no stream, a column that is missing or would be written twice, and InputError for a name
    that is not text; both before the first batch, and InputError for text that is not UTF-8 where it stands.

    >>> import licmatch
    >>> table = pa.table({"name": pa.array(["Windows 10 Pro"]).dictionary_encode(), "seen": pa.array([0], pa.timestamp("s"))})
    >>> matched = match_stream(table, licmatch.Engine.load()).read_all()
    >>> matched.select(table.column_names).equals(table), matched["lm_product_id"].to_pylist()
    (True, ['os.windows-10.pro'])
    """
    if not hasattr(source, "__arrow_c_stream__"):
        raise UsageError(f"a {type(source).__name__} is no stream of Arrow", hint="hand over anything with __arrow_c_stream__")
    if max_rows < 1:
        raise UsageError(f"max_rows is {max_rows}", hint="a batch has at least one row")
    reader = pa.RecordBatchReader.from_stream(source)
    columns = (name, *default_columns(reader.schema.names, publisher, version, product_code))
    given = [column for column in dict.fromkeys(columns) if column is not None]
    once = DecidedOnce(engine)
    # Asked for no rows first: what is wrong with the columns is told now, not when somebody reads the stream.
    match_lazy(_texts(reader.schema.empty_table(), given), once, *columns)
    if taken := [column for column in MATCH_COLUMNS if column in reader.schema.names]:
        raise UsageError(f"the input already has a column {taken[0]}", hint="rename or drop its lm_ columns")

    def answered() -> Iterator[pa.RecordBatch]:
        for whole in reader:
            for start in range(0, whole.num_rows, max_rows):
                batch = whole.slice(start, max_rows)
                told = match_lazy(_texts(pa.Table.from_batches([batch]), given), once, *columns).select(*MATCH_COLUMNS).collect()
                [answers] = conformed(told.rechunk().to_arrow(), APPENDED).combine_chunks().to_batches()
                yield pa.RecordBatch.from_arrays([*batch.columns, *answers.columns], schema=schema)

    schema = pa.schema([*reader.schema, *APPENDED], metadata=reader.schema.metadata)
    return pa.RecordBatchReader.from_batches(schema, answered())


def _texts(table: pa.Table, columns: list[str]) -> pl.LazyFrame:
    """Return the columns that are read, as polars; a table's other columns may be of types that polars does not have."""
    missing = [column for column in columns if column not in table.column_names]
    if missing:
        raise UsageError(f"there is no column '{missing[0]}'", hint="the columns are: " + ", ".join(table.column_names))
    chosen = _valid(table.select(columns))
    try:
        frame = pl.from_arrow(chosen)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as fault:
        raise InputError(f"polars cannot read the columns {', '.join(columns)}: {fault}", hint="cast them to text") from None
    assert isinstance(frame, pl.DataFrame)
    return frame.lazy()


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
    chosen = _valid(conformed_texts(batch))
    frame = pl.from_arrow(chosen)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _valid(table: pa.Table) -> pa.Table:
    try:
        table.validate(full=True)
    except pa.ArrowInvalid as fault:
        raise InputError(f"a batch holds text that is not UTF-8: {fault}", hint="make it valid before it is matched") from None
    return table


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
