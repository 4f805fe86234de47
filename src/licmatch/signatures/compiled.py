"""Signatures compiled to patterns: what is searched for, and which letters a text must hold before it is. Kept by content, so that an
engine does not write four hundred patterns anew each time it is loaded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
import polars as pl
from msgspec import Struct

from licmatch.catalog.cache import keep, kept
from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError
from licmatch.normalize.name_steps import NORMALIZER
from licmatch.signatures.literals import demands, item_end, sure_literals
from licmatch.signatures.text import SEPARATOR, signature_text, squeezed

FORMAT = 1
# What is itself a tool for unlicensed use, as against a product that was tampered with or repacked.
TOOL_KINDS = frozenset(
    {"activator", "kms_emulator", "crack", "keygen", "loader", "patcher", "license_tool", "hack_tool", "crack_tool", "key_tool"}
)
# File endings under which a word is no trace: a paper about cracks, the source of a key generator.
ENDINGS = {
    "documents": "docx?|docm|rtf|xlsx?|xlsm|pptx?|ppsx?|pdf|txt|csv|wps|wpt|et|dps|ofd|md|x?html?|mht|eml|msg|jpe?g|png|gif|bmp|tiff?"
    "|mp[34]|avi|mkv|mov|wmv|srt|ass|epub|caj|xmind|vsdx?",
    "code": "pyc?|js|mjs|ts|c|cc|cpp|h|hpp|java|class|go|rs|rb|cs|php|lua|pl|sh|md|x?html?|jar|whl|json|ya?ml|xml|css|mui|po|mo|gz|deb|rpm",
}  # fmt: skip
FREE_TEXT = frozenset({"installed_program", "oem_branding", "os_caption"})  # evidence whose words may be set apart in any way
SQUEEZED_LATIN, SQUEEZED_HAN = 5, 3  # letters that a name put together again must have to be looked for anywhere
NAME_EVIDENCE = ("installed_program", "file_name")
# Two sets of signatures beside those of each kind of evidence: what is asked of names, and of words of a command or a file.
NAMES, TOOLS = "names", "tools"
# What names of installed software are full of, parts of these words too; the first line in every tenth name.
_EVERYWHERE = "microsoft windows office update edition version system software 系统 软件"
_ORDINARY = (
    "professional enterprise standard community personal home server client service network driver upgrade release package setup "
    "installer toolbox tools studio manager agent project visio word excel access outlook adobe acrobat wps kaspersky security antivirus "
    "internet web serial key license trial portable lite plus all x64 x86 amd64 win32 win64 document general "
    "2000 2003 2005 2007 2008 2010 2012 2013 2015 2016 2017 2019 2021 2022 "
    "工具 管理 专业版 企业版 家庭版 旗舰版 政府 办公 助手 客户端 安全 数字 政务 权限"
)
_NOTHING = pl.Series([""])
_WORDS = re.compile(r"[ _-]+")
_BLANKS = frozenset(" ._+~-")
_EDGE = re.compile(r"\(\?:[\^$]\|\[\^[0-9a-z-]+\]\)|\\b")  # (?:^|[^0-9a-z])
_ANCHOR = re.compile(r"\^|\$")


class Rule(Struct, frozen=True, array_like=True, gc=False):
    """One signature of a set as a pattern."""

    signature: int
    pattern: str
    bare: bool = False  # asked of the name without versions and packing words


class CompiledSet(Struct, frozen=True, array_like=True):
    """The signatures that are asked of the same texts.

    `ways` are ways to meet a rule, as (rule, number of demands); `told_by` says which literal meets which demand of which way.
    """

    anywhere: tuple[Rule, ...]  # patterns without a sure literal: asked of every row
    sieved: tuple[Rule, ...]
    squeezed: tuple[Rule, ...]
    ways: tuple[tuple[int, int], ...]
    told_by: tuple[tuple[str, int, int], ...]  # literal, way, demand
    asked: tuple[str, ...]  # literals of which every text that a sieved rule hits holds one: the rarest demand of each way


class _Kept(Struct, frozen=True):
    format: int
    normalizer: str
    digest: str
    sets: dict[str, CompiledSet]


def speaks_of_names(signature: Signature) -> bool:
    """Say whether a signature is asked of names: those of programs, and of files, which inventories list as programs."""
    return signature.evidence in NAME_EVIDENCE and signature.match != "path"


def members(signatures: Sequence[Signature]) -> dict[str, tuple[Signature, ...]]:
    """Return the signatures of each set, in their order."""
    found: dict[str, list[Signature]] = {}
    for one in signatures:
        for name in _sets_of(one):
            found.setdefault(name, []).append(one)
    return {name: tuple(listed) for name, listed in found.items()}


def _sets_of(signature: Signature) -> tuple[str, ...]:
    if signature.evidence == "registry_value":
        return ("registry_path",) if signature.match == "path" else ("registry_value",)
    sets: tuple[str, ...] = (signature.evidence,) if signature.evidence != "installed_program" else ()
    if speaks_of_names(signature):
        sets += (NAMES,)
    if signature.evidence == "installed_program" and signature.kind in TOOL_KINDS:
        sets += (TOOLS,)
    return sets


@lru_cache(maxsize=8)
def load_sets(signatures: tuple[Signature, ...]) -> Mapping[str, CompiledSet]:
    """Return the compiled sets of these signatures: the shipped ones, those kept by an earlier run, or compiled now.

    Raises CatalogError for an unknown ending, and for a pattern that cannot run in linear time.
    """
    digest = _digest(signatures)
    file = f"signatures-{digest}-{FORMAT}-{NORMALIZER}.msgpack"

    def usable(raw: bytes) -> _Kept | None:
        found = msgspec.msgpack.decode(raw, type=_Kept)
        return found if (found.format, found.normalizer, found.digest) == (FORMAT, NORMALIZER, digest) else None

    found = kept("licmatch.signatures", file, usable)
    if found is None:
        found = _compiled(signatures)
        keep(file, msgspec.msgpack.encode(found))
    return found.sets


def compile_builtin(signatures: tuple[Signature, ...], target: Path) -> None:
    """Compile the built-in signatures into one file; the build of the wheel calls this."""
    target.write_bytes(msgspec.msgpack.encode(_compiled(signatures)))


def _compiled(signatures: tuple[Signature, ...]) -> _Kept:
    sets = {name: compile_set(listed) for name, listed in members(signatures).items()}
    return _Kept(FORMAT, NORMALIZER, _digest(signatures), sets)


def _digest(signatures: tuple[Signature, ...]) -> str:
    return hashlib.blake2b(msgspec.msgpack.encode(signatures), digest_size=16).hexdigest()


def compile_set(signatures: Sequence[Signature]) -> CompiledSet:
    """Compile signatures that are asked of the same texts; raises CatalogError as `load_sets` does."""
    folded = iter(signature_text(pl.Series([text for one in signatures for text in one.patterns], dtype=pl.String)).to_list())
    anywhere: list[Rule] = []
    sieved: list[Rule] = []
    short: list[Rule] = []
    patterns: list[str] = []
    ways: list[tuple[int, tuple[frozenset[str], ...]]] = []
    for at, one in enumerate(signatures):
        texts = [next(folded) for _ in one.patterns]
        pattern = "|".join(_as_regex(one, raw, text) for raw, text in zip(one.patterns, texts, strict=True))
        # Texts are lower case by now; folding case again would cost the engine its literal search.
        pattern = pattern if pattern == pattern.lower() else f"(?i){pattern}"
        whole = one.match == "exact" or (one.match == "regex" and any(_ANCHOR.search(_EDGE.sub("", raw)) for raw in one.patterns))
        told = demands(pattern.removeprefix("(?i)"))
        ways += ((len(sieved), way) for way in told)
        (sieved if told else anywhere).append(Rule(at, pattern, whole and one.evidence == "installed_program"))
        if (one.evidence in FREE_TEXT or one.match == "basename") and (letters := _squeezed_pattern(one, texts)):
            short.append(Rule(at, letters))
        patterns.append(pattern)
    _check(signatures, patterns)
    told_by = tuple((text, at, number) for at, (_, way) in enumerate(ways) for number, one_of in enumerate(way) for text in sorted(one_of))
    counts = tuple((rule, len(way)) for rule, way in ways)
    return CompiledSet(tuple(anywhere), tuple(sieved), tuple(short), counts, told_by, _rarest([way for _, way in ways]))


def _rarest(ways: Sequence[tuple[frozenset[str], ...]]) -> tuple[str, ...]:
    """Return the literals of that demand of each way which ordinary names meet least: "toolkit", not "microsoft".

    It settles what a search costs, not what it finds.
    """

    def cost(one_of: frozenset[str]) -> tuple[int, int, list[str]]:
        return sum(10 * (text in _EVERYWHERE) + (text in _ORDINARY) for text in one_of), -min(map(len, one_of)), sorted(one_of)

    return tuple(sorted({text for way in ways for text in min(way, key=cost)}))


def _words(folded: str) -> str:
    """Write a literal so that its words may be set apart by any one or two separators."""
    return f"{SEPARATOR}{{1,2}}".join(re.escape(part) for part in _WORDS.split(folded))


def _loose(pattern: str, between: str) -> str:
    """Write the blanks, hyphens and underscores of a regex as `between`, once or twice; those it lets go may stand twice too.

    >>> _loose("kms[ _-]?vl all", "[ -]")
    'kms[ -]{0,2}vl[ -]{1,2}all'
    """
    parts, at = [], 0
    while at < len(pattern):
        end = at + 3 if pattern.startswith("(?:", at) else at + 1 if pattern[at] in "()" else item_end(pattern, at)
        item = pattern[at:end]
        if set(item.removeprefix("[").removesuffix("]")) <= _BLANKS and item not in (".", "+", "[]"):
            optional = pattern[end : end + 1] == "?"
            if pattern[end : end + 1] not in ("*", "+", "{"):
                item = between and between + ("{0,2}" if optional else "{1,2}")
                end += optional
        parts.append(item)
        at = end
    return "".join(parts)


def _han_apart(literal: str) -> str:
    return re.sub(r"(?<=[一-鿿])(?=[一-鿿])", " ?", literal)


def _segments(folded: str) -> str:
    parts = [part for part in re.split(r"[\\/]|::|=", folded) if part]
    return r"(?:^|\\)" + r"\\".join(_wild(part) for part in parts) + r"(?:$|\\)"


def _wild(text: str) -> str:
    return r"[^\\/]*".join(re.escape(part) for part in text.split("*"))


def _as_regex(one: Signature, pattern: str, folded: str) -> str:
    literal = _words(folded) if one.evidence in FREE_TEXT else re.escape(folded)
    match one.match:
        case "regex":
            return f"(?:{_loose(pattern, SEPARATOR) if one.evidence in FREE_TEXT else pattern})"
        case "word":
            return rf"(?:^|[^0-9a-z]){literal}(?:$|[^0-9a-z])"
        case "substring":
            return _han_apart(literal) if one.evidence in FREE_TEXT and one.kind in TOOL_KINDS else literal
        case "exact":
            # A task is named by the last part of its path.
            return rf"(?:^|\\){literal}$" if one.evidence == "scheduled_task" else f"^{literal}$"
        case "basename":
            return rf"(?:^|[\\/]){_wild(folded)}$"
        case "path":
            return _segments(folded)
        case "host":
            return rf"(?:^|\.){literal}$"
    raise CatalogError(f"signature {one.id}: nothing is matched by {one.match!r}")


def _squeezed_pattern(one: Signature, texts: Sequence[str]) -> str:
    """Return a pattern for names whose letters were put together: without boundaries, and only of what is long enough to be a name."""
    if one.match == "regex":
        if one.kind == "keyword":
            return ""
        bare_of_edges = [_EDGE.sub("", _loose(raw.lower(), "")) for raw in one.patterns]
        return "|".join(f"(?:{raw})" for raw in bare_of_edges if any(_long(text) for text in sure_literals(raw)))
    if one.match == "basename":
        parts = [[squeezed(part) for part in text.split("*")] for text in texts]
        return "|".join(f"^{'.*'.join(map(re.escape, given))}$" for given in parts if _long("".join(given)))
    return "|".join(re.escape(text) for text in map(squeezed, texts) if _long(text))


def _long(text: str) -> bool:
    return len(text) >= (SQUEEZED_LATIN if text.isascii() else SQUEEZED_HAN)


def _check(signatures: Sequence[Signature], patterns: Sequence[str]) -> None:
    """Raise CatalogError for the first signature that says an unknown ending, or whose pattern (one each) cannot run in linear time."""
    for one in signatures:
        unknown = [name for name in one.ignore if name not in ENDINGS]
        if unknown:
            raise CatalogError(f"signature {one.id}: ignore says {unknown[0]!r}; known are {', '.join(sorted(ENDINGS))}")
    try:
        # All in one query: a query each costs more than the patterns do.
        _NOTHING.to_frame("t").select(pl.col("t").str.contains(pattern).alias(str(at)) for at, pattern in enumerate(patterns))
    except pl.exceptions.ComputeError:
        for one, pattern in zip(signatures, patterns, strict=True):
            _check_one(one, pattern)


def _check_one(one: Signature, pattern: str) -> None:
    try:
        _NOTHING.str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        raise CatalogError(f"signature {one.id}: a pattern cannot run in linear time: {error}") from None
