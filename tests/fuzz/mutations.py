"""Changes to a small valid file, as hostile or broken files come about: of its bytes, lines, cells, JSON values, XML elements.

A change is a step `(which, seed)`: two numbers, so that hypothesis can shrink a list of them and a finding can be written down.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Sequence

Step = tuple[int, int]
Mutation = Callable[[bytes, random.Random], bytes]
# Larger inputs cost time and find nothing else; only `_swollen` goes up to the other bound.
MAX_BYTES = 1 << 16
MAX_SWOLLEN = 1 << 20

# What broke readers elsewhere, and what the brief of hostile inputs names.
BYTES = (
    b"\0", b"\0\0\0\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xed\xa0\x80", b"\xed\xb0\x80\xed\xa0\x80", b"\xff", b"\x80", b"\x1a", b"\x0c",
    b"\r", b"\n", b"\r\r\n", b"\x85", b"\xe2\x80\xa8", b'"', b"'", b",", b"\t", b"|", b";", b"\\", b"=", b":", b"[", b"{", b"]", b"}", b"<", b">",
    "微软".encode("gb18030"), "軟體".encode("big5"), "微软".encode("utf-16-le"), b"\x1b[2J", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;",
)  # fmt: skip
TEXTS = (
    "", " ", "\u3000", "0", "-1", "1e999", "-1e999", "NaN", "inf", "1" * 40, "9" * 400, "9" * 5000, "0x", "null", "None", "true", "=cmd|' /C calc'!A0",
    "@SUM(1)", "+1", "\u202eexe.txt", "\u200b\u200d\ufeff", "\u0130\u0131", "ﬀ", "A\u0300" * 50, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "9999-99-99", "0000-00-00", "99999-01-01", "2026-02-30", "31/12/0000", "13/13/2026", "00000000000000.000000+000", "1601-01-01", "25:61:61",
    "../../../etc/passwd", "C:\\..\\..", "CON", "\\\\?\\x", "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", "\x00", "\ufffe", "a" * 3000, "名" * 2000, "{}", "[]",
    "255.255.255.999", "::ffff:1", "http://[", "%s%n", "{0}", "$(x)", "（", "\u2028", "{90160000-0011-0000-1000-0000000FF1CE}", "合计", "同上",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 10**30, -(2**63), 2**64, 1.5, 1e308, "", [], {}, [None], [[]], [{}], {"": None}, {"a": {"a": {}}}, [1, "a", None, {}],
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "utf-32", "latin-1")


def mutated(seed: bytes, steps: Sequence[Step], others: Sequence[bytes] = ()) -> bytes:
    """Return the file after all steps; the same steps give the same bytes."""
    data = seed
    for which, number in steps:
        draw = random.Random(number)
        mutation = MUTATIONS[which % len(MUTATIONS)]
        data = _spliced(data, draw, others) if mutation is _spliced_mark else mutation(data, draw)
        data = data[: MAX_SWOLLEN if mutation is _swollen else MAX_BYTES]
    return data


def _place(data: bytes, draw: random.Random) -> int:
    return draw.randrange(len(data) + 1)


def _flipped(data: bytes, draw: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 8))):
        if made:
            made[draw.randrange(len(made))] = draw.randrange(256)
    return bytes(made)


def _inserted(data: bytes, draw: random.Random) -> bytes:
    at = _place(data, draw)
    return data[:at] + draw.choice(BYTES) * draw.choice((1, 1, 1, 2, 300)) + data[at:]


def _cut(data: bytes, draw: random.Random) -> bytes:
    first, last = sorted((_place(data, draw), _place(data, draw)))
    return data[:first] + data[min(last, first + draw.choice((1, 2, 10, 100, 10_000))) :]


def _truncated(data: bytes, draw: random.Random) -> bytes:
    return data[: _place(data, draw)]


def _doubled(data: bytes, draw: random.Random) -> bytes:
    first, last = sorted((_place(data, draw), _place(data, draw)))
    return data[:last] + data[first:last] * draw.choice((1, 1, 2, 20)) + data[last:]


def _swollen(data: bytes, draw: random.Random) -> bytes:
    """Repeat a piece until the file is large: what takes time with the square of the size shows here."""
    if draw.random() < 0.9:
        return data
    first = _place(data, draw)
    piece = data[first : first + draw.choice((1, 2, 8, 60, 400))]
    return data[:first] + piece * ((MAX_SWOLLEN - len(data)) // max(len(piece), 1)) + data[first:]


def _spliced_mark(data: bytes, draw: random.Random) -> bytes:
    raise AssertionError("stands for `_spliced`, which needs the other files")


def _spliced(data: bytes, draw: random.Random, others: Sequence[bytes]) -> bytes:
    if not others:
        return data
    other = draw.choice(others)
    return data[: _place(data, draw)] + other[_place(other, draw) :]


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _as_text(change: Callable[[str, random.Random], str]) -> Mutation:
    def mutation(data: bytes, draw: random.Random) -> bytes:
        if data.startswith(b"PK\x03\x04"):
            return _in_archive(data, draw, change)
        encoding = _encoding(data)
        return change(data.decode(encoding, "replace"), draw).encode(encoding, "replace")

    return mutation


def _in_archive(data: bytes, draw: random.Random, change: Callable[[str, random.Random], str]) -> bytes:
    """Change one member of a zip archive (a workbook), and write the archive again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist() if info.file_size <= MAX_SWOLLEN]
    except Exception:
        return data
    if not members:
        return data
    at = draw.randrange(len(members))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (name, content) in enumerate(members):
            text = change(content.decode("utf-8", "replace"), draw).encode("utf-8", "replace") if place == at else content
            try:
                archive.writestr(zipfile.ZipInfo(name[:200] or "x"), text)
            except (ValueError, UnicodeError):
                continue
    return made.getvalue()


