"""Checking site packs: no name of a pack may be answered with another of its products."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from licmatch.catalog.pack import SitePack
from licmatch.match.engine import Engine
from licmatch.schema import NAME_KEY


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A product of a pack whose own name and publisher are answered with another one, and the line it stands on."""

    product: str
    line: int | None
    text: str


def wrong_answers(pack: SitePack, engine: Engine) -> list[WrongAnswer]:
    """Return the products of a pack that an engine holding it takes for others of the pack, in file order.

    A product that the built-in catalogs answer, or that stays unknown, is no fault: packs are asked last.
    """
    owner = {identity: product.id for product in pack.products for identity in (product.id, *product.also_ids)}
    rows = [(product.name, product.publisher, None) for product in pack.products]
    answers = engine.decide(pl.DataFrame(rows, schema=dict.fromkeys(NAME_KEY, pl.String), orient="row"))["lm_product_id"].to_list()
    wrong = [
        (at, product, answer)
        for at, (product, answer) in enumerate(zip(pack.products, answers, strict=True))
        if answer in owner and owner[answer] != product.id
    ]
    lines = _lines(pack) if wrong else []
    return [
        WrongAnswer(
            product.id,
            lines[at] if len(lines) == len(pack.products) else None,
            f"{product.name!r} by {product.publisher or 'nobody'} is {product.id}, and is answered {answer}",
        )
        for at, product, answer in wrong
    ]


def _lines(pack: SitePack) -> list[int]:
    text = Path(pack.path).read_text(encoding="utf-8-sig", errors="replace")
    return [number for number, line in enumerate(text.splitlines(), start=1) for _ in re.finditer(r'"id"\s*:', line)]
