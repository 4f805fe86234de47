from __future__ import annotations

import polars as pl
import pytest

from licmatch.match import Engine
from licmatch.normalize.publisher import normalize_publishers


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ("Microsoft Corporation", "microsoft"),
        ("ESET, spol. s r.o.", "eset"),
        ("珠海金山办公软件有限公司", "金 山 办 公 软 件"),
        ("Developer ID Application: Microsoft Corporation (UBF8T346G9)", "microsoft"),
        ("Qihoo 360 Technology Co. Ltd.", "qihoo 360 technology"),
    ],
)
def test_legal_forms_are_left_out(raw: str, left: str) -> None:
    assert " ".join(normalize_publishers(pl.Series([raw]))[0].split()) == left


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        # a dozen languages
        ("Sophos Limited", "sophos"),
        ("Avira Operations GmbH & Co. KG", "avira operations"),
        ("Panda Security, S.L.U.", "panda security"),
        ("S.C. BITDEFENDER S.R.L.", "bitdefender"),
        ("TrustPort, a.s.", "trustport"),
        ("Arcabit Sp. z o.o.", "arcabit"),
        ("F-Secure Oyj", "fsecure"),
        ("Foo A/S", "foo"),
        ("Bar B.V.", "bar"),
        ("Ascensio System SIA", "ascensio system"),
        ("ООО «Доктор Веб»", "доктор веб"),
        ("АО Лаборатория Касперского", "лаборатория касперского"),
        ("Quick Heal Technologies Pvt. Ltd.", "quick heal technologies"),
        ("(株)ジャストシステム", "ジ ャ ス ト シ ス テ ム"),
        ("株式会社ジャストシステム", "ジ ャ ス ト シ ス テ ム"),
        ("㈜한글과컴퓨터", "한글과컴퓨터"),
        ("주식회사 안랩", "안랩"),
        ("奇安信科技集团股份有限公司", "奇 安 信 科 技"),
        # places
        ("北京市奇虎科技有限公司", "奇 虎 科 技"),
        ("奇虎科技（北京）有限公司", "奇 虎 科 技"),
        ("(北京)奇虎科技有限公司", "奇 虎 科 技"),
        ("Microsoft (China) Co., Ltd.", "microsoft"),
        ("微软（中国）有限公司", "微 软"),
        ("北京", "北 京"),
        ("中国软件", "中 国 软 件"),
        # certificates
        ("Apple Distribution: Kaspersky Lab UK Limited (2Y8XE5CQ94)", "kaspersky lab uk"),
        ("Authority=Developer ID Application: Google, Inc. (EQHXZ8M8AV)", "google"),
        ("Developer ID Installer: Sophos Limited (ABCDEFGHIJ)", "sophos"),
        ("CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond, S=Washington, C=US", "microsoft"),
        ('CN=Signing, O="ESET, spol. s r.o.", C=SK', "eset"),
        ("/C=CN/O=珠海金山办公软件有限公司/CN=x", "金 山 办 公 软 件"),
        # what would leave nothing stays
        ("The Company", "the company"),
        ("Limited", "limited"),
    ],
)
def test_forms_places_and_certificates(raw: str, left: str) -> None:
    assert " ".join(normalize_publishers(pl.Series([raw]))[0].split()) == left


def test_null_and_batch() -> None:
    names = ["Foo Ltd", None, "", "CN=x, O=Bar GmbH"]
    assert normalize_publishers(pl.Series(names)).to_list() == [
        normalize_publishers(pl.Series([name], dtype=pl.String))[0] for name in names
    ]


TWINS = [
    ("Kingsoft", ["Zhuhai Kingsoft Office Software Co.,Ltd", "珠海金山办公软件有限公司", "北京金山办公软件股份有限公司", "金山软件集团"]),
    ("Qihoo 360", ["Qihoo 360 Technology Co. Ltd.", "北京奇虎科技有限公司", "三六零安全科技股份有限公司", "360安全中心"]),
    ("Microsoft", ["Microsoft Corporation", "微软公司", "微软（中国）有限公司"]),
    ("Kaspersky", ["Kaspersky Lab ZAO", 'АО "Лаборатория Касперского"']),
    ("Tencent", ["Tencent Technology (Shenzhen) Company Limited", "深圳市腾讯计算机系统有限公司"]),
    ("UnionTech", ["UnionTech Software Technology Co., Ltd.", "统信软件技术有限公司"]),
    ("Rising", ["Beijing Rising Information Technology Co., Ltd.", "北京瑞星网安技术股份有限公司"]),
    ("QiAnXin", ["QI-ANXIN Technology Group", "奇安信科技集团股份有限公司"]),
    ("Foxit", ["Foxit Software Inc.", "福建福昕软件开发股份有限公司"]),
    ("Trend Micro", ["Trend Micro, Inc.", "トレンドマイクロ株式会社", "趨勢科技股份有限公司"]),
    ("AhnLab", ["AhnLab, Inc.", "(주)안랩", "주식회사 안랩"]),
    ("Huawei", ["Huawei Technologies Co., Ltd.", "华为技术有限公司"]),
    ("Deepin", ["deepin", "武汉深之度科技有限公司"]),
    ("Kylin", ["KylinSoft Corporation", "麒麟软件有限公司"]),
    ("Doctor Web", ["Doctor Web, Ltd.", "ООО «Доктор Веб»"]),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(("maker", "spellings"), TWINS, ids=lambda value: value if isinstance(value, str) else "")
def test_twins_name_one_maker(engine: Engine, maker: str, spellings: list[str]) -> None:
    found = engine.makers(spellings)
    assert {spelling: {engine.compiled.vendors[index].name for index in found[spelling] or ()} for spelling in spellings} == {
        spelling: {maker} for spelling in spellings
    }
