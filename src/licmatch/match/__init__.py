"""Matching: `engine` is the door, `reading` finds phrases, `weigh` weighs a family, `decide` chooses, `explain` tells why."""

from licmatch.match import expressions as expressions  # the namespace of polars expressions is there with the engine
from licmatch.match.engine import Engine
from licmatch.match.explain import Explanation
from licmatch.match.result import Match

__all__ = ["Engine", "Explanation", "Match"]
