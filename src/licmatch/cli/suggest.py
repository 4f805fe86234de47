"""`licmatch suggest`: the unknown names of a result as drafts of catalog entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from licmatch.cli.language import Command, option, say
from licmatch.cli.options import json_option, load_engine, recognition, talking
from licmatch.cli.printing import print_json, print_table
from licmatch.place import replacing


@click.command("suggest", cls=Command, help="suggest", epilog="licmatch suggest result\nlicmatch suggest result -o drafts.toml --top 50")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="suggest-out")
@option("--top", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="suggest-top")
@recognition
@json_option
@talking
def command(
    folder: Path,
    out: Path | None,
    top: int,
    catalogs: tuple[str, ...],
    no_builtin: bool,
    without: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Cluster, rank, and write a family file with its examples beside it."""
    from licmatch.errors import UsageError
    from licmatch.match.examples import check_examples, read_examples
    from licmatch.match.suggest import cluster_unknown, draft_entries
    from licmatch.result import read_result

    if out is not None and out.suffix != ".toml":
        raise UsageError(f"{out} is no catalog file", hint="give it the ending .toml; the examples go beside it as .tsv")
    clusters = cluster_unknown(read_result(folder).unknown)
    shown = clusters[:top]
    if out is not None:
        engine = load_engine(catalogs, no_builtin, without)
        known = engine.makers(sorted({cluster.maker for cluster in shown if cluster.maker}))
        makers = {raw: engine.compiled.vendors[min(found)].name for raw, found in known.items() if raw and found}
        text, examples = draft_entries(shown, makers, {family.slug for family in engine.compiled.families})
        with replacing(out) as partial:
            partial.write_text(text, encoding="utf-8", newline="\n")
        _write_examples(out, examples)
        # An example that the draft does not carry is left out: what is written loads and holds.
        misses = check_examples(read_examples([out]), load_engine((*catalogs, str(out)), no_builtin, without))
        failed = {miss.example.line for miss in misses}
        _write_examples(out, [cells for line, cells in enumerate(examples, start=1) if line not in failed])
        if failed:
            click.echo(say("suggest-left-out", count=len(failed)), err=True)
    if as_json:
        fields = ("title", "words", "maker", "category", "devices", "rows")
        print_json([{**{field: getattr(cluster, field) for field in fields}, "names": len(cluster.members)} for cluster in shown])
    elif quiet:
        click.echo("\n".join(cluster.title for cluster in shown))
    else:
        header = [say(f"suggest-{column}") for column in ("name", "maker", "category", "devices", "rows", "names")]
        rows = [(one.title, one.maker, one.category, one.devices, one.rows, len(one.members)) for one in shown]
        print_table(header, rows, right=(3, 4, 5))
        click.echo(say("suggest-done", shown=len(shown), count=len(clusters)) + ("" if out is None else f" {out}"))


def _write_examples(out: Path, examples: Sequence[Sequence[str]]) -> None:
    lines = "".join("\t".join(cells) + "\n" for cells in examples)
    with replacing(out.with_suffix(".tsv")) as partial:
        partial.write_text(lines, encoding="utf-8", newline="\n")
