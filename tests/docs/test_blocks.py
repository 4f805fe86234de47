"""Every fenced block of every page is run, read, or says why it cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from blocks import DOCS, NEEDS, Block, blocks, fences, pages
from tests.docs.after import AFTER
from tests.docs.in_hand import BY_HAND, IN_HAND, County
from tests.docs.kinds import READERS
from tests.docs.running import Running

from licmatch.cli.main import status

PAGES = pages()
FATES = {"sh", "python", "output", "file", "as", "needs", "drawing"}
# Pages with whole counties or installations in them, some seconds each.
LONG = {"tutorial/campaign", "tutorial/library", "how-to/forms", "how-to/new_category"}


def name(page: Path) -> str:
    """The page without its language."""
    path = page.relative_to(DOCS) if page.is_relative_to(DOCS) else page.relative_to(DOCS.parent)
    return path.as_posix().removesuffix(".md").removesuffix(".zh")


def said(block: Block) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """A block apart from the language it is written in: commands without their comments, what is printed as it is."""
    if block.fate == "output":
        return block.language, block.text, tuple(block.marks.items())
    commands = re.sub(r" *--lang \w+|licmatch --lang zh", lambda found: "licmatch" if "licmatch" in found[0] else "", block.text)
    return block.language, re.sub(r" *#.*", "", commands), tuple(block.marks.items())


def same_as_english(page: Path) -> bool:
    """Whether a Chinese page has, block by block, what its English twin runs, reads and shows."""
    if not page.name.endswith(".zh.md"):
        return False
    here, there = list(blocks(page)), list(blocks(page.with_name(page.name.replace(".zh.md", ".md"))))
    return len(here) == len(there) and all(
        mine.fate == yours.fate and (mine.fate == "needs" or said(mine) == said(yours))
        for mine, yours in zip(here, there, strict=True)
    )


def runs(page: Path) -> bool:
    return any(block.fate in {"sh", "python", "file", "as"} for block in blocks(page))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_block_is_without_a_fate(page):
    found = list(blocks(page))
    assert fences(page) == 2 * len(found), "a fence that no rule covers"
    assert {block.where: block.fate for block in found if block.fate not in FATES} == {}
    assert {
        block.where for block in found if block.marks.get("needs", "data") not in NEEDS or block.marks.get("as", "usage") not in READERS
    } == set()


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    home = tmp_path_factory.mktemp("county")
    assert status(["demo", "-o", str(home / "result"), "--devices", "40", "--seed", "7", "--quiet"]) == 0
    return County(home)


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.slow] if name(page) in LONG else [])
        for page in PAGES
        if runs(page) and not same_as_english(page)
    ],
    ids=lambda page: page.relative_to(DOCS.parent).as_posix(),
)
def test_the_page_runs_as_written(page, tmp_path, county, cache):
    for give in IN_HAND.get(name(page), ()):
        give(county, tmp_path)
    running = Running(tmp_path, cache, READERS)
    running.run(list(blocks(page)), BY_HAND.get(name(page)))
    if name(page) in AFTER:
        AFTER[name(page)](tmp_path, "".join(running.printed))


def test_nothing_is_prepared_for_a_page_that_is_not_there():
    assert {*IN_HAND, *BY_HAND, *AFTER, *LONG} <= {name(page) for page in PAGES}
