"""F7 培训登记, F8 领导小组成员信息表 and F9 使用正版软件承诺书: from the records, else to fill in."""

from __future__ import annotations

from licmatch.forms.filled import Filled, Values
from licmatch.forms.making import Making

_TOPICS = ("topic_copyright", "topic_software", "topic_assets")


def trainings(making: Making) -> list[Filled]:
    """Return F7 of each jurisdiction; without records the three topics of the plan stand there, to fill in the rest."""
    made = []
    for unit in making.jurisdictions:
        own = [one for one in making.records.training if _home(making, one.unit_id) == unit]
        rows: list[Values] = [
            {name: getattr(one, name) for name in ("date", "topic", "audience", "expected", "attended", "lecturer", "sheet")}
            for one in sorted(own, key=lambda one: (one.date, one.topic, one.unit_id))
        ] or [{"topic": making.zh(topic)} for topic in _TOPICS]
        made.append(making.fill("F7", {"sessions": rows}, unit=unit))
    return made


def groups(making: Making) -> list[Filled]:
    """Return F8 of each jurisdiction."""
    made = []
    for unit in making.jurisdictions:
        own = [one for one in making.records.member if _home(making, one.unit_id) == unit]
        rows = [
            {"seq": at, "name": one.name, "post": one.post, "role": one.role, "phone": one.phone} for at, one in enumerate(own, start=1)
        ]
        made.append(making.fill("F8", {"members": rows}, unit=unit))
    return made


def commitments(making: Making) -> list[Filled]:
    """Return F9 of every unit that reports."""
    said = {"promises": making.say("promises")}
    return [
        making.fill("F9", {"head": [{"unit_name": making.unit[unit]["name"]}], "sections": [said]}, unit=unit) for unit in making.reporting
    ]


def _home(making: Making, unit: str) -> str | None:
    """The jurisdiction that lists a record; what names a unit nobody knows stands with the root."""
    if unit not in making.unit:
        return making.jurisdictions[0]
    home: str | None = making.unit[unit]["jurisdiction"]
    while home is not None and home not in making.jurisdictions:
        parent = making.unit[home]["parent_id"]
        home = making.unit[parent]["jurisdiction"] if parent in making.unit else making.jurisdictions[0]
    return home
