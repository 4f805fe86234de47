"""The kit for authors: it passes what is sound, and says of what is not what is wrong with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from licmatch import Category, PluginError, hookimpl, load_plugins
from licmatch.testing import check_pack, check_plugin, engine_with, findings, plugins_with, told

CATALOG = """
schema = 1
category = "cad"

[[vendor]]
name = "Solid Maker"
publishers = ["solid maker ltd"]

[[family]]
id = "solidthing"
name = "Solidthing"
vendor = "Solid Maker"
licence = "commercial"
origin = "foreign"
names = ["solidthing pro"]
release_numbers = "year"
sources = ["labels in installed-software lists"]
checked = 2026-11-23
"""
EXAMPLES = "raw\tpublisher\tversion\texpect\tevidence\twhy\nSolidthing Pro 2024\tSolid Maker Ltd\t\tcad.solidthing-2024\tconstructed\t\n"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LICMATCH_CACHE", str(tmp_path / "cache"))


def rights(installations, context):
    return context.with_rights(installations)


def plugin(folder: Path, *, judge=rights, catalog: str = CATALOG, examples: str = EXAMPLES, **settings) -> SimpleNamespace:
    """Return a plugin that owns `cad` with this catalog, as a module would be."""
    folder.mkdir(exist_ok=True)
    (folder / "cad.toml").write_text(catalog, encoding="utf-8")
    (folder / "cad.tsv").write_text(examples, encoding="utf-8")
    told_settings = {"title_en": "CAD", "title_zh": "计算机辅助设计", **settings}

    @hookimpl
    def licmatch_category():
        return Category(id="cad", judge=judge, **told_settings)

    @hookimpl
    def licmatch_catalog_files():
        return [folder]

    return SimpleNamespace(licmatch_category=licmatch_category, licmatch_catalog_files=licmatch_catalog_files)


def test_a_sound_plugin_passes_and_is_counted(tmp_path):
    report = check_plugin("cad", plugin(tmp_path / "c"))
    assert (report.category.id, report.families, report.examples) == ("cad", 1, 1)


def test_an_engine_with_a_plugin_answers_as_if_it_were_installed(tmp_path):
    engine = engine_with(cad=plugin(tmp_path / "c"))
    assert told(engine, "Solidthing Pro 2025", ("Windows 10 Pro", "Microsoft Corporation"), "never heard of 7") == {
        "Solidthing Pro 2025": "cad.solidthing-2025",
        "Windows 10 Pro": "os.windows-10.pro",
        "never heard of 7": "unknown",
    }
    assert findings(engine, {"pc1": ["Solidthing Pro 2024"], "pc2": ["x"]}, "cad") == {"pc1": ("no_evidence", ()), "pc2": ("absent", ())}
    assert "cad" not in [category.id for category in load_plugins().categories]


def test_frames_of_a_run_can_be_given(tmp_path):
    devices, units = pl.DataFrame({"device_id": ["pc1"], "unit_id": ["u"]}), pl.DataFrame({"unit_id": ["u"], "name": ["Us"]})
    papers = pl.DataFrame(
        {
            "entitlement_id": ["L"],
            "unit_id": ["u"],
            "product": ["Solidthing Pro 2024"],
            "metric": ["device"],
            "quantity": [1],
            "proofs": ["采购合同;授权书;发票;包装"],
        }
    )
    frames = {"devices": devices, "units": units, "entitlements": papers}
    engine = engine_with(cad=plugin(tmp_path / "c"))
    [(verdict, _)] = findings(engine, {"pc1": ["Solidthing Pro 2024"]}, "cad", **frames).values()
    assert verdict not in ("no_evidence", "absent")


def test_a_plugin_given_stands_in_for_an_installed_one_of_its_name():
    @hookimpl
    def licmatch_category():
        return Category(id="office", title_en="Ours", title_zh="我们的", judge=rights)

    plugins = plugins_with(office=SimpleNamespace(licmatch_category=licmatch_category))
    assert [category.title_en for category in plugins.categories if category.id == "office"] == ["Ours"]


def last_row_first(installations, context):
    """Judge by the order of rows, which nothing promises."""
    judged = context.with_rights(installations)
    sure = pl.when(pl.int_range(pl.len()) == 0).then(0.25).otherwise(pl.lit(0.75))
    return judged.with_columns(confidence=sure)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"title_zh": " "}, "a title in both languages"),
        ({"examples": EXAMPLES.replace("solidthing-2024", "solidthing-2023")}, "expected cad.solidthing-2023, got cad.solidthing-2024"),
        ({"catalog": CATALOG.replace('["solidthing pro"]', '["solidthing pro", "never shown thing"]')}, "'never shown thing' is idle"),
        ({"catalog": CATALOG.replace("schema = 1", "schema = 9")}, "schema 9"),
        (
            {"judge": last_row_first, "examples": EXAMPLES + EXAMPLES.splitlines()[1].replace("2024", "2025") + "\n"},
            "the order of the devices moves the cad verdict of",
        ),
    ],
)
def test_what_is_wrong_with_a_plugin_is_said(tmp_path, changes, what):
    with pytest.raises(AssertionError, match=what):
        check_plugin("cad", plugin(tmp_path / "c", **changes))


def test_what_is_wrong_is_said_where_asserts_are_left_out_too(tmp_path):
    plugin(tmp_path / "c", catalog=CATALOG.replace("schema = 1", "schema = 9"))
    code = f"from licmatch.testing import check_pack; check_pack({str(tmp_path / 'c')!r}, fast=True)"
    ran = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, "AssertionError" in ran.stderr) == (1, True), ran.stderr


@pytest.mark.parametrize(
    "judge",
    [
        lambda installations, context: installations.head(0),
        lambda installations, context: installations.with_columns(verdict=pl.lit("guilty")),
        lambda installations, context: installations.with_columns(verdict=pl.lit("cracked")),
        lambda installations, context: installations.with_columns(verdict=pl.lit("genuine_purchased")),
        lambda installations, context: installations.with_columns(grade=pl.lit("conclusive")),
        lambda installations, context: 1 / 0,
    ],
)
def test_a_judge_that_no_run_would_take_is_refused(tmp_path, judge):
    with pytest.raises(PluginError):
        check_plugin("cad", plugin(tmp_path / "c", judge=judge), fast=True)


def no_category():
    @hookimpl
    def licmatch_catalog_files():
        return []

    return SimpleNamespace(licmatch_catalog_files=licmatch_catalog_files)


def no_catalog():
    @hookimpl
    def licmatch_category():
        return Category(id="cad", title_en="CAD", title_zh="计算机辅助设计", judge=rights)

    return SimpleNamespace(licmatch_category=licmatch_category)


@pytest.mark.parametrize(
    ("made", "error", "what"),
    [
        (SimpleNamespace, PluginError, "no function is marked @hookimpl"),
        (no_category, AssertionError, "no category and no catalog"),
        (no_catalog, AssertionError, "no catalog has a product of its category"),
    ],
)
def test_a_plugin_that_hands_over_nothing_is_no_sound_one(made, error, what):
    with pytest.raises(error, match=what):
        check_plugin("cad", made(), fast=True)


def test_a_plugin_of_catalogs_alone_passes(tmp_path):
    whole = plugin(tmp_path / "c", catalog=CATALOG.replace('"cad"', '"office"'), examples=EXAMPLES.replace("cad.", "office."))
    report = check_plugin("more-names", SimpleNamespace(licmatch_catalog_files=whole.licmatch_catalog_files))
    assert (report.category, report.examples) == (None, 1)


def test_a_plugin_under_another_name_is_refused(tmp_path):
    with pytest.raises(PluginError, match="the two names must be the same"):
        check_plugin("cam", plugin(tmp_path / "c"), fast=True)


def test_a_catalog_folder_is_checked_with_the_plugin_that_owns_its_category(tmp_path):
    owner = plugins_with(cad=plugin(tmp_path / "c"))
    assert check_pack(tmp_path / "c", plugins=owner).examples == 1
    with pytest.raises(AssertionError, match="no plugin that is installed owns the category"):
        check_pack(tmp_path / "c", fast=True)


def site_pack(path: Path, *products: dict[str, str]) -> Path:
    path.write_text(json.dumps({"licmatch_pack": 1, "products": list(products)}), encoding="utf-8")
    return path


def test_a_site_pack_whose_names_answer_themselves_passes(tmp_path):
    products = [
        {"id": "our.crm", "name": "Our Customer Desk", "publisher": "Us"},
        {"id": "our.erp", "name": "Our Ledger Hall", "publisher": "Us"},
    ]
    assert check_pack(site_pack(tmp_path / "p.json", *products)).examples == 2


def test_a_site_pack_in_which_a_name_means_another_product_is_refused(tmp_path):
    products = [{"id": "a", "name": "Ledger Hall"}, {"id": "b", "name": "ledger  hall"}]
    with pytest.raises(AssertionError, match="is answered"):
        check_pack(site_pack(tmp_path / "p.json", *products))
