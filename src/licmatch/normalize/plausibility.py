"""How likely a text is as a name: bits per character under a small model of each language, the least of them counts.

A text read with the wrong table is made of rare characters, symbols and controls, and costs more bits than what was written. The tables
know three things: our own order of frequent characters, the levels into which national standards put characters (told by the codecs), and
which characters stand side by side in words of software names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import log2

from licmatch.normalize import frequent_characters as frequent

PAIR_GAIN = 3.5  # two characters that stand together in a known word tell each other
UNKNOWN = 30.0  # private use, unassigned: nobody writes it
_WORD_BITS = 8.0  # a character of a known word costs at most this
_CASE_SLIP = 10.0
_KANA_SWITCH = 8.0  # one katakana alone behind hiragana: they come in runs
_HAN_APART = 4.0  # two Han characters with a blank between them: Koreans write so, hardly anybody writing Chinese or Japanese
_COMMON_ACCENTS = frozenset("éèêëàâäáãåæçìíîïñòóôöõøùúûüß")
_COMMON_SIGNS = frozenset("®©™°·«»–—‘’“”•…")
_CJK_SIGNS = frozenset("（）、。，：；！？「」『』【】《》〈〉・ー－～〜　")
# Letters of scripts that software is really named in; (first, last, bits).
_SCRIPTS = (
    (0x0100, 0x017F, 9.0),
    (0x0370, 0x03FF, 10.0),
    (0x0400, 0x045F, 9.0),
    (0x05D0, 0x05EA, 9.0),
    (0x0600, 0x06FF, 9.0),
    (0x0900, 0x0DFF, 10.0),
    (0x0E00, 0x0E7F, 9.0),
    (0x10A0, 0x10FF, 10.0),
    (0x1E00, 0x1EFF, 9.0),
    (0x2010, 0x22FF, 12.0),
    (0x3040, 0x30FF, 14.0),
    (0x4E00, 0x9FFF, 22.0),
    (0xAC00, 0xD7A3, 20.0),
    (0xFF01, 0xFF5E, 9.0),
)
_CYRILLIC_WORD = re.compile(r"[A-Za-zÀ-ÿ]*[Ѐ-ӿ][A-Za-zÀ-ÿЀ-ӿ]*")
_HAN_BLANK_HAN = re.compile(r"[㐀-鿿] (?=[㐀-鿿])")
_KANA_MIXED = re.compile("[ぁ-ん][ァ-ヶ](?=[ぁ-ん㐀-鿿]|$)")
_VOWELS = frozenset("аеёиоуыэюяіїє")


@dataclass(frozen=True, slots=True)
class Language:
    """Bits of single characters, and the pairs that belong together."""

    bits: dict[str, float]
    pairs: frozenset[str]


@lru_cache(maxsize=4096)
def _class_bits(char: str) -> float:
    """Return what a character costs that the language at hand does not list."""
    code = ord(char)
    if code < 0x80:
        return 4.5 if char.isalpha() else 4.0 if char.isdigit() or char in " .-_()" else 20.0 if code < 32 or code == 127 else 6.0
    if char in _COMMON_ACCENTS:
        return 8.0
    if char in _COMMON_SIGNS:
        return 8.5
    if char in _CJK_SIGNS:
        return 7.5
    if code < 0x100:
        return 20.0 if code < 0xA0 else 6.0 if code == 0xA0 else 10.0 if char.isalpha() and char not in "ªµº" else 12.0
    if char in "ƒŒŠŽœšžŸˆ˜†‡‰‹›„‚€":
        return 12.0
    for first, last, bits in _SCRIPTS:
        if first <= code <= last:
            return bits
    return UNKNOWN if code >= 0xE000 and not 0xF900 <= code <= 0xFFEF else 16.0


def _rows(codec: str, leads: range, trails: range) -> str:
    """Return all characters that these lead and trail bytes make in a double-byte code."""
    return b"".join(bytes((lead, trail)) for lead in leads for trail in trails).decode(codec, "ignore")


def _language(levels: tuple[tuple[str, float], ...], order: str, words: str) -> Language:
    bits: dict[str, float] = {}
    for characters, level in levels:
        for char in characters:
            # Standards leave room that codecs fill with private use: nobody writes it.
            if ord(char) > 0x2E7F and char not in _CJK_SIGNS and not 0xE000 <= ord(char) <= 0xF8FF:
                bits[char] = level
    for rank, char in enumerate(dict.fromkeys(order)):
        bits[char] = 6.0 + log2(1 + rank / 25)
    pairs: set[str] = set()
    for word in words.split():
        for char in word:
            bits[char] = min(bits.get(char, _WORD_BITS), _WORD_BITS)
        pairs.update(word[at : at + 2] for at in range(len(word) - 1))
    return Language(bits, frozenset(pairs))


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Return the models by language: zh, tw, ja, ko; what they do not list is judged by its class."""
    all_trails = range(0x40, 0xFF)
    trails = range(0xA1, 0xFF)
    # What is frequent on the mainland is frequent in Taiwan too, as it is written there.
    from opencc import OpenCC  # only suspicious names come here

    order, words = (OpenCC("s2tw").convert(text) for text in (frequent.CHINESE_ORDER, frequent.CHINESE_WORDS))
    shared = "".join(char for char in order if char.encode("big5", "ignore"))
    kana = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))))
    small = "".join(map(chr, range(0xFF66, 0xFFA0)))
    return {
        "zh": _language(
            (
                (_rows("gbk", range(0x81, 0xFF), all_trails), 20.0),
                (_rows("gb2312", range(0xD8, 0xF8), trails), 17.5),
                (_rows("gb2312", range(0xB0, 0xD8), trails), 13.5),
                (kana, 15.0),
            ),
            frequent.CHINESE_ORDER,
            frequent.CHINESE_WORDS,
        ),
        "tw": _language(
            ((_rows("cp950", range(0xC9, 0xFA), all_trails), 18.0), (_rows("cp950", range(0xA4, 0xC7), all_trails), 14.0), (kana, 15.0)),
            frequent.TAIWAN_ORDER + shared,
            f"{frequent.TAIWAN_WORDS} {words}",
        ),
        "ja": _language(
            (
                (_rows("cp932", range(0x98, 0xFD), range(0x40, 0xFD)), 18.0),
                (_rows("cp932", range(0x88, 0x98), range(0x40, 0xFD)), 13.0),
                (small, 9.0),
                (kana, 7.0),
            ),
            frequent.JAPANESE_ORDER,
            frequent.JAPANESE_WORDS,
        ),
        "ko": _language(
            ((_rows("cp949", range(0x81, 0xC7), all_trails), 19.0), (_rows("euc_kr", range(0xB0, 0xC9), trails), 15.5), (kana, 17.0)),
            frequent.KOREAN_ORDER,
            frequent.KOREAN_WORDS,
        ),
    }


