"""Says in words what a file that cannot be read looks like, so that the error helps."""

from __future__ import annotations

import re

from licmatch.ingest.document import Document

MAGIC = (
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"bplist", "a binary property list"),
    (b"\x78\x9c", "zlib-compressed data"),
)
# JSON shapes of other tools: named so that the user knows they were understood and are simply not read yet.
SHAPES = (
    ({"spdxVersion"}, "an SPDX bill of materials of a version that is not 2.x"),
    ({"@context", "@graph"}, "linked data, such as an SPDX 3 bill of materials"),
    ({"@odata.context", "value"}, "a Microsoft Graph or Defender answer"),
    ({"Response"}, "an answer of Tencent Cloud"),
    ({"message_type", "message_response"}, "a ManageEngine answer"),
    ({"data", "error"}, "a Wazuh answer"),
)


def describe(doc: Document) -> str:
    """Return what was seen: the kind of data, its first bytes, keys, root element or first line.

    >>> describe(Document("x", b'{"Response": {}}'))
    'JSON, an answer of Tencent Cloud, with the keys Response'
    """
    for magic, words in MAGIC:
        if doc.data.startswith(magic):
            return f"{words} (first bytes {doc.data[:8].hex(' ')})"
    if doc.data.count(b"\0") > len(doc.data) // 4 and not doc.encoding.startswith("utf-"):
        return f"binary data (first bytes {doc.data[:8].hex(' ')})"
    head = doc.head
    if head.startswith("<"):
        root = re.search(r"<([A-Za-z_][\w:.-]{0,80})", head)
        return f"XML with the root element {root.group(1)}" if root else "text that starts like XML"
    if head.startswith(("{", "[")):
        return _describe_json(doc)
    first = next((line.strip() for line in doc.lines if line.strip()), "")
    cells = [cell.strip().strip('"') for cell in re.split(r"[,;\t]", first)]
    if 1 < len(cells) <= 200 and all(cells):
        told = ", ".join(cell[:40] for cell in cells[:12])
        return f"a table whose headers are {told}, and none of them is known as the software's name"
    return f"text in {doc.encoding} whose first line is {first[:80]!r}" if first else "nothing but blanks"


def _describe_json(doc: Document) -> str:
    value = doc.json
    if value is None and doc.json_lines:
        value = doc.json_lines[0][1]
    listed = ""
    if isinstance(value, list):
        listed, value = " array", next(iter(value), None)
    if not isinstance(value, dict):
        return f"JSON{listed} without objects" if value is not None else f"text that starts like JSON but is not: {doc.head[:40]!r}"
    known = next((f", {words}," for keys, words in SHAPES if keys <= value.keys()), "")
    return f"JSON{listed}{known} with the keys {', '.join(str(key)[:40] for key in list(value)[:8])}"
