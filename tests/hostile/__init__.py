"""Hostile and broken input: each has a named outcome (docs/reference/hostile_input.md), a bounded cost, and rows that add up."""
