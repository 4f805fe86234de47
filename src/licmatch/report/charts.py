"""The workbook's native charts, all alike: horizontal bars, one font, the page's colours, a spoken description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.report.workbook_table import FONT

GENUINE = {"fill": {"color": "#2F7A6B"}}
OPEN = {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#D7A54A", "bg_color": "#F3E2BF"}}
BAD = {"fill": {"color": "#B4493C"}}
QUIET = {"fill": {"color": "#1F5673"}}
_GRID = {"visible": True, "line": {"color": "#E0E3E0"}}
_LABEL = {"name": FONT, "size": 9}


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its name, the column its values stand in, how it looks."""

    name: str
    column: int
    look: dict[str, Any]


def bar_chart(
    book: Workbook, sheet: Worksheet, title: str, rows: tuple[int, int], names: int, series: Sequence[Series], place: tuple[int, int], *,
    numbers: str = "#,##0", most: float | None = None, size: tuple[int, int] = (620, 268),
) -> None:  # fmt: skip
    """Put a chart of stacked bars over cells of the sheet: rows from first to last, their names in column `names`."""
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    first, last = rows
    for one in series:
        chart.add_series({
            "name": one.name, "gap": 70, **one.look,
            "categories": [sheet.name, first, names, last, names], "values": [sheet.name, first, one.column, last, one.column],
        })  # fmt: skip
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 11, "bold": False}})
    ends = {} if most is None else {"min": 0, "max": most}
    chart.set_x_axis({**ends, "num_format": numbers, "num_font": _LABEL, "major_gridlines": _GRID})
    chart.set_y_axis({"reverse": True, "num_font": _LABEL})
    if len(series) > 1:
        chart.set_legend({"position": "bottom", "font": _LABEL})
    else:
        chart.set_legend({"none": True})
    chart.set_size({"width": size[0], "height": size[1]})
    sheet.insert_chart(*place, chart, {"x_offset": 24, "y_offset": 6, "description": title})
