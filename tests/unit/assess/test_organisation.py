"""The owner's facts: read strictly, in force only on their days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from licmatch.assess.organisation import load_organisation
from licmatch.errors import InputError

DAY = date(2026, 11, 30)


def test_bare_texts_and_tables_say_the_same() -> None:
    short = load_organisation({"kms_hosts": ["kms.example.gov.cn"], "volume_agreements": ["Windows 10 企业版"]})
    long = load_organisation({"kms_hosts": [{"host": "kms.example.gov.cn"}], "volume_agreements": [{"product": "Windows 10 企业版"}]})
    assert short == long


def test_a_file_says_the_same_as_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "organisation.toml"
    path.write_text(
        'locales = [2052]\n[[allowed_tools]]\nsignature = "kmspico-program"\nowner = "信息中心"\nuntil = 2027-01-31\n', encoding="utf-8"
    )
    tool = load_organisation(path).allowed_tools[0]
    assert (tool.owner, tool.until) == ("信息中心", date(2027, 1, 31))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"kms_host": ["x"]}, "unknown key 'kms_host'"),
        ({"kms_hosts": [7]}, "do not fit"),
        ({"allowed_tools": [{"name": "x", "until": date(2027, 1, 1)}]}, "owner"),
        ({"allowed_tools": [{"owner": "x", "until": date(2027, 1, 1)}]}, "needs a `signature` or a `name`"),
        ({"free_software": [{"produkt": "x"}]}, "produkt"),
    ],
)
def test_what_does_not_fit_is_named(facts: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_organisation(facts)


def test_facts_hold_from_their_first_day_to_their_last() -> None:
    hosts = [{"host": "past", "until": date(2026, 11, 29)}, {"host": "today", "until": DAY}, {"host": "later", "since": date(2026, 12, 1)}]
    facts = load_organisation({"kms_hosts": hosts})
    assert [host.host for host in facts.on(DAY).kms_hosts] == ["today"]
    assert [(notice.code, notice.detail) for notice in facts.notices(DAY)] == [("OWNER_FACT_EXPIRED", "kms_hosts[1]")]


def test_no_agreements_is_not_the_same_as_silence() -> None:
    assert load_organisation({}).volume_agreements is None
    assert load_organisation({"volume_agreements": []}).on(DAY).volume_agreements == ()


def test_a_table_says_the_same_as_the_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(
        "事项,内容,产品,密钥后五位,数量,责任人,有效期至\nkms_hosts,kms.example.gov.cn,,,,,\n"
        "volume_agreements,,Windows 10 企业版,AB234;CD567,20,,\n"
        "allowed_tools,KMSpico,,,,信息中心,2027-01-31\nlocales,2052;1033,,,,,\npurchases_complete,是,,,,,\n",
        encoding="utf-8",
    )
    agreement = {"product": "Windows 10 企业版", "mak": ["AB234", "CD567"], "quantity": 20}
    tool = {"name": "KMSpico", "owner": "信息中心", "until": date(2027, 1, 31)}
    assert load_organisation(path) == load_organisation(
        {
            "kms_hosts": ["kms.example.gov.cn"],
            "volume_agreements": [agreement],
            "allowed_tools": [tool],
            "locales": [2052, 1033],
            "purchases_complete": True,
        }
    )


def test_a_row_of_the_table_without_a_fact_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text("fact,value,owner\n,kms.example.gov.cn,\n", encoding="utf-8")
    with pytest.raises(InputError, match="no fact"):
        load_organisation(path)
