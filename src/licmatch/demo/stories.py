"""The licence story of each copy, drawn before anything is written: who bought it or how it was unlocked.

A story is the truth. What it leaves behind is written by `activation`, `traces`, `hardware` and `papers`, and much of that is never
collected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from licmatch.demo.draw import Draw
from licmatch.demo.entry import Truth
from licmatch.demo.estate import TIER_FACTOR, Device
from licmatch.demo.installed import Plan
from licmatch.demo.licence_keys import ASSEMBLED, CLIENT_KEYS, GENERIC_KEYS, HOME, HOME_CLIENT_KEYS, HOOK_KEYS, OFFICE_CLIENT_KEYS, SLIC_OF
from licmatch.demo.pirated import PIRATED
from licmatch.demo.places import Unit
from licmatch.demo.story_shares import (
    APPROVED,
    ASIDE,
    FOR_PERSONS,
    METHODS_OF,
    MODERN,
    OFFICE_METHODS_OF,
    SERVER,
    SEVEN,
    SUITE,
    TOOL_OF,
    UNLOCK,
    UNLOCK_OFFICE,
    UNLOCK_SEVEN,
    VOLUME,
    WINDOWS_ONLY,
)

UNSEEN_SHARE = 0.055  # of computers where something was unlocked and no program of the list tells it


@dataclass(frozen=True, slots=True)
class Copy:
    """One product on a device and what stands behind it. `state`: genuine, pirated, unlicensed, trial, personal, free."""

    category: str
    product: Truth
    state: str
    story: str
    tool: str | None = None


@dataclass(slots=True)
class Story:
    """A device with its copies; `aside` is what else happened there that is no piracy of a copy."""

    device: Device
    copies: list[Copy] = field(default_factory=list)
    maker: tuple[str, str] = ("", "")
    aside: str | None = None
    tools: tuple[str, ...] = ()  # tools that were on the computer, used or not
    used_on: tuple[str, ...] = ()  # categories something was unlocked in


def draw_stories(devices: Sequence[Device], units: Sequence[Unit], plan: Plan, seed: int) -> list[Story]:
    """Return the story of each device, in order."""
    draw = Draw(seed, "stories")
    shares = [UNSEEN_SHARE * TIER_FACTOR.get(unit.tier, 1.0) * (0.3 + 1.4 * draw.unit()) for unit in units]
    laboratory = _first_of(devices, units, "政务服务数据管理局", 4)
    archive = _first_of(devices, units, "公安局", 2)
    stories = []
    for device in devices:
        story = Story(device, maker=device.maker)
        if device.system.platform != "windows":
            story.copies = _linux_copies(device, plan)
        else:
            special = "laboratory" if device.device_id in laboratory else "sample archive" if device.device_id in archive else None
            _tell(draw, story, plan, 0.0 if special else shares[device.unit])
            story.aside = special or draw.weighted(ASIDE)
            if device.repacked and "os" not in story.used_on:
                story.aside = "repacked image"  # an unofficial image, and the licence of the computer all the same
        stories.append(story)
    return stories


def _first_of(devices: Sequence[Device], units: Sequence[Unit], name: str, count: int) -> frozenset[str]:
    """The first ordinary Windows computers of the city's office of that name."""
    found = [
        d for d in devices if d.system.platform == "windows" and units[d.unit].name.endswith(name) and units[d.unit].parent_id == "440800"
    ]
    return frozenset(d.device_id for d in [d for d in found if not d.pirated][:count])


