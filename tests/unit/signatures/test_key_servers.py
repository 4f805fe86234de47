from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.errors import CatalogError
from licmatch.signatures import KeyServers, TraceSignatures
from licmatch.signatures.key_servers import CLASSES, HEADER


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("kms.core.windows.net", "azure"),
        ("AZKMS.core.windows.net:1688", "azure"),
        ("mykms.core.windows.net", "public"),
        ("127.0.0.2", "loopback"),
        ("localhost", "loopback"),
        ("[::1]:1688", "loopback"),
        ("::1", "loopback"),
        ("127.1", "loopback"),
        ("2130706433", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("１２７．０．０．１", "loopback"),
        ("0.0.0.0", "placeholder"),
        ("10.0.0.10", "placeholder"),
        ("172.16.0.2", "placeholder"),
        ("10.0.0.101", "private"),
        ("172.16.0.21", "private"),
        ("192.168.1.9:1688", "private"),
        ("100.64.3.4", "private"),
        ("169.254.1.1", "private"),
        ("fd00::5", "private"),
        ("fe80::1%12", "private"),
        ("kms01", "private"),
        ("kms01.corp.local", "private"),
        ("kms.03k.org", "public_server"),
        ("hk.kms.03k.org.", "public_server"),
        ("mykms.03k.org.example.gov.cn", "public"),
        ("xkms.03k.org", "public"),
        ("kms.agency.gov.cn", "public"),
        ("8.8.8.8", "public"),
        ("2001:4860:4860::8888", "public"),
        ("", None),
        ("   ", None),
        (None, None),
    ],
)
def test_the_first_class_that_fits(host: str | None, expected: str | None) -> None:
    assert KeyServers.load().classify(pl.Series("h", [host], dtype=pl.String)).to_list() == [expected]


def test_a_column_keeps_its_name_length_and_order() -> None:
    hosts = pl.Series("kms_host", ["10.0.0.10", None, "10.0.0.10", "kms.03k.org"])
    told = KeyServers.load().classify(hosts)
    assert (told.name, told.dtype) == ("kms_host", pl.String)
    assert told.to_list() == ["placeholder", None, "placeholder", "public_server"]


def test_the_table_and_the_signatures_of_public_servers_name_the_same_hosts() -> None:
    signatures = [one for one in read_sources(catalog_files(shared_roots())).signatures if one.evidence == "kms_host"]
    patterns = {pattern for one in signatures for pattern in one.patterns if one.match == "host"}
    servers = [one for one in KeyServers.load().servers if one.class_ == "public_server"]
    assert {one.host for one in servers} == patterns
    found = TraceSignatures(signatures).hits(pl.DataFrame({"kind": ["kms_host"] * len(servers), "value": [one.host for one in servers]}))
    assert found["row"].unique().len() == len(servers)


@pytest.mark.parametrize("host", ["127.0.0.2", "127.1", "localhost", "localhost.localdomain", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"])
def test_a_host_that_is_nobody_elses_is_known_to_the_signatures_too(host: str) -> None:
    signatures = read_sources(catalog_files(shared_roots())).signatures
    assert KeyServers.load().class_of(host) in ("loopback", "placeholder")
    told = TraceSignatures(signatures).hits(pl.DataFrame({"kind": ["kms_host"], "value": [host]}))
    assert told["confidence"].max() >= 0.75  # type: ignore[operator]


def test_every_placeholder_is_known_to_the_signatures_and_no_inner_host_is() -> None:
    signatures = read_sources(catalog_files(shared_roots())).signatures
    placeholders = [one.host for one in KeyServers.load().servers if one.class_ == "placeholder"]
    asked = [*placeholders, "10.0.0.11", "192.168.1.9", "kms01", "kms01.corp.local", "kms.agency.gov.cn", "kms.core.windows.net"]
    told = TraceSignatures(signatures).hits(pl.DataFrame({"kind": ["kms_host"] * len(asked), "value": asked}))
    assert told["row"].unique().sort().to_list() == list(range(len(placeholders)))


def test_every_row_of_the_table_is_its_own_class() -> None:
    servers = KeyServers.load()
    assert {one.class_ for one in servers.servers} <= set(CLASSES)
    for one in servers.servers:
        if one.match != "cidr":
            assert servers.class_of(one.host) == one.class_, one.host


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("kms.x.org\tsuffix\tpublic_server\t0.9\t1", "cells"),
        ("kms.x.org\tsuffix\tserver\t0.9\t1\ts", "class is one of"),
        ("kms.x.org\tlike\tpublic_server\t0.9\t1\ts", "match"),
        ("300.1.1.1\tip\tprivate\t0.9\t1\ts", "300.1.1.1"),
        ("KMS.x.org\texact\tpublic_server\t0.9\t1\ts", "lower case"),
        ("kms.x.org\texact\tpublic_server\t1.9\t1\ts", "between 0 and 1"),
        ("kms.x.org\texact\tpublic_server\t0.9\tmany\ts", "many"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, row: str, why: str) -> None:
    file = tmp_path / "hosts.tsv"
    file.write_text("# table\n" + "\t".join(HEADER) + f"\nlocalhost\texact\tloopback\t0.9\t\ts\n{row}\n", encoding="utf-8")
    with pytest.raises(CatalogError, match=why) as raised:
        KeyServers.load(file)
    assert raised.value.where is not None
    assert raised.value.where.line == 4


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hosts.tsv"
    file.write_text("host\tclass\nx\ty\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="columns"):
        KeyServers.load(file)
