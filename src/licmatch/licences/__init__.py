"""Licences: what the papers allow, which of them covers which copy, and where each unit stands."""

from __future__ import annotations

from licmatch.licences.assignment import Assignment, Proof, assign
from licmatch.licences.rights import Rights, load_rights

__all__ = ["Assignment", "Proof", "Rights", "assign", "load_rights"]
