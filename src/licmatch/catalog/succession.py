"""What keeps meaning across updates: retired ids with their successors, and a site's overrides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from licmatch.catalog.records import Override, Retired

IGNORE = "ignore"


def family_of(product: str, families: Collection[str]) -> str | None:
    """Return the id of the family a product id belongs to: the longest that it begins with.

    >>> family_of("office.a-b-2016.pro", {"office.a", "office.a-b"})
    'office.a-b'
    """
    ends = [at for at, character in enumerate(product) if character in "-."] + [len(product)]
    return next((product[:end] for end in reversed(ends) if product[:end] in families), None)


def successor_of(product: str, retired: Mapping[str, str]) -> str:
    """Return the living id of a product id; that of a retired family keeps the release and edition behind it.

    >>> successor_of("office.old-2016.pro", {"office.old": "office.new"})
    'office.new-2016.pro'
    """
    if product in retired:
        return retired[product]
    family = family_of(product, retired)
    return product if family is None else retired[family] + product[len(family) :]


def successors(retired: Sequence[Retired], families: Collection[str], faults: list[str]) -> dict[str, str]:
    """Return {retired id: living id}, chains followed; adds to `faults` what leads nowhere, round in a circle, or is still alive."""
    direct: dict[str, str] = {}
    for entry in retired:
        if entry.id in direct:
            faults.append(f"retired id {entry.id!r} stands twice")
        if entry.id in families:
            faults.append(f"retired id {entry.id!r} is still a family's")
        direct.setdefault(entry.id, entry.successor)
    found = {}
    for identity in sorted(direct):
        seen = {identity}
        living = direct[identity]
        while living in direct and living not in seen:
            seen.add(living)
            living = direct[living]
        if living in direct:
            faults.append(f"retired id {identity!r} leads round in a circle")
        elif families and family_of(living, families) is None:
            faults.append(f"retired id {identity!r}: its successor {living!r} belongs to no family")
        found[identity] = living
    return found


def override_faults(overrides: Sequence[Override]) -> list[str]:
    """Return what makes an override unusable whatever the catalogs say."""
    faults = [f"override {identity!r} stands twice" for identity, count in Counter(entry.id for entry in overrides).items() if count > 1]
    for entry in overrides:
        if bool(entry.names) == bool(entry.product):
            faults.append(f"override {entry.id!r}: needs either names or a product")
        faults += [f"override {entry.id!r}: {what} is empty" for what in ("owner", "reason", "answer") if not getattr(entry, what).strip()]
    return faults
