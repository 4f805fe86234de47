"""The tables that management consoles export: known by headers no other table has, and what each of their columns means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from licmatch.errors import InputError, Location
from licmatch.ingest.canonical import says_nothing
from licmatch.ingest.headers import find_columns, plain_header
from licmatch.ingest.moments import slashed_iso, slashed_order
from licmatch.ingest.records import FormatInfo

SCAN = ("software", "devices")
# Reports that count devices are lists of names: `match` reads them, nothing else can be made of them.
NAMES = ("names",)
PHONE = "a phone or tablet, no computer"
CHANGED = "action"


@dataclass(frozen=True, slots=True)
class Console:
    """A console's table. `marks`: sets of folded headers (`folded`), one of which it has; `never`: those it does not have.

    `columns`: canonical column -> folded headers, best first; where its cell says nothing, that of the next one stands.
    `dates` are canonical columns; `order` says how the console writes days that end in the year, where no date of the file tells.
    `refused`: header -> pattern and reason of rows that are no installations on computers. `coverage`: what the list leaves out,
    if it leaves out anything: then what is not listed may be there all the same.
    """

    info: FormatInfo
    marks: Sequence[frozenset[str]]
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    dates: Sequence[str] = ("install_date", "collected_at")
    order: str | None = None
    refused: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    coverage: str = ""

    @property
    def id(self) -> str:
        return self.info.id

    @property
    def counts(self) -> bool:
        """Return whether its rows are counts of devices, so that it is a list of names and no scan."""
        return self.info.emits == NAMES

    def fits(self, headers: Iterable[str]) -> bool:
        """Return whether a header row is this console's."""
        return self.has(frozenset(map(folded, headers)))

    def has(self, own: frozenset[str]) -> bool:
        """Return the same for headers that are folded already."""
        return not own & self.never and any(marks <= own for marks in self.marks)

    def find(self, headers: Sequence[str]) -> dict[str, str]:
        """Return canonical column -> header; what the console's own words do not settle is found as in any plain table."""
        own = _own(headers)
        found = {column: own[names[0]] for column, words in self.columns.items() if (names := [word for word in words if word in own])}
        others = [header for header in headers if header not in found.values()]
        return {column: header for column, header in find_columns("software", others).items() if column not in found} | found

    def readable(self, text: pl.LazyFrame, headers: Sequence[str]) -> list[pl.Expr]:
        """Return the expressions that fill blank cells from their next best column and write the dates of this file as ISO."""
        own, found = _own(headers), self.find(headers)
        filled: dict[str, pl.Expr] = {}
        for words in self.columns.values():
            best, *rest = [own[word] for word in words if word in own] or [""]
            for header in rest:
                cell = filled.get(best, pl.col(best))
                filled[best] = pl.when(says_nothing(cell)).then(pl.col(header)).otherwise(cell)
        days = [found[column] for column in self.dates if column in found]
        if days:
            seen = pl.concat([text.select(pl.col(day).unique().alias("day")) for day in days]).collect()["day"]
            order = slashed_order(seen) or self.order
            filled |= {day: slashed_iso(filled.get(day, pl.col(day)), order) for day in days}
        return [cell.alias(header) for header, cell in filled.items()]

    def refusal(self, headers: Sequence[str]) -> pl.Expr:
        """Return the reason why a row is no installation on a computer, null where it is one."""
        own = _own(headers)
        reasons = [
            pl.when(pl.col(own[header]).str.contains(pattern)).then(pl.lit(reason))
            for header, (pattern, reason) in self.refused.items()
            if header in own
        ]
        return pl.coalesce(*reasons, pl.lit(None, dtype=pl.String))

    def check_scan(self, label: str, headers: Sequence[str]) -> None:
        """Raise InputError where the table counts devices, or lists what was installed and removed, instead of what is there."""
        if self.counts:
            raise InputError(
                f"AGGREGATE_ONLY: {self.info.title}: it counts devices per program and names none, so it is no scan of computers",
                where=Location(label),
                hint="export the report that names devices; `licmatch match` reads this one, alone, as a list of names",
            )
        if CHANGED in {folded(header) for header in headers}:
            raise InputError(
                f"CHANGES_ONLY: {self.info.title}: the column Action makes it a history of what came and went, not a list of what is there",
                where=Location(label),
                hint="export the report of installed software",
            )


@lru_cache(maxsize=4096)
def folded(header: str) -> str:
    """Fold a header as `plain_header` does, and leave out the 0 that ConfigMgr's columns end in.

    >>> folded("DisplayName0"), folded("Application Name")
    ('displayname', 'applicationname')
    """
    return re.sub("0$", "", plain_header(header))


def _own(headers: Sequence[str]) -> dict[str, str]:
    return {folded(header): header for header in reversed(headers)}


def console_of(headers: Iterable[str]) -> Console | None:
    """Return the console whose table has these headers, or None.

    >>> console_of(["Computer Name", "Application Name"]).id, console_of(["name", "version"])
    ('pdq', None)
    """
    return _console(tuple(headers))


