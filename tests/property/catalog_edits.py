"""Random edits of catalogs, each as a person might make it: what an incremental run has to notice."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from msgspec.structs import replace as with_fields

from licmatch.catalog.compile import compile_sources
from licmatch.catalog.lexicon import Compiled
from licmatch.catalog.load import Sources
from licmatch.errors import CatalogError

Edit = Callable[[random.Random, Sources], Sources]
_NAME_FIELDS = ("names", "weak", "alone", "generic", "memory")
_WORD_TABLES = ("role", "weak_role", "class_", "channel")
_WORD_LISTS = ("platform", "arch", "noise", "connector", "target", "release_mark", "service_pack")


def edited(rng: random.Random, sources: Sources, number: int) -> tuple[Sources, Compiled]:
    """Return the sources after one random edit that leaves them sound, and what they compile to; `number` makes the hash its own."""
    while True:
        change = rng.choice(EDITS)
        other = replace(change(rng, sources), hash=f"{sources.hash[:32]}{number:032x}")
        try:
            return other, compile_sources(other)
        except CatalogError:
            continue  # an edit that a check of catalogs refuses


def _without_one(rng: random.Random, values: tuple[Any, ...]) -> tuple[Any, ...]:
    at = rng.randrange(len(values))
    return values[:at] + values[at + 1 :]


def _family(edit: Callable[[random.Random, Any], Any]) -> Edit:
    def change(rng: random.Random, sources: Sources) -> Sources:
        at = rng.randrange(len(sources.families))
        file, category, family = sources.families[at]
        return replace(sources, families=(*sources.families[:at], (file, category, edit(rng, family)), *sources.families[at + 1 :]))

    return change


def _drop_name(rng: random.Random, family: Any) -> Any:
    field = rng.choice(_NAME_FIELDS)
    return with_fields(family, **{field: _without_one(rng, getattr(family, field))}) if getattr(family, field) else family


def _add_name(rng: random.Random, family: Any) -> Any:
    words = ["Office", "Windows", "安全", "Security", "Suite", "2016", "Pro", "Client", "助手", "Update", "Media", "Player", "Reader"]
    field = rng.choice(_NAME_FIELDS)
    return with_fields(family, **{field: (*getattr(family, field), " ".join(rng.sample(words, rng.randint(1, 3))))})


def _move_name(rng: random.Random, family: Any) -> Any:
    if not family.names:
        return family
    at = rng.randrange(len(family.names))
    return with_fields(family, names=family.names[:at] + family.names[at + 1 :], weak=(*family.weak, family.names[at]))


def _other_facts(rng: random.Random, family: Any) -> Any:
    return with_fields(family, role=rng.choice(["product", "server", "standalone_app"]), licence=rng.choice(["free", "commercial"]))


def _drop_release(rng: random.Random, family: Any) -> Any:
    return with_fields(family, releases=_without_one(rng, family.releases)) if family.releases else family


def _read_numbers(rng: random.Random, family: Any) -> Any:
    return with_fields(
        family, release_numbers=rng.choice(["none", "major", "year", "any"]), release_from_version=rng.choice(["none", "major"])
    )


def _drop_edition(rng: random.Random, family: Any) -> Any:
    return with_fields(family, editions=_without_one(rng, family.editions)) if family.editions else family


def _drop_identifiers(rng: random.Random, family: Any) -> Any:
    return with_fields(family, ids=_without_one(rng, family.ids)) if family.ids else family


def _drop_family(rng: random.Random, sources: Sources) -> Sources:
    return replace(sources, families=_without_one(rng, sources.families))


def _add_family(rng: random.Random, sources: Sources) -> Sources:
    file, category, family = rng.choice(sources.families)
    word = rng.choice(["Chrome", "Python", "Adobe Reader", "驱动", "Update", "HEVC", "输入法", "Office Tab"])
    # Its id sorts anywhere, so that the numbers of the others shift.
    new = with_fields(family, id=rng.choice("abcmxyz") + "-new-family", names=(word,), weak=(), alone=(), generic=(), ids=(), builds=())
    return replace(sources, families=tuple(sorted((*sources.families, (file, category, new)), key=lambda one: (one[0], one[2].id))))


def _vendor(rng: random.Random, sources: Sources) -> Sources:
    at = rng.randrange(len(sources.vendors))
    vendor = sources.vendors[at]
    changes = [
        {"words": vendor.words[1:]},
        {"publishers": vendor.publishers[1:]},
        {"publishers": (*vendor.publishers, rng.choice(["google", "adobe systems", "python software foundation", "oracle"]))},
        {"category": rng.choice([None, "os", "office", "antivirus"])},
        {"words": (*vendor.words, rng.choice(["driver", "player", "浏览器"]))},
    ]
    return replace(sources, vendors=(*sources.vendors[:at], with_fields(vendor, **rng.choice(changes)), *sources.vendors[at + 1 :]))


def _words(rng: random.Random, sources: Sources) -> Sources:
    if rng.random() < 0.5:
        field = rng.choice(_WORD_TABLES)
        table = dict(getattr(sources.words, field))
        meaning = rng.choice(sorted(table))
        table[meaning] = _without_one(rng, table[meaning]) if table[meaning] and rng.random() < 0.7 else (*table[meaning], "browser")
        return replace(sources, words=with_fields(sources.words, **{field: table}))
    field = rng.choice([name for name in _WORD_LISTS if getattr(sources.words, name)])
    return replace(sources, words=with_fields(sources.words, **{field: _without_one(rng, getattr(sources.words, field))}))


def _signature(rng: random.Random, sources: Sources) -> Sources:
    at = rng.randrange(len(sources.signatures))
    one = sources.signatures[at]
    rest = sources.signatures[:at], sources.signatures[at + 1 :]
    if rng.random() < 0.4:
        return replace(sources, signatures=(*rest[0], *rest[1]))
    changed = with_fields(
        one, confidence=round(rng.uniform(0.3, 0.99), 2), patterns=(*one.patterns, rng.choice(["player", "浏览器", "kms"]))
    )
    return replace(sources, signatures=(*rest[0], changed, *rest[1]))


EDITS: tuple[Edit, ...] = (
    *map(_family, (_drop_name, _add_name, _move_name, _other_facts, _drop_release, _read_numbers, _drop_edition, _drop_identifiers)),
    _drop_family,
    _add_family,
    _vendor,
    _words,
    _signature,
)
