"""What happens to names between the registry and the file: mojibake, lost characters, full-width letters, stray blanks."""

from __future__ import annotations

from licmatch.demo.draw import Draw, Weighted

NO_BREAK_SPACE = "\u00a0"
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
# The best fit that Windows itself makes for characters its Chinese code page lacks.
_ANSI_FIT = str.maketrans({NO_BREAK_SPACE: " ", "®": "R", "™": "T", "é": "e"})

_FOR_CHINESE = Weighted(
    (("mojibake", 3.0), ("lossy", 1.0), ("trailing blank", 2.0), ("no-break space", 2.0), ("doubled space", 1.0), ("full width", 2.0))
)
_FOR_LATIN = Weighted((("trailing blank", 3.0), ("no-break space", 2.0), ("doubled space", 2.0), ("full width", 1.0)))


def as_ansi(text: str) -> str:
    """Return the text as a Chinese Windows writes it in its ANSI code page (GBK) and reads it back.

    >>> as_ansi("英特尔®\\u00a0显卡 Ünicode")
    '英特尔R 显卡 ?nicode'
    """
    return text.translate(_ANSI_FIT).encode("gbk", "replace").decode("gbk")


def as_ascii(text: str) -> str:
    """Return the text as PowerShell 5.1 exports it without an encoding: everything beyond ASCII is `?` and lost."""
    return text.encode("ascii", "replace").decode("ascii")


def as_mojibake(text: str) -> str:
    """Return GBK bytes read as Latin-1.

    >>> as_mojibake("微信")
    'Î¢ÐÅ'
    """
    return text.encode("gbk", "replace").decode("latin-1")


def damaged(name: str, draw: Draw) -> tuple[str, str]:
    """Return the name spoilt in one way, and the way's name; a way that cannot touch this name leaves a trailing blank instead."""
    kind = draw.weighted(_FOR_LATIN if name.isascii() else _FOR_CHINESE)
    if kind == "mojibake":
        spoilt = as_mojibake(name)
        # Control characters never come out of a dump intact, so such a name is lost rather than garbled.
        return (spoilt, kind) if spoilt.isprintable() else (as_ascii(name), "lossy")
    if kind == "lossy":
        return as_ascii(name), kind
    if kind == "full width" and any(char.isascii() and char.isalnum() for char in name):
        return _widen_a_word(name), kind
    if kind in ("no-break space", "doubled space") and " " in name:
        return name.replace(" ", NO_BREAK_SPACE if kind == "no-break space" else "  ", 1), kind
    return name + " ", "trailing blank"


def _widen_a_word(name: str) -> str:
    """Return the name with its last word of letters or digits in full-width forms, as a typist's input method leaves it."""
    words = name.split(" ")
    for i in range(len(words) - 1, -1, -1):
        if any(char.isascii() and char.isalnum() for char in words[i]):
            words[i] = words[i].translate(_FULL_WIDTH)
            break
    return " ".join(words)
