"""Inference rules as data: what each says, checked when it is loaded, compiled to expressions over fact tables."""

from licmatch.rules.compile import CompiledRule, compile_rule
from licmatch.rules.evaluate import evaluate, hits_by_rule
from licmatch.rules.fields import FIELDS, GRAINS, Field, fields_of
from licmatch.rules.load import judging_rules, load_rules
from licmatch.rules.records import Example, Rule, Unless
from licmatch.rules.tables import DTYPES, HITS, fact_schema

__all__ = [
    "DTYPES",
    "FIELDS",
    "GRAINS",
    "HITS",
    "CompiledRule",
    "Example",
    "Field",
    "Rule",
    "Unless",
    "compile_rule",
    "evaluate",
    "fact_schema",
    "fields_of",
    "hits_by_rule",
    "judging_rules",
    "load_rules",
]
