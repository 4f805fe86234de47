"""`pl.col("DisplayName").licmatch.match()`: recognition as a polars expression.

The expression hands over whole batches, of which the distinct names are decided, each once however many batches there are: no Python
runs for a row. Its answer for a row depends on nothing but the row, so polars may cut, group and stream as it likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from licmatch.errors import UsageError
from licmatch.match.once import DecidedOnce
from licmatch.match.stream import Decider, refuse_numbers
from licmatch.schema import MATCH_COLUMNS, NAME_KEY

if TYPE_CHECKING:
    from licmatch.match.engine import Engine

NAMESPACE = "licmatch"
ANSWER = pl.Struct(MATCH_COLUMNS)
_LOADING = Lock()


@pl.api.register_expr_namespace(NAMESPACE)
class LicmatchExpressions:
    """What `.licmatch` on an expression offers, once `licmatch.polars` (or the engine) was imported."""

    def __init__(self, names: pl.Expr) -> None:
        self._names = names

    def match(
        self, publisher: str | pl.Expr | None = None, version: str | pl.Expr | None = None, *, engine: Decider | None = None
    ) -> pl.Expr:
        """Return what each name is: a struct with the 14 `lm_` columns of `Engine.match`, which gives the same answers.

        `publisher` and `version` are columns or expressions; `engine` is the one to ask, else that of the built-in catalogs and the
        installed plugins, loaded once in this process. A null name is unknown, as in `Engine.match`. Product codes have no say here.
        The function behind it is called once a batch: for a frame in memory that is a chunk, so `rechunk` one of very many chunks.
        Raises UsageError for an engine or a column that is none, and when it is asked, for names that are numbers or days.

        >>> import licmatch.polars
        >>> frame = pl.DataFrame({"DisplayName": ["Windows 10 Pro", "Windows 10 Pro", None]})
        >>> told = frame.select(pl.col("DisplayName").licmatch.match()).unnest("DisplayName")
        >>> told["lm_product_id"].to_list()
        ['os.windows-10.pro', 'os.windows-10.pro', None]
        """
        if engine is not None and not callable(getattr(engine, "decide", None)):
            raise UsageError(f"engine is {engine!r}, which is no engine", hint="licmatch.Engine.load() makes one")
        given = {"name": self._names, "publisher": _column("publisher", publisher), "version": _column("version", version)}
        asked = {part: each if part == "name" else each.cast(pl.String) for part, each in given.items() if each is not None}
        return pl.map_batches(list(asked.values()), _Batches(tuple(asked), engine), return_dtype=ANSWER, is_elementwise=True)


class _Batches:
    """Answers a batch of names (and publishers, versions) with a batch of `ANSWER`; keeps nothing but distinct names."""

    def __init__(self, parts: tuple[str, ...], engine: Decider | None) -> None:
        self._parts = parts
        self._engine = engine
        self._once: DecidedOnce | None = None
        self._lock = Lock()

    def __call__(self, columns: Sequence[pl.Series]) -> pl.Series:
        with self._lock:
            if self._once is None:
                self._once = DecidedOnce(self._engine if self._engine is not None else default_engine())
        # A literal comes as one value, whatever the batch's height.
        height = next((len(column) for column in columns if len(column) != 1), 1)
        names = columns[0].cast(pl.String)
        refuse_numbers(names, columns[0].dtype, columns[0].name)
        columns = (names, *columns[1:])
        rows = {part: _as_tall(column, height) for part, column in zip(self._parts, columns, strict=True)}
        keys = pl.DataFrame(rows).with_columns(pl.lit(None, dtype=pl.String).alias(part) for part in NAME_KEY if part not in rows)
        return self._once.decide(keys).select(*MATCH_COLUMNS).to_struct(columns[0].name)


def _as_tall(column: pl.Series, height: int) -> pl.Series:
    return column if len(column) == height else column.new_from_index(0, height)


def default_engine() -> Engine:
    """Return the engine of the built-in catalogs and the installed plugins; the same one for the whole process."""
    with _LOADING:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> Engine:
    from licmatch.match.engine import Engine

    return Engine.load()


def _column(what: str, part: str | pl.Expr | None) -> pl.Expr | None:
    if part is not None and not isinstance(part, str | pl.Expr):
        raise UsageError(f"{what} is {part!r}, which is no column", hint='give its name, or an expression: pl.col("Publisher")')
    return pl.col(part) if isinstance(part, str) else part
