"""Like computers and the ways to put each right: which seats to buy for one, and what becomes of each of its copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from licmatch.licences.reach import Product, reaches
from licmatch.licences.rights import Rights
from licmatch.plan.needs import WHOLE
from licmatch.plan.offers import Offer
from licmatch.plan.rules import PlanRules, Work

MOST_WAYS = 20_000
KEEP, REPLACE, REMOVE, OPEN = "keep", "replace", "remove", "open"


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One copy that is short: its product and role, and the side of its computer."""

    cp: int
    role: str
    side: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to put a computer right: the offers of which it gets a seat, and by item (action, offer or -1)."""

    seats: tuple[int, ...]
    actions: tuple[tuple[str, int], ...]
    met: int
    work: int  # yuan
    rank: int

    @property
    def open(self) -> int:
        """How many copies stay as they are."""
        return len(self.actions) - self.met


class Options:
    """What each offer can do for a copy; answers are kept, since like copies ask the same."""

    def __init__(self, offers: Sequence[Offer], kinds: Sequence[Product], rights: Rights, rules: PlanRules, as_of: object) -> None:
        self.offers, self.kinds, self.rights, self.rules, self.as_of = offers, kinds, rights, rules, as_of
        self._known: dict[tuple[Item, int], str | None] = {}

    def does(self, item: Item, offer: Offer) -> str | None:
        """Return what a seat of the offer does for the copy: `part` or `whole` (licenses it), `replace`, or nothing.

        One seat licenses one whole copy of a computer and any number of parts.
        """
        key = (item, offer.place)
        if key not in self._known:
            self._known[key] = self._answer(item, offer)
        return self._known[key]

    def _answer(self, item: Item, offer: Offer) -> str | None:
        copy = self.kinds[item.cp]
        if offer.side is not None and offer.side != item.side:
            return None
        if offer.fund == "hardware":
            # The program comes with another computer: what stands on this one goes with it.
            return "replace" if offer.category == copy.category and item.role == WHOLE else None
        reach = reaches(offer.licence, copy, self.rights, self.as_of)  # type: ignore[arg-type]
        if reach is not None:
            return "part" if reach.part else "whole"
        if offer.category != copy.category:
            return None
        if offer.free and offer.licence.product.line == copy.line and copy.edition not in self.rights.editions.never:
            return "whole"
        if offer.upgrade:
            return None
        if item.role == WHOLE:
            return "replace" if offer.role == WHOLE else None
        if item.role == offer.role == "server":
            return "replace"
        return "replace" if {copy.family.casefold(), copy.line.casefold()} & offer.replaces else None

    def components(self, items: Sequence[Item]) -> list[list[int]]:
        """Return the copies of one computer in groups that have nothing to do with each other."""
        near = [{offer.place for offer in self.offers if self.does(item, offer)} for item in items]
        single = self.rules.per_computer
        groups: list[list[int]] = []
        for at, item in enumerate(items):
            joined, apart = [at], []
            for group in groups:
                tied = any(
                    near[at] & near[one]
                    or (items[one].role == item.role == WHOLE and self._category(items[one]) == self._category(item) in single)
                    for one in group
                )
                if tied:
                    joined = [*group, *joined]
                else:
                    apart.append(group)
            groups = [*apart, joined]
        return [sorted(group) for group in sorted(groups, key=min)]

    def _category(self, item: Item) -> str:
        return self.kinds[item.cp].category

    def patterns(self, items: Sequence[Item], held: frozenset[str]) -> tuple[list[Pattern], bool]:
        """Return every way worth a thought, the idle one first, and whether none was left out.

        `held`: categories of which the computer has a licensed product already. A set of seats is left out where a part of it does as much.
        """
        useful = [offer for offer in self.offers if any(self.does(item, offer) for item in items)]
        found: list[Pattern] = []
        done: list[tuple[frozenset[int], frozenset[int]]] = []
        tried = 0
        for size in range(min(len(items), len(useful)) + 1):
            for chosen in combinations(useful, size):
                tried += 1
                if tried > MOST_WAYS:
                    return found, False
                seats = frozenset(offer.place for offer in chosen)
                for pattern in self._ways(items, chosen, held):
                    met = frozenset(at for at, action in enumerate(pattern.actions) if action[0] != OPEN)
                    work = pattern.work
                    if any(part < seats and met <= of and self._no_dearer(found, part, of, work) for part, of in done):
                        continue
                    done.append((seats, met))
                    found.append(pattern)
        return found, True

    @staticmethod
    def _no_dearer(found: Iterable[Pattern], seats: frozenset[int], met: frozenset[int], work: int) -> bool:
        return any(frozenset(one.seats) == seats and one.met == len(met) and one.work <= work for one in found)

    def _ways(self, items: Sequence[Item], chosen: Sequence[Offer], held: frozenset[str]) -> Iterator[Pattern]:
        """The cheapest work for a set of seats, keeping what may be kept; every seat has something to do."""
        actions: list[tuple[str, int]] = [(OPEN, -1)] * len(items)
        for at, item in enumerate(items):
            part = next((offer for offer in chosen if self.does(item, offer) == "part"), None)
            if part is not None:
                actions[at] = (KEEP, part.place)
        rest = [at for at in range(len(items)) if actions[at][0] == OPEN]
        matched = _matching({at: [offer.place for offer in chosen if self.does(items[at], offer) == "whole"] for at in rest})
        for at, place in matched.items():
            actions[at] = (KEEP, place)
        wholes = set(matched.values())
        kept = {*held, *(self._category(items[at]) for at, (done, _) in enumerate(actions) if done == KEEP and items[at].role == WHOLE)}
        for at, item in enumerate(items):
            beyond = item.role == WHOLE and self._category(item) in kept and self._category(item) in self.rules.per_computer
            if actions[at][0] == OPEN and not beyond:
                other = next((offer for offer in chosen if self.does(item, offer) == "replace"), None)
                other = other or next((offer for offer in chosen if offer.place in wholes and self._stands_in(item, offer)), None)
                if other is not None:
                    actions[at] = (REPLACE, other.place)
        satisfied = {
            *held,
            *(self._category(items[at]) for at, (done, _) in enumerate(actions) if done != OPEN and items[at].role == WHOLE),
        }
        for at, item in enumerate(items):
            category = self._category(item)
            if actions[at][0] == OPEN and item.role == WHOLE and category in satisfied and category in self.rules.per_computer:
                actions[at] = (REMOVE, -1)
        if {offer.place for offer in chosen} != {offer for _, offer in actions if offer >= 0}:
            return
        work: Work = self.rules.work
        each = {KEEP: work.keep, REPLACE: work.replace, REMOVE: work.remove, OPEN: 0}
        order = {KEEP: 0, REPLACE: 1000, REMOVE: 100, OPEN: 0}
        met = sum(done != OPEN for done, _ in actions)
        rank = sum(order[done] + max(offer, 0) for done, offer in actions)
        yield Pattern(tuple(sorted(offer.place for offer in chosen)), tuple(actions), met, sum(each[done] for done, _ in actions), rank)

    def _stands_in(self, item: Item, offer: Offer) -> bool:
        return item.role == WHOLE and offer.role == WHOLE and offer.category == self._category(item)


def _matching(can: dict[int, list[int]]) -> dict[int, int]:
    """Return copy -> offer for as many copies as possible, each offer once."""
    holder: dict[int, int] = {}

    def place(at: int, seen: set[int]) -> bool:
        for offer in can[at]:
            if offer not in seen:
                seen.add(offer)
                if offer not in holder or place(holder[offer], seen):
                    holder[offer] = at
                    return True
        return False

    for at in sorted(can):
        place(at, set())
    return {at: offer for offer, at in sorted(holder.items())}
