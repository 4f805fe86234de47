"""Names and dtypes of every frame that crosses a stage. Nothing here computes.

The tables are those of the published contract: a reader produces the canonical frames, `match`
appends `MATCH_COLUMNS`, `assess` writes the result tables. A column's order here is its order in files.
"""

from __future__ import annotations

import polars as pl

UTF8 = pl.String

# --- canonical frames: what readers produce; a plain table with these headers (or their Chinese twins) is read as one ---

SOFTWARE: dict[str, pl.DataType] = {
    "device_id": UTF8(),
    "name": UTF8(),
    "publisher": UTF8(),
    "version": UTF8(),
    "install_date": UTF8(),
    "install_location": UTF8(),
    "product_code": UTF8(),
    "source": UTF8(),
}
DEVICES: dict[str, pl.DataType] = {
    "device_id": UTF8(),
    "unit_id": UTF8(),
    "hostname": UTF8(),
    "kind": UTF8(),
    "in_use": UTF8(),
    "os_name": UTF8(),
    "os_version": UTF8(),
    "os_build": UTF8(),
    "os_installed_on": UTF8(),
    "manufacturer": UTF8(),
    "model": UTF8(),
    "firmware_oem_id": UTF8(),  # "" where the firmware was asked and has none
    "collected_at": UTF8(),
    "received_at": UTF8(),
    "clock_at": UTF8(),
    "serial_number": UTF8(),
    "hardware_uuid": UTF8(),
    "bios_maker": UTF8(),
    "oem_info_maker": UTF8(),
    "hypervisor": UTF8(),
    "domain_joined": pl.Boolean(),
    "addresses": UTF8(),  # `;` between
    "firmware_edition": UTF8(),
    "upgraded_from": UTF8(),  # "" where it was asked and the system was not upgraded
    "c2r_products": UTF8(),  # `;` between
    "office_signed_in": pl.Boolean(),
    "purchased_as": UTF8(),
    "os_installed_at": UTF8(),  # the moment, where a time of day was told: only then machines can be compared to the second
    "software_list": UTF8(),  # whole | partial; of a partial list, what it lacks may be there all the same
}
UNITS: dict[str, pl.DataType] = {
    "unit_id": UTF8(),
    "parent_id": UTF8(),
    "name": UTF8(),
    "tier": UTF8(),
    "org_type": UTF8(),
    "region_code": UTF8(),
    "staff_quota": pl.Int64(),
    "staff_actual": pl.Int64(),
    "computer_users": pl.Int64(),
}
ACTIVATIONS: dict[str, pl.DataType] = {
    "device_id": UTF8(),
    "application": UTF8(),
    "product_name": UTF8(),
    "description": UTF8(),
    "activation_id": UTF8(),
    "channel": UTF8(),
    "license_status": pl.Int64(),
    "partial_product_key": UTF8(),
    "grace_minutes": pl.Int64(),
    "evaluation_end": UTF8(),
    "kms_host": UTF8(),
    "kms_port": pl.Int64(),
    "kms_epid": UTF8(),
    "edition_id": UTF8(),
    "license_family": UTF8(),
    "product_key_id": UTF8(),
    "vl_activation_type": pl.Int64(),
    "ad_object": UTF8(),
    "oa3_partial_key": UTF8(),
    "status_reason": UTF8(),
    "listens_kms": pl.Boolean(),
    "collected_at": UTF8(),
}
TRACES: dict[str, pl.DataType] = {"device_id": UTF8(), "kind": UTF8(), "value": UTF8(), "seen_at": UTF8()}
ENTITLEMENTS: dict[str, pl.DataType] = {
    "entitlement_id": UTF8(),
    "unit_id": UTF8(),
    "product": UTF8(),
    "edition": UTF8(),
    "release": UTF8(),
    "metric": UTF8(),
    "quantity": pl.Int64(),
    "device_id": UTF8(),
    "valid_from": UTF8(),
    "valid_to": UTF8(),
    "maintenance_to": UTF8(),
    "agreement": UTF8(),
    "unit_price": UTF8(),
    "currency": UTF8(),
    "proofs": UTF8(),
    "acquired_on": UTF8(),
    "publisher": UTF8(),
    "channel": UTF8(),
    "scope": UTF8(),
    "supplier": UTF8(),
    "source": UTF8(),
}
RULINGS: dict[str, pl.DataType] = {
    "ruling_id": UTF8(),
    "verdict": UTF8(),
    "ruled_by": UTF8(),
    "document_no": UTF8(),
    "ruled_on": UTF8(),
    "device_id": UTF8(),
    "unit_id": UTF8(),
    "name": UTF8(),
    "product_id": UTF8(),
    "rule_id": UTF8(),  # rules or signatures that accuse, `;` between; the ruling is on what all of them accuse
    "provisional_verdict": UTF8(),  # the ruling is on copies that are judged so without it
    "reason": UTF8(),
    "expires_on": UTF8(),
}
# The owner's facts as a table: one fact a row, `;` between several values of one cell. `fact` is a key of the TOML form.
ORGANISATION: dict[str, pl.DataType] = {
    "fact": UTF8(),
    "value": UTF8(),
    "product": UTF8(),
    "editions": UTF8(),
    "quantity": pl.Int64(),
    "mak": UTF8(),
    "agreement": UTF8(),
    "unit_id": UTF8(),
    "domain": UTF8(),
    "signature": UTF8(),
    "devices": UTF8(),
    "owner": UTF8(),
    "reason": UTF8(),
    "valid_from": UTF8(),
    "valid_to": UTF8(),
}
PRICES: dict[str, pl.DataType] = {
    "product": UTF8(),
    "unit_price": UTF8(),
    "currency": UTF8(),
    "from_quantity": pl.Int64(),  # the price holds for the whole quantity from here on
    "valid_from": UTF8(),
    "valid_to": UTF8(),
    "approved": pl.Boolean(),
    "edition": UTF8(),
    "release": UTF8(),
    "publisher": UTF8(),
    "metric": UTF8(),
    "channel": UTF8(),  # as of entitlements, and `upgrade`
    "side": UTF8(),  # client | server
    "reason": UTF8(),  # why the higher cap is needed
    "term_years": pl.Int64(),  # null: for good
    "replaces": UTF8(),  # families of programs sold alone that it can stand in for, `;` between
}
FRAMES = {
    "software": SOFTWARE,
    "devices": DEVICES,
    "units": UNITS,
    "activations": ACTIVATIONS,
    "traces": TRACES,
    "entitlements": ENTITLEMENTS,
    "rulings": RULINGS,
    "organisation": ORGANISATION,
    "prices": PRICES,
}
REQUIRED = {
    "software": ("device_id", "name"),
    "devices": ("device_id",),
    "units": ("unit_id", "name"),
    "activations": ("device_id", "product_name"),
    "traces": ("device_id", "kind", "value"),
    "entitlements": ("entitlement_id", "unit_id", "product", "metric"),
    "organisation": ("fact",),
    "rulings": ("verdict", "ruling_id", "ruled_by", "document_no", "ruled_on"),
    "prices": ("product", "unit_price"),
}

