"""Deciding one name: candidates from all its family names, the best, the runner-up, and what divides them."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from licmatch.catalog import lexicon as lx
from licmatch.match.calibration import probability
from licmatch.match.damage import LostWords
from licmatch.match.identifiers import Identifiers
from licmatch.match.reading import PhraseFinder, Segment
from licmatch.match.weigh import Weighing, family_by_build, weigh
from licmatch.schema import LICENSABLE_ROLES

MARGIN = 0.04  # closer than this to another family is too close to call
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class Decision(Struct, frozen=True):
    """The answer for one name, publisher and version; `others` are the weighings that lost, best first."""

    status: str
    family: lx.FamilyRecord | None = None
    product_id: str | None = None
    edition: lx.EditionRecord | None = None
    release: str | None = None
    role: str | None = None
    method: str | None = None
    score: float | None = None
    margin: float | None = None
    rule_id: str | None = None
    channel: str | None = None
    memory: bool = False
    category: str | None = None  # of an ambiguous name whose candidates agree on it
    winner: Weighing | None = None
    others: tuple[Weighing, ...] = ()
    segments: tuple[Segment, ...] = ()


UNKNOWN = Decision("unknown")


def product_id(family: lx.FamilyRecord, release: str | None, edition: lx.EditionRecord | None) -> str:
    """Return `<category>.<family>[-<release>][.<edition>]`."""
    identity = family.id
    if release and release != family.release_in_name:
        identity += "-" + _NOT_SLUG.sub("-", release.casefold()).strip("-")
    return f"{identity}.{edition.id}" if edition else identity


class Decider:
    """Decides names against one compiled catalog. Immutable; shared by threads."""

    def __init__(self, compiled: lx.Compiled) -> None:
        self.families = compiled.families
        self.finder = PhraseFinder(compiled.keys, compiled.entries)
        self._lost_words = LostWords(compiled)
        self.identifiers = Identifiers(compiled.identifiers)
        self._edition_by_id = {edition.id: edition for edition in compiled.editions}

    def hidden(self, padded: str) -> list[tuple[str, str, str]]:
        """Return (family id, its name here, the longer phrase over it) for families named only inside a longer phrase."""
        found = {
            (self.families[naming.family].id, phrase.strip(), over.strip())
            for phrase, entry, over in self.finder.hidden(padded)
            for naming in entry.names
        }
        return sorted(found, key=lambda item: (-len(item[1]), item))

    def names_a_family(self, padded: str) -> bool:
        """Say whether a padded name holds a name of any family, a companion's too, hidden by a longer phrase or not."""
        return any(self.finder.entry(index).names for index in self.finder.found(padded))

    def masked(self, changed: Mapping[int, lx.Entry | None]) -> Decider:
        """Return this decider with some keys meaning something else or nothing: what would be decided without them."""
        other = copy.copy(self)
        other.finder = self.finder.masked(changed)
        return other

    def decide(self, raw: str, padded: str, publishers: frozenset[int] | None, version: str | None) -> Decision:
        """Decide one name. Pure: the same arguments give the same decision, whatever was decided before."""
        identified = self.identifiers.of(raw)
        if identified is not None:
            return self._identified(identified)
        decision = self.by_words(padded, publishers, version)
        # A product code inside a name speaks where its words do not.
        coded = self.identifiers.inside(raw) if decision.status != "recognised" else None
        return decision if coded is None else replace(self._identified(coded), others=decision.others, segments=decision.segments)

    def by_words(self, padded: str, publishers: frozenset[int] | None, version: str | None) -> Decision:
        """Decide a name that is no identifier and holds no product code, as `decide` does."""
        segments = self.finder.segments(padded)
        weighed = self._weigh_all(segments, publishers, version)
        if not weighed:
            return UNKNOWN if not segments else Decision("unknown", segments=tuple(segments))
        best = weighed[0]
        second = next((other for other in weighed[1:] if self._differs(best, other)), None)
        others = tuple(weighed[1:])
        if not best.accepted:
            return Decision("unknown", others=tuple(weighed), segments=tuple(segments), category=self._lost_words.witness(best))
        turned = self._lost_words.turning(best) if best.damaged else ()
        if turned:
            categories = {self.families[index].category for index in (best.family, *turned)}
            best.notes += [("lost_word", self.families[index].id, 0.0) for index in turned]
            return Decision(
                "ambiguous",
                score=round(min(0.5, probability(best.score)), 4),
                margin=0.0,
                others=tuple(weighed),
                segments=tuple(segments),
                category=categories.pop() if len(categories) == 1 else None,
            )
        margin = best.rank - second.rank if second is not None else best.rank
        if second is not None and second.accepted and margin < MARGIN:
            categories = {self.families[best.family].category, self.families[second.family].category}
            return Decision(
                "ambiguous",
                # Two are about equally good: neither is likelier than not.
                score=round(min(0.5, probability(best.score)), 4),
                margin=round(max(margin, 0.0), 4),
                others=tuple(weighed),
                segments=tuple(segments),
                category=categories.pop() if len(categories) == 1 else None,
            )
        family = self.families[best.family]
        moved = family_by_build(family, version)
        release, edition = best.release, best.edition
        if moved is not None:
            family = self.families[moved]
            edition = next((item for item in family.editions if edition and item.parts == edition.parts), None)
        release = release or family.release_in_name
        whole = padded.strip() == best.key.strip()
        identity = product_id(family, release, edition)
        return Decision(
            "recognised",
            family,
            identity,
            edition,
            release,
            best.role,
            "exact" if whole else "composed",
            # What is known from memory only keeps its weight, which is capped; the figures behind the map are of what was seen.
            round(best.score if best.naming.memory else probability(best.score), 4),
            round(max(0.0, min(1.0, margin)), 4),
            f"{family.id}#{'-'.join(best.key.split())}",
            best.channel,
            best.naming.memory,
            family.category,
            best,
            others,
            tuple(segments),
        )

    def _weigh_all(self, segments: list[Segment], publishers: frozenset[int] | None, version: str | None) -> list[Weighing]:
        """Weigh every family named anywhere; the best weighing a family counts. Sorted by rank, then by family id."""
        best: dict[int, Weighing] = {}
        for at, segment in enumerate(segments):
            if segment.entry is None:
                continue
            for naming in segment.entry.names:
                found = weigh(naming.family, self.families[naming.family], naming, at, segments, publishers=publishers, version=version)
                known = best.get(naming.family)
                if known is None or found.rank > known.rank:
                    best[naming.family] = found
        return sorted(best.values(), key=lambda found: (-found.rank, self.families[found.family].id))

    def _differs(self, best: Weighing, other: Weighing) -> bool:
        """A runner-up counts only where choosing it would give another licensable answer."""
        return other.family != best.family and not (best.role not in LICENSABLE_ROLES and other.role not in LICENSABLE_ROLES)

    def _identified(self, record: lx.IdentifierRecord) -> Decision:
        family = self.families[record.family]
        edition = self._edition_by_id.get(record.edition) if record.edition else None
        release = record.release or family.release_in_name
        return Decision(
            "recognised",
            family,
            product_id(family, release, edition),
            edition,
            release,
            record.role or family.role,
            "identifier",
            0.99,
            0.99,
            f"{family.id}#id",
            record.channel or family.channel,
            False,
            family.category,
        )
