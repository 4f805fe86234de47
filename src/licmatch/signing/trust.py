"""Whose signatures are accepted, and whether a pack may do without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from licmatch.errors import CatalogError, Location, UsageError
from licmatch.signing.minisign import MAX_BYTES, UNTRUSTED, PublicKey


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys that are pinned; with `required`, a catalog that none of them signed is refused.

    Without it an unsigned catalog is taken, and one whose signature does not hold, or is another's, is refused all the same.
    """

    keys: tuple[PublicKey, ...]
    required: bool = False

    @classmethod
    def of(cls, keys: Iterable[str | Path], *, required: bool = False) -> Trust | None:
        """Return what these keys and files of keys say; None where nothing was asked. Raises UsageError and CatalogError."""
        found = tuple(key for text in keys for key in read_keys(text))
        if required and not found:
            raise UsageError("to refuse what is not signed needs a key that is trusted", hint="--trust KEY, a public key or a file of them")
        return cls(tuple(dict.fromkeys(found)), required) if found else None

    def key(self, key_id: bytes) -> tuple[PublicKey, ...]:
        """Return the keys of this number: nobody can keep two from having the same, so all of them are tried."""
        return tuple(key for key in self.keys if key.id == key_id)


def read_keys(text: str | Path) -> tuple[PublicKey, ...]:
    """Return the key that the text is, or those of the file it names.

    A file has a key a line; lines that are empty, or begin with `#` or minisign's `untrusted comment:`, say nothing: a `.pub` file is one.
    """
    path = Path(text)
    try:
        is_file = path.is_file()
    except OSError:
        is_file = False
    if not is_file:
        if isinstance(text, Path) or not text.startswith("RW"):
            raise UsageError(f"{text} is neither a public key nor a file of them", hint="a key begins with RW and has 56 characters")
        return (PublicKey.parse(text),)
    if path.stat().st_size > MAX_BYTES:
        raise CatalogError(f"larger than {MAX_BYTES} bytes: no file of keys", where=Location(str(path)))
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except UnicodeDecodeError:
        raise CatalogError("is no file of keys: it is not UTF-8", where=Location(str(path))) from None
    keys = tuple(PublicKey.parse(line, str(path)) for line in lines if line and not line.startswith(("#", UNTRUSTED.strip())))
    if not keys:
        raise CatalogError("holds no key", where=Location(str(path)))
    return keys
