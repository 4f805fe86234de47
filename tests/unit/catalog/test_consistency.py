"""Records that do not agree with each other or with the lists of values."""

from __future__ import annotations

import pytest

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.consistency import inconsistencies
from licmatch.catalog.load import catalog_files, read_sources

FAMILY = """
schema = 1
category = "office"

[[family]]
id = "ember-note"
name = "Ember Note"
vendor = "Microsoft"
names = ["ember note"]
editions = ["professional"]
releases = [{ id = "2" }, { id = "3" }]
"""


def told(folder, text):
    path = folder / "ember.toml"
    path.write_text(text, encoding="utf-8")
    return [fault for fault in inconsistencies(read_sources(catalog_files([*shared_roots(), path]))) if "ember" in fault]


def test_a_sound_family_has_no_fault(tmp_path):
    assert told(tmp_path, FAMILY) == []


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        ('id = "ember-note"', 'id = "Ember_Note"', "no slug"),
        ('id = "3"', 'id = "2"', "stands twice"),
        ('"professional"', '"lite"', "cannot be read"),
        ('names = ["ember note"]', 'names = ["ember note"]\nids = [{ value = "x.y", edition = "nowhere" }]', "'nowhere'"),
    ],
)
def test_each_disagreement_is_told(tmp_path, was, becomes, fault):
    assert any(fault in text for text in told(tmp_path, FAMILY.replace(was, becomes)))


def test_two_families_that_meet_in_one_product_id_are_told(tmp_path):
    other = '\n[[family]]\nid = "ember-note-2"\nname = "Ember Note 2"\nvendor = "Microsoft"\nnames = ["ember note two"]\n'
    assert any("is one of office.ember-note too" in text for text in told(tmp_path, FAMILY + other))
