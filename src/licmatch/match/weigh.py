"""Weighing one family against one name: what the family explains, what it leaves over, what it reads off.

Evidence is two-sided: a word the family cannot explain costs as much as a missing witness. All weights stand at the top;
they are settings of a scale from 0 to 1 on which `ACCEPT` divides answers from silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from licmatch.catalog import lexicon as lx
from licmatch.catalog.compile import version_numbers
from licmatch.match.reading import Segment
from licmatch.normalize.mojibake import DAMAGE
from licmatch.schema import LICENSABLE_ROLES

ACCEPT = 0.60  # a licensable product
ACCEPT_COMPANION = 0.30  # something that comes with one: claiming it accuses nobody and counts nothing
MEMORY_CAP = 0.80  # names known from memory only

_BASE = {lx.STRONG: 1.0, lx.ALONE: 1.0, lx.WEAK: 0.85, lx.GENERIC: 0.85}
_NO_WITNESS = {lx.WEAK: 0.35, lx.GENERIC: 0.25}
COST_WORD = 0.30
COST_WORD_BRACKETED = 0.10
COST_LETTER = 0.08
COST_OTHER_FAMILY = 0.35
COST_LOOKALIKE = 0.60
COST_OTHER_VENDOR = 0.25
COST_OTHER_CLASS = 0.12
COST_EDITION = 0.12
COST_NUMBER = 0.03
COST_TARGETED = 0.35
COST_DAMAGED = 0.20  # once a name: words that decide may stand where characters were lost
COST_PUBLISHER = {lx.STRONG: 0.15, lx.ALONE: 0.45, lx.WEAK: 0.35, lx.GENERIC: 0.60}
COST_UNKNOWN_PUBLISHER = {lx.STRONG: 0.0, lx.ALONE: 0.45, lx.WEAK: 0.25, lx.GENERIC: 0.25}
GAIN_RELEASE = 0.06
GAIN_EDITION = 0.04
GAIN_PUBLISHER = 0.05
GAIN_VENDOR_WORD = 0.02
GAIN_CLASS = 0.02
GAIN_LETTER = 0.0015  # a longer name says more

# When several companion words stand in a name, the first of these says what it is.
_ROLE_ORDER = ("update", "language_pack", "driver", "component", "tool", "server")
_NUMBER = re.compile(r"\d+(?:\.\d+)*\Z")
_EPOCH = re.compile(r"^\d+:(?=\d)")  # Debian and RPM put an epoch before the version: 4:7.4.7-1
_LEADING_VERSION = re.compile(r"\d+(?:\.\d+)*(?![\w.])")  # "22H2" is a name, no number
_YEAR = re.compile(r"(?:19[89]|20[0-4])\d\Z")


class Weighing(Struct):
    """How well one family explains one name, and what it reads off it."""

    family: int
    naming: lx.Naming
    key: str
    score: float = 0.0
    rank: float = 0.0
    role: str = "product"
    release: str | None = None
    edition: lx.EditionRecord | None = None
    channel: str | None = None
    notes: list[tuple[str, str, float]] = field(default_factory=list)  # (`explain.note_<this>`, text, gain or cost)
    damaged: bool = False
    maker_told: bool = False  # by a word of the name or by the publisher

    @property
    def accepted(self) -> bool:
        bar = ACCEPT if self.role in ("product", "standalone_app", "server") else ACCEPT_COMPANION
        return self.score >= bar


def _read_number(text: str, how: str) -> str | None:
    """Read a release off an unlisted number: its year, its major, its first two parts or all of it."""
    parts = text.split(".")
    if how == "year":
        return text if _YEAR.match(text) else None
    if len(parts[0]) > 4:
        return None
    if how == "major":
        return parts[0]
    if how == "major.minor":
        return ".".join(parts[:2])
    return text if how == "any" else None


def _release_of_version(family: lx.FamilyRecord, version: str) -> str | None:
    """Return the listed release whose version prefix is the longest that fits."""
    best, length = None, 0
    for release in family.releases:
        for prefix in release.versions:
            fits = version == prefix.rstrip(".") or version.startswith(prefix if prefix.endswith(".") else prefix + ".")
            if fits and len(prefix) > length:
                best, length = release.id, len(prefix)
    return best


def _read_by(index: int, segments: Iterable[Segment]) -> Iterator[Segment]:
    """Yield the segments as one family reads them: another family's own phrases fall apart into what they say to everybody."""
    for segment in segments:
        entry = segment.entry
        if (
            segment.otherwise is None
            or entry is None
            or index in entry.releases
            or index in entry.editions
            or index in entry.tails
            or index in entry.release_editions
        ):
            yield segment
        else:
            yield from _read_by(index, segment.otherwise)


