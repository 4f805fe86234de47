"""How a site pack reads a publisher: legal forms left out, web addresses as the names in them, placeholders as nobody."""

from __future__ import annotations

import polars as pl

from licmatch.normalize.publisher import normalize_publishers

# What installers write where nobody filled the field in, as it reads without legal forms ("Default Company Name").
_NOBODY = frozenset(
    (
        *("unknown", "unknown publisher", "none", "null", "n a", "na", "tbd", "todo", "undefined", "publisher", "author", "vendor"),
        *("name", "my", "my name", "your", "your name", "your organization", "name of your", "default name", "default", "manufacturer"),
    )
)
# A web address names its owner between the protocol and the ending; where many publish on one site, the path does.
_ADDRESS = (
    (r"(?i)\bhttps?://", " "),
    (r"(?i)\bwww\.(\S+?)\.[a-z]{2,6}\b", " $1 "),
    (r"(?i)\b(?:github|gitlab|gitee|bitbucket|sourceforge)\.(?:com|org|net|io)/", " "),
    (r"(?i)(\w)\.(?:com|org|net|io)\b", "$1 "),
    (r"(?i)^\s*([\w-]+)\.[a-z]{2,6}/?\s*$", "$1"),
)


def read_makers(publishers: pl.Series) -> list[tuple[str, ...]]:
    """Return the words of each publisher in order, none where it names nobody.

    >>> read_makers(pl.Series(["Maker GmbH", "https://www.maker.de/en", "github.com/maker/tool", "Unknown", None]))
    [('maker',), ('maker', 'en'), ('maker', 'tool'), (), ()]
    """
    plain = publishers
    for pattern, kept in _ADDRESS:
        plain = plain.str.replace_all(pattern, kept)
    found = [tuple((padded or "").split()) for padded in normalize_publishers(plain).to_list()]
    return [() if " ".join(words) in _NOBODY else words for words in found]
