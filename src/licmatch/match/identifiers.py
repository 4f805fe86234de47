"""Package identifiers: product codes, release ids of Click-to-Run, bundle ids, package names, in the spellings that dumps have them in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import polars as pl

from licmatch.catalog import lexicon as lx

_ARCH = "amd64|arm64|armhf|i386|all|loong64|loongarch64|mips64el|mips64r6el|sw64|ppc64el|riscv64|s390x"
_RPM_ARCH = "x86_64|aarch64|noarch|i[3-6]86|ppc64le|s390x|loongarch64|mips64el|sw_64|riscv64"
_BARE_CODE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CODE_INSIDE = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])")
_PACKED_CODE = re.compile(r"[0-9a-f]{32}")
# What stands behind a package's name: Debian's architecture; RPM's version, release and architecture; the rest of a Store package's name.
_TAILS = (
    re.compile(rf"([a-z0-9][a-z0-9+.-]*):(?:{_ARCH})"),
    re.compile(rf"([a-z0-9][a-z0-9+._-]*)-[^-]+-[^-]+\.(?:{_RPM_ARCH})"),
    re.compile(r"([a-z0-9.-]+)_\d+(?:\.\d+)*_(?:x64|x86|arm64|arm|neutral|x86a64)_[^_]*_[a-z0-9]{13}"),
)
# What these end in, by their last characters, and the codes that are long: for a whole column.
_ENDING = (rf":(?:{_ARCH})", rf"\.(?:{_RPM_ARCH})", r"_[a-z0-9]{13}")
_ENDINGS = rf"(?:{'|'.join(_ENDING)})$"
_LAST = 14
_CODED = r"^[0-9a-f]{32}$|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-"
_CODE_LENGTH = 32
# The same for a column of names as they stand.
_ONE_WORD = r"^\s*\S+\s*$"
_IN_CODES = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-"
_SIGN = re.compile(r"[^\W_]|\\\?")  # in an escaped text
_BLANK = re.compile(r"\s")
_LONGEST = 300  # a longer text is no identifier


def unpacked(code: str) -> str:
    """Return the product code that the registry's packed form stands for: parts reversed, then pairs.

    >>> unpacked("00006109110000000100000000f01fec")
    '{90160000-0011-0000-1000-0000000ff1ce}'
    """
    parts = [code[:8][::-1], code[8:12][::-1], code[12:16][::-1]]
    rest = "".join(code[at + 1] + code[at] for at in range(16, 32, 2))
    return "{" + "-".join((*parts, rest[:4], rest[4:])) + "}"


def spellings(value: str) -> Iterator[str]:
    """Yield what an identifier in lower case may be written as in a catalog, as it stands first.

    >>> list(spellings("wps-office:amd64"))
    ['wps-office:amd64', 'wps-office']
    """
    yield value
    if _BARE_CODE.fullmatch(value):
        yield "{" + value + "}"
    elif _PACKED_CODE.fullmatch(value):
        yield unpacked(value)
    for tail in _TAILS:
        found = tail.fullmatch(value)
        if found:
            yield found.group(1)


class Identifiers:
    """The identifiers of a catalog, those with holes ("?") by their shape. Immutable; shared by threads."""

    def __init__(self, identifiers: dict[str, lx.IdentifierRecord]) -> None:
        self._exact = {value: record for value, record in identifiers.items() if "?" not in value}
        self._masked: dict[tuple[int, tuple[int, ...]], dict[str, lx.IdentifierRecord]] = {}
        for value, record in identifiers.items():
            if "?" in value:
                holes = tuple(index for index, character in enumerate(value) if character == "?")
                self._masked.setdefault((len(value), holes), {})[value] = record

    @cached_property
    def _shapes(self) -> str:
        """What the identifiers with holes look like; only columns ask."""
        values = (value for table in self._masked.values() for value in table)
        return "^(?:" + "|".join(sorted({_SIGN.sub(".", re.escape(value)) for value in values})) + ")$"

    @cached_property
    def _may_be_shaped(self) -> tuple[str, ...]:
        """Patterns of which every name meets one that is an identifier or holds a product code; few other names of several words do."""
        every = (*self._exact, *(value for table in self._masked.values() for value in table))
        ends = sorted({_SIGN.sub(".", re.escape(value[blank.start() :])) for value in every if (blank := _BLANK.search(value))})
        return (_ONE_WORD, rf"(?i)(?:{'|'.join((*_ENDING, *ends))})\s*$", _IN_CODES)

    def of(self, raw: str) -> lx.IdentifierRecord | None:
        """Return what a text that is an identifier as a whole proves."""
        value = raw.strip().casefold()
        if not value or len(value) > _LONGEST:
            return None
        return next((found for spelling in spellings(value) if (found := self._listed(spelling)) is not None), None)

    def inside(self, raw: str) -> lx.IdentifierRecord | None:
        """Return what the product code inside a text proves; nothing where there are several: a patch names its product and itself."""
        codes = set(_CODE_INSIDE.findall(raw[:_LONGEST].casefold()))
        return self._listed("{" + codes.pop() + "}") if len(codes) == 1 else None

    def holds(self, raw: str) -> bool:
        """Say of one text what `flags` says of a column."""
        return self.of(raw) is not None or self.inside(raw) is not None

    def flags(self, names: pl.Series) -> pl.Series:
        """Return for a String column which names are an identifier or hold a product code; only those of its shape are tried one by one."""
        may_be = (pl.col("n").str.contains(pattern) for pattern in self._may_be_shaped)
        asked = names.rename("n").to_frame().select(pl.any_horizontal(may_be).fill_null(False)).to_series().arg_true()
        folded = names.gather(asked).str.strip_chars().str.to_lowercase()
        shaped = folded.is_in(list(self._exact)) | folded.str.contains(self._shapes) | folded.str.slice(-_LAST).str.contains(_ENDINGS)
        coded = (folded.str.len_bytes() >= _CODE_LENGTH) & folded.str.contains(_CODED)
        tried = asked.filter((shaped | coded).fill_null(False))
        found = [row for row, name in zip(tried.to_list(), names.gather(tried).to_list(), strict=True) if self.holds(name)]
        flags = pl.repeat(False, names.len(), dtype=pl.Boolean, eager=True)
        return flags.scatter(found, True) if found else flags

    def _listed(self, value: str) -> lx.IdentifierRecord | None:
        found = self._exact.get(value)
        if found is not None:
            return found
        for (length, holes), table in self._masked.items():
            if len(value) == length:
                characters = list(value)
                for hole in holes:
                    characters[hole] = "?"
                found = table.get("".join(characters))
                if found is not None:
                    return found
        return None
