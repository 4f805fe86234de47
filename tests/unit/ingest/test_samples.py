"""A walk over a folder of real dumps, where one stands beside the checkout: every file reads or says why not, and adds up."""

from __future__ import annotations

import warnings
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import LicmatchError
from licmatch.ingest import read_inventory

SAMPLES = Path(__file__).parents[4] / "shared" / "facts" / "formats" / "samples"


def test_every_sample_reads_or_says_why_not() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("NO SAMPLES: the folder of real dumps does not stand beside this checkout, so none was read")
    read = 0
    refusals: dict[str, str] = {}
    for file in sorted(SAMPLES.iterdir()):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                inventory = read_inventory([file])
        except LicmatchError as error:
            refusals[file.name] = str(error)
            continue
        read += 1
        emitted = inventory.software.select(pl.len()).collect().item()
        assert sum(entry.rows for entry in inventory.files) == emitted + inventory.rejected.height, file.name
        assert emitted or inventory.activations.height or inventory.devices.height, file.name
    assert read >= 30
    assert all(name in words and "\n  hint: " in words for name, words in refusals.items()), refusals
