"""The purchase plan: the cheapest way to close the shortfall, whom it is for, what it costs; and what a change would do."""

from __future__ import annotations

from licmatch.plan.changes import Changes, load_changes
from licmatch.plan.handover import reconcile
from licmatch.plan.outliers import price_outliers
from licmatch.plan.outlook import Outlook, whatif
from licmatch.plan.purchase import plan
from licmatch.plan.record import Money, Plan
from licmatch.plan.rules import PlanRules, load_plan_rules, with_work

__all__ = [
    "Changes",
    "Money",
    "Outlook",
    "Plan",
    "PlanRules",
    "load_changes",
    "load_plan_rules",
    "plan",
    "price_outliers",
    "reconcile",
    "whatif",
    "with_work",
]
