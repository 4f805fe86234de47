"""Catalogs as data: `records` is the format, `load` reads it, `check` finds faults, `compile` turns it into a lexicon."""
