"""`licmatch catalog key`, `sign` and `verify`: who vouches for a pack, in minisign's files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli.language import Command, option, say
from licmatch.cli.options import json_option, talking
from licmatch.cli.printing import print_json
from licmatch.errors import UsageError

if TYPE_CHECKING:
    from licmatch.signing import SecretKey

def _there(_context: click.Context, _parameter: click.Parameter, packs: tuple[Path, ...]) -> tuple[Path, ...]:
    """Have every one be there before the first is signed or told to hold."""
    for path in packs:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
    return packs


PACK = click.argument("packs", metavar="PACK...", nargs=-1, required=True, type=click.Path(path_type=Path), callback=_there)


def _password(file: Path | None, *, twice: bool = False) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").partition("\n")[0]
        except UnicodeDecodeError:
            raise UsageError(f"{file} holds no password: it is not UTF-8") from None
    again = say("signing-again") if twice else False
    told: str = click.prompt(say("signing-password"), hide_input=True, confirmation_prompt=again, err=True)
    return told


@click.command("key", cls=Command, help="catalog-key", epilog="licmatch catalog key -o office")
@option("-o", "--out", required=True, metavar="NAME", type=click.Path(path_type=Path), help="catalog-key-out")
@option("--no-password", is_flag=True, help="catalog-no-password")
@option("--password-file", metavar="F", type=click.Path(path_type=Path), help="catalog-password-file")
@json_option
@talking
def key(out: Path, no_password: bool, password_file: Path | None, as_json: bool, quiet: bool) -> None:
    """Write a new key: NAME.key, which nobody else may read, and NAME.pub, which everybody may have."""
    from licmatch.signing import new_key

    secret_file, public_file = out.with_name(f"{out.name}.key"), out.with_name(f"{out.name}.pub")
    for path in (secret_file, public_file):
        if path.exists():
            raise UsageError(f"{path} exists already", hint="a key that is written over is lost; name another")
    made = new_key()
    text = made.as_file(None if no_password else _password(password_file, twice=True))
    descriptor = os.open(secret_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    public_file.write_text(made.public.as_file(), encoding="utf-8", newline="\n")
    if as_json:
        print_json({"id": str(made.public), "public_key": made.public.line, "key": str(secret_file), "public": str(public_file)})
    else:
        click.echo(made.public.line)
        if not quiet:
            click.echo(say("signing-key-written", secret=secret_file, public=public_file), err=True)


@click.command("sign", cls=Command, help="catalog-sign", epilog="licmatch catalog sign our-products.json --key office.key")
@PACK
@option("--key", "key_file", required=True, metavar="FILE", type=click.Path(path_type=Path), help="catalog-sign-key")
@option("--comment", metavar="TEXT", help="catalog-sign-comment")
@option("--legacy", is_flag=True, help="catalog-sign-legacy")
@option("--password-file", metavar="F", type=click.Path(path_type=Path), help="catalog-password-file")
@json_option
@talking
def sign(
    packs: tuple[Path, ...], key_file: Path, comment: str | None, legacy: bool, password_file: Path | None, as_json: bool, quiet: bool
) -> None:
    """Sign each file or folder, and say where the signature stands."""
    from licmatch.signing import read_secret_key, sign_pack

    if not key_file.is_file():
        raise UsageError(f"there is no key {key_file}", hint="`licmatch catalog key -o NAME` makes one")
    secret: SecretKey = read_secret_key(key_file, lambda: _password(password_file))
    written = [sign_pack(path, secret, comment=comment, legacy=legacy) for path in packs]
    if as_json:
        print_json(
            [{"pack": str(path), "signature": str(made), "key": str(secret.public)} for path, made in zip(packs, written, strict=True)]
        )
    elif not quiet:
        for made in written:
            click.echo(say("signing-signed", path=made, key=secret.public))


@click.command("verify", cls=Command, help="catalog-verify", epilog="licmatch catalog verify our-products.json --trust office.pub")
@PACK
@option("--trust", "trusted", multiple=True, required=True, metavar="KEY", help="trust")
@json_option
@talking
def verify(packs: tuple[Path, ...], trusted: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Hold each against the trusted keys; the first that does not hold ends with exit code 3."""
    from licmatch.signing import Trust, verify_pack

    trust = Trust.of(trusted, required=True)
    assert trust is not None
    held = [found for path in packs if (found := verify_pack(path, trust)) is not None]
    if as_json:
        print_json([{"pack": str(one.path), "key": str(one.key), "sha256": one.sha256, "comment": one.trusted_comment} for one in held])
    elif not quiet:
        for one in held:
            click.echo(say("signing-holds", path=one.path, key=one.key, comment=one.trusted_comment))
