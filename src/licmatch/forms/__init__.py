"""The programme's forms: rendered from a result as workbooks to print and sign, and read back when they are filled in."""

from __future__ import annotations

from licmatch.forms.definition import Definitions, load_definitions
from licmatch.forms.records import Records, load_inspected, load_records

__all__ = ["Definitions", "Records", "load_definitions", "load_inspected", "load_records"]
