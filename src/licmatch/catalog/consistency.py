"""Faults that stand in the records themselves: ids, vocabularies, values outside their lists. No name is decided here."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from licmatch.catalog.load import Sources
from licmatch.catalog.records import Family, WordFile
from licmatch.catalog.vocabularies import CHANNELS
from licmatch.schema import ROLES

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_RELEASE_SLUG = re.compile(r"[^a-z0-9]+")



def inconsistencies(sources: Sources) -> list[str]:
    """Return every inconsistency as `file id: text`, in file order; an empty list means that the records agree."""
    known = {edition.id: frozenset(edition.parts or (edition.id,)) for edition in sources.editions}
    said = {part for parts in sources.edition_words.values() for part in parts}
    used = {part for parts in known.values() for part in parts}
    faults = [f"edition {edition!r} stands twice" for edition in _twice(edition.id for edition in sources.editions)]
    faults += [f"edition {edition!r} is no slug" for edition in known if not _SLUG.match(edition)]
    faults += [f"an edition word means {part!r}, which no edition is made of" for part in sorted(said - used)]
    faults += _words(sources.words)
    makers = {vendor.name for vendor in sources.vendors}
    faults += [
        f"vendor {vendor.name}: its successor {vendor.successor!r} is not in the vendors catalog"
        for vendor in sources.vendors
        if vendor.successor and vendor.successor not in makers
    ]
    for file, _, family in sources.families:
        faults += [f"{file}: {family.id}: {text}" for text in (*_family(family), *_family_editions(family, known, said))]
    return faults + _meeting_ids(sources)


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _words(words: WordFile) -> list[str]:
    """A word that means two things in one table would mean one of them by chance."""
    faults = []
    for title, table in (("role", words.role), ("weak_role", words.weak_role), ("channel", words.channel)):
        meanings: dict[str, list[str]] = defaultdict(list)
        for meaning, listed in table.items():
            for word in dict.fromkeys(listed):
                meanings[word].append(meaning)
        faults += [f"{title}: {word!r} means {' and '.join(found)}" for word, found in meanings.items() if len(found) > 1]
        allowed = CHANNELS if title == "channel" else ROLES
        faults += [f"{title}: {meaning!r} is none of {', '.join(allowed)}" for meaning in table if meaning not in allowed]
    return faults


def _family(family: Family) -> list[str]:
    faults = [] if _SLUG.match(family.id) else ["the id is no slug (lower-case letters and digits, joined by -)"]
    faults += [f"release {release!r} stands twice" for release in _twice(release.id for release in family.releases)]
    releases = {release.id for release in family.releases} | {family.release_in_name}
    if family.releases:
        faults += [
            f"the id {identifier.value!r} means release {identifier.release!r}, which is not listed"
            for identifier in family.ids
            if identifier.release and identifier.release not in releases and family.release_numbers == "none"
        ]
    return faults


def _family_editions(family: Family, known: dict[str, frozenset[str]], said: set[str]) -> list[str]:
    """An edition that neither the shared words nor the family's own can say is never read off a name."""
    named: set[str | None] = {*family.edition_words.values(), *(identifier.edition for identifier in family.ids)}
    named |= {edition for release in family.releases for edition in (release.edition, *release.edition_words.values())}
    # A word of the family's own brings the morphemes of its edition, and others may join them: LTSC 2021, then N.
    sayable = said.union(*(known[edition] for edition in named if edition in known))
    faults = [
        f"edition {edition!r} cannot be read: no word says {', '.join(sorted(known[edition] - sayable))}"
        for edition in family.editions
        if edition in known and not known[edition] <= sayable and edition not in named
    ]
    faults += [
        f"an id means edition {identifier.edition!r}, which is not in the vocabulary"
        for identifier in family.ids
        if identifier.edition and identifier.edition not in known
    ]
    return faults


def _meeting_ids(sources: Sources) -> list[str]:
    """Two products of different families must not come out under one id: a-b with release c, a with release b-c."""
    owners: dict[str, str] = {}
    faults = []
    for file, category, family in sources.families:
        identity = f"{category}.{family.id}"
        spelled = [_RELEASE_SLUG.sub("-", release.id.casefold()).strip("-") for release in family.releases]
        for product in (identity, *dict.fromkeys(f"{identity}-{release}" for release in spelled)):
            other = owners.setdefault(product, identity)
            if other != identity:
                faults.append(f"{file}: {family.id}: the product id {product!r} is one of {other} too")
    return faults
