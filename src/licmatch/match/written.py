"""The phrases of a catalog as their files write them, and the engine with one of them switched off.

One written phrase stands for several keys ("(ms|microsoft) x") and one key may be written in several places. Switching a phrase off
takes its meaning from its keys only, and leaves there what the other places say; the catalog is compiled once and masked, so that
thousands of phrases are tried in seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.catalog.alternatives import expand
from licmatch.catalog.load import Sources
from licmatch.catalog.records import Family
from licmatch.match.answers import Answer, answer_of
from licmatch.match.decide import Decider
from licmatch.match.engine import Engine
from licmatch.normalize.name_steps import normalize
from licmatch.schema import DECISION_COLUMNS
from licmatch.signatures import Hit

TIERS = ("names", "alone", "weak", "generic", "memory", "weak_memory")
COMPANIONS = "companions"
_STRENGTHS = {"alone": lx.ALONE, "weak": lx.WEAK, "weak_memory": lx.WEAK, "generic": lx.GENERIC}
# The tables of the shared word lists whose words only say that they may stand anywhere, and with which flag.
_FREE_WORDS = {
    "noise": lx.FREE,
    "connector": lx.FREE,
    "arch": lx.FREE,
    "locale": lx.FREE,
    "platform": lx.PLATFORM,
    "target": lx.TARGET,
    "release_mark": lx.FREE | lx.RELEASE_MARK,
    "service_pack": lx.FREE | lx.SERVICE_PACK,
}
_EMPTY = lx.Entry()


@dataclass(frozen=True, slots=True)
class Written:
    """One phrase of a catalog file: `part` is the list it stands in, `keys` what it compiles to, `spoken` the strings it stands for.

    `family` is None for the words that all families share, `role` is set for a companion's name. `slot`, `owner` and `value` say which
    meaning of an entry it fills: a block of family 7, the role "update".
    """

    family: int | None
    file: str
    part: str
    phrase: str
    role: str | None
    slot: str
    owner: Any
    value: Any
    keys: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()

    @property
    def is_name(self) -> bool:
        return self.slot == "names"

    @property
    def strength(self) -> tuple[bool, int, bool]:
        """Where one family writes the same words twice as a name, the greater of these is kept."""
        return (self.role is None, _STRENGTHS.get(self.part, lx.STRONG), not self.part.endswith("memory"))


def written_phrases(sources: Sources) -> list[Written]:
    """Return every phrase of the catalogs: families in file order, then the shared words, the editions' words, the makers'."""
    drafts: list[Written] = []
    for index, (file, _, family) in enumerate(sources.families):
        drafts += _family_phrases(index, file, family)
    drafts += _shared_phrases(sources)
    return _with_keys(drafts)


def written_names(families: Sequence[tuple[str, str, Family]]) -> list[Written]:
    """Return only the names of the families, companions behind the family's own."""
    drafts = [each for index, (file, _, family) in enumerate(families) for each in _family_phrases(index, file, family) if each.is_name]
    return _with_keys(drafts)


def _with_keys(drafts: list[Written]) -> list[Written]:
    texts = [expand(draft.phrase) for draft in drafts]
    keys = iter(normalize(pl.Series([text for each in texts for text in each], dtype=pl.String)).to_list())
    return [
        Written(
            draft.family, draft.file, draft.part, draft.phrase, draft.role, draft.slot, draft.owner, draft.value,
            tuple(next(keys) for _ in spoken), tuple(spoken),
        )
        for draft, spoken in zip(drafts, texts, strict=True)
    ]  # fmt: skip


def _family_phrases(index: int, file: str, family: Family) -> list[Written]:
    found: list[Written] = []

    def add(part: str, phrases: Iterable[str], slot: str, owner: object, value: object, role: str | None = None) -> None:
        found.extend(Written(index, file, part, phrase, role, slot, owner, value) for phrase in phrases)

    for tier in TIERS:
        naming = lx.Naming(index, _STRENGTHS.get(tier, lx.STRONG), tier.endswith("memory"))
        add(tier, getattr(family, tier), "names", index, naming)
    for role, listed in family.companions.items():
        add(COMPANIONS, listed, "names", index, lx.Naming(index, lx.STRONG, False, role), role)
    add("not", family.not_, "blocks", index, index)
    for release in family.releases:
        # The release itself is no word but a fact; its further words are.
        add("release", [release.id], "releases", index, release.id)
        add("release words", release.words, "releases", index, release.id)
        for phrase, edition in release.edition_words.items():
            add("release edition_words", [phrase], "release_editions", (index, release.id), edition)
    for phrase, edition in family.edition_words.items():
        add("edition_words", [phrase], "editions", index, edition)
    add("tails", family.tails, "tails", index, index)
    return found


def _shared_phrases(sources: Sources) -> list[Written]:
    found: list[Written] = []
    words = sources.words
    tables = (("role", words.role, "role"), ("weak_role", words.weak_role, "weak_role"), ("channel", words.channel, "channel"))
    for table, meanings, slot in tables:
        for meaning, listed in meanings.items():
            found += [Written(None, "words.toml", f"{table} {meaning}", phrase, None, slot, None, meaning) for phrase in listed]
    for meaning, listed in words.class_.items():
        found += [Written(None, "words.toml", f"class {meaning}", phrase, None, "classes", meaning, meaning) for phrase in listed]
    for table, flag in _FREE_WORDS.items():
        found += [Written(None, "words.toml", table, phrase, None, "flags", None, flag) for phrase in getattr(words, table)]
    for phrase, parts in sources.edition_words.items():
        found.append(Written(None, "editions.toml", "edition words", phrase, None, "parts", None, tuple(parts)))
    makers: dict[str, int] = {}
    for vendor in sources.vendors:
        maker = makers.setdefault(vendor.name, len(makers))
        found += [Written(None, "", f"vendor {vendor.name}", phrase, None, "vendors", maker, maker) for phrase in vendor.words]
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """A name prepared to be decided again and again: normalised, its publisher resolved, its signatures known."""

    raw: str
    padded: str
    makers: frozenset[int] | None
    version: str | None
    hits: tuple[Hit, ...]
    keys: frozenset[int]


