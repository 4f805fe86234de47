"""`licmatch sample`: which computers to inspect, and why these."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from licmatch.cli.language import Command, asked, option, say, spoken
from licmatch.cli.options import json_option, talking
from licmatch.cli.printing import print_json, print_table
from licmatch.errors import UsageError
from licmatch.place import replacing

_ENDINGS = (".xlsx", ".csv", ".jsonl")


def exact(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Decimal | None:
    """Read a number as it is written: 0.1 is a tenth, no float."""
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise click.BadParameter(f"{text!r} is no number") from None
    if not value.is_finite() or len(text) > 20:
        raise click.BadParameter(f"{text!r} is no number that can be drawn by")
    return value


@click.command(
    "sample", cls=Command, help="sample", epilog="licmatch sample result --confidence .95 --tolerance .05 --seed 20261130 -o register.xlsx"
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="sample-out")
@option("--seed", required=True, type=click.IntRange(0), metavar="N", help="sample-seed")
@option("--confidence", default="0.95", show_default=True, metavar="SHARE", callback=exact, help="sample-confidence")
@option("--tolerance", default="0.05", show_default=True, metavar="SHARE", callback=exact, help="sample-tolerance")
@option("--by", default="county", show_default=True, metavar="TIER", help="sample-by")
@option("--hold", type=click.Choice(("stratum", "whole")), default="stratum", show_default=True, help="sample-hold")
@option("--percent", metavar="PERCENT", callback=exact, help="sample-percent")
@option("--floor", type=click.IntRange(0), default=0, metavar="N", help="sample-floor")
@option("--cap", type=click.IntRange(1), metavar="N", help="sample-cap")
@option("--minimum", type=click.IntRange(0), default=1, show_default=True, metavar="N", help="sample-minimum")
@option("--ledger", metavar="FILE", type=click.Path(path_type=Path), help="sample-ledger")
@option("--prefill", is_flag=True, help="sample-prefill")
@json_option
@talking
def command(
    folder: Path, out: Path, seed: int, confidence: Decimal, tolerance: Decimal, by: str, hold: str, percent: Decimal | None, floor: int,
    cap: int | None, minimum: int, ledger: Path | None, prefill: bool, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Draw, write the register with its warrant, and say how many of how many."""
    if out.suffix.lower() not in _ENDINGS:
        raise UsageError(f"{out}: the ending names no format of a register", hint="use one of " + " ".join(_ENDINGS))
    if percent is None and (floor or cap is not None):
        raise UsageError("--floor and --cap belong to --percent", hint="a plan by confidence and tolerance has neither")
    from licmatch.inspection import Design, sample
    from licmatch.inspection.register import register_rows, render_register
    from licmatch.inspection.returned import table_of
    from licmatch.inspection.words import kind_title, unit_names

    design = Design(
        seed=seed, confidence=confidence, tolerance=tolerance, by=by, hold=hold, percent=percent, floor=floor, cap=cap, minimum=minimum
    )
    drawn, result = sample(folder, design, ledger=ledger)
    lang = asked() or "zh"
    if out.suffix.lower() == ".xlsx":
        content = render_register(drawn, result, lang=lang, prefill=prefill)
    else:
        content = table_of(register_rows(drawn, result, lang=lang, prefill=prefill), out.suffix.lower())
    with replacing(out) as partial:
        partial.write_bytes(content)
    sums = {name: int(drawn.strata[name].sum()) for name in ("population", "sample", "besides", "drawn")}
    if as_json:
        chance = {"numerator": str(drawn.chance.numerator), "denominator": str(drawn.chance.denominator), "value": float(drawn.chance)}
        print_json({"number": drawn.number, "code": drawn.code, "totals": sums, "chance": chance, "strata": drawn.strata.to_dicts(),
                    "drawn": drawn.drawn.to_dicts()})  # fmt: skip
        return
    if quiet:
        return
    names = unit_names(result.units, spoken())
    rows = [
        [names.get(row["group"], row["group"]), kind_title(row["kind"], spoken()), *(f"{row[key]:,}" for key in
         ("population", "tolerated", "sample", "besides", "drawn"))]
        for row in drawn.strata.iter_rows(named=True)
    ]  # fmt: skip
    print_table([say(f"sample-head-{key}") for key in ("group", "kind", "population", "tolerated", "sample", "besides", "drawn")], rows,
                right=(2, 3, 4, 5, 6))  # fmt: skip
    click.echo(say("sample-done", **{key: f"{value:,}" for key, value in sums.items()}, chance=f"{int(drawn.chance * 1000) / 10:.1f}"))
    click.echo(say("sample-where", path=out, number=drawn.number))
