"""Licences: what the papers allow, which of them covers which copy, and where each unit stands."""

from __future__ import annotations

from licmatch.licences.assignment import Assignment, Proof, assign
from licmatch.licences.outcomes import outcomes
from licmatch.licences.position import beyond_licence, pool, position
from licmatch.licences.rights import Rights, load_rights
from licmatch.licences.verify import verify_assignment

__all__ = ["Assignment", "Proof", "Rights", "assign", "beyond_licence", "load_rights", "outcomes", "pool", "position", "verify_assignment"]
