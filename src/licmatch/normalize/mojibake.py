"""Names that were read with the wrong character table: read again with the right one, or marked damaged, never guessed.

A repair must be exact: the text as it stands is turned back into bytes with the table it was read by, and these are decoded strictly.
Among the few texts that come out the most plausible one wins, and only by a clear lead; otherwise the name stays as it is.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from licmatch.normalize import frequent_characters as frequent

JUDGED_CHARACTERS = 200  # the head of a name decides how it is read; hostile length costs nothing more
ROUNDS = 2
MANY = 16  # names; fewer are looked at one by one in less time than all at once
# Bits by which a repair must beat the text as it stands, and any other repair.
LEAD = 6.0
LEAD_WHEN_SHORT = 14.0  # the same where there are too few characters to judge by
SHORT = 4
CODE_PAGE = 6.0  # what a code page costs beside UTF-8, whose bytes are valid hardly by chance
OTHER_LANGUAGE = 8.0  # what it costs that a code page was used for another language than its own
# Code pages that names were really written in, and the language that makes the result plausible; UTF-8 holds any.
WRITTEN_IN = {"utf-8": None, "gb18030": "zh", "cp950": "tw", "cp932": "ja", "cp949": "ko", "cp1251": "letters"}

# cp1252 as browsers know it: its five holes are the controls of the same number. Latin-1 text needs no table of its own beside it.
_SPECIALS = {bytes((code,)).decode("cp1252", "ignore"): code for code in range(0x80, 0xA0)}
_SPECIALS.pop("", None)
_TO_LATIN_1 = {ord(char): code for char, code in _SPECIALS.items()}
_SPECIAL_CLASS = "".join(sorted(_SPECIALS))
_LAST_OF_CP1252 = max(_SPECIALS)

# GB18030 maps what it does not know to private use; it stands for Han in a text read by the wrong table.
_PRIVATE = "\ue000-\uf8ff"
_HAN = rf"[\p{{Han}}{_PRIVATE}]"
_SIGNS = frozenset(("So", "Sk", "Sm", "No", "Lm"))
_WRITTEN_SIGNS = frozenset("™℠№•…–—‘’“”‹›„‚†‡‰々ー〇")
_UNSEEN = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
# Two marks in a row stand for a lost word; one may be a question.
_NEVER_WRITTEN = re.compile("[\x00-\x1f\x7f-\x9f" + _PRIVATE + "]")
_DAMAGED = r"\?\?|\x{FFFD}|锟斤|斤拷|ï¿½|Ã¯Â¿Â½"
DAMAGE = "\ufffd"  # what stands for a run of lost characters
# The same as whole runs; a question mark alone counts where it stands apart, for "Windows? 7" only lost its ®.
DAMAGED_RUN = r"(?:\?{2,}|\x{FFFD}|拷?(?:锟斤拷?|斤拷)锟?|ï¿½|Ã¯Â¿Â½)+|(?:^|\s)\?(?:\s|$)|\(\?\)"
# What is a key already was judged when it became one: its letters are small now, and would be judged otherwise.
_KEY = r"^ [^\s\p{Lu}]+(?:  [^\s\p{Lu}]+)* $"
# Any read by Latin-1 or cp1252: a control, two high characters in a row, or two of the lead bytes of kana.
_READ_AS_LATIN = f"[\x80-\x9f]|[\xa0-\xff][\xa0-\xff{_SPECIAL_CLASS}]|[{_SPECIAL_CLASS}][\xa0-\xff]|[ƒ‚].?[ƒ‚]"


# Beside Han and kana: frames, bopomofo, vertical forms, vowels of Pinyin, Greek, a Russian letter alone; one hiragana before one katakana;
# Han words apart by blanks, as Korean words are; the two letters that every Latin text in UTF-8 begins with.
_FRAMES = "\u2500-\u25a0\u3105-\u3129\ufe30-\ufe4fƀ-ʯΑ-ωáàéèêíìóòúùü"
_CJK = "㐀-鿿぀-ヿ"
_OUT_OF_PLACE = (
    f"[{_CJK}][{_FRAMES}]|[{_FRAMES}][{_CJK}]|[㐀-鿿][а-я](?:[^а-я]|$)|(?:^|[^а-я])[а-я][㐀-鿿]|(?:^|[^ぁ-ん])[ぁ-ん][ァ-ヶ](?:[^ァ-ー]|$)"
    "|[㐀-鿿][㐀-鿿] [㐀-鿿][㐀-鿿]|[脗脙]"
)


def _class_of(leads: range, trails: range) -> str:
    """Return the characters that GB18030 makes of these two bytes, as the inside of a regex class."""
    return "".join(bytes((lead, trail)).decode("gb18030", "ignore") for lead in leads for trail in trails)


def _as_gbk(characters: str, codec: str) -> set[str]:
    """Return the characters that GBK makes of these, written in another double-byte code."""
    found = (char.encode(codec, "ignore").decode("gb18030", "ignore") for char in characters)
    return {char for char in found if len(char) == 1 and char >= "⺀"}


def _chinese() -> set[str]:
    return set(frequent.CHINESE_ORDER + frequent.CHINESE_WORDS + frequent.TAIWAN_ORDER + frequent.TAIWAN_WORDS)


def _accents() -> str:
    """Return what GBK makes of accented Latin letters in UTF-8."""
    return _class_of(range(0xC2, 0xC4), range(0x80, 0xC0))


@lru_cache(maxsize=1)
def _read_as_gbk() -> tuple[str, str, str]:
    """Return the patterns of UTF-8 read as GBK, of other codes read as GBK, and of one character that is rare in Chinese."""
    lead, tail, middle = range(0xE2, 0xF0), range(0x80, 0xC0), range(0x81, 0xC0)
    first, second, third = _class_of(lead, tail), _class_of(middle, lead), _class_of(middle, tail)
    letters = _accents() + _class_of(range(0xD0, 0xD2), tail)
    ascii_trail = _class_of(middle, range(0x40, 0x7F))
    # Latin-1 and cp1252 in UTF-8: accents, dashes, quotes, and the letters and marks that cp1252 has beyond Latin-1.
    latin = _class_of(range(0xC2, 0xC4), tail) + _class_of(range(0xC5, 0xC7), range(0x92, 0xBF)) + "鈥鈩藛"
    utf_8 = f"[{first}][{second}][{third}]|[{first}][{ascii_trail}]|[{letters}]{{3}}|[{latin}].{{0,2}}[{latin}].{{0,2}}[{latin}]"
    chinese = _chinese()
    kana = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))))
    cyrillic = set(_class_of(range(0xC0, 0x100), range(0xC0, 0x100)))
    classes = (
        _as_gbk(frequent.KOREAN_ORDER + frequent.KOREAN_WORDS, "cp949"),
        _as_gbk(frequent.TAIWAN_ORDER + frequent.TAIWAN_WORDS + frequent.CHINESE_ORDER, "cp950"),
        _as_gbk(frequent.JAPANESE_ORDER + frequent.JAPANESE_WORDS + kana, "cp932"),
        {char for char in cyrillic if char >= "⺀"},
    )
    others = (f"[{''.join(sorted(one - chinese))}]" for one in classes)
    rare = rf"[{_HAN}&&[^{''.join(sorted(char for char in chinese if not char.isspace()))}]]"
    return utf_8, "|".join((f"[{_PRIVATE}]", *(f"{one}.{{0,2}}{one}" for one in others))), rare


def damaged(names: pl.Series) -> pl.Series:
    """Return, for a String column, a Boolean column: characters of this name were lost and no repair can bring them back.

    >>> damaged(pl.Series(["Microsoft Office ????", "WPS锟斤拷", "Office 2016", None])).to_list()
    [True, True, False, None]
    """
    return names.str.contains(_DAMAGED)


def _suspicious(names: pl.Series) -> pl.Series:
    """Return the rows that may be mojibake, by patterns alone."""
    rows = (names.str.len_bytes() != names.str.len_chars()).fill_null(False).arg_true()
    if rows.len() == 0:
        return rows
    utf_8, other, rare = _read_as_gbk()
    text = names.gather(rows).alias("t").to_frame()
    flags = text.select(
        (pl.col("t").str.contains(_READ_AS_LATIN) | pl.col("t").str.contains(f"{utf_8}|{_OUT_OF_PLACE}")).alias("sure"),
        pl.col("t").str.contains(other).alias("maybe"),
        (pl.col("t").str.contains(_DAMAGED) | pl.col("t").str.contains(_KEY)).alias("settled"),
    )
    # Characters rare in Chinese make a name suspicious only where they are the rule in it.
    maybe = (flags["maybe"] & ~flags["sure"]).arg_true()
    han = pl.col("t").str.count_matches(_HAN)
    counts = text[maybe].select((han > 2) & (pl.col("t").str.count_matches(rare) * 2 >= han)).to_series()
    return rows.filter(flags["sure"].scatter(maybe, counts) & ~flags["settled"])


@dataclass(frozen=True, slots=True, order=True)
class _Reading:
    """One wrong reading: written in `written`, read by `read`."""

    read: str
    written: str


def _bytes_of(text: str, read: str) -> bytes | None:
    if read == "cp1252" and max(text) > _LAST_OF_CP1252:
        return None
    try:
        return text.translate(_TO_LATIN_1).encode("latin-1") if read == "cp1252" else text.encode("gb18030")
    except UnicodeEncodeError:
        return None


def _decoded(raw: bytes, written: str, whole: bool) -> str | None:
    try:
        # Of a head alone the last character may be cut in half.
        return raw.decode(written) if whole else codecs.getincrementaldecoder(written)("strict").decode(raw)
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=1)
def _may_be_misread() -> re.Pattern[str]:
    """Return what calls for a second round: any high Latin character, private use, kana, bopomofo, and characters rare in Chinese.

    Wider than `_suspicious`: a text that came out of one round is doubtful, and its rivals have to be seen.
    """
    utf_8, other, _ = _read_as_gbk()
    chinese = "".join(char for char in sorted(_chinese()) if not char.isspace())
    return re.compile(
        f"[\x80-\xff{_SPECIAL_CLASS}{_PRIVATE}\u3040-\u312f]|(?=[\u3400-\u9fff])[^{chinese}]|[A-Za-z][{_accents()}]|{utf_8}|{_OUT_OF_PLACE}|{other}"
    )


def _readings(text: str, whole: bool, rounds: int) -> Iterator[tuple[str, tuple[_Reading, ...]]]:
    """Yield every text that could have been written, with the wrong readings that led here."""
    for read in ("cp1252", "gb18030"):
        raw = _bytes_of(text, read)
        if raw is None or (read == "gb18030" and max(text) < "⺀"):
            continue
        for written in WRITTEN_IN:
            found = None if written == read else _decoded(raw, written, whole)
            if not found or found == text:
                continue
            yield found, (_Reading(read, written),)
            # What was read wrongly before can only have been kept in UTF-8: the code pages lack the characters.
            if rounds > 1 and written == "utf-8" and _may_be_misread().search(found):
                for deeper, path in _readings(found, whole, rounds - 1):
                    yield deeper, (_Reading(read, written), *path)


def _replayed(text: str, path: tuple[_Reading, ...]) -> str | None:
    for one in path:
        raw = _bytes_of(text, one.read)
        found = None if raw is None else _decoded(raw, one.written, whole=True)
        if found is None:
            return None
        text = found
    return text


def _paths(names: Sequence[str]) -> list[tuple[_Reading, ...]]:
    """Return for each name the wrong readings that made it of another, the last one first; nothing where it is to stay as it is."""
    from licmatch.normalize.plausibility import BIT, LANGUAGES, costs, least  # brings numpy, which an engine loads without

    heads = [name[:JUDGED_CHARACTERS] for name in names]
    readings = [list(_readings(head, head == name, ROUNDS)) for head, name in zip(heads, names, strict=True)]
    texts = list(dict.fromkeys([*heads, *(text for found in readings for text, _ in found)]))
    by_language = costs(texts)
    place = {text: at for at, text in enumerate(texts)}
    suited: list[float] = (least(by_language, texts) / BIT).tolist()
    bits: dict[str, list[float]] = dict(zip(LANGUAGES, (by_language / BIT).tolist(), strict=True))

    def cost(text: str, path: tuple[_Reading, ...]) -> float:
        at, own = place[text], WRITTEN_IN[path[-1].written]
        return suited[at] if own is None else CODE_PAGE + min(bits[own][at], suited[at] + OTHER_LANGUAGE)

    return [
        _chosen(name, suited[place[head]], [(cost(text, path), text, path) for text, path in found])
        for name, head, found in zip(names, heads, readings, strict=True)
    ]


def _chosen(name: str, as_it_stands: float, readings: list[tuple[float, str, tuple[_Reading, ...]]]) -> tuple[_Reading, ...]:
    """Return the way to the most plausible text, if it leads clearly; `readings` are (bits, text, path)."""
    ranked: dict[str, tuple[float, str, tuple[_Reading, ...]]] = {}
    for one in readings:
        if one[1] not in ranked or one[0] < ranked[one[1]][0]:
            ranked[one[1]] = one
    if not ranked:
        return ()
    (best, text, path), *others = sorted(ranked.values())
    if as_it_stands - best < LEAD:
        return ()
    told = sum(char > "⺀" for char in text)
    short = told < SHORT and (told > 0 or any(one.written != "utf-8" for one in path))
    lead = LEAD_WHEN_SHORT if short else LEAD
    if as_it_stands - best < lead or (others and others[0][0] - best < lead) or _NEVER_WRITTEN.search(text):
        return ()
    if _is_half_way(text):
        return ()
    # A soft hyphen or a blank is plausible and still nothing: what could be seen before must be seen after.
    whole = _replayed(name, path)
    return path if whole and any(unicodedata.category(char) not in _UNSEEN for char in whole) else ()


def _is_half_way(text: str) -> bool:
    """Say whether a repair came out at signs that stand for letters: it went one round, and another was needed and is not to be had."""
    odd = sum(char > "\xff" and char not in _WRITTEN_SIGNS and unicodedata.category(char) in _SIGNS for char in text)
    marks = sum(char > "\x7f" and not char.isalnum() for char in text)
    return (odd > 0 and sum(char > "⺀" and char.isalpha() for char in text) < SHORT) or marks > sum(map(str.isalnum, text))


@lru_cache(maxsize=1)
def _suspicious_one() -> re.Pattern[str]:
    """Return what every name holds that `_suspicious` finds; it also finds names that are not."""
    utf_8, other, _ = _read_as_gbk()
    return re.compile(f"{_READ_AS_LATIN}|{utf_8}|{_OUT_OF_PLACE}|{other}")


def stays(name: str) -> bool:
    """Say whether `repair` leaves one name that is not ASCII as it is; a name it would not look at may count as one it would change.

    >>> stays("Größe"), stays("腾讯视频 客户端"), stays("Î¢ÐÅµçÄÔ°æ")
    (True, True, False)
    """
    return _suspicious_one().search(name) is None or not _paths([name])[0]


def alignment(name: str) -> list[tuple[str, str]]:
    """Return the stretches of a name as (as it stands, as `repair` makes it), the shortest whose bytes agree; joined they are both names.

    >>> alignment("Î¢ÐÅ 8")
    [('Î¢', '微'), ('ÐÅ', '信'), (' ', ' '), ('8', '8')]
    """
    stretches = [(char, char) for char in name]
    if not _suspicious(pl.Series([name])).len():
        return stretches
    for one in _paths([name])[0]:
        stretches = _aligned(stretches, one)
    return stretches


def _aligned(stretches: list[tuple[str, str]], one: _Reading) -> list[tuple[str, str]]:
    """Read the second halves of stretches again, and join stretches that share bytes of one character."""
    decoder = codecs.getincrementaldecoder(one.written)("strict")
    found: list[tuple[str, str]] = []
    before = after = ""
    for stood, read in stretches:
        raw = _bytes_of(read, one.read) or b""
        pieces = [decoder.decode(raw[at : at + 1]) for at in range(len(raw))]
        before, after = before + stood, after + "".join(pieces)
        if not decoder.getstate()[0]:
            found.append((before, after))
            before = after = ""
    if before or after:
        found.append((before, after))
    return found


def repair(names: pl.Series) -> pl.Series:
    """Return names with mojibake read again as it was written, one round or two; every other name, damaged ones too, as it was.

    A String column in, a String column of the same name and length out; null stays null. Nothing raises.

    >>> repair(pl.Series(["Î¢ÐÅµçÄÔ°æ", "PlayStationÃ¢â€žÂ¢Now", "Größe", "腾讯视频", None])).to_list()
    ['微信电脑版', 'PlayStation™Now', 'Größe', '腾讯视频', None]
    """
    rows = _suspicious(names)
    if rows.len() == 0:
        return names
    doubtful = names.gather(rows)
    distinct = _doubted(doubtful.unique(maintain_order=True).to_list())
    read = {name: _replayed(name, path) for name, path in zip(distinct, _paths(distinct), strict=True) if path}
    mended = {name: text for name, text in read.items() if text and text != name}
    if not mended:
        return names
    told = doubtful.is_in(list(mended)).arg_true()
    # `scatter` writes in place, and the column is the caller's.
    return names.clone().scatter(rows.gather(told), pl.Series([mended[name] for name in doubtful.gather(told)], dtype=pl.String))


def _doubted(names: list[str]) -> list[str]:
    """Return the names that may have to be mended, of those that patterns found suspicious."""
    if len(names) < MANY:
        return names
    from licmatch.normalize.undoubted import undoubted  # brings numpy, as `_paths` does

    return [name for name, sure in zip(names, undoubted(names).tolist(), strict=True) if not sure]
