"""Match every row of a lazy table without holding it: decide once per distinct name, join back in row order.

Two passes over the source: one collects the distinct names with their number of rows, the other is left lazy, so a sink
can stream it. Only the distinct names are ever in memory.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import polars as pl

from licmatch.errors import UsageError
from licmatch.schema import MATCH_COLUMNS, NAME_KEY

# Columns joined on; put on the frame for the join and taken off again.
_KEYS = tuple(f"lm_key_{part}" for part in NAME_KEY)
_ANSWER = "lm_answer"
_CODE, _BY_CODE = "lm_key_code", "lm_code_answer"
_FEW = 256  # rows of a table that is joined; see `answered`
TEXTS = (pl.String, pl.Categorical, pl.Enum, pl.Null)
_TEXT_LIKE = (*TEXTS, pl.Date, pl.Datetime, pl.Boolean)
_NAN = "NaN"  # an empty cell of a column that pandas made numbers of


class Decider(Protocol):
    """What matching a table needs of the engine."""

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return `keys` (name, publisher, version) with the decision columns, same rows, same order."""
        ...


def default_columns(
    there: Collection[str], publisher: str | None, version: str | None, product_code: str | None
) -> tuple[str | None, str | None, str | None]:
    """Return the columns to read beside the name: those given, else those that bear their own names, else none.

    >>> default_columns(["name", "version"], None, None, "code")
    (None, 'version', 'code')
    """

    def chosen(given: str | None, own: str) -> str | None:
        return given or (own if own in there else None)

    return chosen(publisher, "publisher"), chosen(version, "version"), chosen(product_code, "product_code")


def match_lazy(
    frame: pl.LazyFrame,
    engine: Decider,
    name: str,
    publisher: str | None = None,
    version: str | None = None,
    product_code: str | None = None,
) -> pl.LazyFrame:
    """Return the frame, rows and columns as they were, with the 14 `lm_` columns appended.

    The distinct names are decided now, in one streamed pass; the result is lazy. A row whose name is not recognised gets
    what its product code proves. Raises UsageError for a column that is not there, is not text, or would be written twice, and for numbers
    where names should be.
    """
    decided = decide_distinct(frame, engine, name, publisher, version)
    codes = None if product_code is None else decide_codes(frame, engine, product_code)
    return join_back(frame, decided, name, publisher, version, codes)


def decide_distinct(
    frame: pl.LazyFrame, engine: Decider, name: str, publisher: str | None = None, version: str | None = None
) -> pl.DataFrame:
    """Return each distinct (name, publisher, version) with `rows` and its decision columns, sorted by the three.

    Raises UsageError for a column that is not there, and for one of names that holds numbers, days or truth values: an empty one may be
    of any type.
    """
    keys = _key_expressions(frame, name, publisher, version)
    distinct = frame.select(keys).group_by(_KEYS).agg(rows=pl.len()).collect(engine="streaming").sort(_KEYS, nulls_last=False)
    named = distinct.rename(dict(zip(_KEYS, NAME_KEY, strict=True)))
    refuse_numbers(named["name"], frame.collect_schema()[name], name)
    return engine.decide(named.select(NAME_KEY)).with_columns(named["rows"].cast(pl.Int64))


def refuse_numbers(names: pl.Series, dtype: pl.DataType, column: str) -> None:
    """Raise UsageError where a column of another type than text, here already as texts, holds anything: no number is a name.

    >>> refuse_numbers(pl.Series([None, "NaN"]), pl.Float64(), "name")
    """
    if isinstance(dtype, TEXTS):
        return
    told = names.drop_nulls()
    told = told.filter(told != _NAN)
    if told.len():
        raise UsageError(f"column '{column}' holds {dtype} ({told[0]} ...), not names of software", hint="name the column that has them")


def decide_codes(frame: pl.LazyFrame, engine: Decider, product_code: str) -> tuple[str, pl.DataFrame]:
    """Return the column of product codes and, for each distinct code that a catalog lists, its decision columns."""
    (key,) = _key_expressions(frame, product_code)[:1]
    distinct = frame.select(key).drop_nulls().unique().collect(engine="streaming").sort(_KEYS[0])
    keys = pl.DataFrame({"name": distinct[_KEYS[0]]}).with_columns(publisher=pl.lit(None, pl.String), version=pl.lit(None, pl.String))
    return product_code, engine.decide(keys).filter(pl.col("lm_method") == "identifier")


