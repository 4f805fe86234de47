"""Inspection: draw computers by a plan, take the filled sheets back, and say what was proved of all of them.

`sample` draws and `inspect` concludes; both work on a result folder and change nothing in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from licmatch.errors import InputError, Location
from licmatch.inspection.draw import Design, Draw, draw, read_code
from licmatch.inspection.frame import open_result, sampling_frame
from licmatch.inspection.outcome import Outcome, conclude
from licmatch.inspection.returned import read_registers
from licmatch.result import Result

__all__ = ["Design", "Draw", "Outcome", "conclude", "draw", "inspect", "open_result", "read_code", "sample", "sampling_frame"]


def sample(folder: str | Path, design: Design, *, ledger: object = None) -> tuple[Draw, Result]:
    """Draw from a result folder by a design; return the draw and the result.

    `ledger`: the asset ledger, where the result does not name all computers that only it has. Raises ResultError for a folder that is no
    result or was changed, UsageError for a design that does not fit it.
    """
    result, identity = open_result(folder)
    return draw(sampling_frame(result, by=design.by, ledger=ledger), design, result=identity), result


def inspect(folder: str | Path, sheets: Sequence[str | Path], *, ledger: object = None) -> tuple[Outcome, Result]:
    """Take filled registers back: draw again from what they say, compare, and conclude; return the outcome and the result.

    Raises InputError for sheets of another result or draw, for a seed, plan or frame that was changed, and where nothing was filled in.
    """
    lines, code = read_registers(sheets)
    stated = read_code(code)
    result, identity = open_result(folder)
    where = Location(str(sheets[0]))
    if stated["result"] != identity:
        raise InputError(
            "the sheets belong to another result", where=where, hint=f"they were drawn from one with the hash {stated['result']}"
        )
    again = draw(sampling_frame(result, by=stated["design"].by, ledger=ledger), stated["design"], result=identity)
    if again.frame != stated["frame"]:
        raise InputError(
            "the frame the sheets were drawn from is another", where=where, hint="give the ledger they were drawn with: --ledger FILE"
        )
    if again.number != stated["number"]:
        raise InputError(
            f"seed or plan were changed: drawn again it is draw {again.number}, the sheets say {stated['number']}", where=where,
            hint="compare with the number printed on the signed pages",
        )  # fmt: skip
    return conclude(again, lines, result), result
