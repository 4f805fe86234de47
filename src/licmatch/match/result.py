"""The answer for one name, as a frozen record with the contract's fields."""

from __future__ import annotations

from dataclasses import dataclass

from licmatch.match.notebook import match_html
from licmatch.messages import environment_language


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

    def as_html(self, lang: str = "en") -> str:
        """Return the answer as a table of HTML, everything in it escaped."""
        return match_html(self, lang)

    def _repr_html_(self) -> str:
        """Return what a notebook shows, in the language of the environment."""
        return self.as_html(environment_language())
