"""A plugin of one's own to begin with: a small distribution whose tests pass as they stand."""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template

from licmatch.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
# Where each template goes.
_FILES = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "__init__.py.txt": "src/$module/__init__.py",
    "judge.py.txt": "src/$module/judge.py",
    "use_rights.toml.txt": "src/$module/use_rights.toml",
    "catalog.toml.txt": "src/$module/catalog/$name.toml",
    "catalog.tsv.txt": "src/$module/catalog/$name.tsv",
    "test_plugin.py.txt": "tests/test_$plain.py",
}
# The day these templates were read through; whoever fills one in writes the day of their own reading.
_CHECKED = "2026-11-23"


def write_skeleton(name: str, folder: Path) -> list[Path]:
    """Write a plugin that owns the category `name` into a new folder, and return its files, sorted.

    Raises UsageError for a name that cannot be an id, and where there is something at `folder` already.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise UsageError(
            f"{name!r} cannot be the id of a category", hint="lower-case letters and digits, words joined by -, at most 40 characters"
        )
    if folder.exists():
        raise UsageError(f"{folder} exists already", hint="name another folder with -o")
    plain = name.replace("-", "_")
    filled = {
        "name": name, "plain": plain, "module": f"licmatch_{plain}", "words": name.replace("-", " "), "version": version("licmatch"),
        "today": _CHECKED,
    }  # fmt: skip
    templates = files("licmatch.cli.plugin_skeleton")
    written = []
    for template, place in _FILES.items():
        path = folder / Template(place).substitute(filled)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template((templates / template).read_text(encoding="utf-8")).substitute(filled)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return sorted(written)
