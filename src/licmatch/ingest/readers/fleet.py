"""Fleet: the software of one host, one host with its software, and a list of hosts with theirs."""

from __future__ import annotations

from licmatch.errors import InputError, Location
from licmatch.ingest.agent import Section, section, sections
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.record_rows import NOT_INSTALLED, RecordRows, device_names, refuse_aggregate
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import listed, said

INFO = FormatInfo("fleet", "Fleet host software, hosts with their software (JSON)", ("software", "devices"))
# What sits inside another program or is a programmer's library; the rest are programs.
NO_PROGRAMS = ("_extensions", "_addons", "_plugins", "python_packages", "npm_packages", "atom_packages", "go_packages")


def _shape(doc: Document) -> str | None:
    value = doc.json if doc.head.startswith("{") else None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("software_titles"), list):
        return "titles"
    for key in ("hosts", "host"):
        if any({"hostname", "uuid"} <= host.keys() for host in sections(value.get(key))):
            return key
    programs = value.get("software")
    if not isinstance(programs, list) or not {"count", "meta"} & value.keys():
        return None
    items = sections(programs)
    if any("installed_versions" in item for item in items) or (not items and "meta" in value):
        return "software"
    return "titles" if any("hosts_count" in item for item in items) else None


def _detect(doc: Document) -> float:
    return 0.95 if _shape(doc) is not None else 0.0


def _read(doc: Document, gather: Gather) -> None:
    shape, value = _shape(doc), section(doc.json)
    rows, whole = RecordRows(), True
    if shape == "titles":
        refuse_aggregate(doc, "Fleet's list of software")
    elif shape == "software":
        _add_titles(rows, value.get("software"), None)
        pages = section(value.get("meta"))
        whole = pages.get("has_next_results") is not True and pages.get("has_previous_results") is not True
        if not whole:
            gather.notice("PAGES_MISSING", doc.label, 1, "has_next_results, has_previous_results")
    elif shape is not None:
        _read_hosts(doc, gather, rows, value.get(shape))
    else:
        raise InputError("no software of Fleet was found", where=Location(doc.label))
    rows.put(doc, gather, INFO.id, whole=whole)


def _read_hosts(doc: Document, gather: Gather, rows: RecordRows, value: object) -> None:
    hosts = [host for _, host in rows.objects(value)]
    names = device_names([(said(host.get("hostname")), said(host.get("uuid"))) for host in hosts])
    without = 0
    for name, host in zip(names, hosts, strict=True):
        device, _ = gather.device_id(doc, name)
        if device is not None:
            _take_device(doc, gather, device, host)
        if isinstance(host.get("software"), list):
            _add_titles(rows, host["software"], name)
        else:
            without += 1
            if device is not None:
                gather.no_list(device)
    if without:
        gather.notice("NO_SOFTWARE_LIST", doc.label, without, "populate_software=true")


def _add_titles(rows: RecordRows, value: object, device: str | None) -> None:
    """Add every installed version of every title; the flat items of older answers have one version each."""
    for number, item in rows.objects(value, first=len(rows.lines) + 1):
        source = said(item.get("source"))
        name = said(item.get("display_name")) or said(item.get("name"))
        if source == "apps" and name is not None:
            name = name.removesuffix(".app")
        about = {"device_id": device, "name": name, "publisher": said(item.get("vendor")), "arch": said(item.get("arch"))}
        refused = f"no program: {source}" if source is not None and source.endswith(NO_PROGRAMS) else None
        flat = "installed_versions" not in item
        versions = [item] if flat else sections(item.get("installed_versions"))
        for version in versions:
            release = said(item.get("release")) if flat else None
            number_of = said(version.get("version"))
            rows.add(
                number,
                item,
                refused=refused,
                **about,
                version=f"{number_of}-{release}" if number_of and release else number_of,
                product_code=version.get("bundle_identifier"),
                install_location=next(iter(listed(version.get("installed_paths"))), None),
                last_used=version.get("last_opened_at"),
            )
        if not versions:
            # A title of the library that this host could install.
            rows.add(number, item, refused=refused or NOT_INSTALLED, **about)


def _take_device(doc: Document, gather: Gather, device: str, host: Section) -> None:
    gather.device(
        doc.label,
        device,
        said(host.get("uuid")),
        hostname=said(host.get("hostname")),
        unit_id=said(host.get("team_name")),
        os_name=said(host.get("os_version")),
        os_build=said(host.get("build")),
        manufacturer=said(host.get("hardware_vendor")),
        model=said(host.get("hardware_model")),
        serial_number=said(host.get("hardware_serial")),
        hardware_uuid=said(host.get("uuid")),
        collected_at=said(host.get("software_updated_at")) or said(host.get("detail_updated_at")),
    )
    address = said(host.get("primary_ip"))
    if address is not None:
        gather.address(doc.label, device, address)


READERS = (Reader(INFO, _detect, _read),)
