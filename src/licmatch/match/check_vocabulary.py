"""Checking shared words and patterns: categories nobody knows, words of editions written twice, patterns not linear in time."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable

import polars as pl

from licmatch.catalog.load import SourceFile, Sources
from licmatch.catalog.records import Signature

OTHER = "other"  # what a signature bears on that no plugin judges: drawing programs, developers' tools
_NOTHING = pl.Series([""])


def unknown_categories(sources: Sources, known: Collection[str]) -> list[str]:
    """Return the places that speak of a category no plugin owns and no family is in."""
    categories = {*known, *(category for _, category, _ in sources.families)}
    faults = [
        f"class words of {category!r}, which is no category: there are {', '.join(sorted(categories))}"
        for category in sources.words.class_
        if category != "any" and category not in categories
    ]
    faults += [
        f"vendor {vendor.name}: {vendor.category!r} is no category"
        for vendor in sources.vendors
        if vendor.category and vendor.category not in categories
    ]
    faults += [
        f"signature {signature.id}: it affects {category!r}, which is no category"
        for signature in sources.signatures
        for category in signature.affects
        if category not in categories and category != OTHER
    ]
    return faults


def repeated_edition_words(files: Iterable[SourceFile]) -> list[str]:
    """Return the words of editions that stand under two languages of one file: the later would silently win."""
    faults = []
    for file in files:
        languages = tomllib.loads(file.text).get("words", {})
        standing: dict[str, list[str]] = defaultdict(list)
        for language, words in languages.items():
            for word in words:
                standing[word].append(language)
        faults += [f"{file.name}: {word!r} stands in {' and '.join(found)}" for word, found in standing.items() if len(found) > 1]
    return faults


def slow_patterns(signatures: Iterable[Signature]) -> list[str]:
    """Return the regular expressions the linear-time engine refuses: look-around, back references, repetitions beyond its bounds."""
    faults = []
    for signature in signatures:
        for pattern in signature.patterns if signature.match == "regex" else ():
            try:
                _NOTHING.str.contains(f"(?:{pattern})")
            except pl.exceptions.ComputeError as error:
                faults.append(f"signature {signature.id}: a pattern cannot run in linear time: {' '.join(str(error).split())}")
    return faults
