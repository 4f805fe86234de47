"""Licence records as the licensing services of a computer would list them, each made from the story of its copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from licmatch import schema
from licmatch.demo.collecting import FAILED, Collected
from licmatch.demo.draw import Draw
from licmatch.demo.licence_keys import (
    CLIENT_KEYS,
    EDITION_IDS,
    EMULATOR_EPIDS,
    FOREIGN_LOCALES,
    GENERIC_KEYS,
    HOME_CLIENT_KEYS,
    OFFICE_CLIENT_KEYS,
    PUBLIC_HOSTS,
    UNLISTED_HOSTS,
    host_epid,
    random_key,
)
from licmatch.demo.office_records import office_record
from licmatch.demo.owner import Owner
from licmatch.demo.stories import Copy, Story

LEASE = 259_200  # minutes of the 180 days that a host gives
END_OF_32_BITS = datetime(2038, 1, 19, 3, 14, 7)
NO_RECORD = ("remover",)
_CLIENT_VALUES = frozenset(key for table in (CLIENT_KEYS, HOME_CLIENT_KEYS, OFFICE_CLIENT_KEYS) for key, _ in table.values())
_HOME_VALUES = frozenset(key for key, _ in HOME_CLIENT_KEYS.values())
_CHANNEL_WORDS = {
    "Volume:GVLK": "VOLUME_KMSCLIENT",
    "Volume:MAK": "VOLUME_MAK",
    "Retail": "RETAIL",
    "OEM:DM": "OEM_DM",
    "OEM:SLP": "OEM_SLP",
    "OEM:COA": "OEM_COA_NSLP",
    "Retail:TB:Eval": "TIMEBASED_EVAL",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something collected that speaks of an unlocked copy: by itself (`clear`), or only raising a question."""

    device_id: str
    category: str
    what: str
    clear: bool


def activation_rows(stories: Sequence[Story], collected: Sequence[Collected], owner: Owner, seed: int) -> tuple[pl.DataFrame, list[Mark]]:
    """Return the canonical activations table, and what in it speaks of unlocked copies after all that is missing."""
    draw = Draw(seed, "activations")
    rows: list[tuple[object, ...]] = []
    marks: list[Mark] = []
    for story in stories:
        known = collected[story.device.unit]
        if story.device.system.platform != "windows" or not known.licences or draw.chance(FAILED):
            continue
        at = datetime.combine(story.device.collected_on, datetime.min.time()) + timedelta(minutes=480 + draw.below(600))
        answered: dict[str, dict[str, object]] = {}
        for copy in story.copies:
            record = _record(draw, story, copy, owner, at, answered)
            if record is None:
                continue
            # A script that leaves columns out still lists the record.
            whole = dict.fromkeys(schema.ACTIVATIONS, None) | record | {"device_id": story.device.device_id, "collected_at": at.isoformat()}
            whole |= dict.fromkeys(known.without, None)
            if story.device.system.truth.release in ("7", "2008 R2") and copy.category == "os":
                whole["channel"] = None  # records of these systems have no such field
            rows.append(tuple(whole.values()))
            if copy.state == "pirated":
                marks += [Mark(story.device.device_id, copy.category, what, clear) for what, clear in _spoken(copy, whole, known, owner)]
    return pl.DataFrame(rows, schema=schema.ACTIVATIONS, orient="row"), marks


def _record(
    draw: Draw, story: Story, copy: Copy, owner: Owner, at: datetime, answered: dict[str, dict[str, object]]
) -> dict[str, object] | None:
    if copy.story in NO_RECORD or copy.category == "antivirus":
        return None
    if copy.category == "os":
        record = _windows(draw, story, copy, owner)
    else:
        found = office_record(draw, copy, owner)
        if found is None:
            return None
        record = found
    method = copy.story.removeprefix("converted, ")
    if record["channel"] == "Volume:GVLK" and record["license_status"] == 1:
        record |= _answer(draw, story, copy, method, owner, at, answered)
    return record


