"""`licmatch catalog`: check, list, show, build and compare catalogs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli import catalog_signing
from licmatch.cli.language import Command, Group, lang_option, option, say
from licmatch.cli.options import day, json_option, load_engine, recognition, talking
from licmatch.cli.printing import print_json, print_table
from licmatch.cli.wording import in_words
from licmatch.errors import EXIT_DONE, EXIT_INPUT, UsageError

if TYPE_CHECKING:
    import polars as pl

    from licmatch.assess.rule_examples import Tried
    from licmatch.match import Engine
    from licmatch.match.check import Report

LISTED = ("family_id", "vendor", "family", "licence", "origin")


@click.group("catalog", cls=Group, help="catalog", epilog="licmatch catalog check\nlicmatch catalog list --category os")
@lang_option
def command() -> None:
    """Hold the commands about catalogs."""


@command.command(
    "check", cls=Command, help="catalog-check", epilog="licmatch catalog check our-products.toml\nlicmatch catalog check site.json --json"
)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@option("--as-of", metavar="DATE", callback=day, help="catalog-as-of")
@option("--fast", is_flag=True, help="catalog-fast")
@json_option
@talking
def check(paths: tuple[str, ...], as_of: date | None, fast: bool, as_json: bool, quiet: bool) -> int:
    """Print every fault; exit 3 where there is one. A fast check does not ask whether every phrase earns its place."""
    from licmatch.match.check import check as find_faults

    report = find_faults(paths, as_of=as_of, fast=fast)
    # The rules and their examples are shipped beside the catalogs; a site's own catalogs have none.
    tried = None if paths else _checked_rules(fast)
    faults = [*report.faults, *(() if tried is None else (str(fault) for fault in (*tried.faults, *tried.idle)))]
    if as_json:
        rules = None if tried is None else {"examples": tried.examples, "changes": dict(tried.parts), "unnoticed": len(tried.idle)}
        print_json(asdict(report) | {"faults": faults, "rules": rules})
    else:
        for fault in faults:
            click.echo(in_words(str(fault)))
        if not quiet:
            for one in report.unowned:
                click.echo(_unowned(one.file, one.category, one.count, one.installed), err=True)
            if report.phrases:
                click.echo(say("catalog-phrases", phrases=report.phrases, idle=report.idle), err=bool(faults))
            if tried is not None:
                counts = {"examples": tried.examples, "idle": len(tried.idle), **tried.parts}
                click.echo(say("catalog-rules", **counts), err=bool(faults))
            verdict = say("catalog-fault" if len(faults) == 1 else "catalog-faults", count=len(faults)) if faults else say("catalog-sound")
            click.echo(f"{verdict}: {_looked_at(report)}", err=bool(faults))
    return EXIT_INPUT if faults else EXIT_DONE


def _looked_at(report: Report) -> str:
    """Say how much was looked at; site packs have products, and nothing else."""
    own = {"families": report.families - report.products, "signatures": report.signatures, "examples": report.examples - report.products}
    told = [say("catalog-looked-at", **own)] if any(own.values()) or not report.products else []
    return say("catalog-listed").join([*told, *([say("catalog-products", count=report.products)] if report.products else [])])


def _unowned(place: object, category: str, count: int, installed: Iterable[str]) -> str:
    return say("catalog-unowned", place=place, category=category, count=count, known=say("catalog-listed").join(sorted(installed)) or "-")


def _checked_rules(fast: bool) -> Tried:
    from licmatch.assess.rule_examples import check_rules

    return check_rules(idle=not fast)


@command.command("list", cls=Command, help="catalog-list", epilog="licmatch catalog list --category antivirus")
@option("--category", metavar="ID", help="catalog-category")
@recognition
@json_option
@talking
def list_families(
    category: str | None, catalogs: tuple[str, ...], no_builtin: bool, without: tuple[str, ...], as_json: bool, quiet: bool
) -> None:
    """Print one line a family, sorted by id."""
    facts = _listed(load_engine(catalogs, no_builtin, without)).sort("family_id")
    if category is not None:
        if category not in facts["category"].unique().to_list():
            known = ", ".join(facts["category"].drop_nulls().unique().sort().to_list()) or "none"
            raise UsageError(f"there is no category '{category}'", hint=f"there are: {known}")
        facts = facts.filter(facts["category"] == category)
    if as_json:
        print_json(facts.to_dicts())
    elif quiet:
        click.echo("\n".join(facts["family_id"]))
    else:
        print_table([say(f"catalog-{column}") for column in _titles(LISTED)], facts.select(LISTED).iter_rows())


@command.command("show", cls=Command, help="catalog-show", epilog="licmatch catalog show os.windows-10")
@click.argument("family", metavar="ID")
@recognition
@json_option
@talking
def show(family: str, catalogs: tuple[str, ...], no_builtin: bool, without: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Print the facts of one family and its releases."""
    engine = load_engine(catalogs, no_builtin, without)
    facts = engine.facts.filter(engine.facts["family_id"] == family)
    products = () if facts.height else tuple(_of_packs(engine, family))
    if products:
        _show_products(products, as_json=as_json)
        return
    if not facts.height:
        raise UsageError(f"there is no family '{family}'", hint=_nearest(family, _listed(engine)))
    releases = engine.releases.filter(engine.releases["family_id"] == family).drop("family_id")
    if as_json:
        print_json({**facts.row(0, named=True), "releases": releases.to_dicts()})
        return
    for name, value in facts.row(0, named=True).items():
        if value is not None:
            click.echo(f"{name:<12} {value}")
    if releases.height and not quiet:
        print_table((say("catalog-release"), say("catalog-support")), releases.select("release", "support_ends").iter_rows())


