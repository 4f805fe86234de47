"""Money and goods: invoices paid twice, prices that cannot be right, what was bought against what came and was handed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl

from licmatch.plan import PlanRules, load_plan_rules, price_outliers
from licmatch.programme.campaign import ContractRecord
from licmatch.programme.campaign_file import Case
from licmatch.programme.duties import fault, same
from licmatch.programme.places import Places
from licmatch.programme.record import Fault


def money_and_goods(case: Case, places: Places, as_of: date) -> Iterator[Fault]:
    """Yield what a person should look at in contracts, invoices, deliveries and budgets up to a day (REGULATION R27, R34, R39)."""
    yield from _twice(case, places, as_of)
    yield from _prices(case, places, as_of)
    yield from _handed_on(case, places, as_of)
    yield from _budgets(case, places, as_of)


def over_cap(contract: ContractRecord) -> Decimal | None:
    """Return the cap that a contract line breaks, None where it keeps to it or no cap binds on the day it was signed."""
    cap = _standard().on(contract.signed_on).cap_of(contract.category or "", None)
    if cap is None:
        return None
    most = Decimal(cap.with_reason if contract.reason and cap.with_reason else cap.amount)
    return most if contract.unit_price > most else None


@cache
def _standard() -> PlanRules:
    return load_plan_rules()


def _twice(case: Case, places: Places, as_of: date) -> Iterator[Fault]:
    """One number of one supplier is one invoice, whatever unit pays it."""
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for invoice in case.campaign.invoice:
        if invoice.on <= as_of:
            seen[same(invoice.supplier), same(invoice.number)].append(invoice.unit)
    for invoice in case.campaign.invoice:
        units = seen.get((same(invoice.supplier), same(invoice.number)), [])
        if len(units) > 1 and invoice.on <= as_of:
            payers = ", ".join(sorted({places.names[unit] for unit in units}))
            yield fault(
                "duplicate_invoice", min(units), places, number=invoice.number, supplier=invoice.supplier, times=len(units), units=payers
            )


def _prices(case: Case, places: Places, as_of: date) -> Iterator[Fault]:
    lines = [one for one in case.campaign.contract if one.signed_on <= as_of and one.quantity]
    for contract in lines:
        cap = over_cap(contract)
        if cap is not None:
            yield fault(
                "over_cap",
                contract.unit,
                places,
                contract=contract.contract_no,
                product=contract.product,
                price=contract.unit_price,
                cap=cap,
            )
    for category in sorted({one.category or "" for one in lines}):
        of_kind = [one for one in lines if (one.category or "") == category]
        table = pl.DataFrame(
            {"amount": [float(one.unit_price * one.quantity) for one in of_kind], "copies": [one.quantity for one in of_kind]}
        )
        for contract, flagged in zip(of_kind, price_outliers(table)["flagged"], strict=True):
            if flagged:
                yield fault(
                    "price_outlier",
                    contract.unit,
                    places,
                    contract=contract.contract_no,
                    product=contract.product,
                    price=contract.unit_price,
                )


def _handed_on(case: Case, places: Places, as_of: date) -> Iterator[Fault]:
    """Nothing arrives that was not bought, is handed on that did not arrive, or is installed that was not handed on."""
    counts: dict[str, dict[tuple[str, str, str], int]] = {}
    for name, records in (
        ("contracted", case.campaign.contract),
        ("delivered", case.campaign.delivery),
        ("distributed", case.campaign.distribution),
        ("installed", case.campaign.installation),
    ):
        counted: dict[tuple[str, str, str], int] = defaultdict(int)
        for record in records:
            day = record.signed_on if isinstance(record, ContractRecord) else record.on
            if day <= as_of:
                counted[places.place_of.get(record.unit, record.unit), record.contract_no, record.product] += record.quantity
        counts[name] = counted
    for before, after in (("contracted", "delivered"), ("delivered", "distributed"), ("distributed", "installed")):
        for key, found in counts[after].items():
            had = counts[before].get(key, 0)
            if found > had:
                place, contract_no, product = key
                yield fault(
                    "more_than_before",
                    place,
                    places,
                    contract=contract_no,
                    product=product,
                    before=before,
                    after=after,
                    had=had,
                    found=found,
                )


def _budgets(case: Case, places: Places, as_of: date) -> Iterator[Fault]:
    """Contracts within the money for software; work money by the rate where A8 asks for one."""
    asked: dict[str, Decimal] = defaultdict(Decimal)
    for budget in case.campaign.budget:
        asked[budget.unit] += budget.software_cost
        rate = case.campaign.work_rate
        if case.settings.work_by_rate and rate is not None and budget.work_cost != budget.software_cost * rate:
            yield fault(
                "work_cost",
                budget.unit,
                places,
                year=budget.year,
                given=budget.work_cost,
                reckoned=(budget.software_cost * rate).normalize(),
            )
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for contract in case.campaign.contract:
        if contract.signed_on <= as_of:
            spent[contract.unit] += contract.unit_price * contract.quantity
    for unit, amount in spent.items():
        if unit in asked and amount > asked[unit]:
            yield fault("over_budget", unit, places, spent=amount, budget=asked[unit])
