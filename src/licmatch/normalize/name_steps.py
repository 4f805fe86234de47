"""The steps that turn a raw software name into padded tokens, in order, each a pure function over a whole column.

One normaliser serves the catalogs and the input, so a word written naturally in a catalog meets the same word in a dump.
The result of the last step is `" tok  tok  tok "`: every token carries a space on both sides, so that phrases can be looked up
on token boundaries by plain string search and two adjacent hits share no character. The key keeps every word: architecture, language,
edition, channel and numbers stay in it, and `fields` reads them off it.

`NORMALIZER` names the behaviour; it changes whenever any output could change, and compiled catalogs carry it. `spans` replays the same
steps and tells which characters of the raw name each of them changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from licmatch.normalize.mojibake import DAMAGE, DAMAGED_RUN, repair

if TYPE_CHECKING:
    from opencc import OpenCC

NORMALIZER = "names-4"
MAX_CHARACTERS = 1000  # a longer name is no name; the head decides, and cost stays bounded

Step = Callable[[pl.Series], pl.Series]

# A mark for what was lost: no word, but something stood here.
DAMAGE_TOKEN = f" {DAMAGE} "
# Trademark signs go before NFKC, which would turn them into the letters "tm" and "r". The leading letters are what
# UTF-8 read as cp1252 leaves in front of them.
TRADEMARKS = r"(?:Â?[®©]|™|â„¢|℠|\(\s?(?i:r|tm|c)\s?\))"
GUID = r"(?i)\{?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b\}?"
_INVISIBLE = r"[\p{Cf}\x{115F}\x{1160}\x{3164}\x{FFA0}]"
# What every name holds that marking damage, dropping invisible characters, trademark signs or product codes would change; some hold it
# and stay. One look for all of that passes by nearly every name.
_BEYOND_WORDS = (
    r"[\p{Cc}\p{Cf}\x{115F}\x{1160}\x{3164}\x{FFA0}\x{FFFD}®©™℠?]|锟斤|斤拷|ï¿½|â„¢|\(\s?(?:[rRcC]|[tT][mM])\s?\)"
    "|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-"
)
# What has one width and one composition: ASCII without square and curly brackets, kana without marks, common Han characters.
_MAY_FOLD = r"[^\x00-Z\x{5C}\x{5E}-z|~\x{7F}ぁ-ゔァ-ヺ一-\x{9FFF}]"
# In the mainland's standard, and yet turned into another character in some words or in all.
_KEPT_TRADITIONAL = "坏阪仝麴麽醣覆薹藉菸袷甯摺淼於榘捱沈拚彷像後徵夥吒哩俱么乾"
_UNSEEN_HEAD = r"^[\s\p{Cc}\p{Cf}\x{115F}\x{1160}\x{3164}\x{FFA0}]+"
TOKENS = r"[()&\x{FFFD}]|\d+(?:\.\d+)*|[\p{Han}\p{Hiragana}\p{Katakana}ー]|[\p{L}\p{M}&&[^\p{Han}\p{Hiragana}\p{Katakana}]]+"
# Spelling twins that are one word: applied to padded tokens, in catalogs and input alike.
TWINS = {
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


def well_formed(text: str) -> str:
    """Return a text without lone surrogates, which no column can hold: halves of a pair are joined, others become U+FFFD.

    >>> well_formed("a\\ud83d\\ude00"), well_formed("a\\udcff")
    ('a😀', 'a\ufffd')
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def cut_length(names: pl.Series) -> pl.Series:
    """Keep the first `MAX_CHARACTERS` characters, bounding the cost of hostile input; of longer names what is seen counts."""
    long = _longer_than_a_name(names)
    if long.len() == 0:
        return names
    return names.clone().scatter(long, names.gather(long).str.replace(_UNSEEN_HEAD, "").str.slice(0, MAX_CHARACTERS))


def _longer_than_a_name(names: pl.Series) -> pl.Series:
    # No text has more characters than bytes, and these need not be counted.
    rows = (names.str.len_bytes() > MAX_CHARACTERS).fill_null(False).arg_true()
    return rows.filter(names.gather(rows).str.len_chars() > MAX_CHARACTERS) if rows.len() else rows


