"""What is known of each licence row, device, copy, trace and name, as tables that rules are asked on."""

from licmatch.assess.facts.tables import FactTables, fact_tables

__all__ = ["FactTables", "fact_tables"]
