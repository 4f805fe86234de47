"""Which decided names a change of catalogs can touch: those that hold a changed phrase, maker, identifier, class word or signature.

Everything a decision reads of a catalog comes to it by one of these doors, so a name that none of them leads to keeps its answer. What
a phrase means is compared by what it says (family ids, a named family's whole record), not by the numbers a compiled catalog gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.match.identifiers import Identifiers
from licmatch.match.publishers import PublisherResolver
from licmatch.normalize.mojibake import DAMAGE
from licmatch.signatures import NameSignatures


def touched(names: pl.DataFrame, old: lx.Compiled, new: lx.Compiled) -> pl.Series:
    """Return which of these names (name, publisher, key: its padded tokens) may be decided otherwise by the new catalog: Boolean."""
    phrases = _changed(_meanings(old), _meanings(new))
    words = {word for side in (old, new) for found in side.class_words.values() for word in found}
    words = {word for word in words if _categories(old, word) != _categories(new, word)}
    reached = pl.repeat(False, names.height, dtype=pl.Boolean, eager=True)
    if phrases:
        # What a damaged name may have been is asked of all phrases.
        reached |= _contain(names["key"], [*phrases, DAMAGE])
    if words:
        reached |= _contain(names["key"], words)
    reached |= names["publisher"].is_in(_publishers(names["publisher"], old, new))
    for side in _changed_identifiers(old, new):
        reached |= Identifiers(side).flags(names["name"])
    told = {*map(_packed, old.signatures)} ^ {*map(_packed, new.signatures)}
    asked = [one for side in (old, new) for one in side.signatures if _packed(one) in told]
    if asked:
        hits = NameSignatures(asked).hits(names["name"])
        reached = reached.scatter(sorted(hits), True) if hits else reached
    return reached.fill_null(False)


def _contain(keys: pl.Series, phrases: Iterable[str]) -> pl.Series:
    return keys.str.contains_any(sorted(phrases)).fill_null(False)


def _packed(record: Any) -> bytes:
    return msgspec.msgpack.encode(record, order="deterministic")


def _changed(old: dict[str, bytes], new: dict[str, bytes]) -> set[str]:
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _families(compiled: lx.Compiled) -> list[bytes]:
    """Return everything a decision may read of each family, without the numbers of this compilation."""

    def vendor(index: int) -> tuple[str, str | None]:
        return compiled.vendors[index].name, compiled.vendors[index].category

    def alone(family: lx.FamilyRecord) -> dict[str, Any]:
        told = msgspec.structs.asdict(family) | {"builds": (), "file": ""}
        told["vendor"], told["publishers"] = vendor(family.vendor), sorted(map(vendor, family.publishers))
        told["inside"] = sorted(compiled.families[index].id for index in family.inside)
        return told

    bare = [alone(family) for family in compiled.families]
    builds = [[(bare[build.family], build.since, build.until) for build in family.builds] for family in compiled.families]
    return [_packed(told | {"builds": build}) for told, build in zip(bare, builds, strict=True)]


def _meanings(compiled: lx.Compiled) -> dict[str, bytes]:
    """Return what each phrase means. A family counts with its whole record where it is named: only named families are weighed."""
    records = _families(compiled)
    ids = [family.id for family in compiled.families]

    def by_family(meanings: dict[int, Any]) -> dict[str, Any]:
        return {ids[index]: meaning for index, meaning in meanings.items()}

    found = {}
    for key, entry in zip(compiled.keys, compiled.entries, strict=True):
        told = msgspec.structs.asdict(entry)
        told["names"] = [(records[one.family], one.tier, one.memory, one.role) for one in entry.names]
        told["blocks"], told["tails"] = (sorted(ids[index] for index in listed) for listed in (entry.blocks, entry.tails))
        told["vendors"] = sorted(compiled.vendors[index].name for index in entry.vendors)
        for field in ("releases", "editions", "release_editions"):
            told[field] = by_family(told[field])
        found[key] = _packed(told)
    return found


def _categories(compiled: lx.Compiled, word: str) -> list[str]:
    return sorted(category for category, words in compiled.class_words.items() if word in words)


def _publishers(publishers: pl.Series, old: lx.Compiled, new: lx.Compiled) -> list[str]:
    """Return the publishers that name other makers now; the first maker of several stands for all, so that their order counts."""
    before, after = (_makers(publishers, side) for side in (old, new))
    return sorted(raw for raw, makers in before.items() if raw is not None and makers != after[raw])


def _makers(publishers: pl.Series, compiled: lx.Compiled) -> dict[str | None, list[tuple[str, str | None]] | None]:
    found = PublisherResolver(compiled).resolve(publishers)
    vendors = compiled.vendors
    return {
        raw: None if makers is None else [(vendors[one].name, vendors[one].category) for one in sorted(makers)]
        for raw, makers in found.items()
    }


def _changed_identifiers(old: lx.Compiled, new: lx.Compiled) -> list[dict[str, lx.IdentifierRecord]]:
    """Return the identifiers that prove something else now, those of the old catalog and those of the new one."""
    said = []
    for side in (old, new):
        records = _families(side)
        said.append({value: _packed((records[one.family], msgspec.structs.astuple(one)[1:])) for value, one in side.identifiers.items()})
    values = _changed(*said)
    return [{value: one for value, one in side.identifiers.items() if value in values} for side in (old, new)]