def _reencoded(text: str, draw: random.Random) -> bytes:
    return text.encode(draw.choice(ENCODINGS), "replace")


def _other_encoding(data: bytes, draw: random.Random) -> bytes:
    return _reencoded(data.decode(_encoding(data), "replace"), draw)


def _mixed_encodings(data: bytes, draw: random.Random) -> bytes:
    """One file out of two, as `>>` of two consoles makes them."""
    text = data.decode(_encoding(data), "replace")
    at = draw.randrange(len(text) + 1)
    return _reencoded(text[:at], draw) + _reencoded(text[at:], draw)


def _lines(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    at, to = draw.randrange(len(lines)), draw.randrange(len(lines))
    what = draw.randrange(6)
    if what == 0:
        del lines[at]
    elif what == 1:
        lines.insert(to, lines[at])
    elif what == 2:
        lines[at], lines[to] = lines[to], lines[at]
    elif what == 3:
        lines[at : at + 1] = [lines[at]] * draw.choice((2, 30))
    elif what == 4:
        lines[at] = lines[at] + (lines.pop(at + 1) if at + 1 < len(lines) else "")
    else:
        lines.insert(at, draw.choice(TEXTS))
    return "\n".join(lines)


_WORD = re.compile(r"[^\s,;|\t\"'<>{}\[\]=:]+")


def _words(text: str, draw: random.Random) -> str:
    """Put something unlikely where a word, a number or a cell stood."""
    found = list(_WORD.finditer(text))
    if not found:
        return text + draw.choice(TEXTS)
    hit = draw.choice(found)
    return text[: hit.start()] + draw.choice(TEXTS) + text[hit.end() :]


def _exchanged_words(text: str, draw: random.Random) -> str:
    found = list(_WORD.finditer(text))
    if len(found) < 2:
        return text
    one, other = sorted(draw.sample(found, 2), key=lambda hit: hit.start())
    return text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]


