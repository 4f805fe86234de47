"""The command itself: what it is made of, and how every failure ends in one sentence and an exit code."""

from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from licmatch.cli.language import Group, Option, forget, heed, lang_option, say, spoken
from licmatch.cli.wording import in_words, show_usage, worded
from licmatch.errors import EXIT_DONE, EXIT_INPUT, EXIT_INTERRUPTED, EXIT_USAGE, LicmatchError, WriteError
from licmatch.messages import message
from licmatch.place import tells_of_writing

# In the order `--help` lists them. Each is `command` in the module of its name.
COMMANDS = (
    "demo", "match", "assess", "merge", "report", "verify", "diff", "export", "explain", "suggest", "plan", "whatif",
    "sample", "inspect", "campaign", "forms", "catalog", "plugins", "formats",
)  # fmt: skip


# What the loader of libraries says where one finds no room in memory, and Python where a thread finds none for its stack.
_NO_ROOM = re.compile(r"[Cc]annot allocate memory|failed to map segment|can't start new thread")


class LazyCommands(Group):
    """Knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"licmatch.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, message(f"help.{name}", spoken()).split("\n", 1)[0]) for name in COMMANDS]
        with formatter.section(message("help.commands", spoken())):
            formatter.write_dl(rows)


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"licmatch {version('licmatch')}")
        ctx.exit()


@click.group("licmatch", cls=LazyCommands, help="licmatch", epilog="licmatch demo\nlicmatch assess inventory/ -o result")
@click.option("--version", cls=Option, is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="version")
@lang_option
def licmatch() -> None:
    """Hold the commands."""


def status(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; prints one clear message for whatever goes wrong, never a traceback.

    With LICMATCH_DEBUG set an unexpected exception is let through.
    """
    forget()
    try:
        code = licmatch.main(None if arguments is None else list(arguments), prog_name="licmatch", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else EXIT_DONE
    except click.ClickException as error:
        heed(sys.argv[1:] if arguments is None else arguments)
        show_usage(error)
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        return _end(say("interrupted"), EXIT_INTERRUPTED)
    except WriteError as error:
        return _end(say(f"write-{error.why}", place=error.where, text=in_words(error.said)), error.exit_code)
    except LicmatchError as error:
        return _end(say("error", text=worded(error)), error.exit_code)
    except (MemoryError, ImportError, RuntimeError) as error:
        if os.environ.get("LICMATCH_DEBUG"):
            raise
        if isinstance(error, MemoryError) or _NO_ROOM.search(str(error)):
            return _end(say("no-memory"), EXIT_INPUT)
        return _unexpected(error)
    except BrokenPipeError:
        # The reader of our output has gone, which is its right; nothing more can be said to it, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except OSError as error:
        if os.environ.get("LICMATCH_DEBUG"):
            raise
        if tells_of_writing(error):
            # Of a temporary file: what is written to a place of its own says so itself.
            said = in_words(error.strerror or str(error))
            return _end(say("write-full", place=error.filename or tempfile.gettempdir(), text=said), EXIT_INPUT)
        text = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        return _end(say("error", text=in_words(text)), EXIT_INPUT)
    except BaseException as error:
        # A panic in polars is no Exception; what else is none (SystemExit, GeneratorExit) is not ours to stop.
        if tells_of_writing(error) and not os.environ.get("LICMATCH_DEBUG"):
            return _end(say("write-full", place=tempfile.gettempdir(), text=" ".join(str(error).split())[:300]), EXIT_INPUT)
        unexpected = isinstance(error, Exception) or type(error).__name__ == "PanicException"
        if not unexpected or os.environ.get("LICMATCH_DEBUG"):
            raise
        return _unexpected(error)


def _unexpected(error: BaseException) -> int:
    return _end(say("unexpected", kind=type(error).__name__, text=" ".join(str(error).split())[:300]), EXIT_INPUT)


def _end(text: str, code: int) -> int:
    click.echo(text, err=True)
    return code


def run() -> NoReturn:
    """Be the console command."""
    for stream in (sys.stdout, sys.stderr):
        # A console of code page 936 has no ™ or é: a question mark there is better than a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    for name in ("SIGTERM", "SIGHUP"):
        # Asked to end, it ends as by Ctrl-C: nothing half-written is left. Who started it with nohup has said otherwise.
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    sys.exit(status())


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
