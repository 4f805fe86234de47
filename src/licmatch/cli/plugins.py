"""`licmatch plugins`: what is installed, whether it loads, and which category it owns."""

from __future__ import annotations

import click

from licmatch.cli.language import Command, say, spoken
from licmatch.cli.options import json_option, talking, without_option
from licmatch.cli.printing import print_json, print_table


@click.command("plugins", cls=Command, help="plugins", epilog="licmatch plugins\nlicmatch plugins --json")
@without_option
@json_option
@talking
def command(without: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """List the plugins in the order they are loaded."""
    from licmatch.plugin_loader import load_plugins

    plugins = load_plugins(without=without)
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
