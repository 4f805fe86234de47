"""What a campaign file records, as the records that forms are filled with: groups, members, training, money, purchases, inspections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

import polars as pl

from licmatch.forms.records import Fund, Group, Inspected, Member, Purchase, Records, Training
from licmatch.messages import message
from licmatch.programme.campaign import TOPIC_WORDS, BudgetRecord, Campaign, ContractRecord, GroupRecord
from licmatch.programme.wording import role_title

_TOPIC_TITLES = {code: title for title, code in TOPIC_WORDS.items()}
# The forms are in Chinese, and so is what stands in their cells.
_LANG = "zh"


class Recogniser(Protocol):
    """What is asked of an engine here: to name products, and to say where a family comes from."""

    def match(self, frame: Any, *, name: str) -> Any: ...
    @property
    def facts(self) -> pl.DataFrame: ...


def form_records(campaign: Campaign, as_of: date, engine: Recogniser) -> Records:
    """Return what a campaign tells the forms of a day; what is dated later has not happened yet.

    A purchase has the category its contract says, else that of the product as the engine recognises it; its origin is the family's. What
    is not recognised keeps its quantity and amount, without category and origin. An inspection counts where it says how many computers.

    >>> from licmatch.programme import example, load_campaign
    >>> class Nobody:
    ...     def match(self, frame, *, name): return frame.with_columns(lm_category=None, lm_vendor=None, lm_family=None)
    ...     facts = pl.DataFrame(schema=dict.fromkeys(("category", "vendor", "family", "origin"), pl.String))
    >>> made = form_records(load_campaign(example("zhanjiang")).campaign, date(2005, 12, 31), Nobody())
    >>> made.purchase[0].category, made.purchase[0].quantity, made.purchase[0].amount
    ('office', 60, Decimal('25980'))
    """
    groups = [one for one in campaign.group if one.established_on <= as_of]
    sessions = [one for one in campaign.training if one.on <= as_of]
    bought = [one for one in campaign.contract if one.signed_on <= as_of]
    looked = [one for one in campaign.inspection if one.on <= as_of and one.computers]
    return Records(
        group=tuple(Group(unit_id=one.unit, established_on=one.established_on, document_no=one.document_no) for one in groups),
        member=tuple(member for one in groups for member in _members(one)),
        training=tuple(
            Training(
                unit_id=one.unit, date=one.on, topic="、".join(_TOPIC_TITLES.get(topic, topic) for topic in one.topics),
                expected=one.expected or None, attended=one.attended, lecturer=one.lecturer, sheet=one.sheet,
            )
            for one in sessions
        ),
        fund=tuple(
            Fund(unit_id=one.unit, software_cost=one.software_cost, work_cost=one.work_cost, source=_source(one)) for one in campaign.budget
        ),
        purchase=tuple(_purchases(bought, engine)),
        inspected=tuple(
            Inspected(unit_id=one.unit, units=len(set(one.units)), computers=one.computers, passed=one.passed) for one in looked
        ),
    )  # fmt: skip


def joined_records(first: Records, second: Records) -> Records:
    """Return the records of both, kind by kind."""
    return Records(**{name: (*getattr(first, name), *getattr(second, name)) for name in first.__struct_fields__})


def _members(group: GroupRecord) -> Iterable[Member]:
    for one in group.member:
        role = message("programme.head", _LANG) if one.head else None if one.role is None else role_title(one.role, _LANG)
        yield Member(unit_id=group.unit, name=one.name, post=one.post or None, role=role)


def _source(budget: BudgetRecord) -> str:
    return message(f"programme.fund_{'advance' if budget.advance else 'budget'}", _LANG, year=budget.year)


def _purchases(bought: list[ContractRecord], engine: Recogniser) -> Iterable[Purchase]:
    told = _recognised(sorted({one.product for one in bought}), engine) if bought else {}
    for one in bought:
        category, origin = told.get(one.product, (None, None))
        yield Purchase(
            unit_id=one.unit, category=one.category or category or "", quantity=one.quantity, amount=one.quantity * one.unit_price,
            origin=origin if origin in ("domestic", "foreign") else None,
        )  # fmt: skip


def _recognised(products: list[str], engine: Recogniser) -> dict[str, tuple[str | None, str | None]]:
    keys = ["category", "vendor", "family"]
    matched = engine.match(pl.DataFrame({"said": products}, schema={"said": pl.String()}), name="said")
    named = matched.select("said", **{key: pl.col(f"lm_{key}").cast(pl.String) for key in keys})
    families = engine.facts.select(*keys, "origin").unique(keys, keep="first", maintain_order=True)
    return {said: (category, origin) for said, category, origin in
            named.join(families, on=keys, how="left").select("said", "category", "origin").iter_rows()}  # fmt: skip