def _cjk_bits(text: str, language: Language) -> float:
    known = language.bits
    total = 0.0
    for char in text:
        total += known.get(char) or _class_bits(char)
    pairs = language.pairs
    for at in range(len(text) - 1):
        if text[at : at + 2] in pairs:
            total -= PAIR_GAIN
    return total + _HAN_APART * len(_HAN_BLANK_HAN.findall(text)) + _KANA_SWITCH * len(_KANA_MIXED.findall(text))


@lru_cache(maxsize=1)
def _russian() -> tuple[dict[str, float], frozenset[str]]:
    letters = {char: 3.3 + log2(1 + rank / 3) for rank, char in enumerate(frequent.RUSSIAN_ORDER)}
    capitals = {char.upper(): bits + 2.0 for char, bits in letters.items()}
    pairs = {word[at : at + 2] for word in frequent.RUSSIAN_PAIRS.split() for at in range(len(word) - 1)}
    return letters | capitals, frozenset(pairs)


def _letter_bits(text: str) -> float:
    """Return the bits of a text in letters, Cyrillic or Latin: frequency, pairs, case that does not jump, one script in a word."""
    letters, pairs = _russian()
    total = 0.0
    before = " "
    for char in text:
        total += letters.get(char) or _class_bits(char)
        if char > "\x7f" and before > "\x7f" and char.isalpha() and before.isalpha() and (char < "Ā" or before < "Ā"):
            total += 3.0  # two accented letters in a row
        if char > "\x7f" and char.isupper() and before.islower():
            total += _CASE_SLIP
        before = char
    for found in _CYRILLIC_WORD.finditer(text):
        word = found.group()
        low = word.lower()
        if any(char < "Ѐ" for char in word):
            total += 10.0
        if len(word) > 2 and not _VOWELS & set(low):
            total += 2.0 if word.isupper() and len(word) < 6 else 10.0
        total += sum(-1.0 if low[at : at + 2] in pairs else 2.0 for at in range(len(low) - 1))
    return total


def bits(text: str, language: str | None = None) -> float:
    """Return the bits a text costs in one language (zh, tw, ja, ko, letters), or in the one that it suits best.

    >>> bits("腾讯视频", "zh") < bits("騰訊視頻", "zh")
    True
    """
    if language == "letters":
        return _letter_bits(text)
    if language is not None:
        return _cjk_bits(text, languages()[language])
    least = _letter_bits(text)
    return least if text.isascii() else min(least, *(_cjk_bits(text, one) for one in languages().values()))
