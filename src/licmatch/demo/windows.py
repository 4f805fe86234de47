"""Captions of Windows as Chinese and English systems report them, with the builds that go with them."""

from __future__ import annotations

from dataclasses import dataclass

from licmatch.demo.draw import Draw, Weighted
from licmatch.demo.entry import Truth

EDITION_WORDS = {
    "Pro": "专业版",
    "Professional": "专业版",
    "Enterprise": "企业版",
    "Home": "家庭版",
    "Home China": "家庭中文版",
    "Ultimate": "旗舰版",
    "Home Basic": "家庭普通版",
    "Education": "教育版",
    "Enterprise LTSC": "企业版 LTSC",
    "Pro for Workstations": "专业工作站版",
}

# release, edition, weight, builds
# fmt: off
CLIENTS = (
    ("7", "Professional", 5.0, ("7601",)),
    ("7", "Ultimate", 6.0, ("7601",)),
    ("7", "Home Basic", 1.0, ("7601",)),
    ("7", "Enterprise", 0.7, ("7601",)),
    ("8.1", "Pro", 0.8, ("9600",)),
    ("10", "Pro", 33.0, ("19045", "19044", "19042", "18363", "17763")),
    ("10", "Enterprise", 6.0, ("19045", "19044")),
    ("10", "Home China", 6.0, ("19045", "19044", "18362")),
    ("10", "Home", 1.2, ("19045",)),
    ("10", "Education", 1.2, ("19045",)),
    ("10", "Enterprise LTSC", 3.0, ("17763", "19044")),
    ("10", "Pro for Workstations", 0.5, ("19045",)),
    ("11", "Pro", 15.0, ("22631", "22621", "26100")),
    ("11", "Home China", 6.0, ("22631", "26100")),
    ("11", "Enterprise", 1.6, ("22631",)),
)
# fmt: on
# fmt: off
SERVERS = (
    ("2008 R2", "Standard", 1.0, ("7601",)),
    ("2012 R2", "Standard", 2.0, ("9600",)),
    ("2016", "Standard", 3.0, ("14393",)),
    ("2016", "Datacenter", 1.5, ("14393",)),
    ("2019", "Standard", 3.0, ("17763",)),
    ("2019", "Datacenter", 1.5, ("17763",)),
    ("2022", "Standard", 2.0, ("20348",)),
)
# fmt: on
KERNELS = {"7": "6.1", "2008 R2": "6.1", "8.1": "6.3", "2012 R2": "6.3"}


@dataclass(frozen=True, slots=True)
class System:
    """An operating system as a device reports it, with what it is; `platform` tells which software it can carry."""

    name: str
    version: str
    build: str
    truth: Truth
    platform: str


_CLIENT = Weighted((row, row[2]) for row in CLIENTS)
_SERVER = Weighted((row, row[2]) for row in SERVERS)


def draw_client(draw: Draw) -> System:
    """Return a Windows client; one in twelve Windows 11 calls itself Windows 10, as the registry does, and only the build tells."""
    release, edition, _, builds = draw.weighted(_CLIENT)
    build = draw.pick(builds)
    stated = "10" if release == "11" and draw.chance(1 / 12) else release
    zh = draw.chance(0.88)
    name = f"Microsoft Windows {stated} {EDITION_WORDS[edition] if zh else edition}"
    if release == "7" and draw.chance(0.5):
        name += " "  # Win32_OperatingSystem ends the captions of Windows 7 with a blank
    truth = Truth("os", "Microsoft", f"Windows {release}", edition, release)
    return System(name, f"{KERNELS.get(release, '10.0')}.{build}", build, truth, "windows")


def draw_server(draw: Draw) -> System:
    """Return a Windows server."""
    release, edition, _, builds = draw.weighted(_SERVER)
    build = draw.pick(builds)
    name = f"Microsoft Windows Server {release} {edition}"
    if release == "2008 R2":
        name += " "
    truth = Truth("os", "Microsoft", f"Windows Server {release}", edition, release)
    return System(name, f"{KERNELS.get(release, '10.0')}.{build}", build, truth, "windows")