class Asker:
    """Asks one engine, whole or with phrases switched off. `phrases` must be all that were written: what is left counts them."""

    def __init__(self, engine: Engine, phrases: Sequence[Written]) -> None:
        self.engine = engine
        self._index = {key: index for index, key in enumerate(engine.compiled.keys)}
        self._written: dict[tuple[str, str, object], list[Written]] = defaultdict(list)
        for phrase in phrases:
            for key in dict.fromkeys(phrase.keys):
                self._written[key, phrase.slot, phrase.owner].append(phrase)

    def questions(self, rows: Iterable[tuple[str, str | None, str | None]]) -> list[Question]:
        """Prepare (name, publisher, version) rows."""
        listed = list(rows)
        names = pl.Series([name for name, _, _ in listed], dtype=pl.String)
        makers = self.engine.makers([publisher for _, publisher, _ in listed])
        hits = self.engine.name_hits(names)
        finder = self.engine.decider.finder
        return [
            Question(name, padded, makers[publisher], version, hits.get(at, ()), frozenset(finder.found(padded)))
            for at, ((name, publisher, version), padded) in enumerate(zip(listed, normalize(names).to_list(), strict=True))
        ]

    def answer(self, question: Question, decider: Decider | None = None) -> dict[str, object]:
        """Return the decision columns of one question, and `whole`: recognised, and nothing in the string speaks against the answer."""
        decision = (decider or self.engine.decider).decide(question.raw, question.padded, question.makers, question.version)
        answer: Answer = answer_of(decision, question.hits, self.engine.compiled.vendors)
        against = decision.winner is not None and any(amount < 0 for _, _, amount in decision.winner.notes)
        return {**dict(zip(DECISION_COLUMNS, answer, strict=True)), "whole": decision.status == "recognised" and not against}

    def keys(self, question: Question) -> set[str]:
        """Return the keys that stand in a question, hidden by longer ones or not."""
        return {self.engine.compiled.keys[index] for index in question.keys}

    def indexes(self, phrase: Written) -> set[int]:
        """Return the indexes of a phrase's keys."""
        return {self._index[key] for key in phrase.keys if key in self._index}

    def without(self, *phrases: Written) -> Decider | None:
        """Return the decider with these phrases switched off, or None where others say all the same."""
        changed: dict[int, lx.Entry] = {}
        entries = self.engine.compiled.entries
        for phrase in phrases:
            for index in sorted(self.indexes(phrase)):
                meaning = (self.engine.compiled.keys[index], phrase.slot, phrase.owner)
                others = [each for each in self._written[meaning] if each not in phrases]
                changed[index] = _cleared(changed.get(index, entries[index]), phrase, others)
        differing = {index: entry for index, entry in changed.items() if entry != entries[index]}
        if not differing:
            return None
        return self.engine.decider.masked({index: None if _means_nothing(entry) else entry for index, entry in differing.items()})


def _means_nothing(entry: lx.Entry) -> bool:
    return msgspec.structs.replace(entry, flags=entry.flags & ~lx.NUMERIC) == _EMPTY


def _cleared(entry: lx.Entry, phrase: Written, others: Sequence[Written]) -> lx.Entry:
    """Return an entry without what one phrase says: the meaning the compiler would give it from the others."""
    values = [other.value for other in others]
    match phrase.slot:
        case "names":
            strongest = max(others, key=lambda other: other.strength, default=None)
            kept = {naming.family: naming for naming in entry.names if naming.family != phrase.owner}
            if strongest is not None:
                kept[strongest.value.family] = strongest.value
            return msgspec.structs.replace(entry, names=tuple(kept[family] for family in sorted(kept)))
        case "blocks" | "tails" | "classes" | "vendors":
            left = tuple(value for value in getattr(entry, phrase.slot) if value != phrase.owner or values)
            return msgspec.structs.replace(entry, **{phrase.slot: left})
        case "releases" | "editions":
            meanings = {family: value for family, value in getattr(entry, phrase.slot).items() if family != phrase.owner}
            if values:  # the first that is written holds
                meanings[phrase.owner] = values[0]
            return msgspec.structs.replace(entry, **{phrase.slot: dict(sorted(meanings.items()))})
        case "release_editions":
            family, release = phrase.owner
            inner = {each: edition for each, edition in entry.release_editions.get(family, {}).items() if each != release}
            if values:
                inner[release] = values[-1]
            outer = {each: told for each, told in entry.release_editions.items() if each != family} | ({family: inner} if inner else {})
            return msgspec.structs.replace(entry, release_editions=dict(sorted(outer.items())))
        case "flags":
            flags = entry.flags & lx.NUMERIC
            for value in values:
                flags |= value
            return msgspec.structs.replace(entry, flags=flags)
        case _:  # role, weak_role, channel, parts: the last that is written holds
            return msgspec.structs.replace(entry, **{phrase.slot: values[-1] if values else getattr(_EMPTY, phrase.slot)})
