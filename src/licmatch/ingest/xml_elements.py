"""XML as its elements come, within a depth. Document types are for the reader to refuse before it asks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from licmatch.errors import InputError, Location

DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")


def elements(text: str, label: str, deepest: int) -> Iterator[tuple[str, ElementTree.Element]]:
    """Yield ("start" or "end", element) of a text without its declaration, which has spoken: the text is decoded.

    Raises InputError, with the line where there is one, for what is no XML or is nested deeper than `deepest`.
    """
    depth = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(text.encode("utf-8", errors="replace")), events=("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > deepest:
                raise InputError("the XML is nested too deeply", where=Location(label))
            yield event, element
    except ElementTree.ParseError as error:
        raise InputError(f"the XML is broken: {error}", where=Location(label, error.position[0] if error.position else None)) from error
    # A declaration too long to be one, naming an encoding that is none, or none the parser has.
    except (LookupError, ValueError) as error:
        raise InputError(f"the XML is broken: {error}", where=Location(label)) from error