# Texts where "asked, and there is none" is a finding of its own: there the empty text, while null is "not asked".
ASKED_AND_NONE = {
    "devices": ("firmware_oem_id", "upgraded_from"),
    "activations": ("kms_host", "kms_epid", "ad_object", "oa3_partial_key"),
}

REJECTED: dict[str, pl.DataType] = {"file": UTF8(), "line": pl.Int64(), "reason": UTF8(), "raw": pl.Binary()}

# --- matching ---

NAME_KEY = ("name", "publisher", "version")

MATCH_COLUMNS: dict[str, pl.DataType] = {
    "lm_status": UTF8(),
    "lm_product_id": UTF8(),
    "lm_category": UTF8(),
    "lm_vendor": UTF8(),
    "lm_family": UTF8(),
    "lm_edition": UTF8(),
    "lm_release": UTF8(),
    "lm_role": UTF8(),
    "lm_method": UTF8(),
    "lm_score": pl.Float64(),
    "lm_margin": pl.Float64(),
    "lm_rule_id": UTF8(),
    "lm_signature_id": UTF8(),
    "lm_risk": UTF8(),
}
# What a decision knows beyond the contract's columns; the later stages use it, `match` does not write it.
DECISION_COLUMNS: dict[str, pl.DataType] = {
    **MATCH_COLUMNS,
    "family_id": UTF8(),  # "<category>.<slug>", the key into the catalog's facts
    "edition_id": UTF8(),  # slug of the edition, or null
    "release_id": UTF8(),  # id of the release within the family, or null
    "channel": UTF8(),  # retail | volume | oem | subscription | trial | beta, when the string says so
    "witness": UTF8(),  # category an unknown name holds open (vendor, category word), or null
    "memory": pl.Boolean(),  # recognised only through names known from memory: never carries a finding alone
}
STATUSES = ("recognised", "ambiguous", "unknown")
ROLES = ("product", "standalone_app", "component", "update", "language_pack", "tool", "server", "driver")
LICENSABLE_ROLES = ("product", "standalone_app", "server")
RISKS = ("none", "indication", "strong", "conclusive")

# --- result tables ---

