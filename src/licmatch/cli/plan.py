"""`licmatch plan`: what to buy, for whom, and what it costs."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from licmatch.cli.language import Command, asked, option, say
from licmatch.cli.options import json_option, load_engine, recognition, talking
from licmatch.cli.printing import print_json, warn_of
from licmatch.errors import UsageError
from licmatch.place import replacing


def amount(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Decimal | None:
    """Read an amount of yuan."""
    if text is None:
        return None
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise click.BadParameter(f"{text!r} is no amount") from None
    if not value.is_finite() or not 0 <= value < 10**12:
        raise click.BadParameter(f"{text!r} is no amount that can be planned with")
    return value


@click.command("plan", cls=Command, help="plan", epilog="licmatch plan result --prices prices.csv -o plan.xlsx --budget 200000")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("--prices", required=True, metavar="FILE", type=click.Path(path_type=Path), help="plan-prices")
@option("-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="plan-out")
@option("--budget", metavar="YUAN", callback=amount, help="plan-budget")
@option("--work", metavar="YUAN", callback=amount, help="plan-work")
@option("--work-rate", type=click.FloatRange(0, 1), metavar="RATE", help="plan-work-rate")
@option("--purchaser", default="top", show_default=True, metavar="WHO", help="plan-purchaser")
@option("--rules", metavar="FILE", type=click.Path(path_type=Path), help="plan-rules")
@option("--organisation", metavar="FILE", type=click.Path(path_type=Path), help="plan-organisation")
@option("--leave-undetermined", is_flag=True, help="plan-leave-undetermined")
@recognition
@json_option
@talking
def command(
    folder: Path, prices: Path, out: Path | None, budget: Decimal | None, work: Decimal | None, work_rate: float | None, purchaser: str,
    rules: Path | None, organisation: Path | None, leave_undetermined: bool, catalogs: tuple[str, ...], no_builtin: bool,
    without: tuple[str, ...], as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Plan, write the workbook, and say the sums."""
    from datetime import date

    from licmatch.assess import load_organisation
    from licmatch.ingest.frames import read_side
    from licmatch.licences import load_rights
    from licmatch.plan import load_plan_rules, plan, with_work
    from licmatch.result import read_result

    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(f"{out} is no workbook", hint="give it the ending .xlsx")
    result = read_result(folder).with_copies()
    day = date.fromisoformat(result.manifest["as_of"])
    table = read_side("prices", prices)
    engine = load_engine(catalogs, no_builtin, without)
    owner = load_organisation(organisation).on(day)
    made = plan(
        result.position if result.position.height else None, result.installations, table.frame, result.units, load_rights(),
        rules=with_work(load_plan_rules(rules), amount=work, rate=work_rate), as_of=day, engine=engine, devices=result.devices,
        approved=[one.product for one in owner.approved_products], purchaser=purchaser, budget=budget, undetermined=not leave_undetermined,
        seats=result.assignment, holdings=result.entitlements,
    )  # fmt: skip
    warn_of(table.notices, table.rejected, quiet=quiet)
    lang = asked() or "zh"
    if out is not None:
        from licmatch.plan.workbook import render_plan

        titles = {str(one["id"]): str(one.get(f"title_{lang}") or one["id"]) for one in result.manifest["categories"]}
        content = render_plan(made, result.units, titles, lang=lang)
        with replacing(out) as partial:
            partial.write_bytes(content)
    if as_json:
        frames = {name: getattr(made, name).to_dicts() for name in ("lines", "allocations", "demands", "refused", "untraced", "actions")}
        money = {year: {"software": one.software / 100, "work": one.work / 100, "total": one.total / 100, "hardware": one.hardware / 100}
                 for year, one in made.money.items()}  # fmt: skip
        print_json({"as_of": day, "rules": made.rules.id, "proved": made.proved, "derived": made.derived, "money": money,
                    "short_after": None if made.after is None else int(made.after["shortfall"].sum()), **frames})  # fmt: skip
        return
    for year, money_of in made.money.items():
        said = {name: f"{getattr(money_of, name) / 100:,.2f}" for name in ("software", "work", "total")}
        count = int(made.lines.filter(made.lines["year"] == year)["quantity"].sum())
        click.echo(say(f"plan-{year}", count=f"{count:,}", **said))
    still = made.actions.filter(made.actions["year"].is_null()).height
    if still:
        click.echo(say("plan-open", count=still), err=True)
    if made.after is not None and not quiet:
        before, then = int(result.position["shortfall"].sum()), int(made.after["shortfall"].sum())
        click.echo(say("plan-after", before=f"{before:,}", after=f"{then:,}"))
    if made.refused.height and not quiet:
        click.echo(say("plan-refused", count=made.refused.height), err=True)
    if out is not None and not quiet:
        click.echo(say("report-where", path=out))
