"""How likely texts are as names: bits per character under a small model of each language, the least of them counts.

A text read with the wrong table is made of rare characters, symbols and controls, and costs more bits than what was written. The tables
know three things: our own order of frequent characters, the levels into which national standards put characters (told by the codecs), and
which characters stand side by side in words of software names.

All texts are judged together: their characters lie in one array, every model is a table of what a character costs, and a text's bits
are a sum over its stretch. Bits are whole numbers of 2^-20, so that a sum is the same in whatever company a text is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2

import numpy as np
from numpy.typing import NDArray

from licmatch.normalize import frequent_characters as frequent

LANGUAGES = ("letters", "zh", "tw", "ja", "ko")  # the rows of `costs`
BIT = 1 << 20
PAIR_GAIN = 3.5  # two characters that stand together in a known word tell each other
UNKNOWN = 30.0  # private use, unassigned: nobody writes it
_OTHERWISE = 16.0
_WORD_BITS = 8.0  # a character of a known word costs at most this
_CASE_SLIP = 10.0
_TWO_ACCENTS = 3.0
_KANA_SWITCH = 8.0  # one katakana alone behind hiragana: they come in runs
_HAN_APART = 4.0  # two Han characters with a blank between them: Koreans write so, hardly anybody writing Chinese or Japanese
_MIXED_SCRIPTS, _NO_VOWEL, _NO_VOWEL_SHORT, _KNOWN_PAIR, _OTHER_PAIR = 10.0, 10.0, 2.0, -1.0, 2.0  # of a Cyrillic word
_COMMON_ACCENTS = "éèêëàâäáãåæçìíîïñòóôöõøùúûüß"
_COMMON_SIGNS = "®©™°·«»–—‘’“”•…"
_CJK_SIGNS = "（）、。，：；！？「」『』【】《》〈〉・ー－～〜　"
_CP1252_SIGNS = "ƒŒŠŽœšžŸˆ˜†‡‰‹›„‚€"
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
_VOWELS = "аеёиоуыэюяіїє"
# The plane that tables cover; what lies beyond is judged as this one character of it, which nobody writes.
_PLANE = 0x10000
_BEYOND = 0xFFFF
_CYRILLIC = range(0x0400, 0x0500)

Bits = NDArray[np.int64]
Codes = NDArray[np.uint32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Model:
    """What each character of the plane costs in a language, and the pairs that belong together as two characters in one number."""

    bits: Bits
    pairs: _Pairs


class _Pairs:
    """A set of pairs of characters, asked of a whole array: a small table of remainders first, the pairs themselves of what passes."""

    _SLOTS = (1 << 19) - 1  # a prime: remainders spread

    def __init__(self, pairs: Iterable[str]) -> None:
        known = {(ord(pair[0]) << 16) | ord(pair[1]) for pair in pairs}
        self._known = np.array(sorted(known), dtype=np.uint32)
        self._maybe = np.zeros(self._SLOTS, dtype=np.bool_)
        self._maybe[self._known % self._SLOTS] = True

    def begun_by(self) -> Flags:
        """Return which characters of the plane any pair begins with."""
        flags = np.zeros(_PLANE, dtype=np.bool_)
        flags[self._known >> np.uint32(16)] = True
        return flags

    def at(self, codes: Codes) -> NDArray[np.intp]:
        """Return at which places of an array of characters a known pair begins."""
        joined = np.left_shift(codes[:-1], np.uint32(16), dtype=np.uint32) | codes[1:]
        where = np.flatnonzero(self._maybe[joined % self._SLOTS])
        told = joined[where]
        found = np.searchsorted(self._known, told)
        found[found == self._known.size] = 0
        there: NDArray[np.intp] = where[self._known[found] == told]
        return there


def _units(bits: float) -> int:
    return round(bits * BIT)


def codes_of(text: str) -> Codes:
    """Return the characters of a text as numbers; what lies beyond the first plane is one character that nobody writes."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.where(codes < _PLANE, codes, np.uint32(_BEYOND))


