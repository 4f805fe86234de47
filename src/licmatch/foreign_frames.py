"""Tables of other libraries (pandas, pyarrow, DuckDB), taken over through the Arrow interface."""

from __future__ import annotations

from typing import Any

import polars as pl

from licmatch.errors import UsageError


def taken_over(source: Any) -> pl.DataFrame:
    """Return a table that has `__arrow_c_stream__` as polars; a named index of pandas becomes columns.

    Raises UsageError where it has a type that polars knows nothing of, or where a library it needs on its way is not installed.
    """
    try:
        frame = pl.DataFrame(source)
        # Polars leaves the index of pandas behind; where somebody gave it a name it is a column like any other.
        if type(source).__module__.partition(".")[0] == "pandas":
            named = [level for level in source.index.names if level is not None and level not in frame.columns]
            return frame.hstack([pl.Series(level, source.index.get_level_values(level)) for level in named])
        return frame
    except ImportError as fault:
        # Frames of pandas reach polars through pyarrow, which is no dependency of either.
        hint = "pip install 'licmatch[arrow]', or hand over a frame of polars"
        raise UsageError(f"a {type(source).__name__} cannot be read without a library that is not installed: {fault}", hint=hint) from None
    # Polars panics at some types (decimal256), and a panic is no Exception.
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as fault:
        what = " ".join(str(fault).split())
        raise UsageError(f"polars cannot hold this table: {what}", hint="licmatch.match.arrow.match_stream keeps every type") from None
