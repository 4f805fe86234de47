"""A catalog and its signature: a file has a `.minisig` beside it; a folder holds a list of its files, and that list is signed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from licmatch.errors import CatalogError, Location, UsageError
from licmatch.signing.minisign import MAX_BYTES, PublicKey, Signature, shown, sign, verify
from licmatch.signing.secret_key import SecretKey
from licmatch.signing.trust import Trust

ENDING = ".minisig"
# The list of a folder: what `sha256sum --check` reads too.
LIST = "pack.sha256"
MAX_FILES = 10_000
MAX_FILE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verified:
    """A catalog whose signature holds: which file was signed, by which key, its hash, and what the signer said of it."""

    path: Path
    key: PublicKey
    sha256: str
    trusted_comment: str


def sign_pack(path: Path, key: SecretKey, *, comment: str | None = None, legacy: bool = False) -> Path:
    """Sign a catalog file or folder, and return the signature's file. The same content and key give the same bytes.

    `comment` is signed too; without it, it says the file's name and hash. A folder gets `pack.sha256`, the hash of each of its files.
    Raises UsageError where there is no such catalog, and CatalogError for a folder with links or too many files.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    target = path
    if path.is_dir():
        listed = _listed(path)
        if not listed:
            raise CatalogError("holds no file", where=Location(str(path)))
        target = path / LIST
        target.write_text("".join(f"{digest}  {name}\n" for name, digest in listed), encoding="utf-8", newline="\n")
    content = _content(target)
    told = comment if comment is not None else f"file:{path.name}\tsha256:{hashlib.sha256(content).hexdigest()}"
    signed = signature_of(path)
    signed.write_text(sign(content, key, told, legacy=legacy).as_file(), encoding="utf-8", newline="\n")
    return signed


def signature_of(path: Path) -> Path:
    """Return where the signature of a catalog stands."""
    return path / f"{LIST}{ENDING}" if path.is_dir() else path.with_name(path.name + ENDING)


def verify_pack(path: Path, trust: Trust) -> Verified | None:
    """Hold a catalog against the trusted keys; None for one without a signature, where that is allowed.

    A folder's list must name exactly the files that are there, each with its hash. Raises CatalogError for anything else.
    """
    where = Location(str(path))
    signed = signature_of(path)
    if not signed.is_file():
        if trust.required:
            raise CatalogError("is not signed", where=where, hint=f"{signed.name} is missing; --require-signed refuses it")
        return None
    if signed.stat().st_size > MAX_BYTES:
        raise CatalogError("is no signature of minisign: too large", where=Location(str(signed)))
    signature = Signature.parse(signed.read_bytes(), str(signed))
    keys = trust.key(signature.key_id)
    if not keys:
        raise CatalogError(
            f"was signed with key {shown(signature.key_id)}, which is not trusted", where=where, hint="trust it with --trust KEY"
        )
    target = path / LIST if path.is_dir() else path
    if not target.is_file():
        raise CatalogError(f"is signed, and {LIST} is missing", where=where)
    content = _content(target)
    key = _holding(content, signature, keys, str(path))
    if path.is_dir():
        _compare(path, content)
    return Verified(path, key, hashlib.sha256(content).hexdigest(), signature.trusted_comment)


def _holding(content: bytes, signature: Signature, keys: Sequence[PublicKey], where: str) -> PublicKey:
    for key in keys[:-1]:
        try:
            verify(content, signature, key, where)
        except CatalogError:
            continue
        return key
    verify(content, signature, keys[-1], where)
    return keys[-1]


def _content(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE:
        raise CatalogError(f"larger than {MAX_FILE} bytes", where=Location(str(path)))
    return path.read_bytes()


def _listed(folder: Path) -> list[tuple[str, str]]:
    """Return (name, SHA-256) of every file below a folder, but the list and its signature, by name."""
    found = []
    for base, folders, names in os.walk(folder):
        for name in (*folders, *names):
            place = Path(base, name)
            # What a link leads to is not in the folder, and another file tomorrow.
            if place.is_symlink():
                raise CatalogError("is a link: a signed folder holds its files itself", where=Location(str(place)))
        found += [Path(base, name) for name in names]
        if len(found) > MAX_FILES:
            raise CatalogError(f"holds more than {MAX_FILES} files", where=Location(str(folder)))
    own = {folder / LIST, folder / f"{LIST}{ENDING}"}
    named = sorted((path.relative_to(folder).as_posix(), path) for path in found if path not in own)
    if strange := [name for name, _ in named if not name.isprintable() or "\\" in name]:
        raise CatalogError(f"the name {strange[0]!r} cannot stand in a list", where=Location(str(folder)))
    return [(name, hashlib.sha256(_content(path)).hexdigest()) for name, path in named]


def _compare(folder: Path, content: bytes) -> None:
    there = dict(_listed(folder))
    try:
        told = {name: digest for digest, name in (line.split("  ", 1) for line in content.decode("utf-8").splitlines())}
    except ValueError:
        raise CatalogError("is no list of files", where=Location(str(folder / LIST))) from None
    faults = [f"{folder / name}: is not in the signed list" for name in sorted(there.keys() - told.keys())]
    faults += [f"{folder / name}: is in the signed list and not there" for name in sorted(told.keys() - there.keys())]
    faults += [
        f"{folder / name}: was changed after it was signed" for name in sorted(told.keys() & there.keys()) if told[name] != there[name]
    ]
    if faults:
        raise CatalogError("the folder is not what was signed:", faults=tuple(faults))
