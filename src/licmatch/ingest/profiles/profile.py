"""One mapping profile: which column of a console's export is which. A TOML file that a person can read, write and edit."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from licmatch.errors import InputError, Location
from licmatch.ingest.aliases import SOFTWARE
from licmatch.ingest.headers import plain_header

MAX_BYTES = 1 << 20
MAX_PROFILES = 1_000
# What a column may be: the software table, and what it may say about its devices.
COLUMNS = tuple(column for column in SOFTWARE if column != "source")
DEVICE_FROM = ("columns", "file", "folder")
DATE_ORDERS = ("year first", "day first", "month first")
LISTS = ("whole", "partial")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?")


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the tables of one console are read.

    `known_by`: headers that a table of this console has, all of them. `columns`: canonical column -> header. `keep`: header -> values;
    a row with another value there is rejected. `records`: where the records stand in a JSON document, keys with dots between.
    `device`: what names the computer, where no column does. `date_order`: how `install_date` is written.
    `software_list`: "partial" where the console does not list all programs of a computer, so that what it lacks is not absent.
    """

    profile: int
    id: str
    title: str = ""
    known_by: tuple[str, ...]
    columns: dict[str, str]
    keep: dict[str, tuple[str, ...]] = {}
    records: str = ""
    device: str = "columns"
    date_order: str = "year first"
    software_list: str = "whole"

    def headers(self) -> frozenset[str]:
        """Return every header the profile speaks of, folded for comparison."""
        return frozenset(plain_header(header) for header in (*self.known_by, *self.columns.values(), *self.keep))

    def plain(self) -> bool:
        """Return whether the profile only names columns, so that a table of any size can be scanned."""
        return (self.keep, self.records, self.device, self.date_order, self.software_list) == ({}, "", "columns", "year first", "whole")

    def fits(self, headers: Iterable[str]) -> bool:
        """Return whether a table with these headers is of this console."""
        return self.headers() <= {plain_header(header) for header in headers}


def read_profile(path: str | Path) -> Profile:
    """Return the profile in a file. InputError names the file and what is wrong in it."""
    where = Location(str(path))
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"the mapping profile cannot be read: {error.strerror}", where=where) from error
    if len(raw) > MAX_BYTES:
        raise InputError("the mapping profile is larger than 1 MiB", where=where)
    try:
        text = raw.decode("utf-8-sig")
        # TOML knows no limit of its own; real profiles hold tables in tables, no more.
        if max((line.count("[") for line in text.splitlines()), default=0) > 200:
            raise InputError("the mapping profile is nested too deeply", where=where)
        found = msgspec.convert(tomllib.loads(text), Profile)
    except UnicodeDecodeError as error:
        raise InputError("the mapping profile is not UTF-8", where=where) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"the mapping profile is no TOML: {error}", where=where) from error
    except msgspec.ValidationError as error:
        raise InputError(f"the mapping profile is not sound: {error}", where=where, hint="see `licmatch formats learn --help`") from error
    faults = list(_faults(found))
    if faults:
        raise InputError("the mapping profile is not sound: " + "; ".join(faults), where=where)
    return found


def _faults(profile: Profile) -> Iterable[str]:
    if profile.profile != 1:
        yield f"profile = {profile.profile}, and this version reads 1"
    if not _ID.fullmatch(profile.id):
        yield f"the id {profile.id!r} is not made of small letters, digits and hyphens"
    if not profile.known_by or any(not header.strip() for header in profile.known_by):
        yield "known_by names no header, so any table would be of this console"
    unknown = sorted(set(profile.columns) - set(COLUMNS))
    if unknown:
        yield f"no column is called {', '.join(unknown)} (there are {', '.join(COLUMNS)})"
    if "name" not in profile.columns:
        yield "columns does not say which one is the name of the software"
    twice = sorted({header for header in profile.columns.values() if list(profile.columns.values()).count(header) > 1})
    if twice:
        yield f"one header is two columns: {', '.join(twice)}"
    if profile.device not in DEVICE_FROM:
        yield f"device = {profile.device!r}, and it may be {', '.join(DEVICE_FROM)}"
    elif profile.device == "columns" and not {"device_id", "hostname"} & profile.columns.keys():
        yield 'no column names the computer: name device_id or hostname, or write device = "file" if each file is one computer'
    if profile.software_list not in LISTS:
        yield f"software_list = {profile.software_list!r}, and it may be {', '.join(LISTS)}"
    if profile.date_order not in DATE_ORDERS:
        yield f"date_order = {profile.date_order!r}, and it may be {', '.join(DATE_ORDERS)}"


def load_profiles(paths: Sequence[str | Path]) -> tuple[Profile, ...]:
    """Return the profiles of files and folders, in the order of their ids. InputError where two have one id, or a folder holds none."""
    found: dict[str, tuple[Profile, Path]] = {}
    for path in map(Path, paths):
        files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not files:
            raise InputError("the folder holds no mapping profile (*.toml)", where=Location(str(path)))
        if len(files) > MAX_PROFILES:
            raise InputError(f"the folder holds more than {MAX_PROFILES} mapping profiles", where=Location(str(path)))
        for file in files:
            profile = read_profile(file)
            before = found.get(profile.id)
            if before is not None and before[1] != file:
                raise InputError(f"the mapping profile {profile.id} is there already: {before[1]}", where=Location(str(file)))
            found[profile.id] = (profile, file)
    return tuple(profile for _, (profile, _) in sorted(found.items()))


def profile_text(profile: Profile, *, head: Sequence[str] = (), said: Mapping[str, str] | None = None) -> str:
    """Return a profile as TOML: `head` are comments above it, `said` a comment for each canonical column or header of `keep`."""
    why = said or {}
    lines = [*(f"# {line}" for line in head), "profile = 1", f"id = {_toml(profile.id)}", f"title = {_toml(profile.title)}"]
    lines.append(f"known_by = [{', '.join(_toml(header) for header in profile.known_by)}]")
    if profile.records:
        lines.append(f"records = {_toml(profile.records)}")
    lines += [f"device = {_toml(profile.device)}", f"date_order = {_toml(profile.date_order)}"]
    lines += [f"software_list = {_toml(profile.software_list)}", "", "[columns]"]
    for column, header in profile.columns.items():
        lines += [*(f"# {line}" for line in _comment(why.get(column))), f"{column} = {_toml(header)}"]
    if profile.keep:
        lines += ["", "[keep]"]
        for header, values in profile.keep.items():
            lines += [*(f"# {line}" for line in _comment(why.get(header)))]
            lines.append(f"{_toml(header)} = [{', '.join(_toml(value) for value in values)}]")
    return "\n".join(lines) + "\n"


def _comment(text: str | None) -> list[str]:
    return [] if text is None else ["".join(sign for sign in text if sign.isprintable())]


def _toml(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
