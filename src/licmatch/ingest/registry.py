"""Which reader a file belongs to: every reader looks at the content, the surest one reads."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from licmatch.errors import InputError, Location, UsageError
from licmatch.ingest.document import Document
from licmatch.ingest.profiles import Profiles
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.unread import describe

MODULES = (
    "device_text",
    "console_table",
    "wazuh",
    "winget",
    "uninstall_csv",
    "osquery",
    "glpi",
    "inventory_xml",
    "uninstall_reg",
    "wmic_csv",
    "wmic_list",
    "dpkg",
    "rpm",
    "macos",
    "jamf",
    "homebrew",
    "fleet",
    "tencent_ioa",
    "cloud_consoles",
    "swid",
    "bills",
    "licensing_cim",
    "evidence_csv",
    "ospp",
    "slmgr",
    "console",
    "table",
)
CERTAIN = 0.9
PARQUET = FormatInfo("parquet", "Parquet file with Chinese or English headers", ("software", "devices", "units", "activations", "traces"))


@cache
def readers() -> tuple[Reader, ...]:
    """Return all readers, in a fixed order."""
    found: list[Reader] = []
    for name in MODULES:
        found.extend(import_module(f"licmatch.ingest.readers.{name}").READERS)
    return tuple(found)


def formats() -> tuple[FormatInfo, ...]:
    """Return every inventory format that can be read, by id."""
    return tuple(sorted((PARQUET, *(reader.info for reader in readers())), key=lambda info: info.id))


def reader_for(doc: Document, format: str | None = None, profiles: Profiles | None = None) -> Reader:
    """Return the reader for a file: the one named, else that of a mapping profile, else the one surest of the content.

    InputError names what was seen and what can be read; UsageError when no format has that name.
    """
    profiled = profiles.reader_of(doc, format) if profiles is not None else None
    if profiled is not None:
        return profiled
    if format is not None:
        for reader in readers():
            if reader.info.id == format:
                return reader
        raise UsageError(f"no format is called {format!r}", hint="one of " + ", ".join(info.id for info in formats()))
    best = surest_reader(doc)
    if best is None:
        refuse_licences(doc)
        raise InputError(
            f"the format is not recognised: {describe(doc)}",
            where=Location(doc.label),
            hint="of a table, say which column is which: `licmatch formats learn FILE -o PROFILE --column name=HEADER`, "
            "then --profile PROFILE (`match` takes --name HEADER too); `licmatch formats` lists what is read",
        )
    return best


def refuse_licences(doc: Document) -> None:
    """Raise InputError where a file that is no inventory is a list of licences, and say where that belongs."""
    from licmatch.ingest.rights import list_title

    title = list_title(doc)
    if title is not None:
        raise InputError(
            f"a list of licences, not of installed programs: {title}",
            where=Location(doc.label),
            hint="give it to `licmatch assess` with --entitlements",
        )


def surest_reader(doc: Document) -> Reader | None:
    """Return the reader that is surest of a file's content, or None where none knows it."""
    best, surest = None, 0.0
    for reader in readers():
        sure = reader.detect(doc)
        if sure > surest:
            best, surest = reader, sure
        # Shapes that sure exclude each other, so the rest need not look.
        if surest >= CERTAIN:
            break
    return best
