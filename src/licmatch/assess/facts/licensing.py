"""The key tables of the catalogs: what last-five characters, SKU ids, builds, makers and hosts are known as. Text, as it stands."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import polars as pl


@cache
def evidence_version() -> str:
    """Return a hash of the rules, key tables and use rights that judged, for the manifest: another table may be another verdict."""
    digest = hashlib.blake2b(digest_size=16)
    for folder in ("rules", "licensing", "policy"):
        for file in sorted((files("licmatch_catalogs") / folder).iterdir(), key=lambda each: each.name):
            if file.name.endswith((".toml", ".tsv")):
                digest.update(f"{folder}/{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def licensing_table(name: str) -> pl.DataFrame:
    """Return one table of `licmatch_catalogs/licensing` (without its ending), every column text; `#` lines are notes."""
    text = (files("licmatch_catalogs") / "licensing" / f"{name}.tsv").read_bytes()
    return pl.read_csv(text, separator="\t", comment_prefix="#", infer_schema=False, quote_char=None)
