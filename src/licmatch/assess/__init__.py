"""Judging: from decided names to installations, verdicts and findings. `judge_case` is the stage; its parts are one module each."""

from __future__ import annotations

from licmatch.assess.case import Case, gather, judged_day
from licmatch.assess.counted_rows import CountedRows
from licmatch.assess.devices import Devices, list_devices
from licmatch.assess.engine_view import EngineView, category_ids
from licmatch.assess.judgement import judge_case
from licmatch.assess.judgement_record import Judgement
from licmatch.assess.ledger import compare_ledger
from licmatch.assess.organisation import Organisation, load_organisation
from licmatch.assess.policy import Policy, load_policy

__all__ = [
    "Case",
    "CountedRows",
    "Devices",
    "EngineView",
    "Judgement",
    "Organisation",
    "Policy",
    "category_ids",
    "compare_ledger",
    "gather",
    "judge_case",
    "judged_day",
    "list_devices",
    "load_organisation",
    "load_policy",
]