def weigh(
    index: int,
    family: lx.FamilyRecord,
    naming: lx.Naming,
    at: int,
    segments: list[Segment],
    *,
    publishers: frozenset[int] | None,
    version: str | None,
) -> Weighing:
    """Weigh `family`, named by segment `at`, against the whole name.

    `publishers` are the makers the publisher column resolves to: None without a publisher, empty for one nobody knows.
    """
    chosen = segments[at]
    found = Weighing(index, naming, chosen.text)
    notes = found.notes
    cost = 0.0
    vendor_word = class_word = False
    roles: list[str] = []
    weak_roles: list[str] = []
    parts: set[str] = set()
    own_edition: str | None = None
    by_release: list[tuple[dict[str, str], tuple[str, ...]]] = []
    numbers: list[str] = []
    marked_pack = False
    run_of_han = False
    packed = False

    for segment in _read_by(index, segments):
        if segment is chosen:
            run_of_han = False
            assert segment.entry is not None
            # A name may say the release or edition itself: "SLES" is SUSE Linux Enterprise, Server.
            own_edition = segment.entry.editions.get(index, own_edition)
            found.release = segment.entry.releases.get(index, found.release)
            continue
        entry = segment.entry
        text = segment.text.strip()
        if text == DAMAGE:
            found.damaged = True
            run_of_han = False
            continue
        if entry is None:
            if _NUMBER.match(text):
                if not marked_pack:
                    numbers.append(text)
                marked_pack = False
                continue
            han = ord(text[0]) >= 0x3040 and ord(text[0]) < 0xAC00
            if han and run_of_han:
                continue
            run_of_han = han
            weight = COST_WORD_BRACKETED if segment.bracketed else COST_LETTER if len(text) == 1 and not han else COST_WORD
            cost += weight
            notes.append(("unexplained", text, -weight))
            continue
        run_of_han = False
        pack_here = bool(entry.flags & lx.SERVICE_PACK)
        packed = packed or pack_here
        if packed and entry.flags & lx.TARGET:
            roles.append("update")  # "Service Pack 2 for X" is not X
        if index in entry.release_editions:
            by_release.append((entry.release_editions[index], entry.parts))
        elif index in entry.releases:
            own_edition = entry.editions.get(index, own_edition)
            if marked_pack and entry.flags & lx.NUMERIC:
                pass
            elif found.release is None or len(entry.releases[index]) > len(found.release):
                found.release = entry.releases[index]
        elif index in entry.editions:
            own_edition = entry.editions[index]
        elif index in entry.tails:
            pass
        elif entry.names and any(other.family == index for other in entry.names):
            roles.extend(other.role for other in entry.names if other.family == index and other.role)
        elif family.inside and any(other.family in family.inside and not other.role for other in entry.names):
            pass
        elif entry.role is not None:
            roles.append(entry.role)
        elif index in entry.blocks or (entry.blocks and not entry.names):
            weight = COST_LOOKALIKE if index in entry.blocks else COST_OTHER_FAMILY
            cost += weight
            notes.append(("look_alike", text, -weight))
        elif entry.vendors and (family.vendor in entry.vendors or any(vendor in entry.vendors for vendor in family.publishers)):
            vendor_word = True
        elif entry.parts:
            if not (segment.targeted and entry.names):
                parts.update(entry.parts)
        elif family.category in entry.classes or "any" in entry.classes:
            class_word = class_word or family.category in entry.classes
        elif (
            entry.flags & (lx.FREE | lx.TARGET | lx.SERVICE_PACK | lx.PLATFORM)
            or entry.channel is not None
            or (segment.targeted and (entry.names or entry.vendors))
        ):
            pass
        elif entry.weak_role is not None:
            weak_roles.append(entry.weak_role)
        elif entry.classes:
            cost += COST_OTHER_CLASS
            notes.append(("other_category", text, -COST_OTHER_CLASS))
        elif entry.vendors:
            weight = COST_WORD_BRACKETED if segment.bracketed else COST_OTHER_VENDOR
            cost += weight
            notes.append(("other_maker", text, -weight))
        else:  # what means nothing to anybody is no phrase: it names another family
            weight = COST_WORD_BRACKETED if segment.bracketed else COST_OTHER_FAMILY
            cost += weight
            notes.append(("other_product", text, -weight))
        found.channel = found.channel or entry.channel
        marked_pack = pack_here

    first = next((role for role in _ROLE_ORDER if role in roles), None) if roles else None
    # An update of a component is an update; otherwise the companion's own name knows best what it is.
    found.role = (
        (first if first in ("update", "language_pack") else None) or naming.role or first or (weak_roles[0] if weak_roles else family.role)
    )
    companion = found.role not in ("product", "standalone_app", "server")
    _read_release(found, family, numbers, version)
    cost += COST_NUMBER * max(0, len(numbers) - 1)
    for meanings, shared in by_release:
        if found.release in meanings:
            own_edition = meanings[found.release]
        else:
            parts.update(shared)
    _read_edition(found, family, parts, own_edition)
    unexplained = bool(notes) and any(amount < 0 for _, _, amount in notes)
    leftover = parts - set(found.edition.parts if found.edition else ())
    if leftover:
        cost += COST_EDITION
        notes.append(("edition_not_sold", " ".join(sorted(leftover)), -COST_EDITION))

    publisher_fits = publishers is not None and (family.vendor in publishers or any(vendor in publishers for vendor in family.publishers))
    found.maker_told = vendor_word or publisher_fits
    if found.damaged:
        cost += COST_DAMAGED
        notes.append(("damaged", "", -COST_DAMAGED))
    # Words in brackets behind a name are code names and variants; outside them they make a bare name a weak one.
    outside = bool(notes) and any(amount < -COST_WORD_BRACKETED for _, _, amount in notes)
    tier = lx.WEAK if naming.tier == lx.ALONE and outside else naming.tier
    listed_release = found.release is not None and any(release.id == found.release for release in family.releases)
    # A lost word may be another maker's, so that only its own maker witnesses for a damaged name.
    told = tier == lx.WEAK and not found.damaged and (listed_release or found.edition is not None or class_word)
    witness = found.maker_told or told
    base = _BASE[tier] if tier in (lx.STRONG, lx.ALONE) or witness else _NO_WITNESS[tier]
    if base < _BASE[tier] or tier != naming.tier:
        notes.append(("no_second_witness", chosen.text.strip(), base - _BASE[naming.tier]))
    if publishers is not None and not publisher_fits:
        weight = COST_PUBLISHER[tier] if publishers else COST_UNKNOWN_PUBLISHER[tier]
        if weight:
            cost += weight
            notes.append(("publisher_other" if publishers else "publisher_unknown", "", -weight))
    if chosen.targeted and not companion:
        cost += COST_TARGETED
        notes.append(("behind_for", chosen.text.strip(), -COST_TARGETED))
    if companion:
        cost *= 0.5
    found.channel = found.channel or family.channel
    gains = (
        (GAIN_RELEASE, listed_release, "release"),
        (GAIN_EDITION, found.edition is not None, "edition"),
        (GAIN_PUBLISHER, publisher_fits, "publisher"),
        (GAIN_VENDOR_WORD, vendor_word, "vendor_word"),
        (GAIN_CLASS, class_word, "category_word"),
    )
    rank = base - cost
    for gain, holds, what in gains:
        if holds:
            rank += gain
            notes.append((what, "", gain))
    found.rank = rank + GAIN_LETTER * len(chosen.text)
    # A weak name's witnesses are spent on admitting it; they do not also pay for words it leaves over.
    worth = base - cost if tier < lx.ALONE and unexplained else rank
    found.score = max(0.0, min(1.0, worth, MEMORY_CAP if naming.memory else 1.0))
    return found


