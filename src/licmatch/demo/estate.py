"""The devices of the county: which unit owns each, what it runs, what it should not run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from licmatch.demo import linux, windows
from licmatch.demo.draw import Draw, Weighted
from licmatch.demo.entry import Bundle
from licmatch.demo.pirated import PIRATED, PIRATED_APPS, repack_hostname
from licmatch.demo.places import Unit
from licmatch.demo.windows import System

KINDS = Weighted((("desktop", 74.0), ("laptop", 21.0), ("server", 2.2), ("vm", 1.3), ("other", 1.5)))
IN_USE = Weighted((("yes", 94.0), ("no", 4.0), ("unknown", 2.0)))
# fmt: off
MODELS = (
    ("LENOVO", "ThinkCentre M730s"), ("LENOVO", "启天M428"), ("HP", "HP ProDesk 400 G6 MT"), ("Dell Inc.", "OptiPlex 3060"),
    ("Dell Inc.", "OptiPlex 7010"), ("HASEE", "神舟新瑞"), ("Founder", "文祥E620"), ("TSINGHUA TONGFANG", "超越E500"),
    ("Great Wall", "世恒TD120A2"), ("HUAWEI", "擎云 W515"),
)
# fmt: on
ANTIVIRUS_COUNT = Weighted(((0, 5.0), (1, 68.0), (2, 22.0), (3, 5.0)))
LINUX_SHARE = 0.08
PIRATED_SHARE = 0.055  # of the devices of an average unit; towns have more, city organs fewer
TIER_FACTOR = {"township": 2.2, "department": 1.0}


@dataclass(frozen=True, slots=True)
class Device:
    """One computer; bundles are indexes into the plan's lists."""

    device_id: str
    unit: int
    kind: str
    in_use: str
    system: System
    maker: tuple[str, str]
    collected_on: date
    installed_on: date
    office: tuple[int, ...]
    antivirus: tuple[int, ...]
    pirated: tuple[int, ...]  # indexes into PIRATED.values
    pirated_apps: tuple[int, ...]  # indexes into PIRATED_APPS.values
    repacked: bool


class Shelf:
    """The bundles of one kind, drawn by weight."""

    def __init__(self, bundles: tuple[Bundle, ...]) -> None:
        self.bundles = bundles
        self._weighted = Weighted((index, bundle.weight) for index, bundle in enumerate(bundles))

    def draw(self, draw: Draw) -> int:
        """Return the index of one bundle."""
        return draw.weighted(self._weighted)

    def several(self, draw: Draw, count: int) -> tuple[int, ...]:
        """Return the indexes of up to `count` bundles of different families; only Microsoft's suites live side by side in two releases."""
        found: dict[object, int] = {}
        for _ in range(count):
            index = self.draw(draw)
            product = self.bundles[index].product
            found.setdefault(product if product is None or product.family == "Microsoft Office" else product.family, index)
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Shelves:
    """What each platform offers; Linux bundles follow the Windows ones in the plan's numbering."""

    office: Shelf
    sold_alone: Shelf
    antivirus: Shelf
    linux_office: Shelf
    linux_antivirus: Shelf


def draw_devices(units: tuple[Unit, ...], counts: tuple[int, ...], shelves: Shelves, seed: int, as_of: date) -> list[Device]:
    """Return the devices unit by unit; ids are unique and are the computer names."""
    draw = Draw(seed, "devices")
    taken: set[str] = set()
    devices = []
    for number, (unit, count) in enumerate(zip(units, counts, strict=True)):
        pirated_share = (
            PIRATED_SHARE * TIER_FACTOR.get(unit.tier, 1.0) * (0.3 if unit.parent_id == "440800" else 1.0) * (0.3 + 1.7 * draw.unit())
        )
        collected = as_of - timedelta(days=draw.below(9))
        for serial in range(1, count + 1):
            devices.append(_device(draw, number, unit, serial, shelves, pirated_share, collected, taken))
    return devices


def _device(
    draw: Draw, number: int, unit: Unit, serial: int, shelves: Shelves, pirated_share: float, collected: date, taken: set[str]
) -> Device:
    kind = draw.weighted(KINDS)
    on_linux = draw.chance(LINUX_SHARE)
    server = kind == "server"
    if server:
        system = linux.draw_server(draw) if on_linux else windows.draw_server(draw)
    else:
        system = linux.draw_desktop(draw) if on_linux else windows.draw_client(draw)
    pirated: tuple[int, ...] = ()
    if not on_linux and draw.chance(pirated_share):
        pirated = (PIRATED.values.index(draw.weighted(PIRATED)),)
    pirated_apps: tuple[int, ...] = ()
    if not on_linux and draw.chance(pirated_share * 0.25):
        pirated_apps = (PIRATED_APPS.values.index(draw.weighted(PIRATED_APPS)),)
    repacked = bool(pirated) and draw.chance(0.3)
    office: tuple[int, ...] = ()
    office_shelf, antivirus_shelf = (shelves.linux_office, shelves.linux_antivirus) if on_linux else (shelves.office, shelves.antivirus)
    if draw.chance(0.25 if server else 0.96):
        office = office_shelf.several(draw, 2 if draw.chance(0.3) else 1)
    if not on_linux and draw.chance(0.05):
        office += (len(shelves.office.bundles) + shelves.sold_alone.draw(draw),)
    return Device(
        device_id=_hostname(draw, unit, serial, number, repacked, taken),
        unit=number,
        kind=kind,
        in_use=draw.weighted(IN_USE),
        system=system,
        maker=draw.pick(MODELS),
        collected_on=collected,
        installed_on=collected - timedelta(days=30 + int(3200 * draw.unit() ** 1.5)),
        office=office,
        antivirus=antivirus_shelf.several(draw, draw.weighted(ANTIVIRUS_COUNT)),
        pirated=pirated,
        pirated_apps=pirated_apps,
        repacked=repacked,
    )


def _hostname(draw: Draw, unit: Unit, serial: int, number: int, repacked: bool, taken: set[str]) -> str:
    while True:
        if repacked:
            name = repack_hostname(draw)
        elif draw.chance(0.55):
            name = f"ZJ{unit.region_code[-2:]}-{number:03d}-{serial:04d}"
        else:
            name = "DESKTOP-" + "".join(draw.pick("0123456789ABCDEFGHJKLMNPQRSTUV") for _ in range(7))
        if name not in taken:
            taken.add(name)
            return name