def join_back(
    frame: pl.LazyFrame,
    decided: pl.DataFrame,
    name: str,
    publisher: str | None = None,
    version: str | None = None,
    codes: tuple[str, pl.DataFrame] | None = None,
    *,
    listed: bool = False,
) -> pl.LazyFrame:
    """Return the frame with the decisions of `decide_distinct` beside each row, in row order.

    Names are many, different answers few. Rows get the number of their answer by the three texts, then the answer by its
    number: fourteen columns are not carried through the join on texts. With `listed` the texts of answers are Enum (`listed_texts`).
    """
    keys = _key_expressions(frame, name, publisher, version)
    columns = frame.collect_schema().names()
    coded = None if codes is None or codes[1].height == 0 else codes
    told = [decided, *([] if coded is None else [coded[1]])]
    distinct = pl.concat([one.select(*MATCH_COLUMNS) for one in told]).unique(maintain_order=True)
    answers = distinct.with_row_index(_ANSWER)
    named = decided.select(*(pl.col(part).alias(key) for part, key in zip(NAME_KEY, _KEYS, strict=True)), *MATCH_COLUMNS)
    numbered = named.join(answers, on=list(MATCH_COLUMNS), how="left", nulls_equal=True, validate="m:1").select(*_KEYS, _ANSWER)
    rows = frame.with_columns(keys).join(numbered.lazy(), on=_KEYS, how="left", nulls_equal=True, maintain_order="left")
    if coded is not None:
        rows = _with_codes(rows, *coded, answers)
    told_rows = answered(rows, listed_texts(distinct) if listed else distinct, _ANSWER)
    return told_rows.select(*(pl.col(column) for column in columns), *MATCH_COLUMNS)


def listed_texts(answers: pl.DataFrame) -> pl.DataFrame:
    """Return answers with their texts as Enum: whoever writes millions of rows of them need not tell the texts apart again.

    >>> listed_texts(pl.DataFrame({"lm_status": ["unknown", "recognised", "unknown"]})).schema["lm_status"]
    Enum(categories=['unknown', 'recognised'])
    """
    texts = [column for column, dtype in answers.schema.items() if dtype == pl.String]
    return answers.with_columns(pl.col(text).cast(pl.Enum(answers[text].drop_nulls().unique(maintain_order=True))) for text in texts)


def answered(rows: pl.LazyFrame, answers: pl.DataFrame, number: str) -> pl.LazyFrame:
    """Return rows with the columns of their answer appended, of which `number` (the type of `with_row_index`) is the place in `answers`.

    >>> told = answered(pl.LazyFrame({"n": [0, None]}, schema={"n": pl.UInt32}), pl.DataFrame({"lm_status": ["unknown"]}), "n")
    >>> told.collect()["lm_status"].to_list()
    ['unknown', None]
    """
    # Joined with a handful of rows, polars adds to each of the columns anew for nearly every row of the frame: up to a hundred times
    # the work. The numbers beyond the answers are nobody's.
    numbers = pl.int_range(max(answers.height, _FEW), dtype=pl.get_index_type(), eager=True).alias(number).to_frame()
    table = numbers.join(answers.with_row_index(number), on=number, how="left", maintain_order="left")
    return rows.join(table.lazy(), on=number, how="left", maintain_order="left")


def _with_codes(rows: pl.LazyFrame, column: str, listed: pl.DataFrame, answers: pl.DataFrame) -> pl.LazyFrame:
    """Give rows without a recognised name the answer of their product code."""
    by_code = listed.join(answers, on=list(MATCH_COLUMNS), how="left", nulls_equal=True)
    table = by_code.select(pl.col("name").alias(_CODE), pl.col(_ANSWER).alias(_BY_CODE))
    # A name that bears a signature keeps its own answer: the code says nothing of that.
    unsettled = answers.filter((pl.col("lm_status") != "recognised") & pl.col("lm_signature_id").is_null())[_ANSWER].to_list()
    return (
        rows.with_columns(pl.col(column).cast(pl.String).alias(_CODE))
        .join(table.lazy(), on=_CODE, how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col(_ANSWER).is_in(unsettled)).then(pl.coalesce(_BY_CODE, _ANSWER)).otherwise(pl.col(_ANSWER)).alias(_ANSWER)
        )
    )


def totals(decided: pl.DataFrame) -> dict[str, int]:
    """Return rows and distinct names in all, and rows by status."""
    by_status = dict(decided.group_by("lm_status").agg(pl.col("rows").sum()).iter_rows())
    return {
        "rows": int(decided["rows"].sum()),
        "distinct": decided.height,
        **{status: int(by_status.get(status, 0)) for status in ("recognised", "ambiguous", "unknown")},
    }


def _key_expressions(frame: pl.LazyFrame, name: str, publisher: str | None = None, version: str | None = None) -> list[pl.Expr]:
    schema = frame.collect_schema()
    taken = [column for column in (*MATCH_COLUMNS, *_KEYS, _ANSWER, _CODE, _BY_CODE) if column in schema]
    if taken:
        hint = "match the table as it was before, or rename or drop its lm_ columns"
        raise UsageError(f"the input already has a column {taken[0]}", hint=hint)
    expressions = []
    for column, key in zip((name, publisher, version), _KEYS, strict=True):
        if column is None:
            expressions.append(pl.lit(None, dtype=pl.String).alias(key))
            continue
        if column not in schema:
            raise UsageError(f"there is no column '{column}'", hint="the columns are: " + ", ".join(schema.names()))
        dtype = schema[column]
        if not (dtype.is_numeric() or isinstance(dtype, _TEXT_LIKE)):
            raise UsageError(f"column '{column}' holds {dtype}, not text")
        expressions.append(pl.col(column).cast(pl.String).alias(key))
    return expressions
