"""`import licmatch.polars` gives every polars expression the namespace `.licmatch`.

>>> import polars as pl
>>> import licmatch.polars
>>> frame = pl.DataFrame({"DisplayName": ["Windows 10 Pro"], "Publisher": ["Microsoft Corporation"]})
>>> told = frame.with_columns(told=pl.col("DisplayName").licmatch.match("Publisher"))
>>> told["told"].struct.field("lm_product_id").to_list()
['os.windows-10.pro']
"""

from __future__ import annotations

from licmatch.match.expressions import ANSWER, LicmatchExpressions

__all__ = ["ANSWER", "LicmatchExpressions"]
