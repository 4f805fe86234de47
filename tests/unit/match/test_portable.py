"""An engine carried to another process answers as the first one does, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from licmatch import CatalogError, Category, Engine, PluginError, UsageError, hookimpl
from licmatch.match.portable import carried, unpacked
from licmatch.plugin_loader import load_plugins
from licmatch.schema import NAME_KEY

NAMES = pl.DataFrame(
    {
        "name": ["Windows 10 专业版", "税务申报助手 3", "KMSAuto", "ACME Ledger Pro"],
        "publisher": [None, "湛江软件", None, "ACME"],
        "version": [None, "3", None, None],
    },
    schema=dict.fromkeys(NAME_KEY, pl.String),
)
OVERRIDE = """schema = 1
[[override]]
id = "site.ledger"
names = ["ACME Ledger Pro"]
answer = "office.wps-office"
owner = "IT"
reason = "renamed"
until = {until}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "site.json"
    products = [{"id": "site.tax", "name": "税务申报助手", "publisher": "湛江软件", "category": "office"}]
    path.write_text(json.dumps({"licmatch_pack": 1, "products": products}), encoding="utf-8")
    return path


def test_it_answers_alike_without_the_files_it_was_made_of(pack: Path) -> None:
    engine = Engine.load(catalogs=[pack])
    mark, raw = carried(engine)
    pack.unlink()
    there = unpacked(mark, raw)
    assert there.decide(NAMES).equals(engine.decide(NAMES))
    assert there.versions == engine.versions
    assert "site.tax" in there.decide(NAMES)["lm_product_id"].to_list()


def test_the_same_engine_has_the_same_mark(pack: Path) -> None:
    assert carried(Engine.load(catalogs=[pack]))[0] == carried(Engine.load(catalogs=[pack]))[0]
    assert carried(Engine.load(catalogs=[pack]))[0] != carried(Engine.load())[0]


def test_only_overrides_of_the_day_are_carried(engine: Engine, tmp_path: Path) -> None:
    known = engine.decide(pl.DataFrame({"name": ["WPS Office 2019"], "publisher": [None], "version": [None]}, schema=NAMES.schema))
    path = tmp_path / "override.toml"
    path.write_text(OVERRIDE.format(until="2026-06-30").replace("office.wps-office", known["lm_product_id"][0]), encoding="utf-8")
    site = Engine.load(catalogs=[path])
    for day, acts in ((date(2026, 6, 30), True), (date(2026, 7, 1), False)):
        on_day = site.on_day(day)
        told = unpacked(*carried(on_day)).decide(NAMES)
        assert told.equals(on_day.decide(NAMES))
        assert (told["lm_method"][3] == "override") is acts


def test_bytes_that_changed_on_the_way_are_refused(engine: Engine) -> None:
    mark, raw = carried(engine)
    with pytest.raises(CatalogError, match="not the one that was sent"):
        unpacked(mark, raw[:-1] + bytes([raw[-1] ^ 1]))


def test_other_code_and_other_plugins_are_refused(engine: Engine) -> None:
    mark, raw = carried(engine)
    with pytest.raises(PluginError, match="another licmatch"):
        unpacked(replace(mark, code="0" * 64), raw)
    with pytest.raises(PluginError, match="this worker has the plugins"):
        unpacked(replace(mark, plugins=(*mark.plugins, "vpn (acme 1.0)")), raw)


def test_plugins_that_are_objects_stay_at_home() -> None:
    @hookimpl
    def licmatch_category() -> Category:
        return Category(id="mine", title_en="Mine", title_zh="我的", judge=lambda installations, context: installations)

    engine = Engine.load(plugins=load_plugins(extra=[("mine", SimpleNamespace(licmatch_category=licmatch_category))]))
    with pytest.raises(UsageError, match="'mine' is an object of this process"):
        carried(engine)
