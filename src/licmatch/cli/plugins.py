"""`licmatch plugins`: what is installed, whether it loads, which category it owns; and a new one to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from licmatch.cli.language import Command, Group, option, say, spoken
from licmatch.cli.options import json_option, talking, without_option
from licmatch.cli.printing import print_json, print_table


@click.group(
    "plugins",
    cls=Group,
    help="plugins",
    invoke_without_command=True,
    epilog="licmatch plugins\nlicmatch plugins --json\nlicmatch plugins new cad",
)
@without_option
@json_option
@talking
@click.pass_context
def command(context: click.Context, without: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """List the plugins in the order they are loaded, where no further command is given."""
    if context.invoked_subcommand is None:
        _list(without, as_json, quiet)


@command.command(
    "new", cls=Command, help="plugins-new", epilog="licmatch plugins new cad --title-en CAD\nlicmatch plugins new cad -o our-cad"
)
@click.argument("name", metavar="NAME")
@option("-o", "--out", metavar="DIR", type=click.Path(path_type=Path), help="plugins-out")
@option("--title-en", metavar="TEXT", help="plugins-title-en")
@option("--title-zh", metavar="TEXT", help="plugins-title-zh")
@json_option
@talking
def new(name: str, out: Path | None, title_en: str | None, title_zh: str | None, as_json: bool, quiet: bool) -> None:
    """Write a plugin whose tests pass as they stand."""
    from licmatch.cli.plugin_skeleton import write_skeleton

    folder = out if out is not None else Path(f"licmatch-{name}")
    written = write_skeleton(name, folder, title_en=title_en, title_zh=title_zh)
    if as_json:
        print_json([str(path) for path in written])
    elif not quiet:
        for path in written:
            click.echo(path)
        click.echo(say("plugins-written", folder=folder))


def _list(without: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    from licmatch.catalog.handed import handed_catalogs
    from licmatch.plugin_loader import load_plugins

    plugins = load_plugins(without=without)
    # A list that ends well is what an author goes by; a run would stop at a catalog that is not there.
    handed_catalogs(plugins)
    owned = {category.id: category for category in plugins.categories}
    if as_json:
        print_json(
            [
                {
                    "name": plugin.name,
                    "distribution": plugin.distribution,
                    "version": plugin.version,
                    "category": plugin.name if plugin.name in owned else None,
                    "title_en": owned[plugin.name].title_en if plugin.name in owned else None,
                    "title_zh": owned[plugin.name].title_zh if plugin.name in owned else None,
                }
                for plugin in plugins.names
            ]
        )
    elif quiet:
        click.echo("\n".join(plugin.name for plugin in plugins.names))
    else:
        title = f"title_{spoken()}"
        rows = [(p.name, p.distribution, p.version, getattr(owned.get(p.name), title, "")) for p in plugins.names]
        print_table([say(f"plugins-{column}") for column in ("name", "distribution", "version", "category")], rows)
