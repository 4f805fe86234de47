"""How signatures see a text: one normaliser for names and traces, and the shapes a name takes when it is spelt to be overlooked."""

from __future__ import annotations

import re

import polars as pl

from licmatch.normalize.mojibake import repair
from licmatch.normalize.name_steps import drop_invisible, folded, readable

# Anything between words but one blank, and blanks at the ends.
_APART = r"[\s--\x20]|[·•‧∙・]|  |^ | $"
# What separates the words of a name: "kms auto", "kms_auto", "kms.auto".
SEPARATOR = "[ ._+~-]"
# A trace may be a long path or command line; its end tells as much as its beginning.
TRACE_HEAD, TRACE_TAIL = 3000, 1000

_SPELT = r"[ ._+~*|-]{1,3}"
_LETTERS = re.compile(rf"(?<![0-9a-z])[a-z@](?:{_SPELT}[a-z@](?![0-9a-z]))+")
_LETTERS_AND_DIGITS = re.compile(rf"(?<![0-9a-z])[0-9a-z@](?:{_SPELT}[0-9a-z@](?![0-9a-z]))+")
_HAN = "一-鿿㐀-䶿"
_HAN_RUN = re.compile(rf"(?<![{_HAN}])[{_HAN}](?:{_SPELT}[{_HAN}](?![{_HAN}]))+")
_SPACED = (
    rf"(?:^|[^0-9a-z])[a-z]{_SPELT}[0-9a-z@]{_SPELT}[0-9a-z](?:$|[^0-9a-z])"
    rf"|[{_HAN}]{_SPELT}[{_HAN}]{_SPELT}[{_HAN}]"
)  # fmt: skip
_SPACED_PATTERN = re.compile(_SPACED)
_BETWEEN = re.compile(r"[^0-9a-z一-鿿㐀-䶿@]+")

# Words that say nothing about what a thing is: how it is packed, which version, where it comes from.
_PACKING = (
    r"(^|[^0-9a-z])(?:final|portable|setup|install(?:er)?|full|free|download|latest|new|stable|beta|rc|release|build|edition|version"
    r"|crack(?:ed)?|repack|multilingual|english|chinese|x64|x86|amd64|win(?:32|64)|(?:32|64)[ -]?(?:bit|位)|by)($|[^0-9a-z])"
)
_PACKING_HAN = (
    "(?:绿色|便携|中文|汉化|简体|正式|最新|官方|免费|完整|单文件|增强|纯净|免安装|无毒|稳定)+(?:版本?)?|下载(?:版|地址)?|安装(?:包|程序|版)"
    "|激活(?:版|码)?|工具|软件|程序|助手"
)
_NUMBER = r"(^|[^0-9a-z])(?:v|ver|r|mk|b|rc|sp|build)?[ .]?[0-9]+(?:[._-][0-9]+)*[a-z]?[0-9]?($|[^0-9a-z])"


def signature_text(names: pl.Series) -> pl.Series:
    """Return names as signatures see them: mojibake repaired, no invisible characters, NFKC, lower case, simplified, single blanks.

    >>> signature_text(pl.Series(["ＫＭＳ\u200bpico  軟體"])).to_list()
    ['kmspico 软体']
    """
    return text_of_readable(readable(names))


def text_of_readable(names: pl.Series) -> pl.Series:
    """Return what `signature_text` does, of names that are `readable` already."""
    return text_of_folded(folded(drop_invisible(names)))


def text_of_folded(names: pl.Series) -> pl.Series:
    """Return what `signature_text` does, of names that are `name_steps.folded` already."""
    rows = names.str.contains(_APART).fill_null(False).arg_true()
    if rows.len() == 0:
        return names
    return names.clone().scatter(rows, names.gather(rows).str.replace_all(r"[\s·•‧∙・]+", " ").str.strip_chars())


def trace_text(values: pl.Series) -> pl.Series:
    """Return traces as signatures see them: as `signature_text`, but of a very long value its end is kept too."""
    long = (values.str.len_chars() > TRACE_HEAD + TRACE_TAIL).fill_null(False).arg_true()
    if long.len():
        whole = values.gather(long)
        values = values.clone().scatter(long, whole.str.head(TRACE_HEAD) + " " + whole.str.tail(TRACE_TAIL))
    return text_of_readable(repair(values))


def bare(texts: pl.Series) -> pl.Series:
    """Return normalised names without versions and packing words: what is left is the name of the thing.

    >>> bare(pl.Series(["aact v4.2.5 portable", "windows 7 loader 绿色版下载", "microsoft.toolkit"])).to_list()
    ['aact', 'windows loader', 'microsoft toolkit']
    """
    texts = texts.str.replace_all(_PACKING_HAN, " ")
    # Twice: a match eats the blank that the next word needs.
    for pattern in (_NUMBER, _NUMBER, _PACKING, _PACKING):
        texts = texts.str.replace_all(pattern, "${1} ${2}")
    return texts.str.replace_all(r"[ ._+~,()&-]+", " ").str.strip_chars()


def spelt_out(texts: pl.Series) -> pl.Series:
    """Return the rows (UInt32) of normalised texts in which letters stand one by one: "k m s p i c o", "K.M.S", "小 马 激 活"."""
    return texts.to_frame("t").select(has_spelt_out(pl.col("t")).fill_null(False)).to_series().arg_true()


def has_spelt_out(text: pl.Expr) -> pl.Expr:
    """Return whether letters stand one by one in normalised texts, as `spelt_out` finds them."""
    return text.str.contains(_SPACED)


def may_be_spelt_out(text: str) -> bool:
    """Say of one text what `has_spelt_out` says of a column."""
    return _SPACED_PATTERN.search(text) is not None


def joined(text: str) -> tuple[str, ...]:
    """Return what a text says when letters that stand one by one are put together, digits left apart and joined.

    >>> joined("k m s p i c o 1 0"), joined("小 马 激 活")
    (('kmspico 1 0', 'kmspico10'), ('小马激活',))
    """
    han = _HAN_RUN.sub(_together, text)
    found = dict.fromkeys((_LETTERS.sub(_together, han), _LETTERS_AND_DIGITS.sub(_together, han)))
    return tuple(one for one in found if one != text)


def squeezed(text: str) -> str:
    """Return a text without anything between its letters, digits and Han characters.

    >>> squeezed("heu kms-activator")
    'heukmsactivator'
    """
    return _BETWEEN.sub("", text)


def _together(found: re.Match[str]) -> str:
    return re.sub(_SPELT, "", found[0])
