"""What hardware, firmware and network say of a device; all of it is null where nobody asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from licmatch import schema
from licmatch.demo.activation import Mark
from licmatch.demo.collecting import Collected
from licmatch.demo.draw import Draw
from licmatch.demo.licence_keys import SLIC_OF
from licmatch.demo.places import Unit
from licmatch.demo.stories import Story

_LOADED_TABLES = ("LENOVO", "_ASUS_", "DELL", "ACRSYS")
_MAKER_OF_TABLE = {"LENOVO": "LENOVO", "_ASUS_": "ASUS", "DELL": "Dell Inc.", "ACRSYS": "Acer"}


def devices_frame(
    stories: Sequence[Story], units: Sequence[Unit], collected: Sequence[Collected], seed: int
) -> tuple[pl.DataFrame, list[Mark]]:
    """Return the canonical devices table, and what in it speaks of unlocked copies."""
    draw = Draw(seed, "hardware")
    rows, marks = [], []
    for story in stories:
        device = story.device
        row: dict[str, object] = dict.fromkeys(schema.DEVICES, None) | {
            "device_id": device.device_id,
            "unit_id": units[device.unit].unit_id,
            "hostname": device.device_id,
            "kind": device.kind,
            "in_use": device.in_use,
            "os_name": device.system.name,
            "os_version": device.system.version,
            "os_build": device.system.build,
            "os_installed_on": device.installed_on.isoformat(),
            "manufacturer": story.maker[0],
            "model": story.maker[1],
            "collected_at": device.collected_on.isoformat(),
        }
        known = collected[device.unit]
        told = _hardware(draw, story, known) if device.system.platform == "windows" else {}
        if known.hardware:
            row |= told
        rows.append(tuple(row.values()))
        marks += _spoken(story, row)
    return pl.DataFrame(rows, schema=schema.DEVICES, orient="row"), marks


def _hardware(draw: Draw, story: Story, known: Collected) -> dict[str, object]:
    device = story.device
    system = next(copy for copy in story.copies if copy.category == "os")
    release, edition = system.product.release, system.product.edition
    loaded = draw.pick(_LOADED_TABLES) if system.story == "loader" else None
    table = loaded or (SLIC_OF.get(story.maker[0], "") if release == "7" or device.kind != "vm" else "")
    suites = [_click_to_run(copy.product.release, copy.product.edition) for copy in story.copies if copy.category == "office"]
    home_firmware = system.story == "hwid" and draw.chance(0.4)
    uuid = f"{draw.below(1 << 48):012X}{draw.below(1 << 48):012X}{draw.below(1 << 32):08X}"
    return {
        "firmware_oem_id": table if known.firmware_table else None,
        "oem_info_maker": _MAKER_OF_TABLE[loaded] if loaded and draw.chance(0.6) else story.maker[0] if draw.chance(0.5) else "",
        "bios_maker": story.maker[0] if draw.chance(0.5) else "American Megatrends Inc.",
        "hypervisor": "vmware" if device.kind == "vm" else None,
        "domain_joined": system.story == "directory" or draw.chance(0.35),
        "addresses": draw.fill(f"10.45.{device.unit % 250}.{{20-250}}"),
        "serial_number": "".join(draw.pick("0123456789ABCDEFGHJKLMNPRSTVWXYZ") for _ in range(8)),
        "hardware_uuid": f"{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]}",
        "firmware_edition": edition if system.story in ("oem", "board replaced") else "Home" if home_firmware else None,
        "upgraded_from": "Windows 7 Professional" if system.story == "digital upgrade" else "",
        "c2r_products": ";".join(filter(None, suites)) or None,
        "office_signed_in": any(copy.story == "subscription" for copy in story.copies),
        "received_at": (device.collected_on + timedelta(days=1)).isoformat(),
    }


def _click_to_run(release: str | None, edition: str | None) -> str | None:
    if release == "365":
        return "O365ProPlusRetail"
    names = {"Professional Plus": "ProPlus", "Home and Student": "HomeStudent", "Home and Business": "HomeBusiness", "Standard": "Standard"}
    if release not in ("2019", "2021") or edition not in names:
        return None
    return f"{names[edition]}{release}{'Retail' if edition.startswith('Home') else 'Volume'}"


def _spoken(story: Story, row: dict[str, object]) -> list[Mark]:
    """A factory activation under another maker's table, and the computer name of a repacked image."""
    system = story.copies[0]
    marks = []
    if system.state == "pirated" and system.story == "loader":
        maker, table, shown = row["manufacturer"], row["firmware_oem_id"], row["oem_info_maker"]
        if table and SLIC_OF.get(str(maker)) != table:
            marks.append(Mark(story.device.device_id, "os", "foreign table", True))
        if shown and shown != maker:
            marks.append(Mark(story.device.device_id, "os", "foreign maker", True))
    if system.state == "pirated" and story.device.repacked:
        marks.append(Mark(story.device.device_id, "os", "computer name", False))
    return marks
