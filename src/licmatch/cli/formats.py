"""`licmatch formats`: which inventory formats are read, and what each gives; a mapping profile for a table of any other tool."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli.language import Command, Group, option, say, spoken
from licmatch.cli.options import json_option, load_engine, recognition, talking
from licmatch.cli.printing import print_json, print_table
from licmatch.cli.wording import in_words
from licmatch.errors import InputError, Location, UsageError
from licmatch.place import replacing

if TYPE_CHECKING:
    from licmatch.ingest.profiles.learn import Choice, Proposal


@click.group(
    "formats",
    cls=Group,
    help="formats",
    invoke_without_command=True,
    epilog="licmatch formats\nlicmatch formats --json\nlicmatch formats learn console.csv -o console.toml",
)
@json_option
@talking
@click.pass_context
def command(context: click.Context, as_json: bool, quiet: bool) -> None:
    """List the readers, where no further command is given."""
    if context.invoked_subcommand is None:
        _list(as_json, quiet)


def _list(as_json: bool, quiet: bool) -> None:
    from licmatch.ingest import formats

    known = formats()
    if as_json:
        print_json([asdict(known_format) for known_format in known])
    elif quiet:
        click.echo("\n".join(each.id for each in known))
    else:
        rows = [(each.id, in_words(each.title), ", ".join(each.emits)) for each in known]
        print_table([say(f"formats-{column}") for column in ("id", "title", "emits")], rows)


@command.command(
    "learn",
    cls=Command,
    help="formats-learn",
    epilog="licmatch formats learn console.csv -o console.toml\nlicmatch assess exports/ -o result --profile console.toml\n"
    "licmatch formats learn console.xlsx --column name=应用 --column hostname=机器 -o console.toml",
)
@click.argument("file", metavar="FILE")
@option("-o", "--out", metavar="PROFILE", type=click.Path(path_type=Path), help="learn-out")
@option("--id", "name", metavar="ID", help="learn-id")
@option("--column", "columns", multiple=True, metavar="COLUMN=HEADER", help="learn-column")
@recognition
@json_option
@talking
def learn_command(
    file: str,
    out: Path | None,
    name: str | None,
    columns: tuple[str, ...],
    catalogs: tuple[str, ...],
    no_builtin: bool,
    without: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Look at headers and cells, propose which column is which, and write it down for a person to read."""
    from licmatch.ingest.document import Document
    from licmatch.ingest.profiles import profile_text
    from licmatch.ingest.profiles.learn import learn
    from licmatch.ingest.sources import find_sources

    if out is not None and out.exists():
        raise UsageError(
            f"there is a file already: {out}", hint="a profile may hold what somebody wrote into it; name another, or remove it"
        )
    sources, _ = find_sources([file])
    if len(sources) > 1:
        raise UsageError(f"{file} is {len(sources)} files", hint="one export is enough to learn from: name the largest")
    doc = Document.open(sources[0])
    if not doc.data:
        raise InputError("the file is empty", where=Location(doc.label))
    found = learn(doc, load_engine(catalogs, no_builtin, without), name=name, columns=_asked(columns))
    text = profile_text(found.profile, head=_head(found), said=_comments(found))
    if out is not None:
        with replacing(out) as partial:
            partial.write_text(text, encoding="utf-8", newline="\n")
    if as_json:
        print_json(_as_json(found, out))
    elif out is None:
        click.echo(text, nl=False)
    elif not quiet:
        _show(found)
        click.echo(say("learn-written", out=out))


def _asked(columns: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in columns:
        column, equals, header = text.partition("=")
        if not equals or not header.strip():
            raise UsageError(f"--column {text} says no header", hint="write it as --column name=应用")
        found[column.strip()] = header.strip()
    return found


def _why(choice: Choice) -> str:
    separator = say("learn-and")
    return separator.join(say(f"learn-{reason.code}", **dict(reason.values)) for reason in choice.reasons)


def _head(found: Proposal) -> list[str]:
    lines = say("learn-head").splitlines()
    lines += [say(f"learn-{note.code}", **dict(note.values)) for note in found.notes if note.code != "keep"]
    return lines + _left(found)


def _notes(found: Proposal) -> list[str]:
    return [say(f"learn-{note.code}", **dict(note.values)) for note in found.notes]


def _left(found: Proposal) -> list[str]:
    return [say("learn-left", headers=", ".join(found.left[:40]))] if found.left else []


def _comments(found: Proposal) -> dict[str, str]:
    kept = {str(dict(note.values)["header"]): say("learn-keep", **dict(note.values)) for note in found.notes if note.code == "keep"}
    return {choice.column: _why(choice) for choice in found.choices} | kept


def _show(found: Proposal) -> None:
    rows = [(say(f"learn-column-{choice.column}"), choice.header, f"{choice.score:.2f}", _why(choice)) for choice in found.choices]
    print_table([say(f"learn-title-{title}") for title in ("column", "header", "score", "why")], rows, right=(2,))
    for line in (*_notes(found), *_left(found)):
        click.echo(line)
    click.echo(say("learn-tried", rows=found.rows, rejected=found.rejected, devices=found.devices))


def _as_json(found: Proposal, out: Path | None) -> dict[str, object]:
    import msgspec

    return {
        "out": None if out is None else str(out),
        "profile": msgspec.to_builtins(found.profile),
        "choices": [{"column": c.column, "header": c.header, "score": c.score, "why": _why(c)} for c in found.choices],
        "notes": _notes(found),
        "left": list(found.left),
        "rows": found.rows,
        "rejected": found.rejected,
        "devices": found.devices,
        "lang": spoken(),
    }
