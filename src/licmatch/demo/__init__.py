"""A seeded county to try licmatch on, with its own grammar and a truth beside it; also the source of benchmark inventories."""

from __future__ import annotations

from licmatch.demo.benchmark_inventory import generate_parquet
from licmatch.demo.county import CountyPaths, generate_county

__all__ = ["CountyPaths", "generate_county", "generate_parquet"]
