from __future__ import annotations

import pytest
from tests.unit.licences.estates import rights

from licmatch.errors import CatalogError
from licmatch.licences.reach import Licence, product, reaches
from licmatch.licences.rights import load_rights

EXAMPLES = [(right.id, place, example) for right in rights().rights for place, example in enumerate(right.example)]


@pytest.mark.parametrize(("right", "place", "example"), EXAMPLES, ids=[f"{right}-{place}" for right, place, _ in EXAMPLES])
def test_each_right_holds_where_its_examples_say(right, place, example):
    def side(one):
        return product(one.family.split(".")[0], one.family, one.edition, one.release, rights())

    found = reaches(Licence(side(example.lot), example.lot.kind, example.lot.maintenance_to), side(example.copy), rights(), example.as_of)
    assert (found is not None and found.right == right) == example.holds


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("schema = 1\n[[right]]\nid = 'x'\nkind = 'same'\nsources = ['s']\nexample = []", "exactly one file"),
        ("schema = ", "rights.toml"),
        ("schema = 1\nunknown = 2", "unknown"),
        (
            "schema = 1\n[editions]\nprefixes = []\nnever = []\nnever_why = ''\n"
            "[[right]]\nid = 'x'\nkind = 'y'\nsources = []\nexample = []",
            "kind 'y'",
        ),
    ],
)
def test_files_that_are_no_rights_are_refused_with_the_fault(tmp_path, text, fault):
    (tmp_path / "rights.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=fault):
        load_rights(tmp_path)
