"""Merging: results of several places into the result of the place above them, from their folders alone."""

from __future__ import annotations

from licmatch.merge.parts import Part, read_part
from licmatch.merge.together import merge, merge_parts

__all__ = ["Part", "merge", "merge_parts", "read_part"]
