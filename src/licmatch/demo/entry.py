"""One line of an installed-software list as the generator knows it, with what it really is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """What a name of a catalogued kind really is, in the canonical names of vendors and families."""

    category: str
    vendor: str
    family: str
    edition: str | None = None
    release: str | None = None
    role: str = "product"

    def part(self, role: str) -> Truth:
        """Return the truth of a row that belongs to this product but is not it: a component, an update, a language pack."""
        return Truth(self.category, self.vendor, self.family, None, self.release, role)


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and publisher with the versions it is seen in.

    `truth` is None for names that no catalog of the three categories holds; `tool` names the family of
    unlicensed software the row is a sign of.
    """

    name: str
    publisher: str | None
    versions: tuple[str | None, ...] = (None,)
    truth: Truth | None = None
    tool: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Entries that an installer writes together, each with the share of machines on which it does.

    `weight` is how often devices choose the bundle among those of its kind; `product` is what the device then has.
    """

    rows: tuple[tuple[Entry, float], ...]
    weight: float
    product: Truth | None = None
    tool: str | None = None


def sole(entry: Entry, weight: float) -> Bundle:
    """Return the bundle of one row that is always written."""
    return Bundle(((entry, 1.0),), weight, entry.truth, entry.tool)
