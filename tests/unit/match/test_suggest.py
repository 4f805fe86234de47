"""Unknown names as drafts: what is one product, what comes first, and that what is written loads and answers."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.match import Engine
from licmatch.match.examples import check_examples, read_examples
from licmatch.match.suggest import MAX_NAME, cluster_unknown, draft_entries
from licmatch.plugin_loader import load_plugins
from licmatch.schema import UNKNOWN


def unknown(*rows: tuple[str, str | None, str | None, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [(name, publisher, None, "unknown", category, devices, devices, 0, 0.0) for name, publisher, category, devices in rows],
        schema=UNKNOWN,
        orient="row",
    )


def test_numbers_do_not_part_products_and_most_devices_come_first():
    found = cluster_unknown(unknown(
        ("Quill Workbench 3.1", "Quillworks", None, 4), ("Harbour Log", None, None, 6),
        ("Quill Workbench 4.0 (x64)", "Quillworks", None, 3),
        ("Quill Workbnch 2", "Quillworks", None, 1), ("Quill Viewer", "Quillworks", None, 1), ("2024 (1)", None, None, 99),
    ))  # fmt: skip
    assert [(one.title, one.devices, len(one.members)) for one in found] == [
        ("Quill Workbench", 8, 3), ("Harbour Log", 6, 1), ("Quill Viewer", 1, 1),
    ]  # fmt: skip


def test_ambiguous_names_have_entries_already():
    assert cluster_unknown(unknown(("Quill", None, None, 1)).with_columns(lm_status=pl.lit("ambiguous"))) == []


def test_drafts_load_and_their_examples_hold(tmp_path):
    clusters = cluster_unknown(unknown(
        ("Quill Workbench 3.1", "Quillworks GmbH", "office", 4),
        ("墨水工坊 2", "墨水科技有限公司", None, 3),
        ('Odd "quoted" \\ name', None, None, 1),
    ))  # fmt: skip
    text, examples = draft_entries(clusters, {"Quillworks GmbH": "Microsoft"}, {"quill-workbench"})
    # A maker that is known already needs no entry; one that the name alone told has no publisher.
    assert 'publishers = ["墨水科技有限公司"]' in text
    assert "Quillworks GmbH" not in text.partition("[[family]]")[0]
    assert 'publishers = [""]' not in text
    path = tmp_path / "drafts.toml"
    path.write_text(text, encoding="utf-8")
    path.with_suffix(".tsv").write_text("".join("\t".join(cells) + "\n" for cells in examples), encoding="utf-8")
    engine = Engine.load(catalogs=[path], builtin=False, plugins=load_plugins())
    assert check_examples(read_examples([path]), engine) == []
    found = engine.match_name("Quill Workbench 9", publisher="Microsoft")
    assert (found.product_id, found.role) == ("office.quill-workbench-2", "product")
    other = engine.match_name("墨水工坊")
    assert (other.category, other.role, other.vendor) == ("other", "tool", "墨水科技有限公司")


@given(st.lists(st.tuples(st.text(max_size=30), st.none() | st.text(max_size=10)), max_size=5))
def test_whatever_the_names_the_draft_can_be_read(names):
    clusters = cluster_unknown(unknown(*((name, publisher, None, 1) for name, publisher in names)))
    text, examples = draft_entries(clusters, {}, ())
    from licmatch.catalog.load import SourceFile

    sources = read_sources([*catalog_files(shared_roots()), SourceFile("drafts.toml", text)])
    assert len(sources.families) == len(clusters)
    assert all(len(cells) == 6 for cells in examples)


def test_a_name_as_long_as_no_name_is_left_out():
    names = [("gravel " + "x" * (MAX_NAME - 7 + more), None, None, 1) for more in (0, 1)]
    (only,) = cluster_unknown(unknown(*names))
    assert [len(name) for name, _, _ in only.members] == [200]
