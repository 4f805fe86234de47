"""The encoding is found from all bytes, whatever their order."""

from __future__ import annotations

import pytest

from licmatch.ingest.encoding import decide_encoding, decode

CHINESE = "软件名称,版本,发布者\n微信,3.9,腾讯科技(深圳)有限公司\n搜狗输入法 9.6正式版,9.6,Sogou.com\n"
TAIWAN = "軟體名稱,版本\n微軟輸入法,1\n網路安全軟體,2\n防毒軟體企業版,3\n資料庫管理程式,4\n"
JAPANESE = "ソフトウェア名,バージョン\n一太郎ビューア,1\nウイルスバスター,2\n筆まめの辞書,3\n"
KOREAN = "소프트웨어 이름,버전\n한글과컴퓨터 오피스,2018\n알약 백신 프로그램,3\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (CHINESE, "utf-16-le"),
        (CHINESE, "utf-16-be"),
        (TAIWAN, "big5"),
        (JAPANESE, "shift_jis"),
        (KOREAN, "euc-kr"),
        ("a,b\n", "utf-8"),
        ("微信", "gb18030"),
        ("软件产品", "gb18030"),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    found = decide_encoding(data)
    assert decode(data, found) == (text, 0)
    assert found == encoding


def test_one_chinese_name_after_a_megabyte_of_english() -> None:
    data = b"7-Zip,23.01\n" * 100_000 + "搜狗输入法\n".encode("gb18030")
    assert decide_encoding(data) == "gb18030"


def test_what_no_encoding_holds_is_counted() -> None:
    data = "软件名称,搜狗输入法,腾讯科技有限公司,软".encode("gb18030")[:-1]
    text, lost = decode(data, decide_encoding(data))
    assert lost > 0
    assert "搜狗输入法" in text


def test_western_text_is_not_taken_for_chinese() -> None:
    text = "Éditeur,Société Générale de Paiement,Gestionnaire d'états,Système\n"
    assert decode(text.encode("windows-1252"), decide_encoding(text.encode("windows-1252")))[0] == text
