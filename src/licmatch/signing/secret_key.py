"""Secret keys in minisign's format, as they are or under a password that scrypt makes costly to guess."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from licmatch.errors import CatalogError, Location, UsageError
from licmatch.signing.minisign import KEY, KEY_ID, LEGACY, MAX_BYTES, UNTRUSTED, PublicKey, decoded

_SCRYPT, _PLAIN, _BLAKE = b"Sc", b"\0\0", b"B2"
_SALT, _CHECK = 32, 32
# Signature kind, kind of the password's hash, kind of the checksum; salt; two limits; then number, seed, public key and checksum.
_HEAD = 6 + _SALT + 16
_BODY = KEY_ID + KEY + KEY + _CHECK
# What minisign writes: 2^20 rounds of scrypt in a GiB of memory. A file that asks for more is not believed.
OPERATIONS, MEMORY = 33_554_432, 1_073_741_824


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key that signs. It never shows its secret: not in its repr, and in no file but the one it is kept in."""

    public: PublicKey
    _seed: bytes = field(repr=False)

    def signed(self, message: bytes) -> bytes:
        """Return the 64 bytes of Ed25519 over a message."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._seed).sign(message)

    def as_file(self, password: str | None, salt: bytes | None = None) -> str:
        """Return the content of a key file; without a password the secret lies open in it, as with `minisign -W`."""
        plain = self.public.id + self._seed + self.public.key
        # An open key has no checksum with minisign either.
        plain += _checksum(plain) if password is not None else bytes(_CHECK)
        kind = _PLAIN if password is None else _SCRYPT
        salt = (salt if salt is not None else os.urandom(_SALT)) if password is not None else bytes(_SALT)
        limits = (OPERATIONS, MEMORY) if password is not None else (0, 0)
        body = plain if password is None else _covered(plain, password, salt, *limits)
        raw = LEGACY + kind + _BLAKE + salt + b"".join(limit.to_bytes(8, "little") for limit in limits) + body
        return f"{UNTRUSTED}minisign encrypted secret key\n{base64.b64encode(raw).decode()}\n"


def new_key() -> SecretKey:
    """Return a new key, from the randomness of the system."""
    seed = os.urandom(KEY)
    return SecretKey(PublicKey(os.urandom(KEY_ID), _public_of(seed)), seed)


def read_secret_key(path: str | Path, password: Callable[[], str]) -> SecretKey:
    """Read a key file; `password` is asked only where the key is under one. Raises CatalogError and UsageError (a wrong password)."""
    where = Location(str(path))
    with Path(path).open("rb") as file:
        text = file.read(MAX_BYTES).decode("utf-8", errors="replace")
    lines = text.splitlines()
    raw = decoded(lines[1], str(path)) if len(lines) >= 2 and lines[0].startswith(UNTRUSTED) else b""
    kind = raw[2:4]
    if len(raw) != _HEAD + _BODY or raw[:2] != LEGACY or raw[4:6] != _BLAKE or kind not in (_SCRYPT, _PLAIN):
        raise CatalogError("is no secret key of minisign", where=where, hint="`licmatch catalog key` makes one, and so does `minisign -G`")
    salt, operations, memory = raw[6 : 6 + _SALT], *(int.from_bytes(raw[at : at + 8], "little") for at in (38, 46))
    body = raw[_HEAD:]
    if kind == _SCRYPT:
        if operations > OPERATIONS or memory > MEMORY:
            raise CatalogError("asks for more memory or time than minisign ever does", where=where)
        body = _covered(body, password(), salt, operations, memory)
    plain, checksum = body[:-_CHECK], body[-_CHECK:]
    if kind == _SCRYPT and not hmac.compare_digest(_checksum(plain), checksum):
        raise UsageError(f"{path}: the password is wrong")
    seed, public = plain[KEY_ID : KEY_ID + KEY], plain[KEY_ID + KEY :]
    if _public_of(seed) != public:
        raise CatalogError("is damaged: its public part does not belong to its secret", where=where)
    return SecretKey(PublicKey(plain[:KEY_ID], public), seed)


def _public_of(seed: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _checksum(plain: bytes) -> bytes:
    return hashlib.blake2b(LEGACY + plain, digest_size=_CHECK).digest()


def _covered(body: bytes, password: str, salt: bytes, operations: int, memory: int) -> bytes:
    """Put the stream of a password over a key, or take it off."""
    rounds, parallel = _parameters(operations, memory)
    stream = hashlib.scrypt(
        password.encode(), salt=salt, n=rounds, r=8, p=parallel, maxmem=128 * 8 * (rounds + parallel + 2) + (1 << 20), dklen=len(body)
    )
    return bytes(one ^ other for one, other in zip(body, stream, strict=True))


def _parameters(operations: int, memory: int) -> tuple[int, int]:
    """Return N and p of scrypt (r is 8) for two limits, as libsodium picks them.

    >>> _parameters(OPERATIONS, MEMORY)
    (1048576, 1)
    """
    operations = max(operations, 32_768)
    small = operations < memory // 32
    most = operations // 32 if small else memory // 1024
    power = next(power for power in range(1, 63) if (1 << power) > most // 2)
    return 1 << power, 1 if small else max((operations // 4) // (1 << power) // 8, 1)
