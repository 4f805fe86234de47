"""The key of pseudonyms: read from a file, never written, and told only by a fingerprint."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from pathlib import Path

from licmatch.errors import InputError, Location

LEAST, MOST = 16, 4096  # bytes
MOST_NAMES = 1 << 24
_DISTINCT = 8  # bytes that differ; less is no secret
MARK = "anon-"
_PSEUDONYM = re.compile(r"anon-[a-z2-7]{16}\Z")
_MAKE_ONE = 'make one and keep it safe: python -c "import secrets; print(secrets.token_hex(32))" > {path}'


@dataclass(frozen=True, slots=True)
class Key:
    """A secret. Whoever has it can find out which name a pseudonym stands for by trying names; nobody else can."""

    secret: bytes

    @property
    def id(self) -> str:
        """The fingerprint that results carry: equal for equal keys, and no way back to the key.

        >>> Key(b"0123456789abcdef").id
        'f1985e4e0d31f286'
        """
        return hmac.digest(self.secret, b"licmatch key", "sha256")[:8].hex()

    def pseudonym(self, text: str) -> str:
        """Return what stands for a name: HMAC-SHA-256 of its UTF-8 bytes, 80 bits in base 32. A pseudonym stands for itself.

        >>> key = Key(b"0123456789abcdef")
        >>> key.pseudonym("PC-01") == key.pseudonym("PC-01") != key.pseudonym("pc-01")
        True
        >>> key.pseudonym(key.pseudonym("PC-01")) == key.pseudonym("PC-01")
        True
        """
        if _PSEUDONYM.match(text):
            return text
        digest = hmac.digest(self.secret, b"name " + text.encode("utf-8", "surrogatepass"), "sha256")
        return MARK + base64.b32encode(digest[:10]).decode("ascii").lower()

    def digest(self, raw: bytes) -> bytes:
        """Return what stands for raw bytes: `hmac-sha256:` and the digest in hexadecimal."""
        if raw.startswith(b"hmac-sha256:"):
            return raw
        return b"hmac-sha256:" + hmac.digest(self.secret, b"raw " + raw, "sha256").hex().encode("ascii")


def read_names(path: str | Path) -> frozenset[str]:
    """Return the names of a file, one a line: people whom no column of a dump names. Raises InputError."""
    file, where = Path(path), Location(str(path))
    try:
        if file.stat().st_size > MOST_NAMES:
            raise InputError(f"a list of names has at most {MOST_NAMES} bytes", where=where)
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("there is no such list of names", where=where) from None
    except UnicodeDecodeError:
        raise InputError("the list of names is not UTF-8", where=where, hint="save it as UTF-8, one name a line") from None
    except OSError as fault:
        raise InputError(f"the list of names cannot be read: {fault.strerror}", where=where) from None
    return frozenset(line.strip() for line in text.splitlines() if line.strip())


def read_key(path: str | Path) -> Key:
    """Return the key of a file: its bytes, blanks at the ends aside. Raises InputError for what cannot be a secret."""
    file = Path(path)
    where = Location(str(path))
    hint = _MAKE_ONE.format(path=path)
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST + 1)
    except FileNotFoundError:
        raise InputError("there is no such key file", where=where, hint=hint) from None
    except OSError as fault:
        raise InputError(f"the key file cannot be read: {fault.strerror}", where=where) from None
    if len(raw) > MOST:
        raise InputError(f"a key file has at most {MOST} bytes; this one is something else", where=where, hint=hint)
    secret = raw.strip()
    if len(secret) < LEAST or len(set(secret)) < _DISTINCT:
        raise InputError(
            f"the key is too short or too simple: {LEAST} bytes at least, {_DISTINCT} of them different", where=where, hint=hint
        )
    return Key(secret)