# Thousands of files of one collection have the same headers.
@lru_cache(maxsize=512)
def _console(headers: tuple[str, ...]) -> Console | None:
    own = frozenset(map(folded, headers))
    return next((console for console in CONSOLES if console.has(own)), None)


def _marks(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words.split()) for words in sets)


CONSOLES = (
    Console(
        FormatInfo(
            "device-counts",
            "Report that counts devices: Intune AppInvAggregate, Graph detectedApps, Defender software, ManageEngine, Kaspersky",
            NAMES,
        ),
        _marks(
            "applicationname devicecount",
            "displayname devicecount",
            "softwarename networkinstallations",
            "softwarename managedinstallations",
            "name vendor exposedmachines",
            "wstrdisplayname nhostcount",
        ),
        {
            "name": ("applicationname", "displayname", "softwarename", "wstrdisplayname", "name"),
            "publisher": ("applicationpublisher", "publisher", "manufacturername", "wstrpublisher", "vendor"),
            "version": ("applicationversion", "applicationshortversion", "softwareversion", "wstrdisplayversion", "version"),
        },
        never=frozenset({"deviceid", "devicename", "resourceid", "resourcename", "computername"}),
        dates=(),
    ),
    Console(
        FormatInfo("configmgr", "ConfigMgr views v_GS_ADD_REMOVE_PROGRAMS and v_GS_INSTALLED_SOFTWARE (CSV)", SCAN),
        _marks(
            "resourceid displayname",
            "resourceid arpdisplayname",
            "resourceid productname softwarecode",
            "netbiosname displayname",
            "netbiosname arpdisplayname",
            "netbiosname productname softwarecode",
        ),
        {
            "device_id": ("resourceid",),
            "hostname": ("netbiosname", "sysnetbiosname", "computername", "name"),
            "name": ("arpdisplayname", "displayname", "productname"),
            "publisher": ("publisher",),
            "version": ("version", "productversion"),
            "install_date": ("installdate",),
            "install_location": ("installedlocation",),
            "product_code": ("prodid", "softwarecode"),
            "collected_at": ("timestamp",),
        },
    ),
    Console(
        FormatInfo("intune", "Intune AppInvRawData, AppInvByDevice, DevicesByAppInv (CSV, JSON)", SCAN),
        _marks("applicationname applicationversion deviceid", "applicationname applicationversion devicename"),
        {
            "device_id": ("deviceid",),
            "hostname": ("devicename",),
            "name": ("applicationname",),
            "publisher": ("applicationpublisher",),
            "version": ("applicationversion", "applicationshortversion"),
            "os_name": ("osdescription",),
            "os_version": ("osversion",),
        },
        refused={"platform": (r"(?i)^\s*(?:ios|ipados|android|aosp)", PHONE)},
    ),
    Console(
        FormatInfo(
            "defender", "Defender for Endpoint software inventory: SoftwareInventoryByMachine, export, hunting table (JSON, CSV)", SCAN
        ),
        _marks("deviceid softwarename softwarevendor", "devicename softwarename softwarevendor"),
        {
            "device_id": ("deviceid",),
            "hostname": ("devicename",),
            "unit_id": ("rbacgroupname",),
            "name": ("softwarename",),
            "publisher": ("softwarevendor",),
            "version": ("softwareversion",),
            "install_location": ("diskpaths",),
            "os_name": ("osplatform",),
            "os_version": ("osversion",),
        },
        coverage="only products that Defender's own list knows",
    ),
    Console(
        FormatInfo("lansweeper", "Lansweeper report of software (CSV)", SCAN),
        _marks("assetname software", "assetname softwarename"),
        {
            "device_id": ("assetid",),
            "hostname": ("assetname",),
            "name": ("software", "softwarename"),
            "publisher": ("publisher", "softwarepublisher"),
            "version": ("version", "softwareversion"),
            "install_date": ("installdate",),
            "os_name": ("os",),
            "collected_at": ("lastseen",),
        },
    ),
    Console(
        FormatInfo("pdq", "PDQ Inventory report of applications (CSV)", SCAN),
        _marks("computername applicationname"),
        {
            "hostname": ("computername",),
            "name": ("applicationname",),
            "publisher": ("applicationpublisher",),
            "version": ("applicationversion",),
            "install_date": ("applicationinstalldate",),
        },
        order="mdy",
    ),
    Console(
        FormatInfo("servicenow", "ServiceNow cmdb_sam_sw_install (CSV, JSON)", SCAN),
        _marks("installedon displayname"),
        {
            "hostname": ("installedon",),
            "name": ("displayname",),
            "publisher": ("publisher",),
            "version": ("version",),
            "install_date": ("installdate",),
            "install_location": ("installlocation",),
            "product_code": ("prodid",),
            "collected_at": ("lastscanned",),
        },
    ),
    Console(
        FormatInfo("manageengine", "ManageEngine Endpoint Central installed software of a computer (JSON, CSV)", SCAN),
        _marks("softwarename manufacturername"),
        {
            "device_id": ("resourceid",),
            "hostname": ("resourcename", "computername"),
            "name": ("softwarename",),
            "publisher": ("manufacturername",),
            "version": ("softwareversion",),
            "install_date": ("installeddate",),
            "install_location": ("location",),
        },
    ),
)