MATCHES: dict[str, pl.DataType] = {
    "name": UTF8(),
    "publisher": UTF8(),
    "version": UTF8(),
    **MATCH_COLUMNS,
    "rows": pl.Int64(),
    "devices": pl.Int64(),
}
EVIDENCE = pl.Struct({"kind": UTF8(), "source": UTF8(), "row": pl.Int64(), "rule_id": UTF8(), "text": UTF8(), "weight": pl.Float64()})
INSTALLATIONS: dict[str, pl.DataType] = {
    "device_id": UTF8(),
    "unit_id": UTF8(),
    "category": UTF8(),
    "product_id": UTF8(),
    "vendor": UTF8(),
    "family": UTF8(),
    "edition": UTF8(),
    "release": UTF8(),
    "channel": UTF8(),
    "role": UTF8(),
    "verdict": UTF8(),
    "state": UTF8(),
    "confidence": pl.Float64(),
    "grade": UTF8(),
    "official": pl.Boolean(),
    "decided_by": UTF8(),  # id of the rule or signature that gave the verdict its turn; null where the licence alone did
    "flags": pl.List(UTF8()),  # what rules say beside the verdict: end_of_support, evidence_conflict, data_quality, personal_use
    "origin": UTF8(),
    "end_of_support": pl.Boolean(),
    "rows_collapsed": pl.Int64(),
    "evidence": pl.List(EVIDENCE),
}
FINDINGS: dict[str, pl.DataType] = {
    "device_id": UTF8(),
    "unit_id": UTF8(),
    "category": UTF8(),
    "verdict": UTF8(),
    "state": UTF8(),
    "confidence": pl.Float64(),
    "grade": UTF8(),
    "official": pl.Boolean(),
    "decided_by": UTF8(),
    "flags": pl.List(UTF8()),  # of the device in this category and of its installations
    "installations": pl.Int64(),
    "product_id": UTF8(),
    "evidence": pl.List(EVIDENCE),
}
STATES = ("genuine", "not_genuine", "undetermined", "out_of_scope")
POSITION: dict[str, pl.DataType] = {
    "unit_id": UTF8(),
    "category": UTF8(),
    "pool": UTF8(),  # line, class of edition and release
    "required": pl.Int64(),  # copies installed here that need a licence
    "limited": pl.Boolean(),  # False: a lot of this unit has no number (REGULATION I12: then `entitled` is empty)
    "entitled": pl.Int64(),  # seats of the unit's lots in force
    "entitled_proved": pl.Int64(),  # of these, with complete proof
    "used": pl.Int64(),  # seats of the unit's lots that the assignment spends, wherever
    "covered": pl.Int64(),  # required copies that some lot covers
    "usable": pl.Int64(),  # seats with complete proof that are at the pool's disposal: those covering it and its own idle ones
    "surplus": pl.Int64(),
    "shortfall": pl.Int64(),
    "blocked": pl.Int64(),  # own idle seats that no copy short of a licence may use
    "free": pl.Int64(),  # copies that need no licence: open source, or free and approved
}
# Lots as they were judged; what a paper's product is nobody recognised has no family and covers nothing. No keys.
HOLDINGS: dict[str, pl.DataType] = {
    "lot": pl.UInt32(),  # row of the entitlements, from 0
    "entitlement_id": UTF8(),
    "unit_id": UTF8(),
    "product": UTF8(),
    "category": UTF8(),
    "family_id": UTF8(),
    "edition_id": UTF8(),
    "release": UTF8(),
    "metric": UTF8(),
    "quantity": pl.Int64(),
    "device_id": UTF8(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "maintenance_to": pl.Date(),
    "agreement": UTF8(),
    "unit_price": pl.Decimal(18, 2),
    "proofs": UTF8(),
    "channel": UTF8(),
    "scope": UTF8(),
    "used": pl.Int64(),  # seats of it that the assignment spends
}
# A copy in scope, what decides which licence it needs, and the seat that it got.
ASSIGNMENT: dict[str, pl.DataType] = {
    "installation": pl.UInt32(),  # row of installations.parquet, from 0
    "device_id": UTF8(),
    "unit_id": UTF8(),
    "category": UTF8(),
    "family_id": UTF8(),
    "edition_id": UTF8(),
    "release": UTF8(),
    "role": UTF8(),
    "channel": UTF8(),
    "licence": UTF8(),
    "vendor": UTF8(),
    "approved_free": pl.Boolean(),
    "qualified": pl.Boolean(),  # whether its computer has a full licence an upgrade can stand on; null: nobody knows
    "lot": pl.UInt32(),  # of `HOLDINGS`; null where none covers it
    "entitlement_id": UTF8(),
    "right": UTF8(),
    "proved": pl.Boolean(),
    "missing": pl.List(UTF8()),
    "seat": pl.Int64(),
    "base_lot": pl.UInt32(),  # the full licence that was spent so that an upgrade can stand on it
}
UNKNOWN: dict[str, pl.DataType] = {
    "name": UTF8(),
    "publisher": UTF8(),
    "version": UTF8(),
    "lm_status": UTF8(),
    "category": UTF8(),
    "rows": pl.Int64(),
    "devices": pl.Int64(),
    "held_open": pl.Int64(),  # devices in scope on which the name holds its category open
    "interval_open": pl.Float64(),
}


def empty(frame: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return a frame with these columns and no rows."""
    return pl.DataFrame(schema=frame)
