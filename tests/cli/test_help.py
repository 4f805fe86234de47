"""Help: fast, complete, in both languages, an example in each command."""

from __future__ import annotations

import subprocess
import sys

import pytest

from licmatch.cli.main import COMMANDS
from licmatch.messages import LANGUAGES, texts

PARTS = {
    "catalog": ("check", "diff", "list", "show", "build", "key", "sign", "verify"), "formats": ("learn",), "plugins": ("new",),
    "forms": ("read",),
}  # fmt: skip
PAGES = [(), *((name,) for name in COMMANDS), *((name, part) for name, parts in PARTS.items() for part in parts)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_page_has_an_example_and_tells_every_option_in_the_language(licmatch, page, lang):
    ran = licmatch(*page, "--lang", lang, "--help")
    assert ran.code == 0
    assert texts(lang)["help.example"] in ran.out
    assert f"  licmatch {' '.join(page[:1])}".rstrip() in ran.out
    assert texts(lang)["help.licmatch" if not page else f"help.{'-'.join(page)}"].split("\n")[0][:20] in ran.out


@pytest.mark.parametrize("page", [page for page in PAGES if page and page != ("catalog",)], ids=" ".join)
def test_every_command_can_be_quiet(licmatch, page):
    assert "--quiet" in licmatch(*page, "--help").out


def test_the_environment_chooses_the_language_and_the_option_overrules_it(licmatch, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "命令" in licmatch("--help").out
    assert "Commands" in licmatch("--lang", "en", "--help").out
    assert "命令" in licmatch("--help").out


def test_help_loads_no_polars():
    code = "import sys; from licmatch.cli.main import status; status(['--help']); sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_help_asks_for_nothing_heavy():
    """What makes help slow to come is what it imports: neither the engine nor a library of tables, sheets or solvers."""
    code = "import sys; from licmatch.cli.main import status; status(['--help']); print(*sys.modules, file=sys.stderr)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.split())
    libraries = {"numpy", "ortools", "xlsxwriter", "opencc", "jinja2", "rapidfuzz", "ahocorasick", "cryptography"}
    assert not loaded & (libraries | {"licmatch.match", "licmatch.assess", "licmatch.ingest"})


def test_the_version_is_that_of_the_distribution(licmatch):
    from importlib.metadata import version

    assert licmatch("--version").out == f"licmatch {version('licmatch')}\n"
