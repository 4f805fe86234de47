"""Reading real dumps of installed software into canonical frames; the format is found from the content.

>>> [info.id for info in formats()][:3]
['aliyun-sase', 'aliyun-security-center', 'configmgr']
"""

from __future__ import annotations

from licmatch.ingest.frames import read_frame
from licmatch.ingest.inventory import read_inventory
from licmatch.ingest.names import read_names
from licmatch.ingest.notices import notice_text
from licmatch.ingest.records import FormatInfo, InputFile, Inventory, NameTable, Notice
from licmatch.ingest.registry import formats

__all__ = [
    "FormatInfo",
    "InputFile",
    "Inventory",
    "NameTable",
    "Notice",
    "formats",
    "notice_text",
    "read_frame",
    "read_inventory",
    "read_names",
]
