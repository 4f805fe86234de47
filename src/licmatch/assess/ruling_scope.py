"""Rulings as they are read: which can be used, what each is bound to, and the copies that agree with all of it."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from licmatch.assess.names import Names
from licmatch.assess.policy import Policy
from licmatch.ingest.records import Notice
from licmatch.messages import LANGUAGES, message
from licmatch.schema import REJECTED

FILE = "rulings"
# Words for what has no id: copies that no rule accuses, and traces where no copy was seen.
NO_RULE = "no-rule"
NO_COPY = "no-copy"

# What is compared for equality; `rule_id` is a list, and all of it must accuse.
_EQUAL = ("device_id", "unit_id", "product_id", "provisional_verdict")
_SCOPES = (*_EQUAL, "rule_id")
# A cell of the queue that begins like a formula was written with this before it.
_GUARD = "'"


def over_units(rulings: pl.DataFrame, units: pl.DataFrame, ancestors: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each ruling and unit it covers: the unit it names and all below; one row where it names none.

    Adds `line` (the ruling's number from 1), `named_unit` (as it stood) and `depth` (level of that unit, 0 at the top);
    `unit_id` is the unit covered. `units`: unit_id, level; `ancestors`: unit_id, ancestor.
    """
    numbered = _numbered(rulings)
    covered = ancestors.join(units.select(ancestor="unit_id", level="level"), on="ancestor").rename({"unit_id": "covered"})
    spread = numbered.join(covered, left_on="named_unit", right_on="ancestor", how="left", maintain_order="left")
    return spread.with_columns(unit_id=pl.coalesce("covered", "unit_id"), depth=pl.coalesce("level", "depth")).drop("covered", "level")


def usable(rulings: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (rulings that can be used, rejected rows). Adds `ruled` and `expires` (Date) and `rules` (list of ids).

    Verdicts are codes, or their titles in either language, or both, as the queue's list offers them.
    """
    cleaned = _unguarded(rulings if "line" in rulings.columns else _numbered(rulings))
    read = cleaned.with_columns(
        raw=pl.concat_str(pl.col("ruling_id", "verdict", "document_no").fill_null(""), separator="\t").cast(pl.Binary),
        verdict=_codes(cleaned["verdict"], policy.states()),
        ruled=pl.col("ruled_on").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
        expires=pl.col("expires_on").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
        rules=pl.col("rule_id").str.extract_all(r"[^;；\s]+").list.unique().list.sort(),
    )
    bare = pl.all_horizontal(pl.col("device_id", "product_id", "name").is_null()) & (pl.col("rule_id").fill_null(NO_RULE) == NO_RULE)
    reason = (
        pl.when(pl.col("verdict").is_null()).then(pl.lit("ruling: its verdict is no known code"))
        .when(pl.col("ruled_on").is_not_null() & pl.col("ruled").is_null()).then(pl.lit("ruling: ruled_on is not a day"))
        .when(pl.col("expires_on").is_not_null() & pl.col("expires").is_null()).then(pl.lit("ruling: expires_on is not a day"))
        .when(pl.col("document_no").is_null() | pl.col("ruled_by").is_null()).then(pl.lit("ruling: no document number or nobody who ruled"))
        .when(bare).then(pl.lit("ruling: names neither device nor product"))
        .when(pl.col("provisional_verdict").is_not_null() & pl.col("provisional").is_null())
        .then(pl.lit("ruling: its provisional_verdict is no known code"))
        .when(pl.col("line").n_unique().over("ruling_id") > 1).then(pl.lit("ruling: its id is used twice"))
    )  # fmt: skip
    marked = (
        read.with_columns(provisional=_codes(cleaned["provisional_verdict"], policy.states()))
        .with_columns(fault=reason)
        .with_columns(provisional_verdict="provisional")
        .drop("provisional")
    )
    bad = marked.filter(pl.col("fault").is_not_null()).unique("line", keep="first", maintain_order=True).select(
        file=pl.lit(FILE), line=pl.col("line").cast(pl.Int64), reason="fault", raw="raw"
    )  # fmt: skip
    return marked.filter(pl.col("fault").is_null()).drop("fault", "raw"), bad.select(
        pl.col(name).cast(dtype) for name, dtype in REJECTED.items()
    )


def on_products(rulings: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return the rulings with one on a name turned into one on each product that exactly this name is recognised as.

    A ruling on a name that is nothing licensable is left out: without it, it would say more than it was given for.
    """
    products = names.frame.filter("licensable").select("name", named_product="lm_product_id").unique()
    meant = rulings.join(products, on="name", how="left", maintain_order="left").sort("line", "named_product", maintain_order=True)
    found = meant.with_columns(product_id=pl.coalesce("product_id", "named_product")).drop("named_product")
    return found.filter(pl.col("name").is_null() | pl.col("product_id").is_not_null()).unique(maintain_order=True)


def fitting(copies: pl.DataFrame, rulings: pl.DataFrame) -> pl.DataFrame:
    """Return all pairs of copy and ruling that agree: at, line, ruling_id, verdict, ruled, then what ranks them.

    `copies`: at, device_id, unit_id, product_id, provisional_verdict, accused_by (list, null: not known). One join for
    each combination of scopes that occurs.
    """
    told = ["line", "ruling_id", "verdict", "ruled", "depth"]
    named = {scope: pl.col("named_unit" if scope == "unit_id" else scope).is_not_null() for scope in _SCOPES}
    places = pl.lit(None, pl.Boolean).alias("one_device"), pl.lit(None, pl.Int64).alias("width")
    pairs = [copies.head(0).select("at").join(rulings.head(0).select(told), how="cross").with_columns(places)]
    for shape in rulings.select(**named).unique().sort(_SCOPES).iter_rows(named=True):
        alike = rulings.filter(pl.all_horizontal(named[scope] == shape[scope] for scope in _SCOPES))
        equal = [scope for scope in _EQUAL if shape[scope]]
        of_no_rule = alike.filter(pl.col("rule_id") == NO_RULE) if shape["rule_id"] else alike
        of_rules = alike.join(of_no_rule.select("line"), on="line", how="anti", maintain_order="left")
        silent = copies.filter(pl.col("accused_by").list.len() == 0) if shape["rule_id"] else copies
        met = [_met(silent, of_no_rule, equal, told)] if of_no_rule.height else []
        if of_rules.height:
            met.append(_accused(copies, of_rules, equal, told))
        width = sum(shape.values())
        pairs += [part.with_columns(one_device=pl.lit(bool(shape["device_id"])), width=pl.lit(width, pl.Int64)) for part in met]
    return pl.concat(pairs)


def without_unfilled(rejected: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Notice, ...]]:
    """Return the rejected rows without those of rulings that nobody has filled in yet, and a notice that counts these."""
    unfilled = pl.col("reason").is_in(["no verdict", "rulings: no verdict"])
    count = rejected.filter(unfilled).height
    notices = (Notice("RULING_UNFILLED", FILE, count, FILE),) if count else ()
    return rejected.filter(~unfilled), notices


