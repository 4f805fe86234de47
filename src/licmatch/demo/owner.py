"""The owner's side: its KMS hosts, volume keys, agreements, laboratory and tools, and the file that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from licmatch.demo.draw import Draw
from licmatch.demo.licence_keys import host_epid, random_key
from licmatch.demo.pirated import CITY_KMS_HOST
from licmatch.demo.places import Unit
from licmatch.demo.stories import Story

# The host was renamed; only the DNS record of the domain knows the new name.
MOVED_TO = "vlsc-kms02.zhanjiang.gov.cn"
DOMAIN = "zhanjiang.gov.cn"
_KEYS = {"windows": 3, "server": 1, "office": 3}


@dataclass(slots=True)
class Owner:
    """What the city's administration has and knows; `registered` are the hosts it wrote down."""

    seed: int
    county_hosts: dict[int, str]  # unit -> host of its county
    registered: frozenset[str]
    maks: dict[str, tuple[str, ...]]
    foreign_maks: tuple[str, ...]
    directory_object: str = "CN=Activation Objects,CN=Microsoft SPP,CN=Services,CN=Configuration,DC=zhanjiang,DC=gov,DC=cn"
    _epids: dict[tuple[str, str], str] = field(default_factory=dict)

    def host_of(self, method: str, unit: int) -> str:
        """Return the host that serves a unit in this way."""
        if method == "moved kms":
            return MOVED_TO
        return self.county_hosts.get(unit, CITY_KMS_HOST) if method == "county kms" else CITY_KMS_HOST

    def mak_of(self, draw: Draw, product: str) -> str:
        """Return the last five of one of the volume keys for a product."""
        return draw.pick(self.maks[product])

    def epid_of(self, host: str, category: str) -> str:
        """Return what the host calls itself to clients of a category: always the same."""
        if (host, category) not in self._epids:
            self._epids[host, category] = host_epid(Draw(self.seed, f"epid/{host}/{category}"))
        return self._epids[host, category]


def owner_of(units: Sequence[Unit], seed: int) -> Owner:
    """Return the city's administration: a host of its own in most counties, one of which nobody registered."""
    draw = Draw(seed, "owner")
    counties = [unit for unit in units if unit.tier == "county"]
    host_of = {county.unit_id: f"10.44.{county.region_code[-2:].lstrip('0') or '0'}.{5 + draw.below(20)}" for county in counties[2:]}
    county_hosts = {n: host_of[unit.parent_id] for n, unit in enumerate(units) if unit.parent_id in host_of}
    forgotten = counties[-1].unit_id if counties else None
    registered = {CITY_KMS_HOST, MOVED_TO, *(host for county, host in host_of.items() if county != forgotten)}
    maks = {product: tuple(random_key(draw) for _ in range(count)) for product, count in _KEYS.items()}
    return Owner(seed, county_hosts, frozenset(registered), maks, tuple(random_key(draw) for _ in range(4)))


def organisation_toml(owner: Owner, stories: Sequence[Story], units: Sequence[Unit]) -> str:
    """Return the owner's file as `assess --organisation` takes it."""
    laboratory = [story.device.device_id for story in stories if story.aside == "laboratory"]
    archive = [story.device.device_id for story in stories if story.aside == "sample archive"]
    written = sorted(owner.registered - {MOVED_TO})
    lines = [
        f'name = "{units[0].name}"',
        "locales = [2052, 1033]",
        f"devices_total = {len(stories)}",
        f"kms_hosts = [{', '.join(_quoted(host) for host in written)}]",
        "",
        "[[kms_srv]]",
        f'domain = "{DOMAIN}"',
        f'host = "{MOVED_TO}"',
    ]
    for product, key, number in (
        ("Windows 10 Enterprise", "windows", "V4408-01"),
        ("Windows 11 Enterprise", "windows", "V4408-01"),
        ("Windows 10 Pro", "windows", "V4408-02"),
        ("Windows 7 Professional", "windows", "V4408-02"),
        ("Windows Server 2019 Standard", "server", "V4408-03"),
        ("Microsoft Office 2016 Professional Plus", "office", "V4408-04"),
        ("Microsoft Office 2019 Standard", "office", "V4408-04"),
        ("Microsoft Visio 2016 Professional", "office", "V4408-05"),
        ("Microsoft Project 2016 Professional", "office", "V4408-05"),
    ):
        lines += ["", "[[volume_agreements]]", f'product = "{product}"', f'agreement = "{number}"']
        lines.append(f"mak = [{', '.join(_quoted(last) for last in owner.maks[key])}]")
    lines += ["", "[[free_software]]", 'product = "antivirus.huorong-internet-security"', "eula = 2024-05-20"]
    lines.append('document_no = "湛版〔2026〕3号"')
    if laboratory:
        lines += ["", "[[test_labs]]", f"devices = [{', '.join(_quoted(name) for name in laboratory)}]", 'reason = "兼容性测试实验室"']
    for tool in ("KMSpico", "HEU KMS Activator", "AutoKMS") if archive else ():
        lines += ["", "[[allowed_tools]]", f'name = "{tool}"', 'owner = "网络安全支队"', "until = 2027-06-30"]
        lines += [f"devices = [{', '.join(_quoted(name) for name in archive)}]", 'reason = "样本库"']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return f'"{text}"'
