"""Which names a changed catalog may answer otherwise."""

from __future__ import annotations

import polars as pl
from msgspec.structs import replace

from licmatch import Engine
from licmatch.match.touched import touched


def test_a_signature_that_comes_or_goes_touches_the_names_it_stands_in() -> None:
    whole = Engine.load().compiled
    without = replace(whole, signatures=tuple(one for one in whole.signatures if one.id != "kmspico-program"))
    assert len(without.signatures) < len(whole.signatures)
    names = pl.DataFrame({"name": ["KMSpico v10.2.0", "AAct 4.2.4 Portable", "Foo"]}).select(
        "name", publisher=pl.lit(None, pl.String), version=pl.lit(None, pl.String), key=pl.lit("")
    )
    assert touched(names, whole, without).to_list() == [True, False, False]
    assert touched(names, without, whole).to_list() == [True, False, False]
