from __future__ import annotations

import polars as pl
import pytest

from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError
from licmatch.signatures import NameSignatures

WORD = Signature("s-word", "Tool", "工具", "activator", "installed_program", "word", ("kmsthing",), 0.97, ("KMSThing",), ())
PHRASE = Signature(
    "s-phrase", "Cracked", "破解", "crack", "installed_program", "substring", ("破解版",), 0.75, ("x破解版",), (), exclude=("破解版权",)
)
MEMORY = Signature("s-memory", "Old", "旧", "crack", "installed_program", "regex", (r"old\s?crack",), 0.88, ("old crack",), (), memory=True)


@pytest.mark.parametrize(
    ("name", "hits"),
    [
        ("KMSThing v3", ["s-word"]),
        ("ＫＭＳＴhing", ["s-word"]),
        ("KMS\u200bThing", ["s-word"]),
        ("xkmsthing", []),
        ("kmsthings", []),
        ("云kmsthing", ["s-word"]),
        ("软件破解版", ["s-phrase"]),
        ("軟體破解版", ["s-phrase"]),
        ("破解版权说明", []),
        ("OldCrack 破解版", ["s-phrase", "s-memory"]),
        ("plain", []),
    ],
)
def test_hits_strongest_first(name: str, hits: list[str]) -> None:
    found = NameSignatures([WORD, PHRASE, MEMORY]).hits(pl.Series([name]))
    assert [hit.signature.id for hit in found.get(0, ())] == hits


def test_a_name_alone_is_never_conclusive() -> None:
    hit = NameSignatures([WORD]).hits(pl.Series(["KMSThing"]))[0][0]
    assert (hit.risk, hit.confidence) == ("strong", 0.92)


def test_patterns_that_cannot_run_in_linear_time_are_refused() -> None:
    with pytest.raises(CatalogError):
        NameSignatures([Signature("bad", "b", "b", "crack", "installed_program", "regex", ("(?=x)y",), 0.9, ("y",), ())])
