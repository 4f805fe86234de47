"""Pages that are lists of what the code says are what `make docs-reference` writes."""

from __future__ import annotations

import doctest

import blocks
import han_search
import make_reference
import pages
import pytest
from blocks import DOCS

MADE = make_reference.pages()


@pytest.mark.parametrize("page", MADE)
def test_the_page_is_current(page):
    assert (DOCS / page).read_text(encoding="utf-8") == MADE[page], "run `make docs-reference`"


@pytest.mark.parametrize("module", [blocks, han_search, make_reference, pages], ids=lambda module: module.__name__)
def test_the_examples_in_the_code_of_the_site_hold(module):
    assert doctest.testmod(module).failed == 0


def test_both_languages_list_the_same_things():
    for page in (page for page in MADE if not page.endswith(".zh.md")):
        first = [
            [line.split("|")[1].strip() for line in MADE[each].splitlines() if line.startswith("| `")]
            for each in (page, page.replace(".md", ".zh.md"))
        ]
        assert first[0] == first[1]
        assert len(first[0]) > (8 if page == "reference/policy.md" else 20)
