"""Which letters every text that a pattern hits must hold: they let one automaton pass by the texts that no pattern can hit."""

from __future__ import annotations

from functools import lru_cache

SHORTEST = 3  # bytes: three Latin letters, or one Han character
_NO_LETTER = frozenset("dDwWsSbBAzpP")  # escapes that stand for a class or a place


@lru_cache(maxsize=4096)  # names and files are asked many of the same patterns
def sure_literals(pattern: str) -> frozenset[str]:
    """Return lower-case literals of which every match holds at least one; none where that is not sure.

    It reads what the pattern says plainly and gives up on the rest: fewer literals cost time, never a hit.

    >>> sorted(sure_literals("kms[ _-]?(?:auto|pico)")), sorted(sure_literals("ab?c|xyz"))
    (['auto', 'pico'], [])
    """
    return _either(pattern.lower())


Demand = tuple[frozenset[str], ...]


@lru_cache(maxsize=4096)
def demands(pattern: str) -> tuple[Demand, ...]:
    """Return what any match holds, for one way to match or another: at least one literal of each set. None where that is not sure of a way.

    It says more than `sure_literals`: "microsoft toolkit" is asked for both its words, so that the common one costs nothing.

    >>> [[sorted(one) for one in way] for way in demands("kms[ _-]?(?:auto|pico)|mini.*kms")]
    [[['kms'], ['auto', 'pico']], [['mini'], ['kms']]]
    >>> demands("kms|.*")
    ()
    """
    found: list[Demand] = []
    for one in _alternatives(pattern.lower()):
        inner = _only_group(one)
        ways = (tuple(dict.fromkeys(_all(one))),) if inner is None else demands(inner)
        if not ways or not all(ways):
            return ()
        found += ways
    return tuple(dict.fromkeys(found))


def _only_group(sequence: str) -> str | None:
    """Return what stands in the group that a sequence is, or None where it is more than one group."""
    if not sequence.startswith("(?:") or item_end(sequence, 0) != len(sequence):
        return None
    return sequence[3:-1]


def _either(pattern: str) -> frozenset[str]:
    found: set[str] = set()
    for one in _alternatives(pattern):
        sure = _best(one)
        if not sure:
            return frozenset()
        found |= sure
    return frozenset(found)


def _alternatives(pattern: str) -> list[str]:
    parts, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            parts.append(pattern[start:at])
            start = at + 1
        at = item_end(pattern, at)
    return [*parts, pattern[start:]]


def item_end(pattern: str, at: int) -> int:
    """Return where the item of a regex that begins here ends: an escape, a class, a group, a character; a quantifier is one too."""
    sign = pattern[at]
    if sign == "\\":
        if pattern[at + 1 : at + 3] in ("p{", "x{"):
            return pattern.find("}", at) + 1 or len(pattern)
        return at + 2
    if sign == "[":
        at += 2 if pattern[at + 1 : at + 2] == "^" else 1
        at += 1  # the first character of a class is never its end
        while at < len(pattern) and pattern[at] != "]":
            at += 2 if pattern[at] == "\\" else 1
        return at + 1
    if sign == "(":
        at += 1
        while at < len(pattern) and pattern[at] != ")":
            at = item_end(pattern, at)
        return at + 1
    if sign == "{":
        return pattern.find("}", at) + 1 or len(pattern)
    return at + 1


def _best(sequence: str) -> frozenset[str]:
    """Return the literals of the part of a sequence that says most."""
    return max(_all(sequence), key=lambda one: (min(map(len, one)), -len(one), sorted(one)), default=frozenset())


def _all(sequence: str) -> list[frozenset[str]]:
    """Return the literals of every part of a sequence that says anything: a match holds one of each."""
    found: list[frozenset[str]] = []
    run, at = "", 0

    def close() -> None:
        nonlocal run
        if len(run.encode()) >= SHORTEST:
            found.append(frozenset((run,)))
        run = ""

    while at < len(sequence):
        end = item_end(sequence, at)
        item, after = sequence[at:end], sequence[end : end + 2]
        optional = after[:1] in ("?", "*") or after in ("{0", "{,")
        if item[0] == "\\" and len(item) == 2 and item[1] not in _NO_LETTER:
            item = item[1]
        elif item[0] == "(":
            close()
            if not optional and (item.startswith("(?:") or not item.startswith("(?")):
                found.append(_either(item[3 if item.startswith("(?:") else 1 : -1]))
            item = ""
        elif item[0] in "\\[.^$?*+{":
            close()
            item = ""
        if optional:
            close()
            item = ""
        run += item
        if after[:1] in ("+", "{"):
            close()
        at = end
    close()
    return [one for one in found if one]
