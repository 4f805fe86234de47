"""The reference pages say what the code does: every command, hook, exit code, table and public name."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import licmatch
from licmatch import errors, schema
from licmatch.cli.main import COMMANDS
from licmatch.cli.main import licmatch as root
from licmatch.hooks import HookSpecs

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TABLES = {
    **schema.FRAMES,
    "matches": schema.MATCHES,
    "installations": schema.INSTALLATIONS,
    "findings": schema.FINDINGS,
    "position": schema.POSITION,
    "holdings": schema.HOLDINGS,
    "assignment": schema.ASSIGNMENT,
    "unknown": schema.UNKNOWN,
    "rejected": schema.REJECTED,
}


def page(name: str) -> str:
    return (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_frames_lists_the_columns_of_each_table_in_order(table):
    section = page("frames.md").split(f"\n### {table}\n")[1].split("\n### ")[0].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(TABLES[table])


def test_frames_lists_no_other_table():
    assert re.findall(r"^### (\w+)$", page("frames.md"), re.MULTILINE) == list(TABLES)


def test_each_hook_has_its_heading_and_no_other_has():
    hooks = {name for name in vars(HookSpecs) if name.startswith("licmatch_")}
    assert set(re.findall(r"^### `(\w+)\(\)", page("hooks.md"), re.MULTILINE)) == hooks


def test_each_exit_code_is_listed_with_its_name():
    codes = {name: value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    listed = {name: int(code) for code, name in re.findall(r"^\| (\d+) \| `(EXIT_\w+)` \|", page("exit_codes.md"), re.MULTILINE)}
    assert listed == codes


def options(command: click.Command) -> set[str]:
    return {max(parameter.opts, key=len) for parameter in command.params if isinstance(parameter, click.Option)}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_commands_page_has_every_option(name):
    command = root.get_command(click.Context(root), name)
    assert command is not None
    commands = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    missing = {option for each in commands for option in options(each) if option not in page("cli.md") and option != "--out"}
    assert missing == set()


def test_every_link_between_pages_leads_somewhere():
    broken = []
    for source in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[\w-]*)?\)", source.read_text(encoding="utf-8")):
            if "://" not in target and not (source.parent / target).exists():
                broken.append(f"{source.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_path_the_contributing_table_names_exists():
    rows = [line for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    paths = [path for row in rows for path in re.findall(r"`((?:src|catalogs|plugins|tests|docs)/[\w./-]+)`", row)]
    assert len(paths) > 8
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_public_names_are_there_and_have_a_promise():
    for name in licmatch.__all__:
        assert getattr(licmatch, name).__doc__ or name == "hookimpl"
    assert sorted(licmatch.__all__) == licmatch.__all__
    assert set(licmatch.__all__) <= set(dir(licmatch))


def test_importing_a_stage_does_not_hide_the_public_function_of_its_name():
    import licmatch.assess.policy

    assert callable(licmatch.assess)


def test_every_error_raised_on_purpose_has_the_one_base():
    raised = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert all(issubclass(error, licmatch.LicmatchError) for error in raised)
