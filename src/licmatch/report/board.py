"""The campaign's board in the reports: milestones of units as another stage tells them, checked and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from licmatch.report.result_view import Title
from licmatch.report.wording import shown

Board = Sequence[Mapping[str, Any]]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Milestone:
    """One milestone over all units: how many stand where, by status code."""

    title: Title
    due: str
    counts: tuple[tuple[str, int], ...]


def board_rows(board: Board, names: Mapping[str, str]) -> list[Json]:
    """Return the rows for the page and the workbook, in the board's order. `names`: the units' own.

    A row of `board` has unit, milestone, title_zh, title_en, due, done_on, status, days_late, blocked_by and who; days are
    ISO texts or dates, `blocked_by` may be a list; where blocked_by_zh and blocked_by_en are there, they are what is shown.
    """
    return [
        {
            "unit": names.get(str(row.get("unit_id") or row.get("unit")), shown(row.get("unit"), 120)),
            "title": [shown(row.get(f"title_{lang}") or row.get("milestone"), 120) for lang in ("zh", "en")],
            "due": shown(row.get("due"), 10), "done_on": shown(row.get("done_on"), 10), "status": shown(row.get("status"), 40),
            "days_late": int(row.get("days_late") or 0),
            "blocked_by": [_listed(row.get(f"blocked_by_{lang}", row.get("blocked_by"))) for lang in ("zh", "en")],
            "who": _listed(row.get("who")),
        }
        for row in board
    ]  # fmt: skip


def milestones(board: Board) -> list[Milestone]:
    """Return the milestones in the order in which they first come, with how many units stand where."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in board:
        groups.setdefault(str(row.get("milestone")), []).append(row)
    return [
        Milestone(
            Title(*(shown(rows[0].get(f"title_{lang}") or key, 120) for lang in ("zh", "en"))),
            _span(sorted({shown(row.get("due"), 10) for row in rows if row.get("due")})),
            tuple(sorted(Counter(shown(row.get("status"), 40) for row in rows).items())),
        )
        for key, rows in groups.items()
    ]


def _span(days: list[str]) -> str:
    return " – ".join(dict.fromkeys((days[0], days[-1]))) if days else ""


def _listed(value: object) -> str:
    return ", ".join(shown(each, 120) for each in value) if isinstance(value, list | tuple) else shown(value, 200)