def _tell(draw: Draw, story: Story, plan: Plan, unseen: float) -> None:
    device = story.device
    tool = next((PIRATED.values[i][0].tool for i in device.pirated), None)
    reach = {category for i in device.pirated for category in PIRATED.values[i][1]}
    suites = [plan.bundles["office"][i].product for i in device.office]
    if tool is None and device.kind != "server" and draw.chance(unseen):
        reach = draw.pick(({"os"}, {"office"}, {"os", "office"}, {"os", "office"}))
    # A tool that can unlock both is not always used on both.
    if {"os", "office"} <= reach and tool is not None and draw.chance(0.4):
        reach = {draw.pick(("os", "office"))}
    method, os_tool = _method(draw, device, tool, wanted="os" in reach)
    if method == "loader" and draw.chance(0.6):
        story.maker = draw.pick(ASSEMBLED)
    story.copies.append(_system(draw, story, method, os_tool))
    unlocked = None
    for suite in suites:
        if suite is None:
            continue
        if "office" in reach and unlocked is None and tool != "破解版" and _can_be_unlocked(suite):
            unlocked = _office_method(draw, suite, tool, method)
        fits = unlocked is not None and _can_be_unlocked(suite, unlocked)
        story.copies.append(_suite(draw, suite, unlocked if fits else None, _tool_for_office(tool or os_tool), hooked=method == "hook"))
    for entry, _, _ in (PIRATED.values[i] for i in device.pirated):
        if entry.truth is not None:
            story.copies.append(Copy("office", entry.truth, "pirated", "cracked suite", entry.tool))
    story.copies += [_guard(plan.bundles["antivirus"][i].product) for i in device.antivirus]
    names = [tool, *(copy.tool for copy in story.copies)]
    story.tools = tuple(dict.fromkeys(name for name in names if name is not None and name != "破解版"))
    story.used_on = tuple(sorted({copy.category for copy in story.copies if copy.state == "pirated"}))


def _method(draw: Draw, device: Device, tool: str | None, *, wanted: bool) -> tuple[str | None, str | None]:
    """How the system was unlocked, and by which tool; nothing where it was not, or where the tool can do nothing to it."""
    if not wanted:
        return None, tool
    release, edition = device.system.truth.release or "", device.system.truth.edition or ""
    table = UNLOCK_SEVEN if release == "7" else UNLOCK
    choice = draw.weighted(table) if tool is None else draw.pick(METHODS_OF[tool] or ("",))
    fits = {
        "loader": release == "7",
        "remover": release == "7",
        "kms38": release in ("10", "11") and (release, edition) in CLIENT_KEYS,
        "hwid": release in ("10", "11") and edition in GENERIC_KEYS,
        "foreign mak": (release, edition) in CLIENT_KEYS,
        "permanent client key": (release, edition) in CLIENT_KEYS,
        "endless lease": (release, edition) in CLIENT_KEYS,
    }.get(choice, (release, edition) in CLIENT_KEYS or (release in ("10", "11") and edition in HOME_CLIENT_KEYS))
    if not choice or not fits:
        if tool is None and release == "7" and choice:
            choice = "loader"  # what works on every edition of it
        else:
            return None, tool
    return choice, tool or (draw.weighted(TOOL_OF[choice]) if choice in TOOL_OF else None)


def _system(draw: Draw, story: Story, method: str | None, tool: str | None) -> Copy:
    truth = story.device.system.truth
    release, edition = truth.release or "", truth.edition or ""
    if method is not None:
        return Copy("os", truth, "pirated", method, tool)
    if story.device.kind == "server" or "Server" in truth.family:
        bought = draw.weighted(SERVER)
    elif edition in HOME:
        bought = "oem slp" if release == "7" else "oem" if draw.chance(0.85) else "digital upgrade"
    elif edition == "Ultimate":
        bought = "retail key" if draw.chance(0.6) else "oem slp"
    elif release == "7":
        bought = draw.weighted(SEVEN)
    elif edition in ("Pro", "Pro for Workstations"):
        bought = draw.weighted(MODERN)
    else:
        bought = draw.weighted(VOLUME)
    # Only computers of makers with a table of their own came with a factory activation; a virtual machine came with none.
    if bought == "oem slp" and story.maker[0] not in SLIC_OF:
        bought = "oem label"
    if bought in ("city kms", "county kms") and release == "7" and story.maker[0] not in SLIC_OF:
        bought = "mak"  # the client key of this release asks for the maker's table
    if story.device.kind == "vm" and bought in ("oem", "oem slp", "oem label", "board replaced"):
        bought = "city kms" if (release, edition) in CLIENT_KEYS else "retail key"
    if bought == "digital upgrade" and (release not in ("10", "11") or edition not in GENERIC_KEYS):
        bought = "retail key"
    if bought == "not activated":
        return Copy("os", truth, "unlicensed", bought)
    if bought == "evaluation":
        return Copy("os", truth, "trial", bought)
    if edition == "Education":
        return Copy("os", truth, "unlicensed", "education edition")  # of schools, and these are offices
    return Copy("os", truth, "personal" if edition in HOME else "genuine", bought)