def _read_release(found: Weighing, family: lx.FamilyRecord, numbers: list[str], version: str | None) -> None:
    """Settle the release: a listed word went first; then version prefixes, then the first number, then the version column."""
    if found.release is not None or family.release_in_name is not None:
        return
    for number in numbers:
        found.release = _release_of_version(family, number)
        if found.release:
            return
    if found.role not in LICENSABLE_ROLES:
        return  # the number behind a library or plug-in is its own, not the product's
    if family.release_numbers != "none":
        for number in numbers:
            read = _read_number(number, family.release_numbers)
            if read is not None:
                found.release = family.release_prefix + read
                return
    if version:
        version = _EPOCH.sub("", version)
        found.release = _release_of_version(family, version)
        if found.release is None and family.release_from_version != "none":
            digits = re.match(r"\d+(?:\.\d+)*", version)
            read = _read_number(digits.group(), family.release_from_version) if digits else None
            found.release = family.release_prefix + read if read else None


def _read_edition(found: Weighing, family: lx.FamilyRecord, parts: set[str], own: str | None) -> None:
    """Settle the edition: the largest one the family sells whose morphemes all stand in the name."""
    if own:
        parts.update(next((edition.parts for edition in family.editions if edition.id == own), ()))
    named = next((edition for edition in family.editions if edition.parts and parts.issuperset(edition.parts)), None) if parts else None
    found.edition = named
    if own and (named is None or set(named.parts) <= {part for edition in family.editions if edition.id == own for part in edition.parts}):
        found.edition = next((edition for edition in family.editions if edition.id == own), named)
    if found.edition is None and found.release is not None:
        implied = next((release.edition for release in family.releases if release.id == found.release and release.edition), None)
        found.edition = next((edition for edition in family.editions if edition.id == implied), None)
    if found.damaged and found.edition is not None:
        parts_told = set(found.edition.parts)
        if any(parts_told < set(edition.parts) for edition in family.editions):
            found.notes.append(("edition_open", found.edition.title, 0.0))
            found.edition = None


def family_by_build(family: lx.FamilyRecord, version: str | None) -> int | None:
    """Return the family a version number proves instead of the named one, or None."""
    if not version or not family.builds:
        return None
    leading = _LEADING_VERSION.match(version)
    if leading is None:
        return None
    numbers = version_numbers(leading.group())
    for build in family.builds:
        # "22631" alone is a build number too: compare it with the last part of the bounds
        mine = numbers if len(numbers) > 1 else (*build.since[:-1], numbers[0])
        if mine >= build.since and (build.until is None or mine < build.until):
            return build.family
    return None
