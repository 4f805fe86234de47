"""What the agents of GLPI, OCS and FusionInventory report in common: the computer, its system, its keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from licmatch.ingest.document import Document
from licmatch.ingest.evidence import antivirus_state
from licmatch.ingest.gather import Gather
from licmatch.ingest.values import day_of, last_five, truth
from licmatch.ingest.wmi import application_of, channel_of, said

Section = Mapping[str, object]
# The agents' ids end in the time of the first report: WIN10-CW01-2026-11-22-09-00-00.
AGENT_ID = re.compile(r"(.+)-(\d{4})-(\d{2})-(\d{2})-\d{2}-\d{2}-\d{2}$")
HYPERVISORS = {"virtual machine": "hyper-v", "hyper-v": "hyper-v", "qemu": "kvm", "vmware": "vmware", "virtualbox": "virtualbox"}
CHASSIS = {
    "desktop": "desktop",
    "tower": "desktop",
    "mini tower": "desktop",
    "low profile desktop": "desktop",
    "all in one": "desktop",
    "space-saving": "desktop",
    "laptop": "laptop",
    "notebook": "laptop",
    "portable": "laptop",
    "sub notebook": "laptop",
    "convertible": "laptop",
    "detachable": "laptop",
    "rack mount chassis": "server",
    "server": "server",
    "blade": "server",
    "main server chassis": "server",
}


def section(value: object) -> Section:
    """Return a JSON or XML section as a mapping; a list gives its first, anything else an empty one."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, Mapping) else {}


def sections(value: object) -> list[Section]:
    """Return a repeated section as a list of mappings."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def host_name(hardware: Section, agent_id: str | None) -> str | None:
    found = said(hardware.get("name"))
    if found is None and agent_id is not None:
        match = AGENT_ID.match(agent_id[:300])
        found = match.group(1) if match is not None else agent_id
    return found


def take_device(
    doc: Document, gather: Gather, device: str, content: Section, *, agent_id: str | None, unit: str | None, seen: object = None
) -> None:
    """Add the computer of one report (section and field names in lower case) to devices, its Windows key to activations."""
    hardware, bios, system = section(content.get("hardware")), section(content.get("bios")), section(content.get("operatingsystem"))
    match = AGENT_ID.match(agent_id[:300]) if agent_id is not None else None
    day = day_of(seen) or (day_of("-".join(match.groups()[1:])) if match is not None else None)
    name = said(system.get("full_name")) or said(hardware.get("osname")) or said(system.get("name"))
    pack = said(system.get("service_pack")) or said(hardware.get("oscomments"))
    kernel = said(system.get("kernel_version")) or said(hardware.get("osversion"))
    vm = (said(hardware.get("vmsystem")) or "physical").casefold()
    virtual = vm != "physical"
    for network in sections(content.get("networks")):
        address = said(network.get("ipaddress"))
        if address is not None and address not in ("127.0.0.1", "::1"):
            gather.address(doc.label, device, address)
    gather.device(
        doc.label,
        device,
        said(hardware.get("uuid")) or said(bios.get("ssn")),
        hostname=said(hardware.get("name")),
        unit_id=unit,
        kind="vm" if virtual else CHASSIS.get((said(hardware.get("chassis_type")) or "").casefold()),
        os_name=f"{name} {pack}" if name and pack and pack.casefold().startswith("service pack") else name,
        os_version=said(system.get("version")) or kernel,
        os_build=kernel.rpartition(".")[2] if kernel and re.fullmatch(r"\d+\.\d+\.\d+", kernel) and _is_windows(name, system) else None,
        os_installed_on=day_of(system.get("install_date")),
        manufacturer=said(bios.get("smanufacturer")),
        model=said(bios.get("smodel")),
        serial_number=said(bios.get("ssn")),
        hardware_uuid=said(hardware.get("uuid")),
        bios_maker=said(bios.get("bmanufacturer")),
        hypervisor=HYPERVISORS.get(vm, vm) if virtual else None,
        collected_at=day,
    )
    key, product_id = said(hardware.get("winprodkey")), said(hardware.get("winprodid"))
    if key or product_id:
        gather.activation(
            device,
            application="windows",
            product_name=name or "Windows",
            partial_product_key=last_five(key),
            product_key_id=product_id,
            collected_at=day,
        )


def _is_windows(name: str | None, system: Section) -> bool:
    return "windows" in (name or "").casefold() or said(system.get("kernel_name")) == "MSWin32"


def take_licences(gather: Gather, device: str, infos: Sequence[Section]) -> None:
    """Add LICENSEINFOS to activations; only the last five characters of a key are kept."""
    for info in infos:
        name, full = said(info.get("name")), said(info.get("fullname"))
        if name or full:
            gather.activation(
                device,
                application=application_of(name, full),
                product_name=name or full,
                description=full,
                channel=channel_of(None, full),
                partial_product_key=last_five(said(info.get("key"))),
                product_key_id=said(info.get("productid")),
            )


def take_antivirus(gather: Gather, device: str, products: Sequence[Section]) -> None:
    """Add the antivirus section: every product with its state, as far as the agent knows it."""
    for product in products:
        name = said(product.get("name"))
        if name is not None:
            gather.trace(
                device,
                "antivirus_state",
                antivirus_state(
                    name,
                    enabled=truth(product.get("enabled")),
                    up_to_date=truth(product.get("uptodate")),
                    version=said(product.get("version")),
                    signatures=said(product.get("base_version")),
                    expires=day_of(product.get("expiration")),
                ),
            )


def software_columns(items: Sequence[Section]) -> dict[str, list[str | None]]:
    """Return the SOFTWARES of a report as columns of the software frame."""

    def cells(*keys: str) -> list[str | None]:
        return [next((found for key in keys if (found := said(item.get(key))) is not None), None) for item in items]

    return {
        "name": cells("name"),
        "publisher": cells("publisher"),
        "version": cells("version"),
        "install_date": cells("install_date", "installdate"),
        "install_location": cells("folder"),
        "product_code": cells("guid"),
        "arch": cells("arch", "architecture", "bitswidth"),
        "system_component": ["1" if said(item.get("system_category")) == "system_component" else None for item in items],
        "release_type": cells("release_type", "releasetype"),
    }