def _can_be_unlocked(suite: Truth, method: str = "emulator") -> bool:
    key = (suite.release or "", suite.edition or "")
    if suite.family not in ("Microsoft Office", "Microsoft 365") or suite.release == "2007":
        return False
    return key in HOOK_KEYS if method == "office hook" else key in OFFICE_CLIENT_KEYS or _converted(suite)


def _converted(suite: Truth) -> bool:
    """Whether activators turn this retail suite into the volume one of its release."""
    return suite.edition in ("Home and Student", "Home and Business") and suite.release in ("2016", "2019", "2021")


def _office_method(draw: Draw, suite: Truth, tool: str | None, of_system: str | None) -> str:
    if tool is not None:
        method = draw.pick(OFFICE_METHODS_OF.get(tool, ("emulator",)))
    elif of_system in ("emulator", "hook", "renewal task", "public kms", "lan emulator"):
        method = of_system
    else:
        method = draw.weighted(UNLOCK_OFFICE)
    return method if _can_be_unlocked(suite, method) else "emulator"


def _tool_for_office(tool: str | None) -> str | None:
    """The tool on the computer, where it is one that unlocks Office too."""
    return None if tool in WINDOWS_ONLY else tool


def _suite(draw: Draw, suite: Truth, method: str | None, tool: str | None, *, hooked: bool) -> Copy:
    if method is not None:
        by = tool or (draw.weighted(TOOL_OF[method]) if method in TOOL_OF else None)
        return Copy("office", suite, "pirated", method if not _converted(suite) or method == "office hook" else f"converted, {method}", by)
    if suite.family == "WPS Office":
        return Copy(
            "office", suite, "genuine" if suite.edition else "personal", "bought by the unit" if suite.edition else "personal package"
        )
    if suite.family in ("LibreOffice", "Apache OpenOffice"):
        return Copy("office", suite, "free", "open source")
    if suite.family == "Yozo Office":
        return Copy("office", suite, "genuine", "bought by the unit")
    if suite.family == "Microsoft 365":
        return Copy("office", suite, "genuine", "subscription")
    if suite.edition in ("Home and Student",):
        return Copy("office", suite, "personal", "retail key")
    if suite.edition == "Home and Business":
        return Copy("office", suite, "genuine", "retail key")
    if suite.family != "Microsoft Office":
        return Copy("office", suite, "genuine", "mak")  # Visio and Project
    bought = draw.weighted(SUITE)
    if hooked and bought.endswith("kms"):
        bought = "mak"  # what sits in the licensing service answers every client on the computer
    return Copy("office", suite, "unlicensed" if bought == "not activated" else "genuine", bought)


def _guard(product: Truth | None) -> Copy:
    assert product is not None  # every antivirus bundle states what it is
    if product.family == "Microsoft Defender Antivirus":
        return Copy("antivirus", product, "free", "part of the system")
    if product.family in APPROVED:
        return Copy("antivirus", product, "free", "on the city's list")
    personal = product.family in FOR_PERSONS
    return Copy("antivirus", product, "personal" if personal else "genuine", "personal package" if personal else "bought by the unit")


def _linux_copies(device: Device, plan: Plan) -> list[Copy]:
    free = device.system.truth.vendor not in ("UnionTech", "Kylin", "Red Hat")
    copies = [Copy("os", device.system.truth, "free" if free else "genuine", "open source" if free else "bought with the computer")]
    for kind in ("office", "antivirus"):
        for index in getattr(device, kind):
            product = plan.bundles[f"linux {kind}"][index].product
            assert product is not None  # every bundle of packages states what it is
            open_source = product.family in ("LibreOffice", "ClamAV")
            copies.append(Copy(kind, product, "free" if open_source else "genuine", "open source" if open_source else "bought by the unit"))
    return copies