def mark_damage(names: pl.Series) -> pl.Series:
    """Write runs of lost characters (`????`, U+FFFD, 锟斤拷) as one mark, which stays as a token: something stood here."""
    return names.str.replace_all(DAMAGED_RUN, DAMAGE_TOKEN)


def drop_invisible(names: pl.Series) -> pl.Series:
    """Remove zero-width and direction characters; control characters become blanks."""
    return names.str.replace_all(_INVISIBLE, "").str.replace_all(r"\p{Cc}", " ")


def drop_trademark_signs(names: pl.Series) -> pl.Series:
    """Replace (R), (TM), (C) and their signs by a blank."""
    return names.str.replace_all(TRADEMARKS, " ")


def drop_guids(names: pl.Series) -> pl.Series:
    """Replace product codes inside a name by a blank; a name that is one is looked up before it comes here."""
    return names.str.replace_all(GUID, " ")


def fold_width(names: pl.Series) -> pl.Series:
    """Fold full width, ligatures and compatibility forms (NFKC), and write all brackets as round ones."""
    rows = names.str.contains(_MAY_FOLD).fill_null(False).arg_true()
    if rows.len() == 0:
        return names
    folded = names.gather(rows).str.normalize("NFKC").str.replace_all(r"[\[{〔【〈《「『]", "(").str.replace_all(r"[\]}〕】〉》」』]", ")")
    return names.clone().scatter(rows, folded)


def lower_case(names: pl.Series) -> pl.Series:
    """Lower case, every script."""
    return names.str.to_lowercase()


@lru_cache(maxsize=1)
def converter() -> OpenCC:
    """Return what turns traditional Chinese characters into simplified ones."""
    from opencc import OpenCC  # costs 20 ms; only names in traditional characters need it

    return OpenCC("t2s")


@lru_cache(maxsize=1)
def traditional() -> str:
    """Return the pattern of what every name holds that `converter` changes: a Han character that may be other than simplified.

    Those of the mainland's own standard are simplified, but for a few that were kept for a meaning or a name of their own: they stand for
    another character in some words.
    """
    rows = (bytes((lead, trail)) for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF))
    simplified = {char for pair in rows for char in pair.decode("gb2312", "ignore")} - set(_KEPT_TRADITIONAL)
    return rf"[\p{{Han}}&&[^{''.join(sorted(simplified))}]]"


def simplify_han(names: pl.Series) -> pl.Series:
    """Turn traditional Chinese characters into simplified ones, one call for the whole column."""
    rows = names.str.contains(traditional()).fill_null(False).arg_true()
    if rows.len() == 0:
        return names
    # A line break cannot occur inside a name here: control characters are blanks by now.
    converted = converter().convert("\n".join(names.gather(rows).to_list())).split("\n")
    return names.clone().scatter(rows, pl.Series(converted, dtype=pl.String))


def pad_tokens(names: pl.Series) -> pl.Series:
    """Cut into tokens: letters, numbers with dots, single Han or kana characters, brackets, `&`; pad each by blanks."""
    tokens = pl.col("n").str.extract_all(TOKENS).list.join("  ")
    return names.rename("n").to_frame().select(pl.concat_str(pl.lit(" "), tokens, pl.lit(" "))).to_series().rename(names.name)


def join_twins(names: pl.Series) -> pl.Series:
    """Write words with two spellings one way: "anti virus" and "anti-virus" become "antivirus"."""
    return names.str.replace_many([f" {old} " for old in TWINS], [f" {new} " for new in TWINS.values()])


