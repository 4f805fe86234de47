"""The answer for one name, as a frozen record with the contract's fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """What one raw name is; the fields are the `lm_` columns of the contract without their prefix."""

    name: str
    publisher: str | None
    version: str | None
    status: str
    product_id: str | None
    category: str | None
    vendor: str | None
    family: str | None
    edition: str | None
    release: str | None
    role: str | None
    method: str | None
    score: float | None
    margin: float | None
    rule_id: str | None
    signature_id: str | None
    risk: str
