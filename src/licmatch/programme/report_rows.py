"""The board as rows of a report: titles with their period, and what blocks a milestone in words of both languages."""

from __future__ import annotations

from typing import Any

from licmatch.messages import LANGUAGES
from licmatch.programme.record import Board
from licmatch.programme.wording import joined, row_title, step_title


def report_rows(board: Board, *, holders: bool = True) -> list[dict[str, Any]]:
    """Return the rows of `board.to_frame()` for `licmatch.report`; `title_*` have the period, `blocked_by_*` the titles of the steps.

    Without `holders` nobody is named: `who` is empty, and so is the number of the paper. Holders may be persons.

    >>> from licmatch.programme import board, example
    >>> row = report_rows(board(example("zhanjiang"), as_of="2005-07-25"))[0]
    >>> row["title_zh"], row["status"], row["blocked_by_en"]
    ('完成调查', 'done', '')
    """
    made = []
    for row, plain in zip(board.rows, board.to_frame().iter_rows(named=True), strict=True):
        told = {f"title_{lang}": row_title(row, lang) for lang in LANGUAGES}
        told |= {f"blocked_by_{lang}": joined((step_title(one, lang) for one in row.blocked_by), lang) for lang in LANGUAGES}
        made.append(plain | told | ({} if holders else {"who": [], "document_no": None}))
    return made
