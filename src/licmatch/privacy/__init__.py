"""Privacy: what names a device or a person replaced by keyed pseudonyms, the same everywhere, so that figures and joins stay."""

from __future__ import annotations

from licmatch.privacy.identifiers import names_in_case
from licmatch.privacy.key_file import Key, read_key, read_names
from licmatch.privacy.pseudonymise import pseudonymise

__all__ = ["Key", "names_in_case", "pseudonymise", "read_key", "read_names"]
