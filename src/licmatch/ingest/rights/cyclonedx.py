"""CycloneDX bills of materials: the `licensing` part of their licences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import msgspec

from licmatch.ingest.document import Document
from licmatch.ingest.moments import moment_of
from licmatch.ingest.rights.lots import Lots, lots_of

METRICS = {
    "device": "device",
    "node-locked": "device",
    "user": "user",
    "named-user": "user",
    "concurrent-user": "concurrent",
    "oem": "oem",
    "appliance": "oem",
}
CHANNELS = {"perpetual": None, "subscription": "subscription", "evaluation": "trial", "oem": "oem", "academic": "academic"}
Part = Mapping[str, object]
# Bills nest components in components; real ones a few levels.
MAX_DEPTH = 40


def is_bill(doc: Document) -> bool:
    """Return whether the file is a CycloneDX bill in JSON."""
    return doc.head.startswith("{") and isinstance(doc.json, dict) and doc.json.get("bomFormat") == "CycloneDX"


def lots_of_bill(doc: Document) -> Lots:
    """Return every licence with a `licensing` part as a lot; quantity, metric and unit may stand in its properties."""
    bill = doc.json if isinstance(doc.json, dict) else {}
    rows: list[dict[str, object]] = []
    raws: list[bytes] = []
    for component in _components(bill):
        for entry in _parts(component.get("licenses")):
            licence = _part(entry.get("license"))
            licensing = _part(licence.get("licensing"))
            if licensing:
                rows.append(_row(component, licence, licensing, f"{PurePosixPath(doc.label).stem}#{len(rows) + 1}"))
                raws.append(msgspec.json.encode(licence))
    return Lots(lots_of(rows), list(range(1, len(rows) + 1)), lambda place: raws[place], "cyclonedx", unit_required=False)


def _row(component: Part, licence: Part, licensing: Part, made_id: str) -> dict[str, object]:
    about = {**_properties(component), **_properties(licence)}
    types = licensing.get("licenseTypes")
    kinds = [kind for kind in types if isinstance(kind, str)] if isinstance(types, list) else []
    named = " ".join(text for text in (_text(component.get("name")), _text(component.get("version"))) if text)
    alternatives = licensing.get("altIds")
    ids = [text for item in alternatives if (text := _text(item)) is not None] if isinstance(alternatives, list) else []
    return {
        "entitlement_id": next(iter(ids), None) or made_id,
        "unit_id": about.get("unit_id") or _organisation(licensing.get("licensee")) or _organisation(licensing.get("purchaser")),
        "product": _text(licence.get("name")) or named,
        "edition": about.get("edition"),
        "release": _text(component.get("version")),
        "metric": about.get("metric") or next((METRICS[kind] for kind in kinds if kind in METRICS), None),
        "quantity": about.get("quantity") or about.get("seats"),
        "device_id": about.get("device_id"),
        "valid_from": about.get("valid_from"),
        "valid_to": (moment_of(licensing.get("expiration")) or _text(licensing.get("expiration")) or "")[:10] or None,
        "acquired_on": (moment_of(licensing.get("lastRenewal")) or _text(licensing.get("lastRenewal")) or "")[:10] or None,
        "agreement": _text(licensing.get("purchaseOrder")),
        "unit_price": about.get("unit_price"),
        "currency": about.get("currency"),
        "proofs": about.get("proofs"),
        "publisher": _text(component.get("publisher")) or _organisation(licensing.get("licensor")),
        "channel": next((CHANNELS[kind] for kind in kinds if CHANNELS.get(kind)), None),
        "supplier": about.get("supplier"),
    }


def _components(bill: Part) -> Iterator[Part]:
    held = [
        (component, 1) for component in (_part(_part(bill.get("metadata")).get("component")), *_parts(bill.get("components"))) if component
    ]
    while held:
        component, depth = held.pop(0)
        yield component
        if depth < MAX_DEPTH:
            held[:0] = [(part, depth + 1) for part in _parts(component.get("components"))]


def _properties(part: Part) -> dict[str, str]:
    """Return name -> value; of a name such as `licmatch:quantity` the last word counts."""
    found = {}
    for entry in _parts(part.get("properties")):
        name, value = _text(entry.get("name")), _text(entry.get("value"))
        if name is not None and value is not None:
            found[name.rpartition(":")[2].casefold()] = value
    return found


def _organisation(value: object) -> str | None:
    party = _part(value)
    return _text(_part(party.get("organization")).get("name")) or _text(_part(party.get("individual")).get("name"))


def _part(value: object) -> Part:
    return value if isinstance(value, dict) else {}


def _parts(value: object) -> list[Part]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return str(value).strip() or None if isinstance(value, str | int | float) else None
