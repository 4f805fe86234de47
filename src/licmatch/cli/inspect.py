"""`licmatch inspect`: the filled sheets back, and what they prove."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import click

from licmatch.cli.language import Command, asked, option, say, spoken
from licmatch.cli.options import day, json_option, talking
from licmatch.cli.printing import SHOWN, print_json, print_table
from licmatch.errors import UsageError
from licmatch.place import replacing


@click.command(
    "inspect", cls=Command, help="inspect",
    epilog="licmatch inspect result register.xlsx -o outcome.xlsx --due 2026-12-31\nlicmatch inspect result team1.xlsx team2.xlsx --json",
)  # fmt: skip
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("sheets", metavar="SHEET...", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="inspect-out")
@option("--due", metavar="DATE", callback=day, help="inspect-due")
@option("--rulings-out", metavar="FILE", type=click.Path(path_type=Path), help="inspect-rulings-out")
@option("--ledger", metavar="FILE", type=click.Path(path_type=Path), help="inspect-ledger")
@json_option
@talking
def command(
    folder: Path, sheets: tuple[Path, ...], out: Path | None, due: date | None, rulings_out: Path | None, ledger: Path | None,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Read, draw again and compare, conclude, and say what follows."""
    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(f"{out} is no workbook", hint="give it the ending .xlsx")
    if rulings_out is not None and rulings_out.suffix.lower() != ".csv":
        raise UsageError(f"{rulings_out} is no table of rulings", hint="give it the ending .csv")
    from licmatch.inspection import inspect
    from licmatch.inspection import words as inspection_words
    from licmatch.inspection.agreement import compare
    from licmatch.inspection.outcome import inspected_units, not_inspected
    from licmatch.inspection.outcome_workbook import bound_text, render_outcome
    from licmatch.inspection.problems import notices, problem_ledger, rulings_draft

    found, result = inspect(folder, sheets, ledger=ledger)
    lang = asked() or "zh"
    if out is not None:
        content = render_outcome(found, result, lang=lang, due=due)
        with replacing(out) as partial:
            partial.write_bytes(content)
    draft = 0
    if rulings_out is not None:
        table, draft = rulings_draft(found, result)
        with replacing(rulings_out) as partial:
            partial.write_bytes(table)
    agreement, differences = compare(found, result)
    ledger_of_problems = problem_ledger(found, result, lang=spoken(), due=due)
    returned = found.returned
    if as_json:
        rows = {"read": returned.lines, "used": returned.used, "blank": returned.blank, "refused": returned.refused.height}
        missing = [dict(zip(("device_id", "unit_id", "why"), each, strict=True)) for each in not_inspected(found)]
        print_json({"number": found.draw.number, "code": found.draw.code, "decision": found.decision, "rows": rows,
                    "figures": found.figures.to_dicts(), "agreement": agreement.to_dicts(), "differences": differences.to_dicts(),
                    "problems": ledger_of_problems.to_dicts(),
                    "notices": notices(found, ledger_of_problems, lang=spoken(), due=due).to_dicts(),
                    "refused": returned.refused.to_dicts(), "not_inspected": missing, "inspected": inspected_units(found)})  # fmt: skip
        return
    whole = found.figures.row(0, named=True)

    def tell(key: str, **values: object) -> str:
        return inspection_words.say(key, spoken(), **values)

    click.echo(bound_text(whole, Fraction(found.draw.design.tolerance), spoken()))
    click.echo(tell("adds_up", **{key: whole[key] for key in ("drawn", "inspected", "not_inspected", "refused")}))
    if not quiet:
        names = inspection_words.unit_names(result.units, spoken())
        groups = found.figures.filter(found.figures["level"] == "group")
        rows_of = [
            [names.get(row["group"], row["group"]), *(f"{row[key]:,}" for key in ("population", "inspected", "infringing", "open")),
             f"{row['lower']:,} – {row['upper']:,}", tell(f"decision_{row['decision']}")]
            for row in groups.iter_rows(named=True)
        ]  # fmt: skip
        heads = [tell(key) for key in ("group", "head_population", "head_inspected", "head_infringing", "head_open", "bounds", "decision")]
        print_table(heads, rows_of, right=(1, 2, 3, 4, 5))
        apart = dict(differences["differs"].value_counts().iter_rows())
        click.echo(say("inspect-agreement", compared=int(agreement["computers"].sum()), differ=differences.height,
                       contradict=apart.get("contradicts", 0)))  # fmt: skip
        click.echo(say("inspect-problems", count=ledger_of_problems.height, units=ledger_of_problems["unit_id"].n_unique()))
    if returned.refused.height:
        click.echo(say("inspect-refused", count=returned.refused.height), err=True)
        for row in returned.refused.head(0 if quiet else SHOWN).iter_rows(named=True):
            click.echo(f"  {row['file']}:{row['line']}: {row['device_id']} {tell('refused_' + row['reason'])} {row['detail']}", err=True)
    click.echo(tell("decision_is", decision=tell(f"decision_{found.decision}"), why=tell(f"why_{found.decision}")))
    if not quiet:
        for path in (out, rulings_out):
            if path is not None:
                click.echo(say("inspect-where", path=path))
        if rulings_out is not None:
            click.echo(say("inspect-draft", count=draft))
