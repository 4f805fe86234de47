"""The licensing side of the county: stories first, evidence from them, and nothing that speaks of the innocent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from licmatch import schema
from licmatch.assess import load_organisation
from licmatch.demo import CountyPaths, generate_county
from licmatch.demo.activation import LEASE, activation_rows
from licmatch.demo.collecting import collected_by
from licmatch.demo.estate import draw_devices
from licmatch.demo.installed import plan_estate
from licmatch.demo.owner import MOVED_TO, owner_of
from licmatch.demo.pirated import CITY_KMS_HOST
from licmatch.demo.places import hand_out, units_of_the_city
from licmatch.demo.stories import Story, draw_stories
from licmatch.demo.truth import STATES

AS_OF = date(2026, 11, 30)
SEED = 11


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> CountyPaths:
    return generate_county(tmp_path_factory.mktemp("demo") / "county", devices=1500, seed=SEED, as_of=AS_OF)


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    units = units_of_the_city(SEED)
    plan = plan_estate(1500, SEED)
    devices = draw_devices(units, hand_out(units, 1500), plan.shelves, SEED, AS_OF)
    return draw_stories(devices, units, plan, SEED)


def test_tables_are_canonical_and_about_devices_of_the_county(county: CountyPaths) -> None:
    devices = pl.read_csv(county.devices, infer_schema=False)
    for path, frame in (
        (county.activations, schema.ACTIVATIONS),
        (county.traces, schema.TRACES),
        (county.entitlements, schema.ENTITLEMENTS),
    ):
        table = pl.read_csv(path, infer_schema=False)
        assert table.columns == list(frame)
        assert table.height > 100
        assert set(table["device_id"].drop_nulls()) <= set(devices["device_id"])
    truth = pl.read_parquet(county.truth_licences)
    assert truth.select("device_id", "category").is_unique().all()
    assert truth.filter(pl.col("category") == "os").height == devices.height
    assert set(truth["state"]) == set(STATES)


def test_only_unlocked_copies_have_evidence_and_some_have_none(county: CountyPaths) -> None:
    truth = pl.read_parquet(county.truth_licences)
    evidence = pl.col("clear").list.len() + pl.col("faint").list.len()
    guilty = truth.filter(pl.col("state") == "pirated")
    assert truth.filter(pl.col("state") != "pirated").select(evidence.sum()).item() == 0
    assert guilty.filter(evidence == 0).height > 0
    assert guilty.filter(pl.col("clear").list.len() > 0).height > 0.6 * guilty.height
    by_device = pl.read_parquet(county.truth).select("device_id", category=pl.col("pirated_categories")).explode("category").drop_nulls()
    assert set(guilty.select("device_id", "category").iter_rows()) == set(by_device.iter_rows())


def test_what_a_unit_did_not_collect_is_not_there(county: CountyPaths, stories: list[Story]) -> None:
    units = units_of_the_city(SEED)
    collected = collected_by(len(units), SEED)
    silent = {story.device.device_id for story in stories if not collected[story.device.unit].licences}
    untraced = {story.device.device_id for story in stories if not collected[story.device.unit].traces}
    assert silent
    assert not silent & set(pl.read_csv(county.activations, infer_schema=False)["device_id"])
    assert not untraced & set(pl.read_csv(county.traces, infer_schema=False)["device_id"])


def test_genuine_leases_come_from_the_owners_hosts_and_hold_half_a_year(stories: list[Story]) -> None:
    units = units_of_the_city(SEED)
    owner = owner_of(units, SEED)
    rows, _ = activation_rows(stories, collected_by(len(units), SEED), owner, SEED)
    genuine = {s.device.device_id for s in stories if not s.used_on}
    leases = rows.filter(pl.col("device_id").is_in(genuine) & (pl.col("channel") == "Volume:GVLK") & (pl.col("license_status") == 1))
    own = {CITY_KMS_HOST, MOVED_TO, "", *owner.county_hosts.values()}
    assert leases.height > 50
    assert set(leases["kms_host"].drop_nulls()) <= own
    assert leases.filter(pl.col("grace_minutes") > LEASE).is_empty()
    assert rows["partial_product_key"].drop_nulls().str.len_chars().unique().to_list() == [5]


def test_the_owners_file_is_read_and_leaves_one_host_out(county: CountyPaths) -> None:
    owner = load_organisation(county.organisation)
    named = {host.host for host in owner.kms_hosts}
    known = owner_of(units_of_the_city(SEED), SEED)
    assert CITY_KMS_HOST in named
    assert MOVED_TO not in named
    assert [service.host for service in owner.kms_srv] == [MOVED_TO]
    assert len(set(known.county_hosts.values()) - named) == 1  # the one nobody registered
    assert owner.test_labs
    assert all(tool.owner and tool.until for tool in owner.allowed_tools)


def test_the_generator_shares_nothing_with_the_engine() -> None:
    # What it generates would prove little if it knew what is looked for.
    import licmatch.demo.stories

    folder = Path(licmatch.demo.stories.__file__).parent
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for stage in ("rules", "assess", "signatures", "catalog", "match", "ingest"):
            assert f"licmatch.{stage}" not in text, path.name
        assert "licmatch_catalogs" not in text, path.name
