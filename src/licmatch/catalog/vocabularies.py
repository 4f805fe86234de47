"""The closed lists of values a catalog may say, and what of a record is on none of them."""

from __future__ import annotations

from collections.abc import Iterator

from licmatch.catalog.records import Family, Signature
from licmatch.schema import ROLES

LICENCES = ("commercial", "subscription", "free", "open_source", "free_personal", "bundled", "unknown")
ORIGINS = ("domestic", "foreign", "open")
NUMBERS = ("none", "major", "major.minor", "year", "any")
CHANNELS = ("retail", "volume", "oem", "subscription", "trial", "beta")
MATCHES = ("exact", "word", "substring", "regex", "basename", "path", "host")


def unlisted_values(family: Family) -> Iterator[tuple[str, str]]:
    """Yield (key, fault) for every value of a family that is none of its key's.

    >>> [fault] = unlisted_values(Family("x", "X", "Maker", licence="comercial", origin="foreign"))
    >>> fault
    ('licence', "licence 'comercial' is none of commercial, subscription, free, open_source, free_personal, bundled, unknown")
    """
    for key, what, value, allowed in (
        ("role", "role", family.role, ROLES),
        ("licence", "licence", family.licence, LICENCES),
        ("origin", "origin", family.origin, ORIGINS),
        ("release_numbers", "release_numbers", family.release_numbers, NUMBERS),
        ("release_from_version", "release_from_version", family.release_from_version, NUMBERS),
        ("channel", "channel", family.channel, (None, *CHANNELS)),
        *(("companions", "companions", role, ROLES) for role in family.companions),
        *(("ids", "role of an id", identifier.role, (None, *ROLES)) for identifier in family.ids),
        *(("ids", "channel of an id", identifier.channel, (None, *CHANNELS)) for identifier in family.ids),
        *(("edition_licences", f"licence of {edition}", licence, LICENCES) for edition, licence in family.edition_licences.items()),
        *(("releases", f"licence of release {release.id}", release.licence, (None, *LICENCES)) for release in family.releases),
    ):
        if value not in allowed:
            yield key, f"{what} {value!r} is none of {', '.join(one for one in allowed if one)}"


def unlisted_of_signature(signature: Signature) -> Iterator[tuple[str, str]]:
    """Yield (key, fault) for what a signature says that no signature may say."""
    if signature.match not in MATCHES:
        yield "match", f"match {signature.match!r} is none of {', '.join(MATCHES)}"
    if not 0 <= signature.confidence <= 1:
        yield "confidence", f"confidence {signature.confidence} is no probability: 0 to 1"
