"""What went wrong, in the language of the console. Errors are made in English; here they are said in Chinese where Chinese is asked for."""

from __future__ import annotations

import click

from licmatch.cli.language import say, spoken
from licmatch.errors import LicmatchError
from licmatch.messages.errors import in_chinese


def in_words(text: str) -> str:
    """Return a text of an error or a reason in the language of the console."""
    return in_chinese(text) if spoken() == "zh" else text


def worded(error: LicmatchError) -> str:
    """Return an error with its place and its hint, as `str` does in English."""
    if spoken() != "zh":
        return str(error)
    said = in_chinese(error.message)
    told = said if error.where is None else f"{error.where}：{said}"
    return told if error.hint is None else f"{told}\n  {say('hint', text=in_chinese(error.hint))}"


def show_usage(error: click.ClickException) -> None:
    """Print what click found wrong with the words of the command: as click does in English, in its order and with its parts in Chinese."""
    if spoken() != "zh" or type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(context.get_usage(), err=True)
        if context.command.get_help_option(context) is not None:
            click.echo(say("try-help", command=f"{context.command_path} --help"), err=True)
        click.echo(err=True)
    click.echo(say("error", text=in_chinese(error.format_message())), err=True)
