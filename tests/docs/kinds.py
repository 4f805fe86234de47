"""The code that reads a file of each kind that pages show, and the few lines around a part of a file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import click
from blocks import DOCS


def _catalog(text: str, folder: Path) -> object:
    from licmatch.match import Engine
    from licmatch.plugin_loader import load_plugins

    path = folder / "shown.toml"
    path.write_text(text, encoding="utf-8")
    return Engine.load(catalogs=[path], builtin=False, plugins=load_plugins(installed=False))


def _rules(text: str, folder: Path) -> object:
    from licmatch.rules.load import load_rules

    home = folder / "shown-rules"
    home.mkdir(exist_ok=True)
    (home / "shown.toml").write_text(text, encoding="utf-8")
    return load_rules(home)


def _excerpt(text: str, folder: Path) -> object:
    """Part of a file of the worked example, which has tests of its own: entries and keys may be left out, none may differ."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((DOCS / "examples").rglob("*.toml"))]
    for name, entries in tomllib.loads(text).items():
        there = [entry for file in files for entry in file.get(name, []) if isinstance(entry, dict)]
        for entry in entries:
            assert any(entry == {key: whole.get(key) for key in entry} for whole in there), f"{name} {entry.get('id')}"
    return files


def _policy(text: str, folder: Path) -> object:
    from licmatch.assess.policy import load_policy

    path = folder / "shown_policy.toml"
    path.write_text(text, encoding="utf-8")
    return load_policy(path)


def _milestone(text: str, folder: Path) -> object:
    import msgspec

    from licmatch.programme.programmes import Milestone

    return msgspec.convert(tomllib.loads(text)["milestone"], list[Milestone])


def _profile(text: str, folder: Path) -> object:
    from licmatch.ingest.profiles.profile import read_profile

    path = folder / "shown_profile.toml"
    path.write_text(text, encoding="utf-8")
    return read_profile(path)


def _pyproject(text: str, folder: Path) -> object:
    told = tomllib.loads(text)
    doors = told["project"]["entry-points"]["licmatch.plugins"]
    assert doors
    return doors


def _settings(text: str, folder: Path) -> object:
    from licmatch.programme import settle

    return settle({}, tomllib.loads(text)["settings"])


def _usage(text: str, folder: Path) -> object:
    """What commands are called with: every command and option that is named exists."""
    from licmatch.cli.main import licmatch as root

    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("licmatch "):
            lines.append(line)
        else:
            lines[-1] += line
    top = click.Context(root)
    for line in lines:
        command: Any = root.get_command(top, line.split()[1])
        assert command is not None, line
        inner = list(command.commands.values()) if isinstance(command, click.Group) else []
        known = {name for each in (command, *inner) for parameter in each.params for name in parameter.opts}
        assert set(re.findall(r"(?<!\w)--?[a-z][\w-]*", line)) <= known, line
    return lines


READERS = {
    "catalog": _catalog,
    "excerpt": _excerpt,
    "milestone": _milestone,
    "policy": _policy,
    "profile": _profile,
    "pyproject": _pyproject,
    "rules": _rules,
    "settings": _settings,
    "usage": _usage,
}