def cut_tokens(names: pl.Series) -> pl.Series:
    """Keep the tokens that end within `MAX_CHARACTERS`: a key is never longer than a name may be."""
    long = _longer_than_a_name(names)
    if long.len() == 0:
        return names
    head = pl.col("n").str.slice(0, MAX_CHARACTERS)
    whole = head.str.replace(r"\s*\S*$", " ")
    # One endless token is cut inside; a dot at its end would be no part of it the next time.
    cut = names.gather(long).rename("n").to_frame().select(
        pl.when(whole.str.strip_chars() != "").then(whole).otherwise(head.str.slice(0, MAX_CHARACTERS - 1).str.strip_chars_end(".") + " ")
    )  # fmt: skip
    return names.clone().scatter(long, cut.to_series())


# What is left of a name once these are done can be seen; what follows may leave nothing of it.
READING: tuple[Step, ...] = (cut_length, repair)
OPENING: tuple[Step, ...] = (*READING, mark_damage, drop_invisible)
FOLDING: tuple[Step, ...] = (fold_width, lower_case, simplify_han)
CLOSING: tuple[Step, ...] = (drop_trademark_signs, drop_guids, *FOLDING, pad_tokens, join_twins, cut_tokens)
_NO_TOKEN = "  "  # the key that `pad_tokens` makes where there is none
_SPELT = r"[\p{L}\p{M}\p{Nd}()&\x{FFFD}]"


def spell_out(seen: pl.Series, keys: pl.Series) -> pl.Series:
    """Give names of which no token is left (a product code, signs alone) their single characters as tokens: no name is emptied.

    `seen` are the names after the opening steps. Single characters, because parts of a product code are no words of a product.
    """
    empty = (keys.str.len_bytes() <= len(_NO_TOKEN)).fill_null(False).arg_true()
    rows = empty.filter(seen.gather(empty).str.contains(r"\S").fill_null(False))
    if rows.len() == 0:
        return keys
    plain = lower_case(fold_width(seen.gather(rows)))
    characters = plain.rename("n").to_frame().select(
        pl.when(pl.col("n").str.contains(_SPELT)).then(pl.col("n").str.extract_all(_SPELT)).otherwise(pl.col("n").str.extract_all(r"\S"))
    )  # fmt: skip
    return keys.clone().scatter(rows, cut_tokens(" " + characters.to_series().list.join("  ") + " "))


def readable(names: pl.Series) -> pl.Series:
    """Return names cut to a length that can be judged, with mojibake repaired: what keys and signatures both begin with."""
    for step in READING:
        names = step(names)
    return names


def normalize(names: pl.Series) -> pl.Series:
    """Return padded tokens for a String column; null stays null. Same answer for one name as for a million.

    A name in which anything can be seen keeps a key that is not blank, and a key is its own key.

    >>> normalize(pl.Series(["Microsoft® Windows 10 专业版", "WIN7旗艦版", "★"])).to_list()
    [' microsoft  windows  10  专  业  版 ', ' win  7  旗  舰  版 ', ' ★ ']
    """
    return keys_of(readable(names))


def keys_of(names: pl.Series) -> pl.Series:
    """Return the padded tokens of names that are `readable` already."""
    return keys_and_folded(names)[0]


def folded(names: pl.Series) -> pl.Series:
    """Return names without invisible characters in one width, case and script."""
    for step in FOLDING:
        names = step(names)
    return names


def keys_and_folded(names: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the padded tokens of names that are `readable` already, and these names `folded`, which the tokens are mostly cut from.

    Only names in which something was lost, or that bear a trademark sign or a product code, are folded twice.
    """
    odd = names.str.contains(_BEYOND_WORDS).fill_null(False).arg_true()
    if odd.len() == 0:
        plain = keys = folded(names)
        marked = names
    else:
        few = names.gather(odd)
        seen = drop_invisible(few)
        left = few_marked = drop_invisible(mark_damage(few))
        for step in CLOSING[: CLOSING.index(FOLDING[0])]:
            left = step(left)
        marked = names.clone().scatter(odd, few_marked)
        plain = folded(names.clone().scatter(odd, seen))
        keys = plain.clone().scatter(odd, folded(left))
    for step in CLOSING[CLOSING.index(FOLDING[-1]) + 1 :]:
        keys = step(keys)
    return spell_out(marked, keys), plain
