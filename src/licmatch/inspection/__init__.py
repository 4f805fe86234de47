"""Inspection: draw computers by a plan, take the filled sheets back, and say what was proved."""
