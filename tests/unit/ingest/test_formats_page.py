"""The page of formats says what is read: every format with what it fills, and every kind of trace the readers write."""

from __future__ import annotations

import re
from pathlib import Path

from licmatch.ingest import formats
from licmatch.ingest.cell_words import TRACE_KINDS
from licmatch.ingest.rights.forms import FORMS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
SOURCE = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "src" / "licmatch" / "ingest").rglob("*.py")))


def test_every_format_stands_there_with_what_it_fills() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| .* \| ([a-z, ]+) \|$", PAGE.split("### Kinds")[0], re.MULTILINE))
    assert rows == {info.id: ", ".join(info.emits) for info in formats()}


def test_every_kind_of_trace_stands_there() -> None:
    kinds = set(re.findall(r"^\| `(\w+)` \|", PAGE.split("### Kinds")[1].split("\n## ")[0], re.MULTILINE))
    written = set(re.findall(r'\.trace\(\s*\w+,\s*"(\w+)"', SOURCE)) | set(TRACE_KINDS.values())
    assert written <= kinds


def test_every_list_of_licences_stands_there() -> None:
    for form in FORMS:
        assert form.title.split(" (")[0].split(" or ")[0].split(" licence")[0].removesuffix(" License Statement") in PAGE
