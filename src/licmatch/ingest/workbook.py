"""Whether a zipped workbook may be opened: how much it unpacks to, and how large its sheets say they are.

A workbook of a kilobyte can name a cell at the far end of a sheet, or unpack to gigabytes; the parser would take the memory first
and complain after. So each part is unpacked once, a megabyte at a time and kept nowhere, before the parser sees it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from licmatch.errors import InputError, Location

# A full sheet of a million rows and eight columns; a dump of programs beyond that is a CSV.
MAX_SHEET_CELLS = 1 << 23
MAX_UNPACKED = 400 << 20
MAX_MEMBERS = 10_000
CHUNK = 1 << 20
# A reference such as XFD1048576 on a cell or row; references that hide behind an entity are none a program writes.
REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,8})(\d{1,20})[\"']")
HIDDEN = re.compile(rb"\br\s*=\s*[\"'][^\"'<>]{0,40}&")
REPEATED_ROWS = re.compile(
    rb"number-rows-repeated\s*=\s*[\"'](\d{1,20})[\"'](.{0,4000}?)(?:</table:table-row|number-rows-repeated|\Z)", re.DOTALL
)
REPEATED_CELL = re.compile(rb"number-columns-repeated\s*=\s*[\"'](\d{1,20})[\"'][^>]*[^/]>")
TAIL = 256
EXPORT = "export it as CSV"


def refuse_bomb(data: bytes, label: str) -> None:
    """Raise InputError where a zipped workbook unpacks to more than is read, or has a sheet of more cells than are read."""
    where = Location(label)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise InputError(f"not a readable workbook: it has {len(members)} parts", where=where, hint=EXPORT)
            names = {member.filename.replace("\\", "/").lstrip("/").lower() for member in members}
            if any(name.endswith("workbook.bin") for name in names):
                raise InputError("binary workbooks (xlsb) are not read", where=where, hint="save it as .xlsx or export it as CSV")
            left = MAX_UNPACKED
            for member in members:
                left = _look_through(archive, member, left, where)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, UnicodeError) as error:
        hint = "if it is protected by a password, save it without one"
        raise InputError(f"not a readable workbook: {' '.join(str(error).split())[:200]}", where=where, hint=hint) from error


def _look_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, where: Location) -> int:
    """Unpack one part and return how much may still be unpacked."""
    name = member.filename.replace("\\", "/").lower()
    sheet, table = "worksheets/" in name and not name.endswith(".rels"), name.endswith("content.xml")
    rows = columns = 0
    tail = b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise InputError(f"the workbook unpacks to more than {MAX_UNPACKED >> 20} MiB", where=where, hint=EXPORT)
            if name.endswith(".xml") and len(chunk) == CHUNK and b"<" not in chunk:
                raise InputError("the workbook holds a text of more than a megabyte in one cell", where=where, hint=EXPORT)
            seen = tail + chunk
            if sheet:
                if HIDDEN.search(seen) is not None or (not tail and b"<" not in chunk[:8]):
                    raise InputError("not a readable workbook: its sheets are written as no program writes them", where=where, hint=EXPORT)
                for letters, number in set(REFERENCE.findall(seen)):
                    rows, columns = max(rows, int(number)), max(columns, _column(letters))
            elif table and _repeats(seen) > MAX_SHEET_CELLS:
                rows = columns = MAX_SHEET_CELLS
            if rows * max(columns, 1) > MAX_SHEET_CELLS:
                raise InputError("the sheet is too large to be read", where=Location(where.path, entry=member.filename[:100]), hint=EXPORT)
            tail = seen[-TAIL:]
    return left


def _column(letters: bytes) -> int:
    """Return the number of a column.

    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _repeats(seen: bytes) -> int:
    """Return how many cells with content a part of an OpenDocument table stands for; blank ones to its end do not count."""
    most = 0
    for found in REPEATED_ROWS.finditer(seen):
        wide = [int(times[1]) for times in REPEATED_CELL.finditer(found[2])]
        if wide or b"<text:p" in found[2]:
            most = max(most, int(found[1]) * max([1, *wide]))
    return max([most, *(int(times[1]) for times in REPEATED_CELL.finditer(seen))])
