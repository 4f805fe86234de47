"""WMI objects about licences and the computer as canonical rows, whatever wrote them down.

Properties are given under their names in lower case. A property that stands there empty was asked for and holds nothing;
one that is missing, or null, was not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from licmatch.ingest.gather import Gather
from licmatch.ingest.moments import moment_of
from licmatch.ingest.values import PLACEHOLDERS, day_of, last_five, truth, whole_number

WINDOWS, OFFICE = "windows", "office"
APPLICATIONS = {
    "55c92734-d682-4d71-983e-d6ec3f16059f": WINDOWS,
    "0ff1ce15-a989-479d-af46-f275c6370663": OFFICE,
    "59a52881-a989-479d-af46-f275c6370663": OFFICE,
}
Properties = Mapping[str, object]
_FIRMWARE_EDITION = re.compile(r"\[\d+(?:\.\d+)?\]\s*(\w+)|\b(Core|Professional|Enterprise|Education|Home|Pro)\b", re.IGNORECASE)


def said(value: object) -> str | None:
    """Return a cell as trimmed text, or None where it says nothing."""
    text = str(value).strip() if value is not None and not isinstance(value, (dict, list)) else ""
    return None if text.lower() in PLACEHOLDERS else text


def listed(value: object) -> list[str]:
    """Return a property that holds several texts: a JSON list, or wmic's `{"a","b"}`.

    >>> listed(["a", None, "b"]), listed('{"fe80::1","10.0.0.2"}'), listed("System.String[]")
    (['a', 'b'], ['fe80::1', '10.0.0.2'], [])
    """
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("{") and text.endswith("}"):
            value = [part.strip().strip('"') for part in text[1:-1].split(",")]
        else:
            value = [] if text.endswith("[]") else text.split(";")
    return [found for item in value if (found := said(item)) is not None] if isinstance(value, list) else []


def asked(properties: Properties, *names: str) -> str | None:
    """Return the first property that says something; "" where all were asked for and are empty; None where one was not asked for.

    >>> asked({"a": "", "b": "x"}, "a", "b"), asked({"a": "", "b": ""}, "a", "b"), asked({"a": ""}, "a", "b")
    ('x', '', None)
    """
    found = next((text for name in names if (text := said(properties.get(name))) is not None), None)
    if found is not None:
        return found
    return "" if all(properties.get(name) == "" for name in names) else None


def application_of(*texts: str | None) -> str | None:
    """Return "windows" or "office" from an application id or the words of a licence, or None.

    >>> application_of("0ff1ce15-a989-479d-af46-f275c6370663"), application_of(None, "Windows(R), Professional edition")
    ('office', 'windows')
    """
    for text in texts:
        low = (text or "").strip().lower()
        if low in APPLICATIONS:
            return APPLICATIONS[low]
        if low.startswith(("office", "microsoft office")):
            return OFFICE
        if low.startswith(("windows", "microsoft windows")):
            return WINDOWS
    return None


def channel_of(channel: str | None, description: str | None) -> str | None:
    """Return the key's channel; older systems have it only in the description, as `..., VOLUME_KMSCLIENT channel`.

    >>> channel_of(None, "Office 16, VOLUME_KMSCLIENT channel"), channel_of("OEM:DM", None)
    ('VOLUME_KMSCLIENT', 'OEM:DM')
    """
    if channel is not None:
        return channel
    words = (description or "").split()
    return words[-2].strip(",") if len(words) >= 2 and words[-1].lower() == "channel" else None


def is_licence(properties: Properties) -> bool:
    return "licensestatus" in properties or ("applicationid" in properties and "partialproductkey" in properties)


def take_licence(gather: Gather, device_id: str, properties: Properties) -> bool:
    """Add one SoftwareLicensingProduct; False for the templates that Windows lists beside real licences."""
    value = {key: said(cell) for key, cell in properties.items()}
    partial, status = last_five(value.get("partialproductkey")), whole_number(value.get("licensestatus"))
    if partial is None and not status:
        return False
    name = value.get("name") or value.get("licensefamily") or value.get("description")
    if name is None:
        return False
    gather.activation(
        device_id,
        application=application_of(value.get("applicationid"), name),
        product_name=name,
        description=value.get("description"),
        activation_id=value.get("id"),
        channel=channel_of(value.get("productkeychannel"), value.get("description")),
        license_status=status,
        partial_product_key=partial,
        grace_minutes=whole_number(value.get("graceperiodremaining")),
        evaluation_end=day_of(_epoch(value.get("evaluationenddate"))),
        # The registered host alone being empty says nothing: the host may have been found through DNS.
        kms_host=asked(properties, "keymanagementservicemachine", "discoveredkeymanagementservicemachinename"),
        kms_port=_port(value.get("keymanagementserviceport")) or _port(value.get("discoveredkeymanagementservicemachineport")),
        kms_epid=asked(properties, "keymanagementserviceproductkeyid"),
        license_family=value.get("licensefamily"),
        product_key_id=value.get("productkeyid") or value.get("productkeyid2"),
        vl_activation_type=whole_number(value.get("vlactivationtype")),
        ad_object=asked(properties, "adactivationobjectname"),
        status_reason=_reason(value.get("licensestatusreason")),
        collected_at=moment_of(properties.get("collectedat") or properties.get("collected_at")),
    )
    return True


def _port(text: str | None) -> int | None:
    return whole_number(text) or None


def _epoch(text: str | None) -> str | None:
    return text if text is None or not text.startswith(("/Date(", "\\/Date(")) else moment_of(text)


def _reason(text: str | None) -> str | None:
    """JSON has the reason as a number, the tools of Windows print it in hexadecimal.

    >>> _reason("3221549065"), _reason("0xC004F009")
    ('0xC004F009', '0xC004F009')
    """
    number = whole_number(text)
    return f"0x{number & 0xFFFFFFFF:08X}" if number is not None and abs(number) > 9999 else text


SERVICE_KEYS = frozenset({"oa3xoriginalproductkey", "iskeymanagementservicemachine", "keymanagementservicelisteningport"})


def is_licensing_service(properties: Properties) -> bool:
    return bool(properties.keys() & SERVICE_KEYS)


def take_licensing_service(gather: Gather, label: str, device_id: str, properties: Properties) -> None:
    """Add a SoftwareLicensingService: the key in the firmware, and whether this computer hands out activations to others."""
    whole = asked(properties, "oa3xoriginalproductkey")
    edition = said(properties.get("oa3xoriginalproductkeydescription"))
    match = _FIRMWARE_EDITION.search(edition) if edition is not None else None
    gather.device(label, device_id, None, firmware_edition=next(filter(None, match.groups()), None) if match is not None else None)
    key = last_five(whole) if whole else whole
    listens = truth(said(properties.get("iskeymanagementservicemachine")))
    host = asked(properties, "keymanagementservicemachine", "discoveredkeymanagementservicemachinename")
    if key is not None or listens is not None or host:
        gather.activation(
            device_id,
            application="windows",
            product_name=said(properties.get("description")) or "Software Licensing Service",
            oa3_partial_key=key,
            listens_kms=listens,
            kms_host=host or None,
            kms_epid=said(properties.get("keymanagementserviceproductkeyid")),
            collected_at=moment_of(properties.get("collectedat") or properties.get("collected_at")),
        )


def is_operating_system(properties: Properties) -> bool:
    return "caption" in properties and bool(properties.keys() & {"osarchitecture", "operatingsystemsku", "buildnumber", "oslanguage"})


def is_computer(properties: Properties) -> bool:
    return "domain" in properties and bool(properties.keys() & {"caption", "name", "model"}) and "vendor" not in properties


def is_hardware(properties: Properties) -> bool:
    """Win32_BIOS, Win32_ComputerSystemProduct or Win32_SystemEnclosure."""
    keys = properties.keys()
    return (
        bool(keys & {"smbiosbiosversion", "biosversion", "smbiosmajorversion", "chassistypes", "smbiosassettag"})
        or {"uuid", "identifyingnumber"} <= keys
        or ("uuid" in keys and "vendor" in keys)
        or ("serialnumber" in keys and "releasedate" in keys)
    )


def is_network(properties: Properties) -> bool:
    """Win32_NetworkAdapterConfiguration or Get-NetIPAddress."""
    keys = properties.keys()
    return "ipaddress" in keys and bool(keys & {"macaddress", "ipenabled", "interfacealias", "dhcpenabled", "ipsubnet", "prefixlength"})


def take_system(gather: Gather, label: str, device_id: str, properties: Properties) -> None:
    """Add a Win32_OperatingSystem to the devices."""
    value = {key: said(cell) for key, cell in properties.items()}
    name, pack, clock = value.get("caption"), value.get("csdversion"), moment_of(properties.get("localdatetime"))
    installed = moment_of(properties.get("installdate"))
    gather.device(
        label,
        device_id,
        None,
        hostname=value.get("csname"),
        os_name=f"{name} {pack}" if name and pack else name,
        os_version=value.get("version"),
        os_build=value.get("buildnumber"),
        os_installed_on=(installed or "")[:10],
        os_installed_at=installed if installed is not None and "T" in installed else None,
        collected_at=clock,
        clock_at=clock if clock is not None and "T" in clock else None,
    )


def take_computer(gather: Gather, label: str, device_id: str, properties: Properties) -> None:
    """Add a Win32_ComputerSystem to the devices."""
    value = {key: said(cell) for key, cell in properties.items()}
    gather.device(
        label,
        device_id,
        None,
        hostname=value.get("dnshostname") or value.get("caption") or value.get("name"),
        manufacturer=value.get("manufacturer"),
        model=value.get("model"),
        domain_joined=truth(value.get("partofdomain")),
    )


# SMBIOS numbers of enclosures: portable ones, racks and blades.
_LAPTOPS = frozenset({"8", "9", "10", "11", "12", "14", "30", "31", "32"})
_SERVERS = frozenset({"17", "23", "25", "28", "29"})
_DESKTOPS = frozenset({"3", "4", "5", "6", "7", "13", "15", "16", "24", "35", "36"})


def take_hardware(gather: Gather, label: str, device_id: str, properties: Properties) -> None:
    """Add what BIOS, product or enclosure say: serial number, UUID, maker, kind of case."""
    value = {key: said(cell) for key, cell in properties.items()}
    bios = "smbiosbiosversion" in properties or "biosversion" in properties or "releasedate" in properties
    chassis = next(iter(listed(properties.get("chassistypes"))), None) or value.get("chassistypes")
    kind = "laptop" if chassis in _LAPTOPS else "server" if chassis in _SERVERS else "desktop" if chassis in _DESKTOPS else None
    gather.device(
        label,
        device_id,
        value.get("uuid"),
        serial_number=value.get("serialnumber") or value.get("identifyingnumber"),
        hardware_uuid=value.get("uuid"),
        bios_maker=value.get("manufacturer") if bios else None,
        manufacturer=value.get("vendor") or (None if bios else value.get("manufacturer")),
        model=value.get("name") if "uuid" in properties else None,
        kind=kind,
    )


def take_network(gather: Gather, label: str, device_id: str, properties: Properties) -> None:
    """Add the addresses of one adapter; those of several adapters add up."""
    for address in listed(properties.get("ipaddress")):
        gather.address(label, device_id, address)
