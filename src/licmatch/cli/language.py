"""Which language to speak, and click classes whose help is a message id, resolved when help is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from itertools import pairwise
from typing import Any, TypeVar

import click

from licmatch.messages import LANGUAGES, environment_language, message, texts

F = TypeVar("F", bound=Callable[..., Any])


_ASKED: ContextVar[str | None] = ContextVar("licmatch_lang", default=None)


def forget() -> None:
    """Start a new run: no --lang was given yet."""
    _ask(None)


def heed(words: Sequence[str]) -> None:
    """Take --lang from the words of a command that went wrong before click came to it."""
    if asked() is None:
        named = [after for word, after in pairwise(words) if word == "--lang"]
        named += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
        _ask(next((lang for lang in named if lang in LANGUAGES), None))


def _ask(lang: str | None) -> None:
    _ASKED.set(lang)
    # Read now: where memory runs out later, there is none left to read the sentence that says so.
    texts(spoken())


def asked() -> str | None:
    """Return what --lang said, if it was given."""
    return _ASKED.get()


def spoken() -> str:
    """Return the language of the console: --lang, else that of the environment, else English."""
    return asked() or environment_language()


def say(message_id: str, /, **values: object) -> str:
    """Return a text of the `cli` section in the language of the console."""
    return message(f"cli.{message_id}", spoken(), **values)


def _help(message_id: str | None) -> str:
    return "" if message_id is None else message(f"help.{message_id}", spoken())


class Option(click.Option):
    """An option whose `help` is an id of the `help` section."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        told, self.help = self.help, _help(self.help)
        try:
            record = super().get_help_record(ctx)
        finally:
            self.help = told
        return record if record is None or spoken() == "en" else (record[0], _extra_in_chinese(record[1]))


def _extra_in_chinese(text: str) -> str:
    """Return the help of an option with what click adds to it in brackets said in Chinese."""
    head, bracket, extra = text.rpartition("  [") if text.endswith("]") else (text, "", "")
    if not bracket:
        return text
    said = [message("help.required", "zh") if one == "required" else one for one in extra[:-1].split("; ")]
    default = message("help.default", "zh")
    return f"{head}  [{'；'.join(default + one[9:] if one.startswith('default: ') else one for one in said)}]"


class _Translated(click.Command):
    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=message("help.usage", spoken()))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = message("help.help", spoken())
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [one for one in self.get_params(ctx) if not isinstance(one, click.Argument)]
        records = [record for one in options if (record := one.get_help_record(ctx)) is not None]
        if records:
            with formatter.section(message("help.options", spoken())):
                formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        return _help(self.help).split("\n", 1)[0]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        told, self.help = self.help, _help(self.help)
        try:
            super().format_help_text(ctx, formatter)
        finally:
            self.help = told

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.epilog:
            formatter.write(f"\n{message('help.example', spoken())}\n")
            for line in self.epilog.splitlines():
                formatter.write(f"  {line}\n")


class Command(_Translated):
    """A command whose `help` is an id of the `help` section and whose epilog is its example, shown as written."""


class Group(_Translated, click.Group):
    """A group of such commands, listed in the order they are declared in."""

    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(message("help.commands", spoken())):
            formatter.write_dl([(name, one.get_short_help_str()) for name, one in found if one is not None and not one.hidden])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Declare an option whose `help` is a message id."""
    return click.option(*names, cls=Option, **settings)


def _remember(_context: click.Context, _parameter: click.Parameter, lang: str | None) -> None:
    if lang:
        _ask(lang)


def lang_option(command: F) -> F:
    """Add --lang; it counts for the help of the same line too."""
    return option("--lang", type=click.Choice(LANGUAGES), is_eager=True, expose_value=False, callback=_remember, help="lang")(command)
