"""Entitlements from whatever lists them: tables, licence managers, statements, CycloneDX, the software ledgers."""

from __future__ import annotations

from licmatch.ingest.rights.check import without_repeats
from licmatch.ingest.rights.read import list_title, read_rights

__all__ = ["list_title", "read_rights", "without_repeats"]
