"""The programme itself: calendars, open points, workflow, rubric, and the board of a campaign."""

from __future__ import annotations

from pathlib import Path

from licmatch.errors import UsageError
from licmatch.programme.campaign import Campaign
from licmatch.programme.campaign_file import Case, load_campaign
from licmatch.programme.form_records import form_records, joined_records
from licmatch.programme.overview import board
from licmatch.programme.programmes import Programme, built_in_programmes, load_programme
from licmatch.programme.record import STATUSES, Board, plain
from licmatch.programme.report_rows import report_rows
from licmatch.programme.rubric import Rubric, built_in_rubrics, load_rubric
from licmatch.programme.settings import Settings, open_points, settle
from licmatch.programme.workflow import Workflow, load_workflow

__all__ = [
    "STATUSES",
    "Board",
    "Campaign",
    "Case",
    "Programme",
    "Rubric",
    "Settings",
    "Workflow",
    "board",
    "built_in_programmes",
    "built_in_rubrics",
    "example",
    "examples",
    "form_records",
    "joined_records",
    "load_campaign",
    "load_programme",
    "load_rubric",
    "load_workflow",
    "open_points",
    "plain",
    "report_rows",
    "settle",
]

_EXAMPLES = Path(__file__).parent / "examples"


def examples() -> tuple[str, ...]:
    """Return the names of the campaign files that come with licmatch as examples."""
    return tuple(sorted(path.stem for path in _EXAMPLES.glob("*.toml")))


def example(name: str) -> Path:
    """Return the path of an example campaign file. Raises UsageError for a name there is none of."""
    if name not in examples():
        raise UsageError(f"there is no example {name!r}", hint=f"one of: {', '.join(examples())}")
    return _EXAMPLES / f"{name}.toml"