def _listed(engine: Engine) -> pl.DataFrame:
    """Return the facts of all families, and of the products of site packs what a pack says of them."""
    import polars as pl

    rows = [(one.id, one.category, one.publisher, one.name) for pack in engine.packs for one in pack.products]
    told = pl.DataFrame(rows, schema=dict.fromkeys(("family_id", "category", "vendor", "family"), pl.String), orient="row")
    # A product has an entry for each of its names; of these the first that says something.
    told = told.group_by("family_id", maintain_order=True).agg(pl.all().drop_nulls().first())
    return pl.concat([engine.facts, told], how="diagonal")


def _of_packs(engine: Engine, identity: str) -> Iterator[dict[str, object]]:
    for pack in engine.packs:
        for product in pack.products:
            if identity in (product.id, *product.also_ids):
                also = list(product.also_ids)
                yield {
                    "id": product.id, "category": product.category, "vendor": product.publisher, "name": product.name,
                    "also_ids": also, "pack": pack.path,
                }  # fmt: skip


def _show_products(products: Sequence[dict[str, object]], *, as_json: bool) -> None:
    """Print the entries of site packs under one id: a product has one for each of its names."""
    if as_json:
        print_json(list(products))
        return
    for at, product in enumerate(products):
        if at:
            click.echo()
        for name, value in product.items():
            if value:
                click.echo(f"{name:<12} {', '.join(map(str, value)) if isinstance(value, list) else value}")


@command.command("build", cls=Command, help="catalog-build", epilog="licmatch catalog build our-products.csv -o our-products.json")
@click.argument("source", metavar="CSV", type=click.Path(path_type=Path))
@option("-o", "--out", required=True, metavar="PACK", type=click.Path(path_type=Path), help="catalog-out")
@json_option
@talking
def build(source: Path, out: Path, as_json: bool, quiet: bool) -> None:
    """Write a pack that `--catalog` takes."""
    from licmatch.catalog.pack import build_pack
    from licmatch.plugin_loader import load_plugins

    installed = {category.id for category in load_plugins().categories}
    report = build_pack(source, out)
    for reason in report.rejected:
        click.echo(reason, err=True)
    if not quiet:
        for category, count in report.categories.items():
            if category not in installed:
                click.echo(_unowned(out, category, count, installed), err=True)
    if as_json:
        print_json({"out": str(out), **asdict(report)})
    elif not quiet:
        counts = {"rows": report.rows, "count": report.products, "joined": report.joined, "rejected": len(report.rejected)}
        click.echo(say("catalog-built", out=out, **counts))


@command.command(
    "diff",
    cls=Command,
    help="catalog-diff",
    epilog="licmatch catalog diff builtin our-products.toml\nlicmatch catalog diff old/ new/ --names names.csv",
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@option("--names", metavar="FILE", help="catalog-diff-names")
@json_option
@talking
def diff(old: str, new: str, names: str | None, as_json: bool, quiet: bool) -> None:
    """Print what changes between two catalogs: families, names, answers."""
    from licmatch.match.catalog_diff import CHANGED, diff_catalogs, load_side

    found = diff_catalogs(load_side(old), load_side(new), _distinct_names(names) if names is not None else None)
    if as_json:
        print_json(found.as_dict())
        return
    for sign, listed in (
        ("+", found.families_added), ("-", found.families_removed), ("+", found.names_added), ("-", found.names_removed)
    ):  # fmt: skip
        for each in listed:
            click.echo(f"{sign} {each}")
    if found.changed.height:
        print_table([say(f"catalog-diff-{column}") for column in CHANGED], found.changed.iter_rows())
    if not quiet:
        click.echo(say("catalog-diff-done", asked=found.asked, changed=found.changed.height))


for signing in (catalog_signing.key, catalog_signing.sign, catalog_signing.verify):
    command.add_command(signing)


def _distinct_names(path: str) -> pl.DataFrame:
    import polars as pl

    from licmatch.ingest import read_names

    table = read_names([path])
    columns = {"name": table.name, "publisher": table.publisher, "version": table.version}
    return table.frame.select(
        (pl.col(column).cast(pl.String) if column else pl.lit(None, dtype=pl.String)).alias(key) for key, column in columns.items()
    ).unique().collect()  # fmt: skip


def _titles(columns: tuple[str, ...]) -> list[str]:
    return ["id" if column == "family_id" else column for column in columns]


def _nearest(family: str, facts: pl.DataFrame) -> str:
    from rapidfuzz.process import extract

    near = [found for found, score, _ in extract(family, facts["family_id"].to_list(), limit=3) if score > 60]
    return f"did you mean {' or '.join(near)}?" if near else "`licmatch catalog list` lists them"