@lru_cache(maxsize=1)
def _class_bits() -> Bits:
    """Return what a character costs that the language at hand does not list."""
    bits = np.full(_PLANE, _units(_OTHERWISE), dtype=np.int64)
    bits[0xE000:0xF900] = bits[0xFFF0:] = _units(UNKNOWN)
    for first, last, cost in reversed(_SCRIPTS):
        bits[first : last + 1] = _units(cost)
    bits[:0x80] = _units(6.0)
    bits[[*range(32), 127]] = _units(20.0)
    bits[codes_of("0123456789 .-_()")] = _units(4.0)
    bits[0x41:0x5B] = bits[0x61:0x7B] = _units(4.5)
    bits[0x80:0xA0] = _units(20.0)
    bits[0xA0] = _units(6.0)
    bits[0xA1:0x100] = _units(12.0)
    bits[[code for code in range(0xA1, 0x100) if chr(code).isalpha() and chr(code) not in "ªµº"]] = _units(10.0)
    bits[codes_of(_CP1252_SIGNS)] = _units(12.0)
    bits[codes_of(_CJK_SIGNS)] = _units(7.5)
    bits[codes_of(_COMMON_SIGNS)] = _units(8.5)
    bits[codes_of(_COMMON_ACCENTS)] = _units(8.0)
    return bits


def _rows(codec: str, leads: range, trails: range) -> str:
    """Return all characters that these lead and trail bytes make in a double-byte code."""
    table = np.empty((len(leads), len(trails), 2), dtype=np.uint8)
    table[..., 0] = np.array(leads)[:, None]
    table[..., 1] = np.array(trails)
    return table.tobytes().decode(codec, "ignore")


def _model(levels: tuple[tuple[str, float], ...], order: str, words: str) -> _Model:
    bits = _class_bits().copy()
    listed = np.zeros(_PLANE, dtype=np.bool_)
    # Standards leave room that codecs fill with private use: nobody writes it.
    judged_by_level = np.ones(_PLANE, dtype=np.bool_)
    judged_by_level[:0x2E80] = judged_by_level[0xE000:0xF900] = judged_by_level[codes_of(_CJK_SIGNS)] = False
    for characters, level in levels:
        codes = codes_of(characters)
        codes = codes[judged_by_level[codes]]
        bits[codes] = _units(level)
        listed[codes] = True
    frequent_first = codes_of("".join(dict.fromkeys(order)))
    bits[frequent_first] = [_units(6.0 + log2(1 + rank / 25)) for rank in range(frequent_first.size)]
    listed[frequent_first] = True
    in_words = codes_of("".join(dict.fromkeys("".join(words.split()))))
    known = np.where(listed[in_words], bits[in_words], _units(_WORD_BITS))
    bits[in_words] = np.minimum(known, _units(_WORD_BITS))
    return _Model(bits, _Pairs(word[at : at + 2] for word in words.split() for at in range(len(word) - 1)))


