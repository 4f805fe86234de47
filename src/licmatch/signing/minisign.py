"""Public keys and signatures in minisign's format: Ed25519 over a file or over its BLAKE2b-512 hash, and over the trusted comment.

Format: https://jedisct1.github.io/minisign/. A signature made here is one that `minisign -V` accepts, and the other way round.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licmatch.errors import CatalogError, Location

if TYPE_CHECKING:
    from licmatch.signing.secret_key import SecretKey

LEGACY, PREHASHED = b"Ed", b"ED"
UNTRUSTED, TRUSTED = "untrusted comment: ", "trusted comment: "
KEY_ID, KEY, SIGNATURE = 8, 32, 64
# Signature and key files are four short lines; what is longer is none.
MAX_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Whose signatures are accepted: `id` tells keys apart, `key` proves."""

    id: bytes
    key: bytes

    @classmethod
    def parse(cls, text: str, where: str = "") -> PublicKey:
        """Read a key from its line of base64. Raises CatalogError for what is none.

        >>> str(PublicKey.parse("RWSs8RFZBOfMl6gTEhynf/6QDJds79wBkNGAGAIU4dJ9nmqjgqffdVY1"))
        '97CCE7045911F1AC'
        """
        raw = decoded(text, where)
        if len(raw) != 2 + KEY_ID + KEY or raw[:2] != LEGACY:
            raise CatalogError("is no public key of minisign", where=_at(where), hint="it begins with RW and has 56 characters")
        return cls(raw[2 : 2 + KEY_ID], raw[2 + KEY_ID :])

    @property
    def line(self) -> str:
        """The key as it is written: 56 characters."""
        return base64.b64encode(LEGACY + self.id + self.key).decode()

    def as_file(self) -> str:
        """Return the content of a `.pub` file."""
        return f"{UNTRUSTED}minisign public key {self}\n{self.line}\n"

    def __str__(self) -> str:
        """Return the key's number as minisign prints it."""
        return shown(self.id)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a `.minisig` file says. Only `trusted_comment` is signed; `untrusted_comment` is anybody's."""

    algorithm: bytes
    key_id: bytes
    signature: bytes
    trusted_comment: str
    global_signature: bytes
    untrusted_comment: str = ""

    @classmethod
    def parse(cls, raw: bytes, where: str = "") -> Signature:
        """Read a signature file. Raises CatalogError for what is none."""
        try:
            lines = raw.decode("utf-8").replace("\r\n", "\n").removesuffix("\n").split("\n") if len(raw) <= MAX_BYTES else []
        except UnicodeDecodeError:
            lines = []
        if len(lines) != 4 or not lines[0].startswith(UNTRUSTED) or not lines[2].startswith(TRUSTED):
            raise CatalogError(
                "is no signature of minisign", where=_at(where), hint="it has four lines: comment, signature, trusted comment, signature"
            )
        told, both = decoded(lines[1], where), decoded(lines[3], where)
        if len(told) != 2 + KEY_ID + SIGNATURE or len(both) != SIGNATURE or told[:2] not in (LEGACY, PREHASHED):
            raise CatalogError("is no signature of minisign", where=_at(where), hint="its parts are of another length or kind")
        return cls(told[:2], told[2:10], told[10:], lines[2].removeprefix(TRUSTED), both, lines[0].removeprefix(UNTRUSTED))

    def as_file(self) -> str:
        """Return the content of a `.minisig` file."""
        told = base64.b64encode(self.algorithm + self.key_id + self.signature).decode()
        both = base64.b64encode(self.global_signature).decode()
        return f"{UNTRUSTED}{self.untrusted_comment}\n{told}\n{TRUSTED}{self.trusted_comment}\n{both}\n"


def verify(content: bytes, signature: Signature, key: PublicKey, where: str = "") -> None:
    """Hold a signature against content and key. Raises CatalogError unless both of its parts hold."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if signature.key_id != key.id:
        raise CatalogError(f"was signed with key {shown(signature.key_id)}, not {key}", where=_at(where))
    try:
        held = Ed25519PublicKey.from_public_bytes(key.key)
        held.verify(signature.signature, _signed(content, signature.algorithm))
        held.verify(signature.global_signature, signature.signature + signature.trusted_comment.encode())
    except (InvalidSignature, ValueError):
        raise CatalogError(
            f"its signature by key {key} does not hold", where=_at(where), hint="the pack or its signature was changed after it was signed"
        ) from None


def sign(
    content: bytes, key: SecretKey, trusted_comment: str, *, untrusted_comment: str = "signature of licmatch", legacy: bool = False
) -> Signature:
    """Return the signature of content: over its hash, or (`legacy`) over itself. The same key and content give the same bytes."""
    for comment in (trusted_comment, untrusted_comment):
        if any(char in comment for char in "\n\r"):
            raise CatalogError("a comment of a signature is one line")
    algorithm = LEGACY if legacy else PREHASHED
    one = key.signed(_signed(content, algorithm))
    return Signature(algorithm, key.public.id, one, trusted_comment, key.signed(one + trusted_comment.encode()), untrusted_comment)


def shown(key_id: bytes) -> str:
    """Return the number of a key as minisign prints it: the eight bytes read as a little-endian number."""
    return key_id[::-1].hex().upper()


def decoded(text: str, where: str) -> bytes:
    """Return base64 as bytes. Raises CatalogError for what is none."""
    try:
        raw = base64.b64decode(text.strip().encode("ascii"), validate=True)
        # Bits that base64 leaves over must be zero: one signature is written in one way.
        if base64.b64encode(raw).decode() != text.strip():
            raise ValueError
        return raw
    except (binascii.Error, ValueError):
        raise CatalogError("holds no base64 where a key or signature belongs", where=_at(where)) from None


def _signed(content: bytes, algorithm: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=64).digest() if algorithm == PREHASHED else content


def _at(where: str) -> Location | None:
    return Location(where) if where else None
