"""What every form is made from: figures, definitions, records, and how units and codes are called on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from licmatch.forms.definition import Definitions, Form
from licmatch.forms.figures import COMPUTERS, Figures
from licmatch.forms.filled import Block, Filled, Values, block
from licmatch.forms.records import Records
from licmatch.messages import message
from licmatch.report.wording import code_title, verdict_key
from licmatch.rollup import nameless


@dataclass
class Making:
    """`entitlements` and `earlier` (installations of an earlier result) are optional; `lang` is that of labels and paragraphs."""

    figures: Figures
    definitions: Definitions
    records: Records = field(default_factory=Records)
    entitlements: pl.DataFrame | None = None
    earlier: pl.DataFrame | None = None
    lang: str = "zh"

    def say(self, key: str, **values: object) -> str:
        """Return a text of the `forms` section in the language asked for."""
        return message(f"forms.{key}", self.lang, **values)

    def zh(self, key: str, **values: object) -> str:
        """Return a text of the `forms` section in Chinese: what stands in cells is read back."""
        return message(f"forms.{key}", "zh", **values)

    @cached_property
    def unit(self) -> dict[str, Values]:
        """Return the row of each unit by its id, named and with `reports` and `jurisdiction`."""
        said = nameless("zh")
        rows = {row["unit_id"]: row for row in self.figures.units.iter_rows(named=True)}
        for key, row in rows.items():
            row["name"] = said.get(key, row["name"] or key)
        return rows

    @cached_property
    def reporting(self) -> list[str]:
        """Return the units that fill in forms of their own, in the order of the tree."""
        return [key for key, row in self.unit.items() if row["reports"]]

    @cached_property
    def jurisdictions(self) -> list[str]:
        """Return the units that others report to, parents first: every jurisdiction with units below it, and the roots."""
        parents = {row["parent_id"] for row in self.unit.values()}
        own = {row["jurisdiction"] for row in self.unit.values() if row["reports"]}
        return [k for k, row in self.unit.items() if row["parent_id"] is None or (k == row["jurisdiction"] and k in parents and k in own)]

    @cached_property
    def below(self) -> dict[str, set[str]]:
        """Return all units at or below each."""
        made: dict[str, set[str]] = {key: {key} for key in self.unit}
        for key in reversed(list(self.unit)):
            parent = self.unit[key]["parent_id"]
            if parent in made:
                made[parent] |= made[key]
        return made

    @cached_property
    def computers(self) -> dict[str, Values]:
        """Return the computers of each unit's own."""
        return {row["unit_id"]: row for row in self.figures.computers.iter_rows(named=True)}

    def computers_of(self, units: Iterable[str]) -> Values:
        """Return the computers of several units together."""
        rows = [self.computers[unit] for unit in units if unit in self.computers]
        return {name: sum(row[name] for row in rows) for name in COMPUTERS}

    @cached_property
    def copies(self) -> dict[str, pl.DataFrame]:
        """Return the copies of each unit's own."""
        return {str(key[0]): part for key, part in self.figures.copies.group_by("unit_id", maintain_order=True)}

    def copies_of(self, unit: str) -> pl.DataFrame:
        """Return the copies of a unit, none where it has none."""
        return self.copies.get(unit, self.figures.copies.head(0))

    @cached_property
    def scores(self) -> dict[str, Values]:
        """Return the row of scores of each unit, all below it counted."""
        return {row["unit_id"]: row for row in self.figures.scores.iter_rows(named=True)}

    def form(self, key: str) -> Form:
        """Return a form by its id."""
        return self.definitions.forms[key]

    def fill(self, key: str, parts: Mapping[str, list[Values]], *, unit: str | None = None, name: str = "") -> Filled:
        """Return a form with its parts; `unit` names the line under the title and the workbook it goes to."""
        form = self.form(key)
        about = {} if unit is None else {"unit": self.unit[unit]["name"], "code": unit}
        blocks: dict[str, Block] = {part.id: block(part, list(parts.get(part.id, []))) for part in form.part}
        return Filled(
            form, name or (self.unit[unit]["name"] if unit else form.zh), blocks, unit, about.get("unit"),
            None if unit is None else self.unit[unit]["jurisdiction"], about,
        )  # fmt: skip

    def tier(self, unit: str) -> str:
        """Return the tier of a unit as forms write it; a department has that of its jurisdiction."""
        row = self.unit[unit]
        tier = row["tier"] if row["tier"] in ("province", "city", "county", "zone", "township") else None
        if tier is None and row["jurisdiction"] != unit:
            return self.tier(row["jurisdiction"])
        return self.zh(f"tier_{tier}") if tier else ""

    def verdict(self, verdict: str, official: Any) -> str:
        """Return how a verdict is called; without a ruling nobody is called a pirate."""
        return code_title("verdict", verdict_key(verdict, official)).zh

    def kind(self, kind: str | None) -> str:
        """Return a kind of computer in Chinese."""
        known = ("server", "desktop", "laptop", "vm")
        return self.zh(f"kind_{kind}") if kind in known else self.zh("kind_other") if kind else ""
