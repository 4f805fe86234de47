"""What a plan says: lines to buy, what becomes of each copy, who gets what, and the two lines of money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.plan.model import Solved
from licmatch.plan.rules import PlanRules

THIS_YEAR, NEXT_YEAR = "this", "next"
# One row a purchaser, year and offer; `line` numbers them from 1. Amounts are yuan.
LINES: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    "year": pl.String(),
    "buyer": pl.String(),
    "category": pl.String(),
    "product": pl.String(),
    "version": pl.String(),
    "metric": pl.String(),
    "fund": pl.String(),  # software | hardware
    "existing": pl.Int64(),  # licences of this very pool that are in use
    "required": pl.Int64(),  # existing and gap
    "gap": pl.Int64(),  # computers that get a seat
    "quantity": pl.Int64(),  # licences bought, spare ones included; 1 for a site
    "spare": pl.Int64(),
    "unit_price": pl.Decimal(18, 2),
    "amount": pl.Decimal(18, 2),
    "cap": pl.Decimal(18, 2),
    "reason": pl.String(),
    "years": pl.Int64(),
    "devices": pl.Int64(),
    "copies": pl.Int64(),
    "kept": pl.Int64(),
    "replaced": pl.Int64(),
    "undetermined": pl.Int64(),  # copies whose papers may still be found
    "needs_base": pl.Boolean(),  # an upgrade: each computer must have a full licence
    # The same copies the other ways, each way by itself; null where no offer can. Removing costs the work alone.
    "if_kept": pl.Decimal(18, 2),
    "if_replaced": pl.Decimal(18, 2),
    "if_removed": pl.Decimal(18, 2),
}
# One row a copy that is short. `action`: keep (and license), replace, remove, open; `year` null where it is open for good.
ACTIONS: dict[str, pl.DataType] = {
    "at": pl.UInt32(),
    "line": pl.Int64(),
    "year": pl.String(),
    "action": pl.String(),
    "seat": pl.Boolean(),  # the seat of this line is counted here; parts of a suite share one
    "device_id": pl.String(),
    "unit_id": pl.String(),
    "category": pl.String(),
    "product_id": pl.String(),
    "family": pl.String(),
    "edition": pl.String(),
    "release": pl.String(),
    "pool": pl.String(),
    "verdict": pl.String(),
    "state": pl.String(),
    "official": pl.Boolean(),
}
# One row a line and unit; unit null: spare licences that stay with the purchaser.
ALLOCATIONS: dict[str, pl.DataType] = {"line": pl.Int64(), "unit_id": pl.String(), "quantity": pl.Int64(), "devices": pl.Int64()}
# One row a unit and pool that is short.
DEMANDS: dict[str, pl.DataType] = {
    "unit_id": pl.String(), "category": pl.String(), "pool": pl.String(), "product": pl.String(), "version": pl.String(),
    "required": pl.Int64(), "usable": pl.Int64(), "short": pl.Int64(), "not_genuine": pl.Int64(), "undetermined": pl.Int64(),
    "keep": pl.Int64(), "replace": pl.Int64(), "remove": pl.Int64(), "next_year": pl.Int64(), "open": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Money:
    """One year's money in cents. `software` is 采购软件经费, `work` 工作经费; `hardware` is the budget of the computers."""

    software: int
    work: int
    hardware: int

    @property
    def total(self) -> int:
        """Software and work."""
        return self.software + self.work


@dataclass(frozen=True, slots=True)
class Plan:
    """A purchase plan: frames with the columns above, `refused` and `untraced` as in `offers` and `needs`, money and proofs of each year.

    `derived`: the result had no position, and every copy in doubt counts as short.
    """

    as_of: date
    rules: PlanRules
    lines: pl.DataFrame
    actions: pl.DataFrame
    allocations: pl.DataFrame
    demands: pl.DataFrame
    refused: pl.DataFrame
    untraced: pl.DataFrame
    derived: bool
    budget: int | None
    money: dict[str, Money]
    proofs: dict[str, tuple[Solved, ...]]
    complete: bool  # whether every way was looked at
    after: pl.DataFrame | None = None  # the position once all is done, columns of `schema.POSITION`; null where no lots were given

    @property
    def proved(self) -> bool:
        """Whether every part was proved to be the cheapest."""
        return self.complete and all(one.proved for each in self.proofs.values() for one in each)
