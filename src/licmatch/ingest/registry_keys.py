"""What registry keys other than Uninstall tell: hooks on the licensing service, KMS settings, the maker's words, upgrades, Office."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from licmatch.ingest.evidence import paths_of
from licmatch.ingest.gather import Gather
from licmatch.ingest.moments import moment_of
from licmatch.ingest.values import PLACEHOLDERS

_HIVES = (
    ("hkey_local_machine", "HKLM"),
    ("hkey_current_user", "HKCU"),
    ("hkey_users", "HKU"),
    ("hkey_classes_root", "HKCR"),
)
_HOOKS = ("image file execution options\\", "silentprocessexit\\")
_RUN = re.compile(r"\\currentversion\\(?:run|runonce|runonceex)$", re.IGNORECASE)
_SOURCE_OS = re.compile(r"\\setup\\source os \(", re.IGNORECASE)
_TOOLS = re.compile(r"\\(?:software|software\\wow6432node)\\[^\\]+$", re.IGNORECASE)
_OEM_WORDS = ("manufacturer", "model", "supporturl", "supportphone", "supporthours", "helpcustomized", "logo")
_OWNER_WORDS = ("registeredowner", "registeredorganization")
_EXCLUSIONS = "\\windows defender\\exclusions\\"
MAX_TEXT = 2_000
Values = Mapping[str, tuple[str, str]]


def short_path(path: str) -> str:
    """Return a key's path with the hive abbreviated, as administrators write it.

    >>> short_path("HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\X")
    'HKLM\\\\SOFTWARE\\\\X'
    """
    for long, short in _HIVES:
        if path.casefold().startswith(long):
            return short + path[len(long) :]
    return path


def take_keys(gather: Gather, label: str, device: str, keys: Iterable[tuple[str, Values]]) -> int:
    """Add what the keys tell; `keys` are (path, lower-case value name -> (name, text)). Returns how many keys told something."""
    told = 0
    setup_seen, upgraded = False, None
    for path, values in keys:
        low = path.casefold()
        if low.endswith("\\system\\setup"):
            setup_seen = True
        if _SOURCE_OS.search(path):
            setup_seen = True
            product = _text(values, "productname")
            upgraded = " ".join(text for text in (product, _text(values, "currentbuild")) if text) or "yes"
        told += _take(gather, label, device, path, low, values)
    if setup_seen:
        # The key lists every system that this one was upgraded from; a whole export without one says that there was none.
        gather.device(label, device, None, upgraded_from=upgraded or "")
        told += 1
    return told


def _take(gather: Gather, label: str, device: str, path: str, low: str, values: Values) -> int:
    short = short_path(path)
    if any(part in low for part in _HOOKS) or _RUN.search(path):
        for name, text in values.values():
            gather.trace(device, "registry_value", f"{short}::{name}={text}"[:MAX_TEXT])
            for file in paths_of(text):
                gather.trace(device, "file_path", file)
        return 1
    if "\\common\\licensing\\resiliency" in low:
        for name, text in values.values():
            gather.trace(device, "registry_value", f"{short}::{name}={text}"[:MAX_TEXT])
        return 1
    if "softwareprotectionplatform" in low:
        host, port = _text(values, "keymanagementservicename"), _text(values, "keymanagementserviceport")
        if host is not None:
            gather.trace(device, "kms_host", f"{host}:{port}" if port else host)
        return int(host is not None)
    if low.endswith("\\oeminformation"):
        words = [said for name in _OEM_WORDS if (said := _text(values, name)) is not None]
        gather.device(label, device, None, oem_info_maker=_text(values, "manufacturer"))
        for word in words:
            gather.trace(device, "oem_branding", word[:MAX_TEXT])
        return int(bool(words))
    if low.endswith("\\windows nt\\currentversion"):
        return _take_windows(gather, label, device, values)
    if low.endswith("\\clicktorun\\configuration"):
        products = _text(values, "productreleaseids")
        signed_in = any(name.endswith(".emailaddress") and text for name, (_, text) in values.items())
        gather.device(
            label, device, None, c2r_products=products.replace(",", ";") if products else None, office_signed_in=signed_in or None
        )
        return 1
    if "\\kingsoft\\office" in low:
        dated = [(name, text) for name, text in values.values() if "installtime" in name.casefold().replace("_", "")]
        for name, text in dated:
            gather.trace(device, "registry_value", f"{short}::{name}={moment_of(text) or text}"[:MAX_TEXT])
        return int(bool(dated))
    if _EXCLUSIONS in low:
        for name, _ in values.values():
            gather.trace(device, "defender_exclusion", name[:MAX_TEXT])
        return 1
    if low.endswith("\\hardware\\description\\system\\bios"):
        gather.device(
            label,
            device,
            None,
            manufacturer=_text(values, "systemmanufacturer"),
            model=_text(values, "systemproductname"),
            bios_maker=_text(values, "biosvendor"),
        )
        return 1
    if _TOOLS.search(path):
        gather.trace(device, "registry_value", short[:MAX_TEXT])
        return 1
    return 0


def _take_windows(gather: Gather, label: str, device: str, values: Values) -> int:
    installed = _text(values, "installdate")
    gather.device(
        label,
        device,
        None,
        os_build=_text(values, "currentbuild") or _text(values, "currentbuildnumber"),
        os_installed_on=(moment_of(installed) or "")[:10],
    )
    for name in _OWNER_WORDS:
        text = _text(values, name)
        if text is not None:
            gather.trace(device, "oem_branding", text[:MAX_TEXT])
    # Not the system's name: Windows 11 still calls itself 10 here. A repacked system's own words stand here all the same.
    caption = _text(values, "productname")
    if caption is not None:
        gather.trace(device, "os_caption", caption[:MAX_TEXT])
    number = _text(values, "productid")
    if number is not None:
        gather.trace(device, "product_id", number)
    return 1


def _text(values: Values, name: str) -> str | None:
    found = values.get(name)
    text = found[1].strip() if found is not None else ""
    return None if text.casefold() in PLACEHOLDERS else text
