"""Traces on disks, in services, tasks, the registry and the antivirus: of tools, of genuine things with like names, of accidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from licmatch import schema
from licmatch.demo.activation import Mark
from licmatch.demo.collecting import FAILED, Collected
from licmatch.demo.draw import Draw
from licmatch.demo.left_behind import DETECTIONS, HOOKS_2013, LEFT_BY, LEFT_BY_METHOD, LIKELY, ORDINARY, PEOPLE, PLACES
from licmatch.demo.stories import Copy, Story


def trace_rows(stories: Sequence[Story], collected: Sequence[Collected], seed: int) -> tuple[pl.DataFrame, list[Mark]]:
    """Return the canonical traces table, and what in it speaks of unlocked copies."""
    draw = Draw(seed, "traces")
    rows: list[tuple[str, str, str, str | None]] = []
    marks: list[Mark] = []
    for story in stories:
        if story.device.system.platform != "windows" or not collected[story.device.unit].traces or draw.chance(FAILED):
            continue
        name = story.device.device_id
        own: list[tuple[str, str, str | None]] = [(kind, value, None) for kind, value in ORDINARY if draw.chance(0.6)]
        for kind, value, day, clear, categories in _left(draw, story):
            own.append((kind, value, day.isoformat() if draw.chance(0.8) else None))
            marks += [Mark(name, category, kind, clear) for category in categories]
        own += [(kind, value, day.isoformat()) for kind, value, day in _aside(draw, story)]
        rows += [(name, *row) for row in dict.fromkeys(own)]
    return pl.DataFrame(rows, schema=schema.TRACES, orient="row"), marks


def _left(draw: Draw, story: Story) -> list[tuple[str, str, date, bool, tuple[str, ...]]]:
    """(kind, value, day, clear, categories it speaks of) of what unlocking left on the computer."""
    device = story.device
    span = max(1, (device.collected_on - device.installed_on).days - 2)
    day = device.installed_on + timedelta(days=1 + draw.below(span))
    found: list[tuple[str, str, date, bool, tuple[str, ...]]] = []
    tidy = draw.chance(0.12)  # somebody cleaned up
    for tool in story.tools:
        if tidy:
            break
        reach = tuple(sorted({copy.category for copy in story.copies if copy.state == "pirated" and copy.tool == tool}))
        for kind, value, share in LEFT_BY.get(tool, ()):
            if draw.chance(share):
                found.append((kind, _placed(draw, value), day, not value.endswith("grldr"), reach))
        if draw.chance(0.2):
            found.append(("av_detection", draw.pick(DETECTIONS), day, False, reach))
        if draw.chance(0.15):
            found.append(("file_path", _placed(draw, f"*{tool.replace(' ', '_')}.rar"), day, False, reach))
    done: set[str] = set()
    for copy in (copy for copy in story.copies if copy.state == "pirated" and copy.story not in done):
        done.add(copy.story)
        for kind, value, share, clear in LEFT_BY_METHOD.get(copy.story, ()):
            if draw.chance(share):
                found.append((kind, _for_release(value, copy), day, clear, _shared(story, copy)))
    if device.repacked:
        for value in ("系统之家", "http://www.xitongzhijia.net"):
            if draw.chance(0.6):
                found.append(("oem_branding", value, device.installed_on, False, ("os",) if "os" in story.used_on else ()))
    return found


def _shared(story: Story, copy: Copy) -> tuple[str, ...]:
    return tuple(sorted({other.category for other in story.copies if other.state == "pirated" and other.story == copy.story}))


def _for_release(value: str, copy: Copy) -> str:
    other = HOOKS_2013.get(copy.product.release or "") if copy.category == "office" and value.endswith("sppc.dll") else None
    return other[0] if other else value


def _placed(draw: Draw, value: str) -> str:
    return draw.fill(draw.pick(PLACES).replace("{user}", draw.pick(PEOPLE)) + value[1:] if value.startswith("*") else value)


def _aside(draw: Draw, story: Story) -> list[tuple[str, str, date]]:
    """What else lies on the computer: nothing of it unlocked anything here."""
    device = story.device
    recent = device.collected_on - timedelta(days=1 + draw.below(300))
    before = device.installed_on - timedelta(days=20 + draw.below(600))
    match story.aside:
        case "likely names":
            return [(*draw.pick(LIKELY), recent) for _ in range(1 + draw.below(3))]
        case "quarantined download":
            return [("av_detection", draw.pick(DETECTIONS), recent)]
        case "old disk":
            return [("file_path", "E:\\旧电脑备份\\桌面\\HEU_KMS_Activator_v11.2.0.exe", before)]
        case "archive kept":
            return [("file_path", draw.pick(("D:\\备份\\KMSpico 10.2.0.zip", "E:\\下载\\HEU_KMS_Activator_v24.rar")), recent)]
        case "key viewer":
            return [("av_detection", "HackTool:Win32/ProductKey", recent), ("file_path", "D:\\工具\\ProduKey.exe", recent)]
        case "laboratory":
            return [
                ("service", "vlmcsd", recent),
                ("file_path", "C:\\lab\\py-kms\\pykms_Server.py", recent),
                ("listening_port", "1688", recent),
            ]
        case "sample archive":
            return [
                ("file_path", "D:\\样本库\\KMSpico\\KMSELDI.exe", recent),
                ("file_path", "D:\\样本库\\HEU\\HEU_KMS_Activator_v24.6.6.exe", recent),
                ("file_path", "D:\\样本库\\AutoKMS\\AutoKMS.exe", recent),
                ("av_detection", "HackTool:Win32/AutoKMS", recent),
            ]
    return []