def verdict_titles(code: str) -> list[str]:
    """Return the title of a verdict code in each language, Chinese last."""
    return [message(f"verdict.{code}", lang) for lang in LANGUAGES]


def _numbered(rulings: pl.DataFrame) -> pl.DataFrame:
    return rulings.with_row_index("line", offset=1).with_columns(named_unit="unit_id", depth=pl.lit(0, pl.Int64))


def _unguarded(rulings: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, dtype in rulings.schema.items() if dtype == pl.String]
    return rulings.with_columns(
        pl.when(pl.col(name).str.contains(f"^{_GUARD}\\s*[=+\\-@]")).then(pl.col(name).str.slice(1)).otherwise(pl.col(name)).alias(name)
        for name in texts
    )


def _codes(said: pl.Series, known: Iterable[str]) -> pl.Series:
    """Each text's verdict code, or null. Loops over the distinct texts only."""
    by_words = {
        words: code for code in known for title in verdict_titles(code) for words in (title.casefold(), f"{code} {title}".casefold())
    }
    by_words |= {code: code for code in known}
    codes = {text: by_words.get(" ".join(text.casefold().split())) for text in said.drop_nulls().unique().sort()}
    return said.replace_strict(codes, default=None, return_dtype=pl.String) if codes else said.cast(pl.String)


def _met(copies: pl.DataFrame, rulings: pl.DataFrame, equal: list[str], told: list[str]) -> pl.DataFrame:
    how = {"on": equal} if equal else {"how": "cross"}
    return copies.select("at", *equal).join(rulings.select(*equal, *told), **how).select("at", *told)


def _accused(copies: pl.DataFrame, rulings: pl.DataFrame, equal: list[str], told: list[str]) -> pl.DataFrame:
    """Pairs in which every rule the ruling names accuses the copy: met by the first of them, then all are looked for."""
    by_rule = copies.select("at", *equal, "accused_by", first=pl.col("accused_by")).explode("first").drop_nulls("first")
    wanted = rulings.select(*equal, *told, "rules", first=pl.col("rules").list.first())
    pairs = by_rule.join(wanted, on=[*equal, "first"])
    return pairs.filter(pl.col("rules").list.set_difference("accused_by").list.len() == 0).select("at", *told)
