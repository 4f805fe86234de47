"""Reading a TOML file the owner of the data wrote: the organisation's facts, or a policy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from licmatch.errors import InputError, Location


def read_own_file(path: Path, what: str) -> dict[str, Any]:
    """Return the tables of a TOML file; `what` names it in errors, as "the policy file".

    Raises InputError when the file cannot be opened or is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise InputError(f"{what} cannot be read: {fault.strerror}", where=Location(str(path))) from None
    except (ValueError, RecursionError) as fault:
        raise InputError(f"{what} is not TOML: {fault}", where=Location(str(path))) from None
