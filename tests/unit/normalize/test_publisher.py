from __future__ import annotations

import polars as pl
import pytest

from licmatch.normalize.publisher import normalize_publishers


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ("Microsoft Corporation", "microsoft"),
        ("ESET, spol. s r.o.", "eset"),
        ("珠海金山办公软件有限公司", "珠 海 金 山 办 公 软 件"),
        ("Developer ID Application: Microsoft Corporation (UBF8T346G9)", "microsoft"),
        ("Qihoo 360 Technology Co. Ltd.", "qihoo 360 technology"),
    ],
)
def test_legal_forms_are_left_out(raw: str, left: str) -> None:
    assert " ".join(normalize_publishers(pl.Series([raw]))[0].split()) == left
