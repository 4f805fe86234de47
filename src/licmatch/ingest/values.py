"""How raw cells become values: placeholders to null, dates to ISO, numbers and yes/no words read."""

from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl

# What collectors write where they know nothing.
PLACEHOLDERS = frozenset(
    {
        "",
        "n/a",
        "na",
        "none",
        "(none)",
        "--",
        "-",
        "null",
        "(null)",
        "unknown",
        "noassertion",
        "不详",
        "未知",
        "无",
        "/",
        "—",
        "——",
        "1601-01-01",
        "1601/1/1",
        "16010101000000.000000-000",
        "/date(-11644473600000)/",
    }
)
MASKED = "XXXXX"  # what tools write over five characters of a product key: no key
# An answer where the question was whether there is one. An empty cell is no answer: nobody may have asked.
NOTHING_THERE = frozenset({"", "none", "无", "没有", "no", "否"})
# A lone zero is a value of its own only where things are counted.
ZERO = frozenset({"0", "0.0"})
_WORDS = "|".join(re.escape(word) for word in sorted(PLACEHOLDERS) if word)
SAYS_NOTHING = rf"^\s*(?i:{_WORDS})?\s*$"
SAYS_NOTHING_OR_ZERO = rf"^\s*(?i:{_WORDS}|0|0\.0)?\s*$"
TRUE = ("true", "yes", "1", "是", "y", "on", "已启用", "启用")
FALSE = ("false", "no", "0", "否", "n", "off", "已禁用", "禁用")
CONTROL = "[\\x00-\\x1f\\x7f]"


def known(column: pl.Expr, *, zero: bool = False) -> pl.Expr:
    """Return the trimmed text, or null where it is a placeholder; with `zero`, a lone 0 is one too."""
    return pl.when(column.str.contains(SAYS_NOTHING_OR_ZERO if zero else SAYS_NOTHING)).then(None).otherwise(column.str.strip_chars())


def version_text(column: pl.Expr) -> pl.Expr:
    """Return the version up to the first control character; some registries keep garbage after it."""
    return known(pl.when(column.str.contains(CONTROL)).then(column.str.replace(CONTROL + "(?s:.*)", "")).otherwise(column), zero=True)


def iso_date(column: pl.Expr) -> pl.Expr:
    """Return the day as YYYY-MM-DD where the spelling leaves no doubt, else the text as it was.

    Understood: 20210304, 2021-03-04..., 2021/3/4..., 2021年3月4日, 2021.3.4, CIM times, epoch seconds and milliseconds. Day and month
    of 3/4/2021 cannot be told apart, so such a text stays as it is.
    """
    text = known(column, zero=True)
    parts = text.str.extract_groups(r"^((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?:\D|$)")
    packed = text.str.extract_groups(r"^((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{6}\..*)?$")
    epoch = pl.when(text.str.contains(r"^1\d{9}(?:\d{3}|\.\d+)?$")).then(
        pl.from_epoch(text.str.extract(r"^(\d{10})").cast(pl.Int64, strict=False)).dt.strftime("%Y-%m-%d")
    )
    return pl.coalesce(_joined(parts), _joined(packed), epoch, text)


def _joined(groups: pl.Expr) -> pl.Expr:
    year, month, day = (groups.struct.field(str(place)) for place in (1, 2, 3))
    made = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2)
    return made.str.to_date("%Y-%m-%d", strict=False).dt.strftime("%Y-%m-%d")


def by_distinct(column: pl.Series, made: pl.Expr) -> pl.Series:
    """Return what an expression over this one column gives, worked out once for each distinct value where few are distinct.

    >>> by_distinct(pl.Series("a", ["x", "y", "x", "x", "x"]), pl.col("a").str.to_uppercase()).to_list()
    ['X', 'Y', 'X', 'X', 'X']
    """
    name = column.name
    once = column.unique()
    if 2 * len(once) > len(column):
        return column.to_frame().select(made.alias("made"))["made"].alias(name)
    answers = once.to_frame().with_columns(made.alias("made"))
    return column.to_frame().join(answers, on=name, how="left", nulls_equal=True, maintain_order="left")["made"].alias(name)


def folded(texts: pl.Series) -> pl.Series:
    """Return texts as `str.casefold` makes them, so that they can be compared whatever their letters' case.

    >>> folded(pl.Series(["PC-Straße", "pc-STRASSE", None])).to_list()
    ['pc-strasse', 'pc-strasse', None]
    """
    # Of a text in ASCII alone, that is its lower case.
    other = texts.str.len_bytes() != texts.str.len_chars()
    folds = [text.casefold() for text in texts.filter(other)]
    return texts.str.to_lowercase().scatter(other.arg_true(), folds) if folds else texts.str.to_lowercase()


def day_of(value: object) -> str | None:
    """Return one cell as YYYY-MM-DD if it can be told, else None (for the few device-level dates of a file).

    >>> day_of("20210304101512.000000+480"), day_of(1795338000), day_of("soon")
    ('2021-03-04', '2026-11-22', None)
    """
    text = str(value).strip() if value is not None else ""
    if text.lower() in PLACEHOLDERS or text in ZERO:
        return None
    digits = text.split(".")[0]
    if digits.isascii() and digits.isdigit() and len(digits) in (10, 13) and digits.startswith("1"):
        return (date(1970, 1, 1) + timedelta(seconds=int(digits[:10]))).isoformat()
    if digits.isascii() and digits.isdigit() and len(digits) in (8, 14):
        return _valid_day(digits[:4], digits[4:6], digits[6:8])
    found = text.replace("年", "-").replace("月", "-").replace("日", " ").replace("/", "-").replace("T", " ").split(" ")[0].split("-")
    if len(found) >= 3 and all(part.isascii() and part.isdigit() for part in found[:3]) and len(found[0]) == 4:
        return _valid_day(*found[:3])
    return None


def _valid_day(year: str, month: str, day: str) -> str | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if found.year > 1980 else None


def is_placeholder(value: str | None) -> bool:
    """Return whether a single cell says nothing."""
    return value is None or value.strip().lower() in PLACEHOLDERS


def last_five(key: str | None) -> str | None:
    """Return the last five characters of a product key, or None where there is no key.

    >>> last_five("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"), last_five("XXXXX"), last_five(" ")
    ('EEEEE', None, None)
    """
    if key is None or is_placeholder(key):
        return None
    tail = key.strip()[-5:].upper()
    return tail if len(tail) == 5 and tail.isalnum() and tail != MASKED else None


def whole_number(value: object) -> int | None:
    """Return an integer cell, or None where it holds none; 4294967295 is how WMI says "not set".

    >>> whole_number("1688"), whole_number("--"), whole_number(4294967295)
    (1688, None, None)
    """
    text = str(value).strip() if value is not None else ""
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
        return None
    number = int(text)
    return None if number == 4294967295 else number


def truth(text: object) -> bool | None:
    """Return a yes/no cell, or None where it says neither.

    >>> truth("TRUE"), truth("否"), truth(None)
    (True, False, None)
    """
    low = str(text).strip().casefold() if text is not None else ""
    return True if low in TRUE else False if low in FALSE else None
