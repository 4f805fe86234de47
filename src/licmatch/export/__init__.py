"""A result in the words of other standards."""

from __future__ import annotations

from licmatch.export.cyclonedx import Exported, write_cyclonedx

__all__ = ["Exported", "write_cyclonedx"]
