"""Signing catalogs and packs, and refusing those that nobody trusted has signed; the files are minisign's."""

from __future__ import annotations

from licmatch.signing.minisign import PublicKey, Signature, sign, verify
from licmatch.signing.packs import Verified, sign_pack, signature_of, verify_pack
from licmatch.signing.secret_key import SecretKey, new_key, read_secret_key
from licmatch.signing.trust import Trust, read_keys

__all__ = [
    "PublicKey",
    "SecretKey",
    "Signature",
    "Trust",
    "Verified",
    "new_key",
    "read_keys",
    "read_secret_key",
    "sign",
    "sign_pack",
    "signature_of",
    "verify",
    "verify_pack",
]
