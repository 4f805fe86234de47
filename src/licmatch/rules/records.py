"""A rule file as frozen records: what a rule may say, and how much of it. Conditions stay as written; `conditions` reads them.

`docs/reference/rules.md` explains the language; unknown keys are errors, and nothing here runs code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct, field

from licmatch.errors import Location

SCHEMA = 1

# The codes of the policy's verdicts.toml: rules stand below judging and may not import it, a test holds the two equal.
VERDICTS = (
    "cracked", "over_deployed", "version_mismatch", "expired", "edition_not_allowed", "trial_expired", "trial_valid", "undetermined",
    "no_evidence", "label_missing", "unfiled", "genuine_free", "open_source", "genuine_site", "genuine_allocated", "genuine_oem",
    "genuine_purchased", "not_in_scope",
)  # fmt: skip
FLAG, EXEMPT = "flag", "exempt"
FLAGS = ("end_of_support", "data_quality", "evidence_conflict", "personal_use", "more_than_licensed")
CONCLUSIVE = 0.93  # a rule that says `cracked` speaks about today and is at least this sure

# A rule file may come from anybody; these keep a hostile one small. Real rules stay far below.
MAX_FILE_BYTES = 1024 * 1024
MAX_RULES = 2_000
MAX_TESTS = 64  # conditions of one rule, all its tables together
MAX_BRANCHES = 32
MAX_VALUES = 10_000  # of one list
MAX_TEXT = 500
MAX_STARS = 8
MAX_EXAMPLES = 200
MAX_ROWS = 20_000  # of one example, repeats counted
MAX_CHAIN = 16  # rules that ask for rules that ask for rules

Conditions = Mapping[str, Any]


class Unless(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A legitimate explanation that facts can show: where it holds, the rule is off, and the finding says so."""

    id: str
    when: dict[str, Any]
    title: str
    title_zh: str


class Example(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A small case in canonical frames, and whether the rule fires on it. Only the columns that matter are given."""

    fires: bool
    activations: tuple[dict[str, Any], ...] = ()
    devices: tuple[dict[str, Any], ...] = ()
    units: tuple[dict[str, Any], ...] = ()
    traces: tuple[dict[str, Any], ...] = ()
    software: tuple[dict[str, Any], ...] = ()
    entitlements: tuple[dict[str, Any], ...] = ()
    organisation: dict[str, Any] = field(default_factory=dict)
    as_of: date = date(2026, 11, 30)
    off_by: str | None = None  # id of the `unless` that keeps it quiet
    why: str | None = None


class RuleEntry(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One `[[rule]]` as it is written."""

    id: str  # for ever
    title: str
    title_zh: str
    about: str  # grain: one row of which table the rule looks at
    verdict: str  # one of VERDICTS, or "flag" (shown beside, changes no verdict), or "exempt"
    confidence: float  # P(what the verdict says | the rule holds on an ordinary office computer)
    evidence: str  # kind of evidence; one kind counts once
    when: dict[str, Any] = field(default_factory=dict)
    any: tuple[dict[str, Any], ...] = ()
    unless: tuple[Unless, ...] = ()
    category: str | None = None  # only about = "device": the category the rule speaks about; os unless said
    current: bool = False  # speaks about today's state, not about a left-over
    memory: bool = False  # its source is general knowledge only
    accuses: bool | None = None  # speaks of circumvention; null: where the verdict is cracked or undetermined
    flag: str | None = None
    innocent: str = ""  # strongest legitimate explanation a person should ask about
    innocent_zh: str = ""
    sources: tuple[str, ...] = ()
    example: tuple[Example, ...] = ()


class Rule(RuleEntry, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A rule and where it was written. One without a place was made in a program."""

    file: str = ""
    line: int | None = None
    example_lines: tuple[int | None, ...] = ()

    @property
    def where(self) -> Location:
        return Location(self.file or "rules", self.line, self.id)


class RuleFile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    schema: int
    rule: tuple[RuleEntry, ...]