def _windows(draw: Draw, story: Story, copy: Copy, owner: Owner) -> dict[str, object]:
    release, edition = copy.product.release or "", copy.product.edition or ""
    client_key = CLIENT_KEYS.get((release, edition)) or HOME_CLIENT_KEYS.get(edition) or (random_key(draw), None)
    key: str = random_key(draw)
    status, channel, sku, reason, firmware = 1, "Retail", None, None, ""
    match copy.story:
        case "oem":
            channel, firmware = "OEM:DM", key
        case "board replaced":
            channel, firmware = "OEM:DM", random_key(draw)
        case "oem slp" | "loader":
            channel, key = "OEM:SLP", _factory_key(story.maker[0], edition)
        case "oem label":
            channel = "OEM:COA"
        case "digital upgrade" | "hwid":
            key = GENERIC_KEYS[edition]
            firmware = random_key(draw) if copy.story == "hwid" and draw.chance(0.3) else ""
        case "mak":
            channel, key = "Volume:MAK", owner.mak_of(draw, "server" if "Server" in copy.product.family else "windows")
        case "foreign mak":
            channel, key = "Volume:MAK", draw.pick(owner.foreign_maks)
        case "not activated":
            volume = client_key[1] is not None and edition not in ("Pro",)
            status, reason = draw.pick(((0, None), (5, "0xC004F009"), (5, "0xC004F034"), (2, None)))
            channel, key = ("Volume:GVLK", client_key[0]) if volume else ("Retail", GENERIC_KEYS.get(edition, key))
        case "evaluation":
            channel = "Retail:TB:Eval"
        case "retail key":
            pass
        case "education edition":
            channel, (key, sku) = "Volume:GVLK", client_key
        case _:
            channel, (key, sku) = "Volume:GVLK", client_key
    edition_id = EDITION_IDS[edition]
    return {
        "application": "windows",
        "product_name": f"Windows(R){' 7' if release == '7' else ''}, {edition_id} edition",
        "description": f"Windows(R) Operating System, {_CHANNEL_WORDS[channel]} channel",
        "activation_id": sku,
        "channel": channel,
        "license_status": status,
        "partial_product_key": key,
        "grace_minutes": 0 if status in (1, 5) and not channel.startswith("Retail:TB") else 20_000 + draw.below(20_000),
        "evaluation_end": (story.device.collected_on + timedelta(days=draw.below(80))).isoformat() if channel == "Retail:TB:Eval" else None,
        "edition_id": edition_id,
        "license_family": edition_id,
        "vl_activation_type": 0,
        "ad_object": "",
        "oa3_partial_key": firmware,
        "status_reason": reason,
        "listens_kms": False,
        "product_key_id": _key_id(draw, channel),
    }


def _factory_key(maker: str, edition: str) -> str:
    """The one key of all computers of a maker and edition."""
    return random_key(Draw(0, f"factory key/{maker}/{edition}"))


def _key_id(draw: Draw, channel: str) -> str:
    group = {"Volume:GVLK": "00206", "Volume:MAK": "00170", "OEM:SLP": "00178"}.get(channel, "00330")
    return draw.fill(f"03612-{group}-{{100-999}}-{{100000-999999}}-03-2052-19045.0000-{{100-340}}2024")


