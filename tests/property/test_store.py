from __future__ import annotations

import os
import random
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.property.catalog_edits import edited

from licmatch.catalog.load import catalog_files, read_sources
from licmatch.match import Engine
from licmatch.match.examples import builtin_folders, read_examples
from licmatch.match.store import DecisionStore
from licmatch.plugin_loader import load_plugins
from licmatch.schema import NAME_KEY

# `make test-all` asks for 200.
EDITS = int(os.environ.get("LICMATCH_EDITS", "6"))


@pytest.mark.slow
def test_after_any_edit_of_the_catalogs_the_store_gives_what_a_full_run_gives(tmp_path: Path) -> None:
    built_in = Engine.load()
    folders = builtin_folders(built_in)
    told = [(example.raw, example.publisher, example.version) for example in read_examples(folders)]
    spoilt = [("Î¢ÐÅµçÄÔ°æ", None, None), ("Microsoft ???? 2016", "Microsoft Corporation", None), (None, "Google", "1"), ("", None, None)]
    names = pl.DataFrame([*told, *spoilt], schema=dict.fromkeys(NAME_KEY, pl.String), orient="row").unique().sort(NAME_KEY)
    plugins = load_plugins()
    sources, rng = read_sources(catalog_files(folders)), random.Random(20050613)
    DecisionStore(tmp_path / "store").save()
    again = 0
    for number in range(EDITS):
        # Every other edit goes on from the one before it, the rest from the catalogs as they are.
        sources, compiled = edited(rng, sources if number % 2 else read_sources(catalog_files(folders)), number)
        engine = Engine(compiled, plugins)
        store = DecisionStore(tmp_path / "store")
        assert_frame_equal(engine.remembering(store).decide(names), engine.decide(names))
        store.save()
        again += store.reused
    assert again > names.height * (EDITS - 1) / 2, "most names are not decided again"
