"""The steps that turn a raw software name into padded tokens, in order, each a pure function over a whole column.

One normaliser serves the catalogs and the input, so a word written naturally in a catalog meets the same word in a dump.
The result of the last step is `" tok  tok  tok "`: every token carries a space on both sides, so that phrases can be looked up
on token boundaries by plain string search and two adjacent hits share no character.

`NORMALIZER` names the behaviour; it changes whenever any output could change, and compiled catalogs carry it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from licmatch.normalize.mojibake import repair

if TYPE_CHECKING:
    from opencc import OpenCC

NORMALIZER = "names-3"
MAX_CHARACTERS = 1000  # a longer name is no name; the head decides, and cost stays bounded

Step = Callable[[pl.Series], pl.Series]

# Trademark signs go before NFKC, which would turn them into the letters "tm" and "r". The leading letters are what
# UTF-8 read as cp1252 leaves in front of them.
_TRADEMARKS = r"(?:Â?[®©]|™|â„¢|℠|\(\s?(?i:r|tm|c)\s?\))"
_GUID = r"(?i)\{?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b\}?"
_INVISIBLE = r"[\p{Cf}\x{115F}\x{1160}\x{3164}\x{FFA0}]"
_TOKENS = r"[()&]|\d+(?:\.\d+)*|[\p{Han}\p{Hiragana}\p{Katakana}ー]|[\p{L}\p{M}&&[^\p{Han}\p{Hiragana}\p{Katakana}]]+"
# Spelling twins that are one word: applied to padded tokens, in catalogs and input alike.
_TWINS = {
    "anti  virus": "antivirus",
    "anti  vir": "antivir",
    "anti  malware": "antimalware",
    "anti  spyware": "antispyware",
    "end  point": "endpoint",
    "mac  os": "macos",
    "web  root": "webroot",
    "bit  defender": "bitdefender",
    "open  office": "openoffice",
    "libre  office": "libreoffice",
    "share  point": "sharepoint",
    "power  point": "powerpoint",
    "one  note": "onenote",
    "info  path": "infopath",
    "front  page": "frontpage",
    "e  set": "eset",
    "e  trust": "etrust",
    "f  secure": "fsecure",
    "f  prot": "fprot",
}


def cut_length(names: pl.Series) -> pl.Series:
    """Keep the first `MAX_CHARACTERS` characters, bounding the cost of hostile input."""
    return names.str.slice(0, MAX_CHARACTERS)


def drop_invisible(names: pl.Series) -> pl.Series:
    """Remove zero-width and direction characters; control characters become blanks."""
    return names.str.replace_all(_INVISIBLE, "").str.replace_all(r"\p{Cc}", " ")


def drop_trademark_signs(names: pl.Series) -> pl.Series:
    """Replace (R), (TM), (C) and their signs by a blank."""
    return names.str.replace_all(_TRADEMARKS, " ")


def drop_guids(names: pl.Series) -> pl.Series:
    """Replace product codes inside a name by a blank; a name that is one is looked up before it comes here."""
    return names.str.replace_all(_GUID, " ")


def fold_width(names: pl.Series) -> pl.Series:
    """Fold full width, ligatures and compatibility forms (NFKC), only where a name is not ASCII."""
    frame = names.rename("n").to_frame()
    wide = pl.col("n").str.len_bytes() != pl.col("n").str.len_chars()
    folded = frame.select(pl.when(wide).then(pl.col("n").str.normalize("NFKC")).otherwise(pl.col("n")))
    return folded.to_series().rename(names.name).str.replace_all(r"[\[{〔【〈《「『]", "(").str.replace_all(r"[\]}〕】〉》」』]", ")")


def lower_case(names: pl.Series) -> pl.Series:
    """Lower case, every script."""
    return names.str.to_lowercase()


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # costs 20 ms; only names in Han characters need it

    return OpenCC("t2s")


def simplify_han(names: pl.Series) -> pl.Series:
    """Turn traditional Chinese characters into simplified ones, one call for the whole column."""
    rows = names.str.contains(r"\p{Han}").fill_null(False).arg_true()
    if rows.len() == 0:
        return names
    # A line break cannot occur inside a name here: control characters are blanks by now.
    converted = _converter().convert("\n".join(names.gather(rows).to_list())).split("\n")
    return names.clone().scatter(rows, pl.Series(converted, dtype=pl.String))


def pad_tokens(names: pl.Series) -> pl.Series:
    """Cut into tokens: letters, numbers with dots, single Han or kana characters, brackets, `&`; pad each by blanks."""
    return pl.Series(names.name, [" "]).new_from_index(0, names.len()) + names.str.extract_all(_TOKENS).list.join("  ") + " "


def join_twins(names: pl.Series) -> pl.Series:
    """Write words with two spellings one way: "anti virus" and "anti-virus" become "antivirus"."""
    return names.str.replace_many([f" {old} " for old in _TWINS], [f" {new} " for new in _TWINS.values()])


NAME_STEPS: tuple[Step, ...] = (
    cut_length,
    repair,
    drop_invisible,
    drop_trademark_signs,
    drop_guids,
    fold_width,
    lower_case,
    simplify_han,
    pad_tokens,
    join_twins,
)


def normalize(names: pl.Series) -> pl.Series:
    """Return padded tokens for a String column; null stays null. Same answer for one name as for a million.

    >>> normalize(pl.Series(["Microsoft® Windows 10 专业版", "WIN7旗艦版"])).to_list()
    [' microsoft  windows  10  专  业  版 ', ' win  7  旗  舰  版 ']
    """
    for step in NAME_STEPS:
        names = step(names)
    return names


def trace(name: str) -> list[tuple[str, str]]:
    """Return (step, text after it) for every step that changed this name, replaying exactly what `normalize` does."""
    told: list[tuple[str, str]] = []
    column = pl.Series([name])
    for step in NAME_STEPS:
        after = step(column)
        if after[0] != column[0]:
            told.append((step.__name__, after[0]))
        column = after
    return told