def _answer(
    draw: Draw, story: Story, copy: Copy, method: str, owner: Owner, at: datetime, answered: dict[str, dict[str, object]]
) -> dict[str, object]:
    """What a client key says about who activated it. All products of a computer ask the same host."""
    fresh = LEASE - draw.below(10_080)
    last_year = {"grace_minutes": fresh, "kms_port": 1688, "vl_activation_type": draw.pick((0, 2))}
    if method in ("city kms", "county kms", "moved kms", "education edition"):
        host = owner.host_of(method, story.device.unit)
        return last_year | {"kms_host": host, "kms_epid": owner.epid_of(host, copy.category)}
    if method == "directory":
        return {"grace_minutes": fresh, "kms_host": "", "kms_epid": "", "vl_activation_type": 1, "ad_object": owner.directory_object}
    home = copy.product.edition in HOME_CLIENT_KEYS
    lease = (43_200 if home else LEASE) - draw.below(10_080)
    if method == "kms38":
        # The ticket pins the client to an address where nobody answers, or leaves none.
        left = int((END_OF_32_BITS - at).total_seconds() // 60)
        return {"grace_minutes": left, "kms_host": draw.pick(("127.0.0.2", "", "")), "kms_epid": "", "vl_activation_type": 0}
    if method == "permanent client key":
        return {"grace_minutes": 0, "kms_host": "", "kms_epid": "", "vl_activation_type": draw.pick((0, 2))}
    if method == "endless lease":
        return {"grace_minutes": 2_147_483_640 - draw.below(1_000_000), "kms_host": "", "kms_epid": "", "vl_activation_type": 0}
    if method in answered:
        return answered[method] | {"grace_minutes": lease}
    if method == "public kms":
        host, epid = draw.pick(PUBLIC_HOSTS), _emulated(draw)
    elif method == "unlisted kms":
        host, epid = draw.pick(UNLISTED_HOSTS), _emulated(draw)
    elif method == "lan emulator":
        host, epid = draw.fill("192.168.{0-10}.{2-250}"), _emulated(draw)
    elif method == "hook":
        host, epid = draw.pick(("172.16.0.2", "172.16.0.2", "10.0.0.10")), _emulated(draw)
    elif method == "renewal task":
        host, epid = draw.pick(("10.0.0.10", *PUBLIC_HOSTS[:4])), _emulated(draw)
    else:
        host, epid = draw.pick(("127.0.0.1", "127.0.0.2", "127.0.0.2", "localhost", "0.0.0.0")), _emulated(draw)
    answered[method] = last_year | {"kms_host": host, "kms_epid": epid}
    return answered[method] | {"grace_minutes": lease}


def _emulated(draw: Draw) -> str:
    """What an emulator calls itself: a built-in text, or one drawn anew for each client."""
    if draw.chance(0.35):
        return draw.pick(EMULATOR_EPIDS)
    return host_epid(draw, draw.pick(("9600", "14393", "17763", "20348")), draw.pick(("1033", "2052", *FOREIGN_LOCALES)))


def _spoken(copy: Copy, row: dict[str, object], known: Collected, owner: Owner) -> list[tuple[str, bool]]:
    """What of a record that was collected tells an examiner about an unlocked copy; (what, clear)."""
    method = copy.story.removeprefix("converted, ")
    host, grace, epid = row["kms_host"], row["grace_minutes"], row["kms_epid"]
    told: list[tuple[str, bool]] = []
    client_key = row["partial_product_key"] in _CLIENT_VALUES
    if client_key and isinstance(host, str) and host and host not in owner.registered:
        told.append(("kms host", not host.startswith("192.168.")))
    if epid in EMULATOR_EPIDS:
        told.append(("emulator's name", True))
    elif isinstance(epid, str) and any(f"-03-{locale}-" in epid for locale in FOREIGN_LOCALES):
        told.append(("foreign host name", False))
    if client_key and isinstance(grace, int) and grace > LEASE:
        told.append(("impossible lease", True))
    if method == "permanent client key" and grace == 0:
        told.append(("client key for ever", row["vl_activation_type"] is not None))
    if row["partial_product_key"] in _HOME_VALUES:
        told.append(("client key of a home edition", True))
    if method == "hwid" and copy.product.edition in ("Enterprise", "Enterprise LTSC"):
        told.append(("retail licence of a volume edition", grace == 0))
    if method == "office hook":
        told.append(("key of the hook", True))
    if method == "foreign mak":
        told.append(("unknown volume key", False))
    return told
