"""What a purchase plan must keep to, as dated data: price caps, copies a computer may have, what comes with the hardware."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import msgspec

from licmatch.errors import CatalogError, Location, UsageError

BUILT_IN = "cn-caihang-2013-98"
_MAX_BYTES = 1 << 20


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Cap(_Record, frozen=True):
    """The most a licence of a category may cost, in yuan; `with_reason` where the price list gives a reason."""

    category: str
    amount: int
    with_reason: int | None = None
    side: str | None = None


class WithHardware(_Record, frozen=True):
    """A category that is bought with the computer, never alone, unless it is an upgrade."""

    category: str


class Work(_Record, frozen=True):
    """What the work costs besides the software, in yuan: a sum, a rate of the software's cost, and by what is done to a copy."""

    amount: int = 0
    rate: float = 0.0
    keep: int = 0
    replace: int = 0
    remove: int = 0


class PlanRules(_Record, frozen=True):
    """A rule pack. What it leaves out does not bind."""

    schema: int = 1
    id: str = "none"
    title_zh: str = ""
    title_en: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None
    min_life_years: int = 0
    write_off_only_if: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    per_computer: dict[str, int] = {}
    cap: tuple[Cap, ...] = ()
    with_hardware: tuple[WithHardware, ...] = ()
    work: Work = Work()

    def on(self, as_of: date) -> PlanRules:
        """Return the rules that bind on a day: without caps and standards where the pack is not in force, the cost of work stays.

        >>> load_plan_rules().on(date(2005, 6, 1)).cap, len(load_plan_rules().on(date(2013, 5, 28)).cap)
        ((), 3)
        """
        early = self.in_force_from is not None and as_of < self.in_force_from
        late = self.in_force_until is not None and as_of > self.in_force_until
        return PlanRules(work=self.work) if early or late else self

    def cap_of(self, category: str, side: str | None) -> Cap | None:
        """Return the cap of a category and side, client where the side is not said."""
        return next((one for one in self.cap if one.category == category and one.side in (None, side or "client")), None)

    def hardware_only(self, category: str) -> bool:
        """Return whether a category comes with the computer."""
        return any(one.category == category for one in self.with_hardware)


def load_plan_rules(file: str | Path | None = None) -> PlanRules:
    """Return the rules of a TOML file, the built-in pack without. Raises `CatalogError` for what does not fit.

    >>> load_plan_rules().cap_of("office", None).amount
    600
    """
    source = files("licmatch_catalogs") / "policy" / f"{BUILT_IN}.toml" if file is None else Path(file)
    where = Location(str(source))
    try:
        raw = source.read_bytes()
        if len(raw) > _MAX_BYTES:
            raise CatalogError(f"the rules are larger than {_MAX_BYTES} bytes", where=where)
        rules = msgspec.convert(tomllib.loads(raw.decode("utf-8-sig")), PlanRules)
    except OSError as fault:
        raise CatalogError(f"the rules cannot be read: {fault.strerror}", where=where) from None
    except (ValueError, RecursionError) as fault:
        raise CatalogError(f"the rules are not TOML: {fault}", where=where) from None
    except msgspec.ValidationError as fault:
        raise CatalogError(f"the rules do not fit: {fault}", where=where) from None
    faults = [f"schema {rules.schema} is unknown"] if rules.schema != 1 else []
    amounts = [one.amount for one in rules.cap] + [one.with_reason or 0 for one in rules.cap]
    amounts += [rules.work.amount, rules.work.keep, rules.work.replace, rules.work.remove, rules.min_life_years]
    faults += ["amounts and years are not negative"] if min(amounts) < 0 else []
    faults += ["the rate of work lies between 0 and 1"] if not 0 <= rules.work.rate <= 1 else []
    faults += [f"per_computer.{name} must be 1" for name, most in sorted(rules.per_computer.items()) if most != 1]
    if faults:
        raise CatalogError("The rules of the plan cannot be used", faults=tuple(faults), where=where)
    return rules


def with_work(rules: PlanRules, *, amount: Decimal | None = None, rate: float | None = None) -> PlanRules:
    """Return the rules with another sum or rate for work."""
    work = rules.work
    if amount is not None:
        if amount != amount.to_integral_value():
            raise UsageError("the sum for work is in whole yuan")
        work = msgspec.structs.replace(work, amount=int(amount))
    if rate is not None:
        work = msgspec.structs.replace(work, rate=rate)
    return msgspec.structs.replace(rules, work=work)
