"""How a site pack reads a name: words, numbers, architecture and marks of a pre-release, each weighed on its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from licmatch.normalize.name_steps import normalize

# Words about installing, of grammar and of locales: they never tell what is installed.
_NOISE = frozenset(
    (
        *("version", "edition", "setup", "installer", "install", "uninstall", "installation", "remove", "only", "release", "build", "bit"),
        *("user", "machine", "wide", "per", "update", "mui", "msi", "exe", "multilingual", "formerly", "package"),
        *("the", "for", "and", "of", "a", "an", "by", "with", "to", "on", "in", "is", "or", "v", "r", "u", "b"),
        *("제거", "удаление", "удалить", "désinstaller", "deinstallieren", "disinstalla", "desinstalar"),
        *("us", "en", "de", "fr", "es", "ru", "ja", "ko", "zh", "cn", "tw", "pt", "br", "it", "nl", "gb"),
    )
)
# Words that often come and go between two spellings of one name: they count, but for little.
FAINT = frozenset(
    (
        *("win", "windows", "desktop", "app", "application", "client", "software", "program", "tool", "tools", "system", "portable"),
        *("suite", "free", "community", "standard", "official", "inc", "project", "team"),
    )
)
_BRACKETS = ("(", ")", "&")
# Words that mark what comes before, or beside, the release everybody gets.
_EARLY = {
    **dict.fromkeys(("preview", "prerelease", "pre"), "preview"),
    **dict.fromkeys(("beta", "rc", "candidate"), "beta"),
    "alpha": "alpha",
    **dict.fromkeys(("nightly", "snapshot", "daily"), "nightly"),
    **dict.fromkeys(("eap", "earlyaccess", "ea", "early"), "early"),
    **dict.fromkeys(("canary", "insiders", "insider", "dev", "unstable", "experimental", "testing"), "canary"),
}
# Signs that are part of a name here: Notepad++ is not Notepad, C# is not C.
_SIGNS = {"++": " plusplus ", "+": " plus ", "C#": " csharp ", "F#": " fsharp "}
_CAMEL = (r"(\p{Ll})(\p{Lu})", r"(\p{Lu}{2})(\p{Lu}\p{Ll}{2})")
# What stands behind a dash, a colon or an opening bracket describes: "Foo - a note taker", "Foo (host)".
_SUBTITLE = r"^(.*?\w.*?)(?:\s[-–—|]+\s|:\s|\s?[(\[（【]).*$"
_MONTHS = frozenset(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
_ARM = frozenset(("arm", "aarch"))
_INTEL = frozenset(("x", "amd", "win", "i", "ia"))


@dataclass(frozen=True, slots=True)
class Reading:
    """A name as the pack sees it.

    `words` tell what it is, in order; `numbers` which one, `arch` for which processor (x64, x86, arm64, arm), `early` which kind of
    pre-release it calls itself; `spelled` is every letter of the name, `head` its words without what merely describes.
    """

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    arch: frozenset[str]
    early: frozenset[str]
    spelled: str
    head: tuple[str, ...] = ()


def _architecture(token: str, before: str, after: str) -> str | None:
    """Return the architecture a number means between its neighbours: x 64, 64 bit, arm 64."""
    if token not in ("64", "32", "86", "386"):
        return None
    if before in _ARM or after in _ARM:
        return "arm64" if token == "64" else "arm"
    if before in _INTEL or after == "bit":
        return "x64" if token == "64" else "x86"
    return None


def read_tokens(tokens: list[str]) -> Reading:
    """Read the tokens of one normalised name.

    >>> read_tokens("maker  drawing  4.1  beta  ( x  64 )".split()).numbers
    ('4.1',)
    """
    words: list[str] = []
    numbers: list[str] = []
    arch: list[str] = []
    early: list[str] = []
    last = len(tokens) - 1
    for position, token in enumerate(tokens):
        before = tokens[position - 1] if position else ""
        if token[0].isdigit():
            meant = _architecture(token, before, tokens[position + 1] if position < last else "")
            if meant:
                arch.append(meant)
            else:
                numbers.append(token)
        elif token in _ARM or token in ("x", "amd", "i", "ia"):
            if token == "arm":
                arch.append("arm")
            elif token == "x" and not (position < last and tokens[position + 1] in ("64", "86", "32")):
                words.append(token)
        elif token == "access" and before == "early":
            continue
        elif token in _EARLY and position:
            early.append(_EARLY[token])
        elif len(token) == 1 and token.isascii() and "." in before:
            # "1.5.0a", "3.12.0b2": a letter behind a version is its own mark.
            if token in ("a", "b"):
                early.append("alpha" if token == "a" else "beta")
        elif token in _MONTHS and before[:1].isdigit() and position < last and tokens[position + 1][0].isdigit():
            continue  # a date: "21Apr2019"
        elif token not in _NOISE and token not in _BRACKETS:
            words.append(token)
    if "arm64" in arch:
        arch = [found for found in arch if found != "arm"]
    kept = words or [token for token in tokens if token not in _BRACKETS]
    spelled = "".join(token for token in tokens if token[0].isalpha())
    return Reading(tuple(dict.fromkeys(kept)), tuple(dict.fromkeys(numbers)), frozenset(arch), frozenset(early), spelled)


def spell(names: pl.Series) -> pl.Series:
    """Return padded tokens with CamelCase taken apart and signs spelled out; null becomes the empty name."""
    spelled = names.fill_null("").str.slice(0, 1000).str.replace_many(list(_SIGNS), list(_SIGNS.values()), leftmost=True)
    for pattern in _CAMEL:
        spelled = spelled.str.replace_all(pattern, "$1 $2")
    return normalize(spelled)


def read_names(names: pl.Series) -> list[Reading]:
    """Read a column of names; CamelCase counts as words written together."""
    heads = names.fill_null("").str.slice(0, 1000).str.extract(_SUBTITLE)
    told = zip(spell(names).to_list(), spell(heads).to_list(), strict=True)
    return [_with_head(read_tokens(padded.split()), head.split()) for padded, head in told]


def _with_head(reading: Reading, head: list[str]) -> Reading:
    if not head:
        return reading
    words = read_tokens(head).words
    return replace(reading, head=words) if words != reading.words else reading


@lru_cache(maxsize=1 << 16)
def bare_number(number: str) -> str:
    """Return a number without the zeros behind it.

    >>> bare_number("3.0.0"), bare_number("3.0.1")
    ('3', '3.0.1')
    """
    return re.sub(r"(?:\.0)+$", "", number)


def shared_number(number: str, numbers: tuple[str, ...]) -> int:
    """Return how many parts of a product's number stand at the head of one of the string's, 0 where it does not stand there.

    >>> shared_number("3.12", ("3.12.9",)), shared_number("3", ("3.12.9",)), shared_number("3.1", ("3.12.9",))
    (2, 1, 0)
    >>> shared_number("3.0", ("3",)), shared_number("3.0", ("3.0.1",)), shared_number("3.0", ("3.3.7",))
    (1, 1, 0)
    """
    bare = bare_number(number)
    if any(other in (bare, number) or other.startswith(number + ".") for other in numbers):
        return bare.count(".") + 1
    return 0


def spellings(words: tuple[str, ...], knows: Callable[[str], bool]) -> list[tuple[str, ...]]:
    """Return the words as they stand, and once more for each run of three to five whose initials are a known word.

    >>> spellings(("game", "development", "kit"), {"gdk"}.__contains__)
    [('game', 'development', 'kit'), ('gdk',)]
    """
    found = [words]
    for size in (3, 4, 5):
        for at in range(len(words) - size + 1):
            letters = "".join([word[0] for word in words[at : at + size]])
            if letters not in words and knows(letters):
                found.append((*words[:at], letters, *words[at + size :]))
    return found


def is_year(number: str) -> bool:
    """Tell whether a number begins with a year.

    >>> is_year("2024.1"), is_year("251.23774")
    (True, False)
    """
    return len(number.partition(".")[0]) == 4 and number[:2] in ("19", "20")
