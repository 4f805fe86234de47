"""The steps of `name_steps` and `publisher` for one text of ordinary characters, without the price of a query.

A column pays a query for each step; one name among thousands asked one by one should not. Only what is certain is answered here: ASCII,
the Han characters that every table knows, accents and the usual signs, in texts no step has a doubt about. For the rest the answer is None,
and the text takes the way of a column. Tests hold the two ways against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from unicodedata import normalize as compose

from licmatch.normalize.mojibake import stays
from licmatch.normalize.name_steps import MAX_CHARACTERS, TWINS, converter
from licmatch.normalize.publisher import legal_keys, place_patterns

_SIGNS = "（）【】《》「」『』〔〕〈〉，。：；！、·®©™—–…“”‘’"
_ACCENTS = "À-ÖØ-öø-ÿ"
_ORDINARY = re.compile(f"[ -~一-龥{_SIGNS}{_ACCENTS}０-９Ａ-Ｚａ-ｚ＋－．]*")
# A question mark may be a lost character; 锟斤拷 is what three of them become; a product code is cut out of a name.
_DOUBTFUL = re.compile(r"[?锟]|斤拷|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-")
_TRADEMARK = re.compile(r"[®©™]|\( ?(?:[rR]|[tT][mM]|[cC]) ?\)")
_BRACKETS = str.maketrans("[{〔【〈《「『]}〕】〉》」』", "(" * 8 + ")" * 8)
_HAN = re.compile("[一-龥]")
_TOKENS = re.compile(r"[()&]|[0-9]+(?:\.[0-9]+)*|[一-龥]|[a-zßà-öø-ÿ]+")
_TWIN = re.compile(f" (?:{'|'.join(TWINS)}) ")
_GAPS = re.compile("[ ·]+")
# Behind these marks a publisher is a certificate, whose holder has to be found first.
_CERTIFICATE = re.compile(r"[=:]|\([A-Z0-9]{10}\)\s*$")
_BARE_BRACKET = re.compile(r" [()] ")


def key_and_text(name: str) -> tuple[str, str] | None:
    """Return the padded tokens of a name and its text as signatures see it, or None where the name is not ordinary enough.

    >>> key_and_text("Microsoft® Windows 10 专业版")
    (' microsoft  windows  10  专  业  版 ', 'microsoft® windows 10 专业版')
    >>> key_and_text("Micro????") is None
    True
    """
    if len(name) > MAX_CHARACTERS or not _ORDINARY.fullmatch(name) or _DOUBTFUL.search(name):
        return None
    if not name.isascii() and not stays(name):
        return None
    text = _folded(name)
    bare = _TRADEMARK.sub(" ", name)
    left = text if bare == name else _folded(bare)
    if text is None or left is None:
        return None
    key = "".join([f" {token} " for token in _TOKENS.findall(left)])
    key = _TWIN.sub(lambda found: f" {TWINS[found[0][1:-1]]} ", key)
    if not key or len(key) > MAX_CHARACTERS:
        return None
    return key, _GAPS.sub(" ", text).strip(" ")


def _folded(name: str) -> str | None:
    if name.isascii():
        return name.translate(_BRACKETS).lower()
    plain = compose("NFKC", name).translate(_BRACKETS).lower()
    if _HAN.search(plain):
        plain = converter().convert(plain)
    # Rare characters have rare simple forms, which not every table knows.
    return plain if _ORDINARY.fullmatch(plain) else None


@lru_cache(maxsize=1 << 14)
def publisher_key(publisher: str) -> str | None:
    """Return what `normalize_publishers` makes of one publisher, or None where it is not ordinary enough.

    >>> publisher_key("Qihoo 360 Technology Co. Ltd.")
    ' qihoo  360  technology '
    """
    told = None if _CERTIFICATE.search(publisher) else key_and_text(publisher)
    if told is None:
        return None
    whole = told[0]
    legal, front, bracketed = _publisher_patterns()
    tokens = _BARE_BRACKET.sub("", bracketed("", whole))
    tokens = front(r"\1", legal("", legal("", tokens)), 1)
    return tokens if tokens.strip() else whole


@lru_cache(maxsize=1)
def _publisher_patterns() -> tuple[Callable[..., str], Callable[..., str], Callable[..., str]]:
    # An alternation takes the first that fits from the left, as the automaton of the column does.
    front, bracketed = place_patterns()
    return re.compile("|".join(map(re.escape, legal_keys()))).sub, re.compile(front).sub, re.compile(bracketed).sub
