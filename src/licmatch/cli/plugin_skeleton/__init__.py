"""A plugin of one's own to begin with: a small distribution whose tests pass as they stand."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template

from licmatch.errors import UsageError
from licmatch.plugin_loader import installed_name

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
    "test_plugin.py.txt": "tests/test_plugin.py",
    "test_category.py.txt": "tests/test_$plain.py",
}
# The day these templates were read through; whoever fills one in writes the day of their own reading.
_CHECKED = "2026-11-23"


def write_skeleton(name: str, folder: Path, *, title_en: str | None = None, title_zh: str | None = None) -> list[Path]:
    """Write a plugin that owns the category `name` into a new folder, and return its files, sorted.

    The titles are what reports call it; without one they show the name. Raises UsageError for a name that cannot be an id or is that
    of an installed plugin, for a title that is no line of text, and where there is something at `folder` already.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise UsageError(
            f"{name!r} cannot be the id of a category", hint="lower-case letters and digits, words joined by -, at most 40 characters"
        )
    if (there := installed_name(name)) is not None:
        raise UsageError(f"a plugin called '{name}' is installed already: {there}", hint="choose another name, or add to that plugin")
    titles = {"title_en": name if title_en is None else title_en, "title_zh": name if title_zh is None else title_zh}
    for title in titles.values():
        if not title.strip() or not title.isprintable() or len(title) > _LONGEST:
            raise UsageError(f"{title!r} cannot be a title", hint=f"one line of at most {_LONGEST} characters")
    if folder.exists():
        raise UsageError(f"{folder} exists already", hint="name another folder with -o")
    plain = name.replace("-", "_")
    filled = {
        "name": name, "plain": plain, "module": f"licmatch_{plain}", "words": name.replace("-", " "), "version": version("licmatch"),
        "today": _CHECKED,
    }  # fmt: skip
    # As Python writes it, whatever quotes it holds.
    filled |= {field: json.dumps(title, ensure_ascii=False) for field, title in titles.items()}
    templates = files("licmatch.cli.plugin_skeleton")
    written = []
    for template, place in _FILES.items():
        path = folder / Template(place).substitute(filled)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template((templates / template).read_text(encoding="utf-8")).substitute(filled)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return sorted(written)
