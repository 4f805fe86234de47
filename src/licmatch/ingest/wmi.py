"""WMI objects as canonical rows: licensing products, operating systems and computers, whatever wrote them down."""

from __future__ import annotations

from collections.abc import Mapping

from licmatch.ingest.gather import Gather
from licmatch.ingest.values import PLACEHOLDERS, day_of, last_five, whole_number

WINDOWS, OFFICE = "windows", "office"
APPLICATIONS = {
    "55c92734-d682-4d71-983e-d6ec3f16059f": WINDOWS,
    "0ff1ce15-a989-479d-af46-f275c6370663": OFFICE,
    "59a52881-a989-479d-af46-f275c6370663": OFFICE,
}
Properties = Mapping[str, str | None]


def said(value: object) -> str | None:
    """Return a cell as trimmed text, or None where it says nothing."""
    text = str(value).strip() if value is not None and not isinstance(value, (dict, list)) else ""
    return None if text.lower() in PLACEHOLDERS else text


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


def take_licence(gather: Gather, device_id: str, properties: Properties, collected_at: str | None = None) -> bool:
    """Add one SoftwareLicensingProduct (keys in lower case); False for the templates that Windows lists beside real licences."""
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
        evaluation_end=day_of(value.get("evaluationenddate")),
        kms_host=value.get("keymanagementservicemachine") or value.get("discoveredkeymanagementservicemachinename"),
        kms_port=_port(value.get("keymanagementserviceport")) or _port(value.get("discoveredkeymanagementservicemachineport")),
        kms_epid=value.get("keymanagementserviceproductkeyid"),
        license_family=value.get("licensefamily"),
        product_key_id=value.get("productkeyid") or value.get("productkeyid2"),
        vl_activation_type=whole_number(value.get("vlactivationtype")),
        ad_object=value.get("adactivationobjectname"),
        status_reason=value.get("licensestatusreason"),
        collected_at=collected_at,
    )
    return True


def _port(text: str | None) -> int | None:
    return whole_number(text) or None


def is_operating_system(properties: Properties) -> bool:
    return "caption" in properties and bool(properties.keys() & {"osarchitecture", "operatingsystemsku", "buildnumber", "oslanguage"})


def is_computer(properties: Properties) -> bool:
    return "domain" in properties and bool(properties.keys() & {"caption", "name", "model"}) and "vendor" not in properties


def take_system(gather: Gather, label: str, device_id: str, properties: Properties) -> None:
    """Add a Win32_OperatingSystem (keys in lower case) to the devices."""
    value = {key: said(cell) for key, cell in properties.items()}
    name, pack = value.get("caption"), value.get("csdversion")
    gather.device(
        label,
        device_id,
        None,
        hostname=value.get("csname"),
        os_name=f"{name} {pack}" if name and pack else name,
        os_version=value.get("version"),
        os_build=value.get("buildnumber"),
        os_installed_on=day_of(value.get("installdate")),
        collected_at=day_of(value.get("localdatetime")),
    )


def take_computer(gather: Gather, label: str, device_id: str, properties: Properties) -> None:
    """Add a Win32_ComputerSystem (keys in lower case) to the devices."""
    value = {key: said(cell) for key, cell in properties.items()}
    gather.device(
        label,
        device_id,
        None,
        hostname=value.get("caption") or value.get("name"),
        manufacturer=value.get("manufacturer"),
        model=value.get("model"),
    )
