"""The purchase plan: the cheapest way to close the shortfall, whom it is for, what it costs; and what a change would do."""

from __future__ import annotations

from licmatch.plan.purchase import plan
from licmatch.plan.record import Money, Plan
from licmatch.plan.rules import PlanRules, load_plan_rules, with_work

__all__ = ["Money", "Plan", "PlanRules", "load_plan_rules", "plan", "with_work"]
