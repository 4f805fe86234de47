"""A site's own answers: whom they reach, until when, what they may not change, and what `check` says about them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.unit.match.small import write_small

from licmatch.catalog.compile import compile_sources, shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.catalog.pack import build_pack, load_pack
from licmatch.catalog.records import Retired
from licmatch.catalog.succession import successors
from licmatch.errors import CatalogError
from licmatch.match import Engine
from licmatch.match.check_overrides import override_faults
from licmatch.plugin_loader import load_plugins

ENTRY = """
[[override]]
id = "{id}"
{match}
answer = "{answer}"
owner = "IT office"
reason = "letter 12"
until = {until}
{more}
"""


def entry(match: str, answer: str, *, id: str = "o-1", until: str = "2027-06-30", more: str = "") -> str:
    return ENTRY.format(id=id, match=match, answer=answer, until=until, more=more)


def load(folder: Path, *entries: str, retired: str = "") -> Engine:
    paths = write_small(folder)
    paths.append(folder / "overrides.toml")
    paths[-1].write_text("schema = 1\n" + "".join(entries), encoding="utf-8")
    if retired:
        paths.append(folder / "our-retired.toml")
        paths[-1].write_text(retired, encoding="utf-8")
    return Engine.load(catalogs=paths, builtin=False, plugins=load_plugins(installed=False))


def test_a_name_gets_the_answer_with_everything_the_catalog_knows_of_it(tmp_path):
    engine = load(tmp_path, entry('names = ["Ledger (Writer|Suite)"]', "office.microsoft-office-2016.professional-plus"))
    for name in ("LEDGER Suite", "ledger  writer"):
        found = engine.match_name(name)
        assert (found.product_id, found.family, found.release, found.edition, found.role, found.method, found.rule_id) == (
            "office.microsoft-office-2016.professional-plus", "Microsoft Office", "2016", "Professional Plus", "product", "override", "o-1",
        )  # fmt: skip
        assert (found.status, found.score, found.margin) == ("recognised", 1.0, 1.0)
    assert engine.match_name("Ledger Suite 2").status == "unknown"


def test_a_publisher_narrows_it_and_the_narrower_goes_first(tmp_path):
    engine = load(
        tmp_path,
        entry('names = ["ledger"]', "ignore", id="wide"),
        entry('names = ["ledger"]\npublisher = "Contoso Ltd."', "os.tails", id="narrow"),
    )
    assert engine.match_name("Ledger", publisher="Contoso Ltd").rule_id == "narrow"
    assert engine.match_name("Ledger", publisher="Fabrikam").rule_id == "wide"


def test_a_product_is_overridden_whatever_it_is_called_and_ignored_names_hold_nothing_open(tmp_path):
    engine = load(tmp_path, entry('product = "office.microsoft-office-2016"', "ignore"))
    keys = pl.DataFrame({"name": ["MS Office 2016", "Microsoft Office 16", "Microsoft Office 2019"], "publisher": None, "version": None},
                        schema_overrides={"publisher": pl.String, "version": pl.String})  # fmt: skip
    answers = engine.decide(keys)
    assert answers["lm_status"].to_list() == ["unknown", "unknown", "recognised"]
    assert answers["witness"].to_list()[:2] == [None, None]


def test_on_its_last_day_it_acts_and_on_the_next_it_does_not(tmp_path):
    engine = load(tmp_path, entry('names = ["ledger"]', "os.tails"))
    assert engine.on_day(date(2027, 6, 30)).match_name("ledger").product_id == "os.tails"
    assert engine.on_day(date(2027, 7, 1)).match_name("ledger").status == "unknown"
    assert engine.match_name("ledger").product_id == "os.tails"


def test_a_sign_of_unlicensed_use_stays_and_a_tool_for_it_cannot_be_ignored(tmp_path):
    engine = load(tmp_path, entry('names = ["KMSpico", "MS Office 2016 破解版"]', "ignore"))
    plain = engine.without_overrides()
    assert plain.match_name("KMSpico").category == "unlicensed_tool"
    assert engine.match_name("KMSpico") == plain.match_name("KMSpico")
    cracked = plain.match_name("MS Office 2016 破解版")
    assert cracked.risk != "none"
    assert engine.match_name("MS Office 2016 破解版").risk == cracked.risk
    assert engine.match_name("MS Office 2016 破解版").method == "override"


@pytest.mark.parametrize("answer", ["office.nothing", "office.microsoft-office-2016.nowhere", "os.windows-10-99"])
def test_an_answer_that_is_no_product_is_an_error(tmp_path, answer):
    with pytest.raises(CatalogError, match="no product"):
        load(tmp_path, entry('names = ["ledger"]', answer))


@pytest.mark.parametrize("match", ["", 'names = ["ledger"]\nproduct = "os.tails"'])
def test_it_needs_names_or_a_product_and_not_both(tmp_path, match):
    with pytest.raises(CatalogError, match="either names or a product"):
        load(tmp_path, entry(match, "ignore"))


def faults(engine: Engine, day: date | None = None) -> list[str]:
    return override_faults(engine, engine.compiled.overrides, day)


def test_check_is_silent_about_one_that_holds(tmp_path):
    assert faults(load(tmp_path, entry('names = ["ledger"]', "os.tails", more='keeps = ["Ledger"]')), date(2027, 1, 1)) == []


def test_check_tells_conflict_need_expiry_and_what_is_not_kept(tmp_path):
    told = faults(load(tmp_path, entry('names = ["MS Office 2016"]', "os.tails")))
    assert len(told) == 1
    assert "conflict: the catalogs now say office.microsoft-office-2016" in told[0]
    assert faults(load(tmp_path, entry('names = ["MS Office 2016"]', "os.tails", more='was = "office.microsoft-office-2016"'))) == []
    assert "delete it" in faults(load(tmp_path, entry('names = ["MS Office 2016"]', "office.microsoft-office-2016")))[0]
    assert "ran out on 2027-06-30" in faults(load(tmp_path, entry('names = ["ledger"]', "ignore")), date(2028, 1, 1))[0]
    assert "keeps 'ledger two'" in faults(load(tmp_path, entry('names = ["ledger"]', "os.tails", more='keeps = ["ledger two"]')))[0]


def test_explain_names_who_answers_for_it(tmp_path):
    told = load(tmp_path, entry('names = ["MS Office 2016"]', "ignore")).explain("MS Office 2016")
    assert "IT office: letter 12 (until 2027-06-30); without it office.microsoft-office-2016" in told.as_text()


RETIRED = """
schema = 1
[[retired]]
id = "office.old-suite"
successor = "office.older-suite"
since = 2027-01-01
reason = "renamed"
[[retired]]
id = "office.older-suite"
successor = "office.microsoft-office"
since = 2028-01-01
reason = "the same"
"""


def test_a_retired_id_means_its_successor_in_overrides_and_in_packs(tmp_path):
    engine = load(tmp_path, entry('names = ["ledger"]', "office.old-suite-2016"), retired=RETIRED)
    assert engine.match_name("ledger").product_id == "office.microsoft-office-2016"
    (tmp_path / "ours.csv").write_text("id,name,publisher\noffice.old-suite-2019,Quill Workbench,Quillworks\n", encoding="utf-8")
    build_pack(tmp_path / "ours.csv", tmp_path / "ours.json")
    with_pack = Engine(engine.compiled, engine.plugins, [load_pack(tmp_path / "ours.json")])
    found = with_pack.match_name("Quill Workbench", publisher="Quillworks")
    assert found.product_id == "office.microsoft-office-2019"


def test_an_override_may_name_a_product_of_a_pack(tmp_path):
    (tmp_path / "ours.csv").write_text("id,name,publisher,category\nsite.workbench,Quill Workbench,Quillworks,office\n", encoding="utf-8")
    build_pack(tmp_path / "ours.csv", tmp_path / "ours.json")
    (tmp_path / "own.toml").write_text("schema = 1\n" + entry('names = ["ledger"]', "site.workbench"), encoding="utf-8")
    catalogs = [*write_small(tmp_path), tmp_path / "own.toml", tmp_path / "ours.json"]
    found = Engine.load(catalogs=catalogs, builtin=False, plugins=load_plugins(installed=False)).match_name("ledger")
    assert (found.product_id, found.category, found.vendor, found.family) == ("site.workbench", "office", "Quillworks", "Quill Workbench")
    assert (found.method, found.role, found.score, found.margin) == ("override", "product", 1.0, 1.0)


def test_retired_ids_that_lead_nowhere_are_faults(tmp_path):
    def retired(identity: str, successor: str) -> Retired:
        return Retired(identity, successor, date(2027, 1, 1), "because")

    told: list[str] = []
    successors([retired("os.a", "os.b"), retired("os.b", "os.a"), retired("os.c", "os.gone"), retired("os.d", "os.d")], {"os.d"}, told)
    assert sum("circle" in text for text in told) == 3
    assert any("'os.gone' belongs to no family" in text for text in told)
    assert any("'os.d' is still a family's" in text for text in told)


def test_overrides_change_the_content_hash(tmp_path):
    sources = read_sources(catalog_files([*shared_roots(), *write_small(tmp_path)]))
    engine = load(tmp_path, entry('names = ["ledger"]', "ignore"))
    assert engine.versions["catalog"] != compile_sources(sources).source_hash
