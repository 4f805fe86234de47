"""Small estates for the tests, and the best assignment found by trying everything, written without the tables of the code it checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product as every

import polars as pl

from licmatch.licences.frames import LOTS
from licmatch.licences.proof import documents, licence_kind, missing_proof
from licmatch.licences.reach import Licence, product, reaches
from licmatch.licences.rights import Rights, load_rights

AS_OF = date(2026, 1, 1)
FULL = "合同;授权书;发票"
OFFICE, WORD, EXCEL = "office.microsoft-office", "office.microsoft-word", "office.microsoft-excel"
ANCESTORS = pl.DataFrame({"unit_id": ["a", "a", "b", "b", "city"], "ancestor": ["a", "city", "b", "city", "city"]})


@cache
def rights() -> Rights:
    return load_rights()


@dataclass(frozen=True)
class Copy:
    device: int
    unit: str
    family: str
    edition: str | None = None
    release: str | None = None
    qualified: bool | None = None
    licence: str = "commercial"
    approved: bool = False


def demand_of(copies: list[Copy]) -> pl.DataFrame:
    schema = {
        "at": pl.UInt32, "device": pl.UInt32, "device_id": pl.String, "unit_id": pl.String, "category": pl.String, "family_id": pl.String,
        "edition_id": pl.String, "release": pl.String, "qualified": pl.Boolean, "licence": pl.String, "approved_free": pl.Boolean,
    }  # fmt: skip
    rows = [
        (at, c.device, f"d{c.device}", c.unit, c.family.split(".")[0], c.family, c.edition, c.release, c.qualified, c.licence, c.approved)
        for at, c in enumerate(copies)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def lot(family: str, edition: str | None = None, release: str | None = None, **cells: object) -> dict[str, object]:
    given = {"unit_id": "city", "metric": "device", "quantity": 1, "channel": "volume", "proofs": FULL}
    return given | {"family_id": family, "edition_id": edition, "release": release} | cells


def lots_of(lots: list[dict[str, object]]) -> pl.DataFrame:
    rows = [
        {"lot": at, "entitlement_id": f"e{at:03}", "category": str(one["family_id"]).split(".")[0]} | one for at, one in enumerate(lots)
    ]
    return pl.DataFrame([{name: row.get(name) for name in LOTS} for row in rows], schema=LOTS | {"unit_price": pl.String}).with_columns(
        pl.col("unit_price").cast(LOTS["unit_price"])
    )


Score = tuple[int, int, int, int]


def best_by_trying(copies: list[Copy], lots: list[dict[str, object]]) -> Score:
    """Return covered, proved, kept, -cents of the best of all assignments. Each copy takes: nothing, a seat of its own, a place on a seat
    that a suite gives its computer, and an upgrade a base or none."""
    book = rights()
    above = {"a": ("a", "city", None), "b": ("b", "city", None), "city": ("city", None)}
    seats, kinds = [], []
    for one in lots:
        kind = licence_kind(str(one["metric"]), one.get("channel"), bool(one.get("agreement")), book)  # type: ignore[arg-type]
        family = str(one["family_id"])
        kinds.append(
            Licence(product(family.split(".")[0], family, one["edition_id"], one["release"], book), kind, one.get("maintenance_to"))
        )  # type: ignore[arg-type]
        seats.append(None if one["metric"] in ("site", "unlimited") else one["quantity"])
    rule = book.upgrade_only[0]

    def full(place: int) -> bool:
        licence = kinds[place]
        return (
            licence.product.line == rule.line
            and licence.kind in rule.qualifying_kinds
            and licence.product.edition in rule.qualifying_editions
        )

    ways: list[list[tuple[int, int | None, bool, bool, bool]]] = []
    for c in copies:
        mine: list[tuple[int, int | None, bool, bool, bool]] = [(-1, None, False, False, False)]
        thing = product(c.family.split(".")[0], c.family, c.edition, c.release, book)
        for place, one in enumerate(lots):
            hard = kinds[place].kind == "oem" and one.get("device_id")
            if hard:
                if one["device_id"] != f"d{c.device}":
                    continue
            elif one["unit_id"] not in above[c.unit]:
                continue
            found = reaches(kinds[place], thing, book, AS_OF)
            if found is None:
                continue
            said = documents(one["proofs"], book)  # type: ignore[arg-type]
            filled = frozenset(cell for cell in ("quantity", "device_id", "valid_to") if one.get(cell))
            lacking = missing_proof(kinds[place].kind, str(one["metric"]), said, filled, book, found.documents)
            kept = one.get("device_id") == f"d{c.device}"
            stands = c.qualified or any(
                full(p) and kinds[p].kind == "oem" and o.get("device_id") == f"d{c.device}" for p, o in enumerate(lots)
            )
            upgrade = kinds[place].product.line == rule.line and kinds[place].kind in rule.kinds
            if not upgrade or stands:
                mine.append((place, None, not lacking, kept, found.part))
                continue
            if c.qualified is None:
                mine.append((place, None, not lacking and "base_licence" in said, kept, found.part))
            for base, other in enumerate(lots):
                soft = not (kinds[base].kind == "oem" and other.get("device_id"))
                if full(base) and soft and other["unit_id"] in above[c.unit]:
                    mine.append((place, base, not lacking, kept, found.part))
        ways.append(mine)
    best: Score = (0, 0, 0, 0)
    cents = [0 if seats[p] is None else round(float(str(one.get("unit_price") or 0)) * 100) for p, one in enumerate(lots)]
    for chosen in every(*ways):
        spent = dict.fromkeys(range(len(lots)), 0)
        for device in {c.device for c in copies}:
            here = [way for way, c in zip(chosen, copies, strict=True) if c.device == device and way[0] >= 0]
            for place in {way[0] for way in here}:
                parts = sum(way[4] for way in here if way[0] == place)
                wholes = sum(not way[4] for way in here if way[0] == place)
                # All parts fit on one seat, and a whole beside them.
                spent[place] += max(wholes, 1 if parts else 0)
            for way in here:
                if way[1] is not None:
                    spent[way[1]] += 1
        if any(seats[p] is not None and spent[p] > seats[p] for p in spent):  # type: ignore[operator]
            continue
        used = [way for way in chosen if way[0] >= 0]
        score = (len(used), sum(w[2] for w in used), sum(w[3] for w in used), -sum(cents[p] * n for p, n in spent.items()))
        best = max(best, score)
    return best
