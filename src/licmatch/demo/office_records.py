"""Records of Office in the words of its licensing service."""

from __future__ import annotations

from licmatch.demo.draw import Draw
from licmatch.demo.licence_keys import HOOK_KEYS, OFFICE_CLIENT_KEYS, random_key
from licmatch.demo.owner import Owner
from licmatch.demo.stories import Copy

_LINE = {"2010": "14", "2013": "15", "2016": "16", "2019": "19", "2021": "21", "365": "16"}
_FAMILY = {
    "Professional Plus": "ProPlus",
    "Standard": "Standard",
    "Home and Student": "HomeStudent",
    "Home and Business": "HomeBusiness",
    "Apps for enterprise": "O365ProPlus",
}


def office_record(draw: Draw, copy: Copy, owner: Owner) -> dict[str, object] | None:
    """Return the record of an Office copy; None where a product leaves none: other makers, Office 2007, a subscription."""
    release, edition = copy.product.release or "", copy.product.edition or ""
    if copy.product.family in ("Microsoft Visio", "Microsoft Project"):
        return _volume(release, copy.product.family.removeprefix("Microsoft ") + "Pro", "MAK", owner.mak_of(draw, "office"), None)
    if copy.product.family not in ("Microsoft Office", "Microsoft 365") or release not in _LINE or edition not in _FAMILY:
        return None
    method, family = copy.story.removeprefix("converted, "), _FAMILY[edition]
    if method == "cracked suite" or (copy.product.family == "Microsoft 365" and copy.state != "pirated"):
        return None
    if method == "office hook":
        key, channel = HOOK_KEYS[release, edition]
        record = _volume(release, family, "MAK", key, None) if channel == "Volume:MAK" else _retail(release, family, key)
        return record | {"license_status": draw.pick((0, 0, 5))}
    if copy.story.startswith("converted"):
        # Activators install the volume suite of the same release over what was sold.
        family, edition = "ProPlus", "Professional Plus"
    if method == "retail key":
        return _retail(release, family, random_key(draw))
    if method == "mak":
        return _volume(release, family, "MAK", owner.mak_of(draw, "office"), None)
    if method == "foreign mak":
        return _volume(release, family, "MAK", draw.pick(owner.foreign_maks), None)
    key, sku = OFFICE_CLIENT_KEYS[release, edition]
    record = _volume(release, family, "KMS_Client", key, sku)
    if method == "not activated":
        record |= {"license_status": draw.pick((2, 5)), "grace_minutes": 10_000 + draw.below(30_000), "status_reason": "0xC004F009"}
    return record


def _volume(release: str, family: str, kind: str, key: str, sku: str | None) -> dict[str, object]:
    line = _LINE.get(release, "16")
    year = release if release in ("2019", "2021") else ""
    name = f"Office{'' if release == '2010' else line}{family}{year}VL_{kind}{'_AE' if year else ''}"
    client = kind == "KMS_Client"
    words = "VOLUME_KMSCLIENT" if client else "RETAIL(MAK)"
    return _common(line, name, words, "Volume:GVLK" if client else "Volume:MAK", key) | {"activation_id": sku}


def _retail(release: str, family: str, key: str) -> dict[str, object]:
    line = _LINE[release]
    year = release if release in ("2019", "2021") else ""
    name = f"Office{'' if release == '2010' else line}{family}{year}R_Retail"
    return _common(line, name, "RETAIL", "Retail", key)


def _common(line: str, name: str, words: str, channel: str, key: str) -> dict[str, object]:
    return {
        "application": "office",
        "product_name": f"Office {line}, {name} edition",
        "description": f"Office {line}, {words} channel",
        "channel": channel,
        "license_status": 1,
        "partial_product_key": key,
        "grace_minutes": 0,
        "license_family": name,
        "vl_activation_type": 0,
        "ad_object": "",
    }
