"""Proposes a mapping profile for a table nobody has described: headers and cells are weighed, and each choice says why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from licmatch.errors import InputError, Location, UsageError
from licmatch.ingest.aliases import SOFTWARE
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.headers import plain_header
from licmatch.ingest.lazy_table import refuse_counts
from licmatch.ingest.profiles.contents import Column, Recogniser, columns_of
from licmatch.ingest.profiles.profile import Profile
from licmatch.ingest.profiles.reader import reader_of
from licmatch.ingest.profiles.tables import Found, candidates
from licmatch.ingest.profiles.words import CHANGE, COUNTED, HINTS, INSTALLED, REMOVED
from licmatch.ingest.registry import surest_reader

# In this order columns are told apart where two fit equally.
ROLES = (
    "name", "version", "publisher", "device_id", "hostname", "install_date", "install_location", "product_code", "unit_id", "os_name",
    "collected_at",
)  # fmt: skip
ENOUGH = 0.35
_ALIASES = {role: frozenset(plain_header(alias) for alias in (role, *SOFTWARE[role])) for role in ROLES}
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a choice: the id of its text (`learn.<code>`) and what to fill in."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One column of the profile: which, what it is, how sure (0 to 1), and why."""

    column: str
    header: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile with the reasons for every line of it, the headers it leaves alone, and what reading the file by it gives."""

    profile: Profile
    choices: tuple[Choice, ...]
    notes: tuple[Reason, ...]
    left: tuple[str, ...]
    rows: int
    rejected: int
    devices: int


def learn(doc: Document, engine: Recogniser, *, name: str | None = None, columns: Mapping[str, str] | None = None) -> Proposal:
    """Return a mapping profile for the table in a file. `name` is the id of the profile; without it the file's name is.

    `columns` are canonical columns whose header is known already. UsageError where there is no such column or header; InputError where
    no table has a column of software, where it counts computers instead of naming them, or where it is a log of changes.
    """
    asked = dict(columns or {})
    unknown = sorted(set(asked) - set(ROLES))
    if unknown:
        raise UsageError(f"no column is called {', '.join(unknown)}", hint="one of " + ", ".join(ROLES))
    best: tuple[float, Found, list[Column], list[Choice]] | None = None
    seen: list[str] = []
    for found in candidates(doc):
        seen += found.grid.headers
        if not set(asked.values()) <= set(found.grid.headers):
            continue
        looked = columns_of(found.grid, engine)
        choices = _choose(looked, asked)
        value = sum(choice.score for choice in choices) if any(choice.column == "name" for choice in choices) else 0.0
        if value > 0 and (best is None or value > best[0]):
            best = (value, found, looked, choices)
    absent = sorted(header for header in asked.values() if header not in seen)
    if absent and seen:
        raise UsageError(
            f"no column is called {', '.join(absent)}",
            where=Location(doc.label),
            hint="the headers are " + ", ".join(dict.fromkeys(seen[:40])),
        )
    if best is None:
        raise InputError(
            "no table with a column of software names was found",
            where=Location(doc.label),
            hint="it needs a row of headers; say which column names the software with --column name=HEADER"
            + (f"; the headers are {', '.join(dict.fromkeys(seen[:40]))}" if seen else ""),
        )
    _, found, looked, choices = best
    _refuse_what_is_no_scan(doc, looked, choices)
    named = {choice.column for choice in choices}
    keep, notes = _states(looked)
    used = {choice.header for choice in choices}
    if not named & {"device_id", "hostname"}:
        notes.append(Reason("device-by-file"))
    known = surest_reader(doc)
    if known is not None:
        notes.append(Reason("read-already", (("format", known.info.id),)))
    profile = Profile(
        profile=1,
        id=profile_id(name if name is not None else doc.stem),
        title=(name or doc.stem)[:100],
        known_by=tuple(column.header for column in looked if column.header in keep or column.header in used),
        columns={choice.column: choice.header for choice in sorted(choices, key=lambda choice: ROLES.index(choice.column))},
        keep=keep,
        records=found.place if doc.head.startswith("{") and doc.json is not None else "",
        device="columns" if named & {"device_id", "hostname"} else "file",
        date_order=_date_order(looked, choices, notes),
    )
    left = tuple(column.header for column in looked if column.header not in profile.known_by)
    return Proposal(profile, tuple(choices), tuple(notes), left, *_tried(doc, profile))


def profile_id(text: str) -> str:
    """Return an id made of a name: small letters, digits and hyphens.

    >>> profile_id("ACME Console (2026)"), profile_id("终端软件")
    ('acme-console-2026', 'console')
    """
    return _SLUG.sub("-", text.casefold()).strip("-")[:60].strip("-") or "console"


def _choose(columns: Sequence[Column], asked: Mapping[str, str]) -> list[Choice]:
    weighed = [choice for column in columns for role in ROLES if (choice := _weigh(column, role)) is not None]
    places = {column.header: place for place, column in enumerate(columns)}
    weighed.sort(key=lambda choice: (-choice.score, ROLES.index(choice.column), places[choice.header]))
    taken = {column: Choice(column, header, 1.0, (Reason("asked"),)) for column, header in asked.items()}
    for choice in weighed:
        if choice.column not in taken and choice.header not in {each.header for each in taken.values()}:
            taken[choice.column] = choice
    return sorted(taken.values(), key=lambda choice: places[choice.header])


def _weigh(column: Column, role: str) -> Choice | None:
    header, reasons = _header(column.header, role)
    cells, seen = _cells(column, role)
    if seen is not None:
        reasons.append(seen)
    # Cells that contradict the header outweigh it; where they say nothing of it, the header decides.
    score = 0.6 * header + 0.4 * cells if cells >= 0 else 0.6 * header - 0.6
    if role == "hostname" and not header and (column.share("numbered") < 0.9 or column.repeats < 2 or len(column.values) < 3):
        return None
    if score < ENOUGH or (role in ("device_id", "unit_id", "os_name", "collected_at") and not header):
        return None
    return Choice(role, column.header, round(score, 3), tuple(reasons))


def _header(text: str, role: str) -> tuple[float, list[Reason]]:
    plain = plain_header(text)
    # A key of an object inside an object tells by its last word.
    last = plain_header(text.rpartition(".")[2])
    if plain in _ALIASES[role] or last in _ALIASES[role]:
        return 1.0, [Reason("header-is", (("header", text),))]
    held = max((word for word in HINTS[role] if word in plain), key=len, default=None)
    if held is None:
        return 0.0, []
    return 0.5 + min(len(held), 8) / 20, [Reason("header-has", (("word", held),))]


def _cells(column: Column, role: str) -> tuple[float, Reason | None]:
    """Return how much the cells speak for a role, -1 to 1, and the reason to tell."""
    share, count = column.share, len(column.values)
    if not count:
        return 0.0, None

    def told(code: str, part: float) -> Reason:
        return Reason(code, (("share", f"{100 * part:.0f}"), ("count", count)))

    no_words = 1 - share("words")
    match role:
        case "name":
            products = min(share("product") * 8, 1.0)
            if no_words > 0.6 or (share("host") > 0.9 and not products):
                return -1.0, None
            return max(products, 0.25), told("cells-products", share("product")) if products else None
        case "publisher":
            makers = min(share("maker") * 3, 1.0)
            if no_words > 0.5 or share("product") > max(0.5, share("maker")):
                return -1.0, None
            return makers, told("cells-makers", share("maker")) if makers else None
        case "version":
            # Four numbers with points are an address as well, and a lone number may be anything: among versions they are versions.
            versions = share("version") + (1.0 if share("version") else 0.4) * (share("address") + share("number"))
            return (versions, told("cells-versions", versions)) if versions > 0.3 else (-1.0, None)
        case "install_date" | "collected_at":
            return (share("date"), told("cells-dates", share("date"))) if share("date") > 0.3 else (-1.0, None)
        case "install_location":
            return (share("path"), told("cells-paths", share("path"))) if share("path") > 0.3 else (-1.0, None)
        case "product_code":
            return (share("code"), told("cells-codes", share("code"))) if share("code") > 0.3 else (-1.0, None)
        case "device_id" | "hostname":
            if share("product") > 0.2 or share("date") > 0.5 or share("path") > 0.5 or share("version") > 0.5 or share("address") > 0.5:
                return -1.0, None
            ids = share("hex") + share("code") + share("number") + 0.9 * share("host") if role == "device_id" else share("host")
            blocks = 0.5 if column.repeats >= 2 else 0.0
            reason = Reason("cells-repeat", (("count", count), ("rows", column.filled))) if blocks else None
            return min(blocks + 0.5 * ids, 1.0), reason
        case "unit_id":
            return (0.5 if column.repeats >= 2 else 0.0) if share("words") > 0.5 else -1.0, None
    return 0.3, None


def _refuse_what_is_no_scan(doc: Document, columns: Sequence[Column], choices: Sequence[Choice]) -> None:
    headers = [column.header for column in columns]
    if {choice.column for choice in choices} & {"device_id", "hostname"}:
        changes = next((c for c in columns if _is_change(c)), None)
        if changes is not None:
            raise InputError(
                f"CHANGES_ONLY: the column {changes.header} tells of changes ({', '.join(sorted(changes.values)[:4])}), "
                "so the table is a log and not a list of what is installed",
                where=Location(doc.label),
                hint="export the state of the computers instead",
            )
        return
    counted = [c.header for c in columns if c.share("number") > 0.8 and any(word in plain_header(c.header) for word in COUNTED)]
    refuse_counts(doc.label, headers, {})
    if counted:
        raise InputError(
            "AGGREGATE_ONLY: the table counts devices per program and names none, so it is not a scan",
            where=Location(doc.label),
            hint="export the per-device report instead",
        )


def _words(column: Column) -> frozenset[str]:
    return frozenset(value.casefold() for value in column.values) if len(column.values) <= 12 else frozenset()


def _is_change(column: Column) -> bool:
    words = _words(column)
    return bool(words & INSTALLED and words & REMOVED) and any(word in plain_header(column.header) for word in CHANGE)


def _states(columns: Sequence[Column]) -> tuple[dict[str, tuple[str, ...]], list[Reason]]:
    """Return what rows to keep where a column says of each whether the program is still there."""
    for column in columns:
        words = _words(column)
        if words & INSTALLED and words & REMOVED:
            kept = tuple(value for value in column.values if value.casefold() not in REMOVED)
            gone = [value for value in column.values if value.casefold() in REMOVED]
            return {column.header: kept}, [Reason("keep", (("header", column.header), ("gone", ", ".join(gone))))]
    return {}, []


def _date_order(columns: Sequence[Column], choices: Sequence[Choice], notes: list[Reason]) -> str:
    header = next((choice.header for choice in choices if choice.column == "install_date"), None)
    day_first, month_first = next((c.turned for c in columns if c.header == header), (0, 0))
    if bool(day_first) == bool(month_first):
        return "year first"
    order = "day first" if day_first else "month first"
    notes.append(Reason("dates-day" if day_first else "dates-month", (("header", header), ("count", day_first or month_first))))
    return order


def _tried(doc: Document, profile: Profile) -> tuple[int, int, int]:
    """Return how many rows, rejected rows and devices the profile reads out of the file it was learned from."""
    gather = Gather()
    gather.begin()
    reader_of(profile).read(doc, gather)
    software, devices, _, _, _, rejected, _ = gather.finish()
    return software.collect().height, rejected.height, devices.height
