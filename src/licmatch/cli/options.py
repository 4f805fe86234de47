"""Options that mean the same in every command that has them, and the engine they ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licmatch.cli.language import F, lang_option, option
from licmatch.errors import LicmatchError, UsageError

if TYPE_CHECKING:
    from licmatch.match import Engine
    from licmatch.privacy import Key

# The engine, the catalogs and some ten thousand names take this much before the first device is judged.
LEAST_MEMORY = 1 << 30


def talking(command: F) -> F:
    """Add --quiet and --lang."""
    return _all(command, option("--quiet", is_flag=True, help="quiet"), lang_option)


def json_option(command: F) -> F:
    """Add --json, for a command that prints a result."""
    return option("--json", "as_json", is_flag=True, help="json")(command)


def without_option(command: F) -> F:
    """Add --without PLUGIN."""
    return option("--without", multiple=True, metavar="PLUGIN", help="without")(command)


def pseudonymize_option(command: F) -> F:
    """Add --pseudonymize KEYFILE and --names F."""
    return _all(
        command,
        option("--pseudonymize", metavar="KEYFILE", type=click.Path(path_type=Path), help="pseudonymize"),
        option("--names", metavar="F", type=click.Path(path_type=Path), help="names"),
    )


def campaign_option(command: F) -> F:
    """Add --campaign FILE."""
    return option("--campaign", metavar="FILE", type=click.Path(path_type=Path), help="campaign-in-report")(command)


def key_and_names(pseudonymize: Path | None, names: Path | None) -> tuple[Key | None, frozenset[str]]:
    """Return what the two options name."""
    if pseudonymize is None:
        if names is not None:
            raise UsageError("--names goes with --pseudonymize", hint="add --pseudonymize KEYFILE")
        return None, frozenset()
    # It knows results whole, which takes longer to load than a small inventory to read.
    from licmatch.privacy import read_key, read_names

    return read_key(pseudonymize), frozenset() if names is None else read_names(names)


def recognition(command: F) -> F:
    """Add what decides which engine answers: --catalog, --no-builtin, --without."""
    return _all(
        command,
        option("--catalog", "catalogs", multiple=True, metavar="PACK", help="catalog-option"),
        option("--no-builtin", is_flag=True, help="no-builtin"),
        option("--trust", multiple=True, metavar="KEY", expose_value=False, callback=_kept("trust"), help="trust"),
        option("--require-signed", is_flag=True, expose_value=False, callback=_kept("require_signed"), help="require-signed"),
        without_option,
    )


def profile_option(command: F) -> F:
    """Add --profile FILE."""
    return option("--profile", "profiles", multiple=True, metavar="FILE", help="profile-option")(command)


def _kept(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    """Keep the value of an option for `load_engine`: no command has a use of its own for it."""

    def keep(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        context.meta[f"licmatch.{name}"] = value

    return keep


def store_option(command: F) -> F:
    """Add --store DIR."""
    return option("--store", metavar="DIR", type=click.Path(path_type=Path), help="store")(command)


def memory_option(command: F) -> F:
    """Add --memory-limit SIZE."""
    return option("--memory-limit", metavar="SIZE", callback=size, help="memory-limit")(command)


def size(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """Read a size as bytes: a number and K, M, G or T, with or without iB or B.

    >>> size(None, None, "4GiB"), size(None, None, "1500 M")  # type: ignore[arg-type]
    (4294967296, 1572864000)
    """
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,3})?)\s*([KMGT])(?:i?B)?\s*", text, re.IGNORECASE | re.ASCII)
    if found is None:
        raise click.BadParameter(f"{text!r} is not a size; write it as 4GiB or 1500MiB")
    number = int(float(found[1]) * 1024 ** ("KMGT".index(found[2].upper()) + 1))
    if number < LEAST_MEMORY:
        raise click.BadParameter(f"{text} is less than a run needs; give {LEAST_MEMORY >> 20}MiB or more")
    return number


def day(_context: click.Context, _parameter: click.Parameter, text: str | None) -> date | None:
    """Read the day of --as-of."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a day; write it as 2026-11-30") from None


def _all(command: F, *decorators: Callable[[F], F]) -> F:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def load_engine(catalogs: tuple[str, ...], no_builtin: bool, without: tuple[str, ...]) -> Engine:
    """Return the engine that the options of `recognition` ask for."""
    from licmatch.match import Engine

    context = click.get_current_context(silent=True)
    asked = {} if context is None else context.meta
    keys, required = asked.get("licmatch.trust", ()), asked.get("licmatch.require_signed", False)
    if not keys and not required:
        return Engine.load(catalogs=catalogs, builtin=not no_builtin, without=without)
    from licmatch.signing import Trust

    return Engine.load(catalogs=catalogs, builtin=not no_builtin, without=without, trust=Trust.of(keys, required=required))


@contextmanager
def remembering(engine: Engine, store: Path | None) -> Iterator[Engine]:
    """Give the engine with the store of --store, which is written once the work is done; without one, the engine itself."""
    if store is None:
        yield engine
        return
    from licmatch.match.store import DecisionStore

    kept = DecisionStore(store)
    try:
        yield engine.remembering(kept)
    except BaseException:
        # What was decided before a fault or Ctrl-C need not be decided again; the fault is what is told.
        if kept.decided:
            with suppress(LicmatchError):
                kept.save()
        raise
    kept.save()
