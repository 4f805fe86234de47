"""The log of rulings: one line for what became of each, each line bound to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from licmatch.errors import Location, ResultError

LOG = "rulings_log.jsonl"
# What the first line of all is bound to.
START = "0" * 64
MAX_LOG = 1 << 28
# What binds an entry to the one before.
_CHAIN = ("number", "previous", "hash")
_OF_PART = ("part", "part_current", "part_number", "part_previous", "part_hash")

Entry = dict[str, Any]


def chained(outcomes: Iterable[Mapping[str, Any]], as_of: str, earlier: Sequence[Mapping[str, Any]] = ()) -> tuple[Entry, ...]:
    """Return the earlier entries followed by one for each outcome, every one with `number`, `as_of`, `previous` and `hash`.

    `hash` is the SHA-256 of the entry's own JSON (keys sorted, no blanks, UTF-8) without `hash`; `previous` is that of the
    entry before, `START` for the first.

    >>> [first, second] = chained([{"ruling_id": "R1"}, {"ruling_id": "R2"}], "2026-11-30")
    >>> first["previous"] == START, second["previous"] == first["hash"], second["number"]
    (True, True, 2)
    """
    entries: list[Entry] = [dict(entry) for entry in earlier]
    for outcome in outcomes:
        previous = entries[-1]["hash"] if entries else START
        entry: Entry = {**outcome, "number": len(entries) + 1, "as_of": as_of, "previous": previous}
        entries.append({**entry, "hash": entry_hash(entry)})
    return tuple(entries)


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Return the hash an entry must carry: over everything in it but `hash`."""
    return hashlib.sha256(_canonical({key: value for key, value in entry.items() if key != "hash"})).hexdigest()


def log_bytes(entries: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the log as it stands in a result folder: a line of JSON an entry."""
    return b"".join(_canonical(entry) + b"\n" for entry in entries)


def described(entries: Sequence[Entry], earlier: int) -> dict[str, Any]:
    """Return what the manifest says of the log: how many entries, how many of an earlier result, and the last hash."""
    return {"entries": len(entries), "earlier": earlier, "head": entries[-1]["hash"] if entries else START}


def own_entries(entries: Sequence[Mapping[str, Any]], earlier: int) -> list[Mapping[str, Any]]:
    """Return the entries of the run itself: those after the first `earlier`, or in the log of a merge those that say so."""
    return [entry for number, entry in enumerate(entries) if entry.get("part_current", number >= earlier)]


def joined(logs: Iterable[tuple[str, Sequence[Mapping[str, Any]], int]]) -> tuple[Entry, ...]:
    """Return one log of several results' logs: (hash of the result, its entries, how many of them are of earlier results).

    Every entry keeps its own number and hashes as `part_number`, `part_previous` and `part_hash` beside `part`, the result it came
    from; entries of a log that was joined before keep those they have. Sorted by result and number, so the order of the logs does
    not matter, and chained anew.
    """
    kept: list[Entry] = []
    for part, entries, earlier in logs:
        for number, entry in enumerate(entries):
            bare = {key: value for key, value in entry.items() if key not in _CHAIN}
            if "part" not in bare:
                bare |= {"part": part, "part_current": number >= earlier} | {f"part_{key}": entry[key] for key in _CHAIN}
            kept.append(bare)
    kept.sort(key=lambda entry: (str(entry["part"]), int(entry["part_number"])))
    last = START
    for number, entry in enumerate(kept, start=1):
        bound = {**entry, "number": number, "previous": last}
        last = entry_hash(bound)
        kept[number - 1] = {**bound, "hash": last}
    return tuple(kept)


def rechained(entries: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Return entries whose words were changed (pseudonyms) as a log that holds again, the chains of the parts of a joined log too."""
    kept: list[Entry] = []
    last = START
    of_part: dict[str, str] = {}
    for number, entry in enumerate(entries, start=1):
        bare = {key: value for key, value in entry.items() if key not in _CHAIN}
        if "part" in bare:
            own = {key: value for key, value in bare.items() if key not in _OF_PART}
            before = of_part.get(bare["part"], START)
            own |= {"number": bare["part_number"], "previous": before}
            of_part[bare["part"]] = entry_hash(own)
            bare |= {"part_previous": before, "part_hash": of_part[bare["part"]]}
        bound = {**bare, "number": number, "previous": last}
        last = entry_hash(bound)
        kept.append({**bound, "hash": last})
    return tuple(kept)


def read_log(folder: Path) -> tuple[Entry, ...]:
    """Return the entries of a result folder's log. Raises ResultError where it cannot be read as one."""
    path = folder / LOG
    try:
        if path.stat().st_size > MAX_LOG:
            raise ResultError("the log of rulings is too large to be one", where=Location(str(path)))
        entries = [json.loads(line) for line in path.read_bytes().splitlines()]
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, RecursionError) as fault:
        raise ResultError(f"the log of rulings cannot be read: {fault}", where=Location(str(path))) from None
    if not all(isinstance(entry, dict) for entry in entries):
        raise ResultError("the log of rulings holds something else than entries", where=Location(str(path)))
    return tuple(entries)


def broken_at(entries: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the number of the first entry that its hash or its place does not fit, or None where the chain holds."""
    previous = START
    for number, entry in enumerate(entries, start=1):
        if entry.get("previous") != previous or entry.get("number") != number or entry.get("hash") != entry_hash(entry):
            return number
        previous = entry["hash"]
    return None


def broken_part_at(entries: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the number of the first entry of a joined log that is not as it stood in the result it came from, or None."""
    for number, entry in enumerate(entries, start=1):
        if "part" in entry:
            bare = {key: value for key, value in entry.items() if key not in _CHAIN and key not in _OF_PART}
            own = {**bare, "number": entry.get("part_number"), "previous": entry.get("part_previous")}
            if entry_hash(own) != entry.get("part_hash"):
                return number
    return None


def earlier_log(folder: Path, stated: Mapping[str, Any]) -> tuple[Entry, ...]:
    """Return the log of an earlier result to go on from, checked against its manifest.

    Raises ResultError where it does not hold: a new chain on a broken one would hide the break.
    """
    entries = read_log(folder)
    at = broken_at(entries)
    said = stated.get("rulings_log") or {}
    if at is not None or described(entries, 0)["head"] != said.get("head", START) or len(entries) != said.get("entries", 0):
        raise ResultError(
            "the log of rulings of the earlier result does not hold" + ("" if at is None else f" from entry {at} on"),
            where=Location(str(folder / LOG)),
            hint="`licmatch verify` says what else does not hold there",
        )
    return entries


def _canonical(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")
