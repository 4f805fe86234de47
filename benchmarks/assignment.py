"""Measure position, assignment and certificate on a generated city.

    python benchmarks/assignment.py scale --devices 300000            # every need is one seat: a flow
    python benchmarks/assignment.py scale --devices 300000 --joint    # suites and upgrades: an integer program
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from datetime import date

import polars as pl

from licmatch.licences import assign, load_rights, position, verify_assignment

AS_OF = date(2026, 11, 30)
OFFICE = "office.microsoft-office"
FULL = "合同;授权书;发票"
WHOLES = [
    *(
        ("office", OFFICE, edition, release)
        for edition in ("standard", "professional-plus")
        for release in ("2010", "2013", "2016", "2019", "2021")
    ),
    *(("office", "office.wps-office", "professional", release) for release in ("2016", "2019")),
    *(("antivirus", "antivirus.kaspersky-endpoint-security", None, release) for release in ("10", "11")),
    ("antivirus", "antivirus.qianxin-tianqing", None, "10"),
]
SERVERS = [
    ("os", f"os.windows-server-{release}", edition, release)
    for release in ("2012", "2016", "2019")
    for edition in ("standard", "datacenter")
]
CLIENTS = [("os", f"os.windows-{release}", edition, release) for release in ("7", "10", "11") for edition in ("pro", "enterprise")]
PARTS = [("office", f"office.microsoft-{name}", None, release) for name in ("word", "excel", "access") for release in ("2013", "2016")]


def city(devices: int, lots: int, units: int, seed: int, joint: bool) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return demand, lots and ancestors of a made-up city: ten counties, licences owned at all tiers, two thirds of what is needed."""
    draw = random.Random(seed)
    counties = [f"c{number:02}" for number in range(10)]
    below = [f"u{number:04}" for number in range(max(units - 11, 1))]
    parent = {unit: counties[number % 10] for number, unit in enumerate(below)}
    pairs = [("city", "city"), *((c, a) for c in counties for a in (c, "city")), *((u, a) for u in below for a in (u, parent[u], "city"))]
    ancestors = pl.DataFrame(pairs, schema=["unit_id", "ancestor"], orient="row")
    taste = {unit: draw.sample(WHOLES, 5) for unit in below}
    rows = []
    for device in range(devices):
        unit = below[min(int(draw.paretovariate(1.2)) * 7 % len(below), len(below) - 1)] if device % 2 else below[device // 2 % len(below)]
        has = [draw.choice(CLIENTS if joint else SERVERS), draw.choice(taste[unit])]
        antivirus = [one for one in taste[unit] if one[0] == "antivirus"]
        if antivirus:
            has.append(antivirus[0])
        if joint and draw.random() < 0.1:
            has += draw.sample(PARTS, draw.randint(1, 3))
        rows += [(device, f"d{device:06}", unit, *one) for one in dict.fromkeys(has)]
    names = ["device", "device_id", "unit_id", "category", "family_id", "edition_id", "release"]
    demand = pl.DataFrame(rows, schema=names, orient="row", schema_overrides={"device": pl.UInt32}, infer_schema_length=None)
    demand = demand.with_row_index("at")
    # A third of the computers is known to hold a full licence, a third not to, of the rest nobody knows.
    known = pl.when(pl.col("device") % 3 == 0).then(True).when(pl.col("device") % 3 == 1).then(False)
    demand = demand.with_columns(qualified=known if joint else pl.lit(None, pl.Boolean))
    owners = ["city", *counties, *below]
    made = []
    each = max(1, len(rows) * 2 // 3 // max(lots, 1))
    for lot in range(lots):
        owner = draw.choices(owners, weights=[60, *[20] * 10, *[1] * len(below)])[0]
        category, family, edition, release = draw.choice(WHOLES + (CLIENTS if joint else SERVERS))
        bound = f"d{draw.randrange(devices):06}" if lot % 4 == 0 else None
        site = category == "antivirus" and lot % 31 == 0
        made.append(
            {
                "lot": lot, "entitlement_id": f"e{lot:06}", "unit_id": owner, "category": category,
                "family_id": family, "edition_id": edition, "release": release,
                "metric": "site" if site else "device", "device_id": bound,
                "quantity": None if site else 1 if bound else draw.randint(1, 2 * each),
                "channel": draw.choice(["volume", "volume", "purchased", "retail"]), "proofs": draw.choice([FULL, FULL, "发票"]),
                "unit_price": f"{draw.choice([380, 600, 1400, 2980])}.00",
                "maintenance_to": draw.choice([None, date(2020, 12, 31)]),
            }
        )  # fmt: skip
    texts = dict.fromkeys(("edition_id", "release", "device_id", "proofs"), pl.String) | {
        "maintenance_to": pl.Date,
        "quantity": pl.Int64,
        "lot": pl.UInt32,
    }
    return demand, pl.DataFrame(made, schema_overrides=texts, infer_schema_length=None), ancestors


def scale(devices: int, lots: int, units: int, joint: bool, seed: int) -> None:
    rights = load_rights()
    demand, owned, ancestors = city(devices, lots, units, seed, joint)
    wall, cpu = time.perf_counter(), time.process_time()
    found = assign(demand, owned, ancestors, rights, AS_OF)
    rows = position(found, rights)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    problem = found.problem
    parts = sum(proof.case == "milp" for proof in found.proofs)
    print(f"{devices} devices, {demand.height} copies, {lots} lots, {units} units: case {found.case}, {parts} joint parts")
    print(f"{problem.classes.height} classes, {problem.stocks.height} stocks, {problem.edges.height} edges")
    print(f"covered {found.covers['lot'].count()}, position rows {rows.height}, shortfall {rows['shortfall'].sum()}")
    print(f"wall {wall:.1f} s, cpu {cpu:.1f} s, peak {peak} MiB (the generator included)")
    start = time.perf_counter()
    print(
        "verified:", verify_assignment(found, demand, owned, ancestors, rights, AS_OF) or "holds", f"in {time.perf_counter() - start:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    jobs = parser.add_subparsers(dest="job", required=True)
    one = jobs.add_parser("scale")
    one.add_argument("--devices", type=int, default=300_000)
    one.add_argument("--lots", type=int, default=2_000)
    one.add_argument("--units", type=int, default=600)
    one.add_argument("--joint", action="store_true")
    one.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    scale(asked.devices, asked.lots, asked.units, asked.joint, asked.seed)


if __name__ == "__main__":
    main()