@lru_cache(maxsize=1)
def _models() -> tuple[_Model, ...]:
    """Return the models of zh, tw, ja and ko; what they do not list is judged by its class."""
    all_trails = range(0x40, 0xFF)
    trails = range(0xA1, 0xFF)
    # What is frequent on the mainland is frequent in Taiwan too, as it is written there.
    order, words = frequent.CHINESE_ORDER_IN_TAIWAN, frequent.CHINESE_WORDS_IN_TAIWAN
    shared = "".join(char for char in order if char.encode("big5", "ignore"))
    kana = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))))
    small = "".join(map(chr, range(0xFF66, 0xFFA0)))
    return (
        _model(
            (
                (_rows("gbk", range(0x81, 0xFF), all_trails), 20.0),
                (_rows("gb2312", range(0xD8, 0xF8), trails), 17.5),
                (_rows("gb2312", range(0xB0, 0xD8), trails), 13.5),
                (kana, 15.0),
            ),
            frequent.CHINESE_ORDER,
            frequent.CHINESE_WORDS,
        ),
        _model(
            ((_rows("cp950", range(0xC9, 0xFA), all_trails), 18.0), (_rows("cp950", range(0xA4, 0xC7), all_trails), 14.0), (kana, 15.0)),
            frequent.TAIWAN_ORDER + shared,
            f"{frequent.TAIWAN_WORDS} {words}",
        ),
        _model(
            (
                (_rows("cp932", range(0x98, 0xFD), range(0x40, 0xFD)), 18.0),
                (_rows("cp932", range(0x88, 0x98), range(0x40, 0xFD)), 13.0),
                (small, 9.0),
                (kana, 7.0),
            ),
            frequent.JAPANESE_ORDER,
            frequent.JAPANESE_WORDS,
        ),
        _model(
            ((_rows("cp949", range(0x81, 0xC7), all_trails), 19.0), (_rows("euc_kr", range(0xB0, 0xC9), trails), 15.5), (kana, 17.0)),
            frequent.KOREAN_ORDER,
            frequent.KOREAN_WORDS,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Letters:
    """Cyrillic and Latin: what a character costs, which kinds it is of, and the pairs of Russian words in small letters."""

    bits: Bits
    pairs: _Pairs
    alphabetic: Flags
    upper: Flags
    lower: Flags
    small: Codes  # each character in lower case
    vowel: Flags
    of_word: Flags


@lru_cache(maxsize=1)
def _letters() -> _Letters:
    bits = _class_bits().copy()
    for rank, char in enumerate(frequent.RUSSIAN_ORDER):
        bits[ord(char)] = _units(3.3 + log2(1 + rank / 3))
        bits[ord(char.upper())] = bits[ord(char)] + _units(2.0)
    plane = [chr(code) for code in range(_PLANE)]
    small = np.arange(_PLANE, dtype=np.uint32)
    of_word = np.zeros(_PLANE, dtype=np.bool_)
    for part in (range(0x41, 0x5B), range(0x61, 0x7B), range(0xC0, 0x100), _CYRILLIC):
        of_word[part.start : part.stop] = True
        small[part.start : part.stop] = [ord(chr(code).lower()) for code in part]
    vowel = np.zeros(_PLANE, dtype=np.bool_)
    vowel[codes_of(_VOWELS)] = True
    pairs = _Pairs(word[at : at + 2] for word in frequent.RUSSIAN_PAIRS.split() for at in range(len(word) - 1))
    alphabetic, upper, lower = (np.fromiter(map(test, plane), np.bool_, _PLANE) for test in (str.isalpha, str.isupper, str.islower))
    return _Letters(bits, pairs, alphabetic, upper, lower, small, vowel, of_word)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts side by side: their characters, and where each begins."""

    codes: Codes
    starts: NDArray[np.intp]
    owner: NDArray[np.intp]  # of each character, the number of its text
    follows: Flags  # of each character but the first, whether it stands behind the one before in the same text

    def total(self, at: NDArray[np.intp]) -> Bits:
        """Return how often each text is told of in a list of places."""
        return np.bincount(self.owner[at], minlength=self.starts.size).astype(np.int64)


def _side_by_side(texts: Sequence[str]) -> _Texts:
    lengths = np.fromiter(map(len, texts), np.intp, len(texts))
    codes = codes_of("".join(texts))
    owner = np.repeat(np.arange(len(texts)), lengths)
    return _Texts(codes, np.cumsum(lengths) - lengths, owner, owner[1:] == owner[:-1])


def costs(texts: Sequence[str]) -> Bits:
    """Return what each text costs in each language: an array of `LANGUAGES` by texts, in units of 2^-20 bits. No text may be empty.

    >>> zh, tw = LANGUAGES.index("zh"), LANGUAGES.index("tw")
    >>> found = costs(["腾讯视频", "騰訊視頻"])
    >>> bool(found[zh, 0] < found[zh, 1]), bool(found[tw, 1] < found[tw, 0])
    (True, True)
    """
    if not texts:
        return np.zeros((len(LANGUAGES), 0), dtype=np.int64)
    given = _side_by_side(texts)
    oddities = _han_oddities(given)
    return np.stack([_letter_costs(given), *(_costs_in(model, given) + oddities for model in _models())])


def as_chinese(texts: Sequence[str]) -> Bits:
    """Return what each text costs as simplified Chinese, as `costs` has it: never less than `least` of a text that is not ASCII."""
    given = _side_by_side(texts)
    return _costs_in(_models()[0], given) + _han_oddities(given)


@lru_cache(maxsize=1)
def least_of_characters() -> Bits:
    """Return what each character of the plane adds at least to the bits of a text, in any language.

    A pair that is known makes a text cheaper; here each character that begins one has the gain already.
    """
    letters = _letters()
    rows = [letters.bits + np.where(letters.of_word, _units(_KNOWN_PAIR), 0)]
    for model in _models():
        rows.append(model.bits - np.where(model.pairs.begun_by(), _units(PAIR_GAIN), 0))
    floor: Bits = np.stack(rows).min(axis=0)
    return floor


def _costs_in(model: _Model, given: _Texts) -> Bits:
    total = np.add.reduceat(model.bits[given.codes], given.starts)
    paired = model.pairs.at(given.codes)
    told: Bits = total - _units(PAIR_GAIN) * given.total(paired[given.follows[paired]])
    return told


def least(found: Bits, texts: Sequence[str]) -> Bits:
    """Return what each text costs in the language that suits it best; ASCII is judged as letters."""
    ascii_only = np.fromiter(map(str.isascii, texts), np.bool_, len(texts))
    suited: Bits = np.where(ascii_only, found[0], found.min(axis=0))
    return suited


def _han_oddities(given: _Texts) -> Bits:
    """Return what Han words apart by blanks cost, and one katakana behind hiragana where no katakana follows."""
    codes, follows = given.codes, given.follows
    han = (codes >= 0x3400) & (codes <= 0x9FFF)
    hiragana = (codes >= 0x3041) & (codes <= 0x3093)
    katakana = (codes >= 0x30A1) & (codes <= 0x30F6)
    three = follows[:-1] & follows[1:]
    apart = np.flatnonzero(han[:-2] & (codes[1:-1] == 0x20) & han[2:] & three)
    two = hiragana[:-1] & katakana[1:] & follows
    # What comes third: the end of the text, hiragana or Han.
    third = np.ones(two.size, dtype=np.bool_)
    third[:-1] = ~follows[1:] | hiragana[2:] | han[2:]
    mixed = np.flatnonzero(two & third)
    return _units(_HAN_APART) * given.total(apart) + _units(_KANA_SWITCH) * given.total(mixed)


def _letter_costs(given: _Texts) -> Bits:
    """Return the bits of texts in letters, Cyrillic or Latin: frequency, pairs, case that does not jump, one script in a word."""
    model, codes, follows = _letters(), given.codes, given.follows
    total = np.add.reduceat(model.bits[codes], given.starts)
    high = codes > 0x7F
    alphabetic = model.alphabetic[codes] & high
    accents = follows & alphabetic[1:] & alphabetic[:-1] & ((codes[1:] < 0x100) | (codes[:-1] < 0x100))
    total += _units(_TWO_ACCENTS) * given.total(np.flatnonzero(accents))
    slips = follows & high[1:] & model.upper[codes[1:]] & model.lower[codes[:-1]]
    total += _units(_CASE_SLIP) * given.total(np.flatnonzero(slips))
    return total + _cyrillic_words(given, model)


def _cyrillic_words(given: _Texts, model: _Letters) -> Bits:
    """Return what the words cost that have a Cyrillic letter: runs of Latin and Cyrillic letters."""
    codes = given.codes
    inside = model.of_word[codes]
    begins = inside.copy()
    begins[1:] &= ~(inside[:-1] & given.follows)
    places = np.flatnonzero(inside)
    total = np.zeros(given.starts.size, dtype=np.int64)
    if places.size == 0:
        return total
    letters = codes[places]
    firsts = np.flatnonzero(begins[places])
    number = np.cumsum(begins[places]) - 1
    lengths = np.diff(np.append(firsts, places.size))

    def any_of(flags: Flags) -> Flags:
        return np.logical_or.reduceat(flags, firsts)

    cyrillic = (letters >= _CYRILLIC.start) & (letters < _CYRILLIC.stop)
    told = any_of(cyrillic)
    cost = np.where(any_of(letters < _CYRILLIC.start), _units(_MIXED_SCRIPTS), 0)
    small = model.small[letters]
    capitals = any_of(model.upper[letters]) & ~any_of(model.lower[letters])
    mute = (lengths > 2) & ~any_of(model.vowel[small])
    cost += np.where(mute, np.where(capitals & (lengths < 6), _units(_NO_VOWEL_SHORT), _units(_NO_VOWEL)), 0)
    within = number[1:] == number[:-1]
    known = model.pairs.at(small)
    pairs = np.bincount(number[known[within[known]]], minlength=firsts.size)
    cost += _units(_KNOWN_PAIR) * pairs + _units(_OTHER_PAIR) * (lengths - 1 - pairs)
    np.add.at(total, given.owner[places[firsts[told]]], cost[told])
    return total
