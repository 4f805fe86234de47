"""How tables travel inside the page: whole numbers as byte planes, texts as JSON, deflated, in base64. The page's `store.js` reads them.

A segment is a deflated run of parts, each a length (four bytes, the least first) and that many bytes. A column of n whole numbers is a
byte that says how many bytes a number takes, then all least bytes, all second bytes, and so on: columns of small numbers become runs of
zeros that deflate to nothing, and a browser reads them back without parsing.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl

_LARGEST = 1 << 32
# Five is within three per cent of nine in size, and many times as fast.
_LEVEL = 5


def column(values: pl.Series | np.ndarray[Any, Any] | Sequence[int]) -> bytes:
    """Return whole numbers from 0 to 2**32 - 1 as byte planes.

    >>> column([1, 2, 258])
    b'\\x02\\x01\\x02\\x02\\x00\\x00\\x01'
    >>> column([])
    b'\\x01'
    """
    numbers = np.asarray(values)
    if not numbers.size or not np.issubdtype(numbers.dtype, np.integer):
        numbers = numbers.astype(np.int64)
    if numbers.size and not (int(numbers.min()) >= 0 and int(numbers.max()) < _LARGEST):
        raise ValueError("a column holds whole numbers from 0 to 2**32 - 1")
    most = int(numbers.max()) if numbers.size else 0
    width = max(1, (most.bit_length() + 7) // 8)
    planes = np.ascontiguousarray(np.ascontiguousarray(numbers.astype("<u4", copy=False)).view(np.uint8).reshape(-1, 4)[:, :width].T)
    return bytes([width]) + planes.tobytes()


def steps(values: pl.Series | np.ndarray[Any, Any] | Sequence[int]) -> bytes:
    """Return numbers as a column of the steps from one to the next, the first from 0; steps down lie between steps up.

    >>> steps([5, 5, 4]) == column([10, 0, 1])
    True
    """
    moved = np.diff(np.asarray(values, dtype=np.int64), prepend=0)
    return column(np.where(moved >= 0, moved * 2, -moved * 2 - 1))


def texts(value: Any) -> bytes:
    """Return a JSON value as a part; keys are sorted, so that the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def segments(parts: Mapping[str, Sequence[bytes]]) -> dict[str, str]:
    """Return the parts of each segment as that segment. Deflating lets go of Python, so several are worked on at a time."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(parts, pool.map(lambda some: segment(*some), parts.values()), strict=True))


def segment(*parts: bytes) -> str:
    """Return parts as one segment, ready to stand in a script element: base64 has no letter that could end it."""
    whole = b"".join(len(part).to_bytes(4, "little") + part for part in parts)
    return b64encode(zlib.compress(whole, _LEVEL)).decode("ascii")
