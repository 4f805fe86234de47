"""Which product line a family is of: what a licence of one release can be asked about another."""

from __future__ import annotations

import re

import polars as pl

from licmatch.licences.rights import Rights

# A family that no line of the rights data names is a line of its own, without the number at its end.
_NUMBER_AT_THE_END = "-[0-9][0-9-]*$"
_NUMBER = re.compile(_NUMBER_AT_THE_END)


def line_of(family: str, rights: Rights) -> str:
    """Return the line of a family.

    >>> from licmatch.licences.rights import load_rights
    >>> line_of("os.windows-10", load_rights()), line_of("antivirus.rising-2010", load_rights())
    ('os.windows', 'antivirus.rising')
    """
    known = next((line.id for pattern, line in rights.patterns if pattern.search(family)), None)
    return known or _NUMBER.sub("", family)


def lines_of(family: pl.Expr, rights: Rights) -> pl.Expr:
    """Return the lines of a column of families.

    >>> from licmatch.licences.rights import load_rights
    >>> pl.select(lines_of(pl.lit("office.office-365"), load_rights())).item()
    'office.microsoft-office'
    """
    found = family.str.replace(_NUMBER_AT_THE_END, "")
    for line in reversed(rights.lines):
        found = pl.when(family.str.contains(line.pattern)).then(pl.lit(line.id)).otherwise(found)
    return found
