"""`licmatch forms`: the programme's forms from a result as workbooks, and filled ones read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licmatch.cli.language import Command, Group, asked, lang_option, option, say, spoken
from licmatch.cli.options import json_option, load_engine, recognition, talking
from licmatch.cli.printing import SHOWN, print_json, print_table, warn_of
from licmatch.errors import EXIT_DONE, EXIT_FAILED_POLICY, UsageError
from licmatch.messages import message

if TYPE_CHECKING:
    import polars as pl

    from licmatch.forms.filled import Filled
    from licmatch.forms.making import Making
    from licmatch.forms.records import Records
    from licmatch.match import Engine
    from licmatch.plan import Plan
    from licmatch.result import Result

_EXAMPLE = (
    "licmatch forms result -o forms\nlicmatch forms result -o forms --only F1,F2 --lang en\n"
    "licmatch forms result -o forms --campaign campaign.toml --prices prices.csv\nlicmatch forms read filled/ --result result"
)


class _FormsGroup(Group):
    """`forms DIR` draws up, `forms read FILE...` reads: a first word that is no command of the group is the folder of a result."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hand everything that does not begin with `read` to the hidden command that draws up."""
        asks_for_help = any(word in ("--help", "-h") for word in args)
        if args and args[0] not in self.commands and not asks_for_help:
            args = ["draw", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List what is called by name."""
        return [name for name in super().list_commands(ctx) if name != "draw"]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show both ways to call it."""
        prefix = message("help.usage", spoken())
        formatter.write_usage(ctx.command_path, "DIR -o DIR [OPTIONS]", prefix)
        formatter.write_usage(f"{ctx.command_path} read", "FILE... [OPTIONS]", prefix)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of drawing up, which is what the group does without a word."""
        self.commands["draw"].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


def forms_asked(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Read the list of --only, without regard to case."""
    from licmatch.forms.write import BUILDERS

    known = {name.casefold(): name for name in BUILDERS}
    wanted = [word.strip().casefold() for word in (text or "").replace("，", ",").split(",") if word.strip()]
    unknown = [word for word in wanted if word not in known]
    if unknown:
        raise click.BadParameter(f"there is no form {unknown[0]!r}; known: {', '.join(BUILDERS)}")
    return tuple(known[word] for word in wanted)


@click.group("forms", cls=_FormsGroup, help="forms", epilog=_EXAMPLE)
@lang_option
def command() -> None:
    """Hold the two ways."""


@command.command("draw", cls=Command, help="forms", hidden=True, epilog=_EXAMPLE)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("-o", "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="forms-out")
@option("--only", metavar="F1,F2,…", callback=forms_asked, help="forms-only")
@option("--mapping", metavar="FILE", type=click.Path(path_type=Path), help="forms-mapping")
@option("--records", metavar="FILE", type=click.Path(path_type=Path), help="forms-records")
@option("--campaign", metavar="FILE", type=click.Path(path_type=Path), help="forms-campaign")
@option("--inspected", metavar="FILE", type=click.Path(path_type=Path), help="forms-inspected")
@option("--entitlements", metavar="FILE", type=click.Path(path_type=Path), help="forms-entitlements")
@option("--previous", metavar="DIR", type=click.Path(path_type=Path), help="forms-previous")
@option("--prices", metavar="FILE", type=click.Path(path_type=Path), help="forms-prices")
@recognition
@json_option
@talking
def draw(
    folder: Path, out: Path, only: tuple[str, ...], mapping: Path | None, records: Path | None, campaign: Path | None,
    inspected: Path | None, entitlements: Path | None, previous: Path | None, prices: Path | None, catalogs: tuple[str, ...],
    no_builtin: bool, without: tuple[str, ...], as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Draw up the forms and say what was written."""
    from licmatch.cli.progress import Bar
    from licmatch.forms import load_definitions
    from licmatch.forms.write import write_forms
    from licmatch.ingest.frames import read_side
    from licmatch.result import read_result

    with Bar(quiet) as bar:
        bar.step("loading")
        result = read_result(folder)
        definitions = load_definitions(mapping)
        rights = None if entitlements is None else read_side("entitlements", entitlements)
        earlier = None if previous is None else read_result(previous).installations
        engine = load_engine(catalogs, no_builtin, without)
        kept = _records(records, campaign, inspected, result, engine)
        planned = None if prices is None else _plan(result, prices, engine, quiet)
        bar.step("reporting")
        written = write_forms(
            result, out, engine=engine, definitions=definitions, only=only, plan=planned, records=kept,
            entitlements=None if rights is None else rights.frame, earlier=earlier, lang=asked() or "zh",
        )  # fmt: skip
    if rights is not None:
        warn_of(rights.notices, rights.rejected, quiet=quiet)
    if as_json:
        print_json(
            {"out": str(out), "files": [{"file": name, "form": form, "sheets": count} for name, (form, count) in written.files.items()]}
        )
    elif not quiet:
        counted: dict[str, list[int]] = {}
        for form, count in written.files.values():
            counted.setdefault(form, []).append(count)
        rows = [(form, definitions.forms[form].title("zh"), len(counts), sum(counts)) for form, counts in counted.items()]
        print_table([say(f"forms-{head}") for head in ("form", "title", "files", "sheets")], rows, right=(2, 3))
        click.echo(say("forms-where", path=out))


def _records(records: Path | None, campaign: Path | None, inspected: Path | None, result: Result, engine: Engine) -> Records:
    """Everything that is recorded: by hand, in the campaign as it stood on the day of the result, and by an inspection."""
    from datetime import date

    from licmatch.forms import load_inspected, load_records
    from licmatch.programme import form_records, joined_records, load_campaign

    kept = joined_records(load_records(records), load_inspected(inspected))
    if campaign is None:
        return kept
    case = load_campaign(campaign)
    return joined_records(form_records(case.campaign, date.fromisoformat(result.manifest["as_of"]), engine), kept)


def _plan(result: Result, prices: Path, engine: Engine, quiet: bool) -> Plan:
    from datetime import date

    from licmatch.ingest.frames import read_side
    from licmatch.licences import load_rights
    from licmatch.plan import load_plan_rules, plan

    table = read_side("prices", prices)
    warn_of(table.notices, table.rejected, quiet=quiet)
    return plan(
        result.position if result.position.height else None, result.installations, table.frame, result.units, load_rights(),
        rules=load_plan_rules(), as_of=date.fromisoformat(result.manifest["as_of"]), engine=engine, devices=result.devices,
    )  # fmt: skip


@command.command("read", cls=Command, help="forms-read", epilog="licmatch forms read filled/ --result result -o imported")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@option("--result", "folder", metavar="DIR", type=click.Path(path_type=Path), help="forms-result")
@option("-o", "--out", metavar="DIR", type=click.Path(path_type=Path), help="forms-read-out")
@option("--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True, help="forms-format")
@option("--mapping", metavar="FILE", type=click.Path(path_type=Path), help="forms-mapping")
@option("--strict", is_flag=True, help="forms-strict")
@recognition
@json_option
@talking
def read(
    files: tuple[str, ...], folder: Path | None, out: Path | None, file_format: str, mapping: Path | None, strict: bool,
    catalogs: tuple[str, ...], no_builtin: bool, without: tuple[str, ...], as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Read filled forms, check them, compare them with a result and import them."""
    from licmatch.forms import load_definitions
    from licmatch.forms.canonical import frames
    from licmatch.forms.compare import differences
    from licmatch.forms.read import read_forms
    from licmatch.forms.recognition import by_engine

    definitions = load_definitions(mapping)
    making: Making | None = None
    engine: Engine | None = None
    if folder is not None:
        engine = load_engine(catalogs, no_builtin, without)
        making = _making(folder, engine, definitions)
    reading = read_forms(files, definitions)
    names = {} if making is None else {row["name"]: key for key, row in making.unit.items()}
    tables = frames(reading, definitions, names)
    if making is not None and engine is not None:
        matcher = engine
        tables["differences"] = differences(reading, making, lambda texts: by_engine(matcher, texts))
    faults = [{"file": file, "form": form, **asdict(fault)} for file, form, fault in reading.faults]
    if out is not None:
        _write(tables, faults, reading.rejected_frame(), out, file_format)
    if as_json:
        print_json(
            {
                "rows_in": reading.rows_in, "rows_read": reading.rows_read, "rejected": _plain(reading.rejected_frame()),
                "forms": [_about(filled) for filled in reading.forms],
                "faults": faults, "tables": {name: _plain(frame) for name, frame in tables.items()},
            }
        )  # fmt: skip
    else:
        warn_of(reading.notices, reading.rejected_frame(), quiet=quiet)
        _tell(faults, tables.get("differences"), quiet)
        if not quiet:
            click.echo(
                say("forms-read", forms=len(reading.forms), rows=reading.rows_in, read=reading.rows_read, rejected=len(reading.rejected))
            )
            if out is not None:
                click.echo(say("forms-where", path=out))
    return EXIT_FAILED_POLICY if strict and (faults or reading.rejected) else EXIT_DONE


def _making(folder: Path, engine: Engine, definitions: Any) -> Making:
    from licmatch.forms.figures import figures
    from licmatch.forms.making import Making
    from licmatch.result import read_result

    return Making(figures(read_result(folder), engine, definitions), definitions)


def _tell(faults: Sequence[dict[str, str]], found: pl.DataFrame | None, quiet: bool) -> None:
    """Say every fault on standard error, and the differences as a table."""
    from licmatch.cli.language import spoken

    for fault in faults[: SHOWN * 4]:
        why = message(f"forms.fault_{fault['kind']}", spoken())
        click.echo(
            say("forms-fault", why=why, **{name: fault[name] for name in ("file", "address", "header", "check", "says", "should")}),
            err=True,
        )
    if len(faults) > SHOWN * 4:
        click.echo("  " + say("forms-more", count=len(faults) - SHOWN * 4), err=True)
    if found is None or quiet:
        return
    if found.is_empty():
        click.echo(say("forms-same"))
        return
    rows = [
        (
            row["form"], row["unit_id"], row["what"], row["header"] or say(f"forms-{row['field'].replace('_', '-')}"), row["form_says"],
            row["scan_says"], row["cell"],
        )
        for row in found.head(200).iter_rows(named=True)
    ]  # fmt: skip
    print_table([say(f"forms-{head}") for head in ("form", "unit", "what", "field", "form-says", "scan-says", "cell")], rows)
    if found.height > 200:
        click.echo(say("forms-more", count=found.height - 200))


def _write(tables: dict[str, pl.DataFrame], faults: list[dict[str, str]], rejected: pl.DataFrame, out: Path, file_format: str) -> None:
    """Write the frames into a new or empty folder, whole or not at all."""
    import polars as pl

    from licmatch.result.folder import write_folder

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not empty", hint="name a new folder: what was imported earlier is not written over")
    heads = ("file", "form", "check", "kind", "address", "header", "says", "should")
    every = tables | {"faults": pl.DataFrame(faults, schema=dict.fromkeys(heads, pl.String())), "rejected": rejected}

    def fill(partial: Path) -> None:
        for name, frame in every.items():
            if file_format == "parquet":
                frame.write_parquet(partial / f"{name}.parquet", compression="zstd", compression_level=3)
            else:
                text = frame.with_columns(
                    pl.col(pl.Binary).map_elements(lambda raw: raw.decode("utf-8", "replace"), return_dtype=pl.String)
                )
                text.write_csv(partial / f"{name}.csv", include_bom=True)

    write_folder(out, fill, may_replace=lambda _: None)


def _about(filled: Filled) -> dict[str, Any]:
    return {
        "form": filled.form.id,
        "file": filled.file,
        "sheet": filled.name,
        "unit_id": filled.unit_id,
        "unit_name": filled.unit_name,
    }


def _plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON: amounts as numbers, bytes as text."""
    return [{key: _value(value) for key, value in row.items()} for row in frame.to_dicts()]


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value