def _cells(text: str, draw: random.Random) -> str:
    """Change one record of a delimited text: fewer cells, more, a header twice, an odd one."""
    delimiter = max(",\t;|", key=text.count)
    rows = (
        list(csv.reader(io.StringIO(text[:MAX_BYTES].replace("\0", ""), newline=""), delimiter=delimiter)) if len(text) < MAX_BYTES else []
    )
    rows = [row for row in rows if row]
    if not rows:
        return text
    row = rows[draw.randrange(len(rows))] if draw.random() < 0.6 else rows[0]
    at = draw.randrange(len(row))
    what = draw.randrange(6)
    if what == 0:
        del row[at]
    elif what == 1:
        row.insert(at, draw.choice(TEXTS))
    elif what == 2:
        row[at] = draw.choice(row)
    elif what == 3:
        row[at] = draw.choice(TEXTS)
    elif what == 4:
        row.extend(draw.choice(TEXTS) for _ in range(draw.choice((1, 5, 400))))
    else:
        for other in rows:
            other.insert(min(at, len(other)), other.pop(draw.randrange(len(other))) if other else "")
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator="\r\n", escapechar="\\").writerows(rows)
    return made.getvalue()


def _json(text: str, draw: random.Random) -> str:
    """Put another value into a JSON text: another type, a key gone or new, a part inside itself, far too deep."""
    try:
        return _json_again(json.loads(text.removeprefix("\ufeff")), draw)
    except (ValueError, RecursionError):
        pass
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    try:
        lines[at] = _json_again(json.loads(lines[at]), draw)
    except (ValueError, RecursionError):
        return _words(text, draw)
    return "\n".join(lines)


def _json_again(value: object, draw: random.Random) -> str:
    places: list[tuple[object, object]] = []
    waiting = [value]
    while waiting and len(places) < 5000:
        held = waiting.pop()
        if isinstance(held, dict):
            places.extend((held, key) for key in held)
            waiting.extend(held.values())
        elif isinstance(held, list):
            places.extend((held, at) for at in range(len(held)))
            waiting.extend(held)
    if not places:
        return json.dumps(draw.choice(VALUES))
    held, key = draw.choice(places)
    what = draw.randrange(8)
    inside = held[key]  # type: ignore[index]
    if what <= 2:
        held[key] = draw.choice(VALUES)  # type: ignore[index]
    elif what == 3:
        held[key] = draw.choice(TEXTS)  # type: ignore[index]
    elif what == 4:
        del held[key]  # type: ignore[attr-defined]
    elif what == 5:
        other, at = draw.choice(places)
        held[key] = json.loads(json.dumps(other[at])) if held is not other else draw.choice(VALUES)  # type: ignore[index]
    elif what == 6:
        depth = draw.choice((2, 50, 1500))
        return json.dumps(value, ensure_ascii=False).replace(json.dumps(inside, ensure_ascii=False), "[" * depth + "]" * depth, 1)
    elif isinstance(held, dict):
        held[draw.choice(TEXTS)] = inside
    else:
        held.extend([inside] * draw.choice((1, 20)))  # type: ignore[attr-defined]
    return json.dumps(value, ensure_ascii=draw.random() < 0.5)


_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")


def _tags(text: str, draw: random.Random) -> str:
    """Change one tag of an XML text: gone, twice, inside itself, another's, with attributes."""
    found = list(_TAG.finditer(text))
    if not found:
        return _words(text, draw)
    hit = draw.choice(found)
    tag = hit[0]
    again = draw.choice(
        (
            "",
            tag * 2,
            draw.choice(found)[0],
            tag * draw.choice((30, 3000)),
            "<![CDATA[ ]]>" + tag,
            "<!-- " + tag,
            tag.replace(">", ' a="1" a="2">'),
            tag.replace(">", ' xmlns="u" x:y="z">'),
            "&lt;&#0;&#xFFFFFFFF;&x;" + tag,
            tag.upper(),
            "<?xml version='1.1' encoding='utf-7'?>" + tag,
        )
    )
    return text[: hit.start()] + again + text[hit.end() :]


MUTATIONS: tuple[Mutation, ...] = (
    _flipped, _inserted, _cut, _truncated, _doubled, _swollen, _spliced_mark, _other_encoding, _mixed_encodings,
    *map(_as_text, (_lines, _words, _words, _exchanged_words, _cells, _cells, _json, _json, _tags)),
)  # fmt: skip
