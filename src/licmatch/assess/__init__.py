"""Judging: from decided names to installations, verdicts and findings. `judge_case` is the stage; its parts are one module each.

The names below are loaded on first use: who asks for a policy alone need not wait for all of judging.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licmatch.assess.case import Case, gather, judged_day
    from licmatch.assess.counted_rows import CountedRows
    from licmatch.assess.devices import Devices, list_devices
    from licmatch.assess.engine_view import EngineView, category_ids
    from licmatch.assess.judgement import judge_case
    from licmatch.assess.judgement_record import Judgement
    from licmatch.assess.ledger import compare_ledger
    from licmatch.assess.organisation import Organisation, load_organisation
    from licmatch.assess.policy import Policy, load_policy

# Name -> the module that holds it.
_HOME = {
    "Case": "case",
    "CountedRows": "counted_rows",
    "Devices": "devices",
    "EngineView": "engine_view",
    "Judgement": "judgement_record",
    "Organisation": "organisation",
    "Policy": "policy",
    "category_ids": "engine_view",
    "compare_ledger": "ledger",
    "gather": "case",
    "judge_case": "judgement",
    "judged_day": "case",
    "list_devices": "devices",
    "load_organisation": "organisation",
    "load_policy": "policy",
}

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


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'licmatch.assess' has no attribute {name!r}")
    value: object = getattr(import_module(f"licmatch.assess.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
