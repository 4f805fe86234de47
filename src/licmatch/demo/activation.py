"""Activation records of a few devices: OEM and retail keys, the city's own KMS host, and public hosts where an activator was at work."""

from __future__ import annotations

import polars as pl

from licmatch import schema
from licmatch.demo.draw import Draw
from licmatch.demo.estate import Device
from licmatch.demo.pirated import CITY_KMS_HOST, PIRATED, PUBLIC_KMS_HOSTS

SHARE = 0.08
KEY_LETTERS = "BCDFGHJKMPQRTVWXY2346789"
# Last five characters of the client keys that Microsoft publishes for volume customers.
GVLK = {"Pro": "T83GX", "Professional": "GPDD4", "Enterprise": "2YT43"}
EDITION_IDS = {
    "Pro": "Professional",
    "Professional": "Professional",
    "Enterprise": "Enterprise",
    "Home China": "CoreCountrySpecific",
    "Home": "Core",
    "Ultimate": "Ultimate",
    "Home Basic": "HomeBasic",
    "Education": "Education",
    "Enterprise LTSC": "EnterpriseS",
    "Pro for Workstations": "ProfessionalWorkstation",
}


def activation_rows(devices: list[Device], seed: int) -> pl.DataFrame:
    """Return the canonical activations table: Windows records of a sample of the Windows clients, and of most that run an activator."""
    draw = Draw(seed, "activations")
    rows = []
    for device in devices:
        edition = device.system.truth.edition
        if device.system.platform != "windows" or edition not in EDITION_IDS:
            continue
        unlocked = any("os" in PIRATED.values[i][1] for i in device.pirated)
        if not draw.chance(0.6 if unlocked else SHARE):
            continue
        volume = edition in GVLK and (unlocked or draw.chance(0.35))
        key = GVLK[edition] if volume and edition in GVLK else "".join(draw.pick(KEY_LETTERS) for _ in range(5))
        channel = "Volume:GVLK" if volume else draw.pick(("OEM:DM", "OEM:DM", "OEM:SLP", "Retail"))
        host = draw.pick(PUBLIC_KMS_HOSTS) if unlocked and volume else CITY_KMS_HOST if volume else None
        words = "VOLUME_KMSCLIENT channel" if volume else f"{channel.replace(':', '_')} channel"
        edition_id = EDITION_IDS[edition]
        record = dict.fromkeys(schema.ACTIVATIONS, None) | {
            "device_id": device.device_id,
            "application": "windows",
            "product_name": f"Windows(R), {edition_id} edition",
            "description": f"Windows(R) Operating System, {words}",
            "channel": channel,
            "license_status": 1,
            "partial_product_key": key,
            "grace_minutes": 259200 - draw.below(10080) if volume else 0,
            "kms_host": host,
            "kms_port": 1688 if host else None,
            "edition_id": edition_id,
            "license_family": edition_id,
            "collected_at": device.collected_on.isoformat(),
        }
        rows.append(tuple(record.values()))
    return pl.DataFrame(rows, schema=schema.ACTIVATIONS, orient="row")
