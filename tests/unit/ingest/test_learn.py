"""What is proposed for tables nobody described: the right columns for the right reasons, and no list out of counts or changes."""

from __future__ import annotations

import json

import pytest

from licmatch import Engine
from licmatch.errors import InputError, UsageError
from licmatch.ingest.document import Document
from licmatch.ingest.profiles.learn import Proposal, learn

PROGRAMS = [
    ("WPS Office 2019", "珠海金山办公软件有限公司", "11.8.2.8555", "14/03/2024"),
    ("360安全卫士", "360安全中心", "13.0.1.2002", "02/03/2024"),
    ("Microsoft Office 专业增强版 2016", "Microsoft Corporation", "16.0.4266.1001", "27/02/2023"),
    ("某内部系统客户端", "某软件公司", "1.0.3", "01/12/2022"),
]


def rows(template: str, computers: int = 12) -> str:
    """Return a row for each program of each computer; the template names n (computer), name, maker, version and day."""
    return "".join(
        template.format(n=n, name=name, maker=maker, version=version, day=day)
        for n in range(computers)
        for name, maker, version, day in PROGRAMS
    )


def proposed(engine: Engine, text: str, name: str = "export.csv", encoding: str = "utf-8", **options: object) -> Proposal:
    return learn(Document(name, text.encode(encoding)), engine, **options)  # type: ignore[arg-type]


def test_headers_that_only_hint(engine: Engine) -> None:
    text = "终端管理平台导出\n终端标识,所在组,机器,应用,厂家名,版本信息,装机日,备注\n" + rows(
        "T{n:04d},财政局,CW-{n},{name},{maker},{version},{day},\n"
    )
    found = proposed(engine, text, encoding="gb18030")
    assert found.profile.columns == {
        "device_id": "终端标识", "unit_id": "所在组", "hostname": "机器", "name": "应用", "publisher": "厂家名", "version": "版本信息",
        "install_date": "装机日",
    }  # fmt: skip
    assert found.profile.date_order == "day first"
    assert found.left == ("备注",)
    assert (found.rows, found.rejected, found.devices) == (48, 0, 12)
    why = {choice.column: [reason.code for reason in choice.reasons] for choice in found.choices}
    assert why["name"] == ["header-has", "cells-products"]
    assert why["publisher"] == ["header-has", "cells-makers"]
    assert why["install_date"] == ["cells-dates"]


def test_headers_that_say_nothing_at_all(engine: Engine) -> None:
    found = proposed(engine, "甲,乙,丙\n" + rows("{name},{version},{maker}\n"))
    assert found.profile.columns == {"name": "甲", "version": "乙", "publisher": "丙"}
    assert found.profile.device == "file"
    assert [note.code for note in found.notes] == ["device-by-file"]


def test_a_header_that_lies_is_overruled_by_its_cells(engine: Engine) -> None:
    """The column called name holds addresses, the one called version holds programs."""
    found = proposed(engine, "Host,Name,Version\n" + rows("PC-{n},192.0.2.{n},{name}\n"))
    assert found.profile.columns == {"hostname": "Host", "name": "Version"}


def test_english_semicolons_and_month_first(engine: Engine) -> None:
    text = "Endpoint;Owner OU;Title;Maker;Rel;When\n" + rows("WS-{n};Dept;{name};{maker};{version};{day}\n").replace(
        "14/03/", "03/14/"
    ).replace("27/02/", "02/27/")
    found = proposed(engine, text)
    assert found.profile.columns == {
        "hostname": "Endpoint",
        "name": "Title",
        "publisher": "Maker",
        "version": "Rel",
        "install_date": "When",
    }
    assert found.profile.date_order == "month first"


def test_lists_inside_json(engine: Engine) -> None:
    answer = {
        "code": 0,
        "data": {
            "total": 9,
            "list": [
                {
                    "clientId": f"c{n}",
                    "pcName": f"PC-{n}",
                    "tags": [],
                    "softs": [{"softName": p[0], "ver": p[2], "company": p[1]} for p in PROGRAMS],
                }
                for n in range(9)
            ],
        },
    }
    found = proposed(engine, json.dumps(answer), "answer.json")
    assert found.profile.records == "data.list.softs"
    assert found.profile.columns == {
        "name": "softName", "version": "ver", "publisher": "company", "device_id": "data.list.clientId", "hostname": "data.list.pcName",
    }  # fmt: skip
    assert (found.rows, found.devices) == (36, 9)


def test_one_computer_that_the_whole_document_names(engine: Engine) -> None:
    answer = {"hostname": "PC-7", "software": [{"name": p[0], "release": p[2]} for p in PROGRAMS]}
    found = proposed(engine, json.dumps(answer), "x.json")
    assert found.profile.columns["hostname"] == "document.hostname"
    assert found.devices == 1


def test_rows_of_what_is_gone_are_not_kept(engine: Engine) -> None:
    text = "机器,应用,状态\nA,WPS Office 2019,已安装\nA,Microsoft Office 2016,已卸载\nB,WPS Office 2019,已安装\n"
    found = proposed(engine, text)
    assert found.profile.keep == {"状态": ("已安装",)}
    assert (found.rows, found.rejected) == (2, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("软件,厂商,安装总数\nWPS Office 2019,金山,30\nMicrosoft Office 2016,Microsoft Corporation,12\n", "AGGREGATE_ONLY"),
        ("机器名,应用,操作\nA,WPS Office 2019,安装\nA,Microsoft Office 2016,卸载\n", "CHANGES_ONLY"),
        ("a,b\n1,2\n3,4\n", "no table with a column of software names"),
        ("", "no table with a column of software names"),
        ("只有一列\nx\n", "no table with a column of software names"),
        ('{"a": {"b": 1}}', "no table with a column of software names"),
        ("[1, 2]", "no table with a column of software names"),
    ],
)
def test_what_is_no_list_of_programs_is_refused(engine: Engine, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        proposed(engine, text)


def test_what_a_person_says_goes_before(engine: Engine) -> None:
    text = "甲,乙,丙\n" + rows("PC-{n},{name},{maker}\n")
    found = proposed(engine, text, columns={"hostname": "甲"}, name="我们的 Console 2")
    assert found.profile.columns == {"hostname": "甲", "name": "乙", "publisher": "丙"}
    assert found.profile.id == "console-2"
    with pytest.raises(UsageError, match="no column is called 丁"):
        proposed(engine, text, columns={"name": "丁"})
    with pytest.raises(UsageError, match="no column is called nom"):
        proposed(engine, text, columns={"nom": "甲"})


def test_that_it_would_be_read_anyway_is_said(engine: Engine) -> None:
    found = proposed(engine, "计算机名,软件名称\n" + rows("PC-{n},{name}\n"))
    assert ("read-already", (("format", "csv"),)) in [(note.code, note.values) for note in found.notes]


def test_the_same_file_gives_the_same_proposal(engine: Engine) -> None:
    text = "甲,乙,丙\n" + rows("PC-{n},{name},{maker}\n")
    assert proposed(engine, text) == proposed(engine, text)
