"""Whether a licence of one product covers a copy of another, and by which right: the rights graph, asked one pair at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from licmatch.licences.lines import line_of
from licmatch.licences.rights import Right, Rights

_NUMBERS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class Product:
    """What a licence or a copy is of. An edition or release that nobody said is null, and parts nothing."""

    category: str
    line: str
    family: str
    edition: str | None
    release: str | None


@dataclass(frozen=True, slots=True)
class Licence:
    """A product that was licensed: how, and to which day maintenance runs."""

    product: Product
    kind: str
    maintenance_to: date | None


@dataclass(frozen=True, slots=True)
class Reach:
    """The right by which a licence covers a copy. `part`: the copy is part of a suite, and one seat covers all parts on a computer."""

    right: str
    order: int
    part: bool
    documents: tuple[str, ...]


def product(category: str, family: str, edition: str | None, release: str | None, rights: Rights) -> Product:
    """Return the product of a family, with its line and the class of its edition.

    >>> from licmatch.licences.rights import load_rights
    >>> product("os", "os.windows-10", "enterprise-ltsc-2019", "10", load_rights())
    Product(category='os', line='os.windows', family='os.windows-10', edition='enterprise', release='10')
    """
    kind = next((name for prefix, name in rights.editions.prefixes if edition and edition.startswith(prefix)), edition)
    return Product(category, line_of(family, rights), family, kind or None, release or None)


def reaches(licence: Licence, copy: Product, rights: Rights, as_of: date) -> Reach | None:
    """Return the first right by which the licence covers the copy on the day, or null.

    Trials, free grants and editions for persons cover nothing: no organisation is licensed by them.
    """
    if licence.kind in ("trial", "free") or licence.product.edition in rights.editions.never or copy.edition in rights.editions.never:
        return None
    for order, right in enumerate(rights.rights):
        if holds(right, licence, copy, rights, as_of):
            return Reach(right.id, order, right.kind == "suite", right.documents)
    return None


def holds(right: Right, licence: Licence, copy: Product, rights: Rights, as_of: date) -> bool:
    """Return whether this very right makes the licence cover the copy on the day."""
    lot = licence.product
    if (right.since and as_of < right.since) or (right.until and as_of > right.until):
        return False
    asked = (
        (right.kinds, licence.kind),
        (right.categories, lot.category),
        (right.lot_lines, lot.line),
        (right.lot_families, lot.family),
        (right.copy_lines or (lot.line,), copy.line),
        (right.lot_editions, lot.edition),
        (right.lot_releases, lot.release),
        (right.copy_editions, copy.edition),
        (right.copy_releases, copy.release),
    )
    if any(among and said not in among for among, said in asked):
        return False
    if right.while_supported and not _supported(copy, rights, as_of):
        return False
    one_edition = right.any_edition or lot.edition is None or copy.edition is None or lot.edition == copy.edition
    same_release = lot.release is None or copy.release is None or lot.release == copy.release
    match right.kind:
        case "same":
            return one_edition and same_release and (lot.family == copy.family or lot.line != lot.family)
        case "downgrade":
            # Where the right itself says which editions, those decide.
            return (bool(right.copy_editions) or one_edition) and _older(copy, lot, rights)
        case "upgrade":
            return one_edition and _older(lot, copy, rights) and _in_maintenance(licence, copy, rights)
        case "edition_down":
            return lot.edition != copy.edition and (same_release or _older(copy, lot, rights))
        case "suite":
            # The volume terms that let a suite be an older one let its parts be older ones too.
            return (
                same_release or lot.release == "365" or (licence.kind in ("volume", "site", "allocated") and _older_part(copy, lot, rights))
            )
        case "cross_platform":
            return True
        case _:
            return True


def _place(one: Product, line: str, rights: Rights) -> tuple[int, ...] | None:
    """Where a release stands among those of its line; null where nobody can tell."""
    if one.release is None:
        return None
    for known in rights.lines:
        if known.id == line:
            ids = [release.id for release in known.releases]
            return (ids.index(one.release),) if one.release in ids else None
    numbers = _NUMBERS.findall(one.release)
    return tuple(int(number[:9]) for number in numbers) if numbers else None


def _older(one: Product, other: Product, rights: Rights) -> bool:
    mine, theirs = _place(one, one.line, rights), _place(other, other.line, rights)
    return mine is not None and theirs is not None and mine < theirs


def _older_part(part: Product, suite: Product, rights: Rights) -> bool:
    mine, theirs = _place(part, suite.line, rights), _place(suite, suite.line, rights)
    return mine is not None and theirs is not None and mine < theirs


def _in_maintenance(licence: Licence, copy: Product, rights: Rights) -> bool:
    """Whether the copy's release appeared while maintenance ran."""
    appeared = next((r.released for line in rights.lines if line.id == copy.line for r in line.releases if r.id == copy.release), None)
    return licence.maintenance_to is not None and appeared is not None and appeared <= licence.maintenance_to


def _supported(copy: Product, rights: Rights, as_of: date) -> bool:
    end = next((r.support_ends for line in rights.lines if line.id == copy.line for r in line.releases if r.id == copy.release), None)
    return end is None or as_of <= end
