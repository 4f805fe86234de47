"""How many names come back that were read with the wrong table: corrupt, repair, compare; and what happens to names that are in order.

    python benchmarks/accuracy/mojibake.py [--names FILE...] [--count 2000] [-o bench-out/mojibake.json] [--show 20]

Names come from files given (text, or JSON lines with a field `name`, gzip too) and from a generator of its own, seeded, for Chinese on
both sides of the strait, Japanese, Korean, Russian, German, French and Spanish. A name is corrupted in every way that loses nothing:
written in UTF-8 and in each code page of its own language that holds it (`--any-code-page`: in every code page that holds it, a Korean
one for Chinese too), read as Latin-1, cp1252 (browsers' too) or GBK, and the same kept in UTF-8 and read wrongly once more.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from licmatch.normalize.mojibake import damaged, repair

# Words of the generator: not those of the model, places, trades and things rather than kinds of software.
PARTS = {
    "zh-CN": (
        "青岛 太原 昆明 长沙 兰州 合肥 宁波 江苏 浙江 湖南 云南 晨光 同方 启明 蓝凌 用友 东软 金蝶 鸿业 中望 博思 久其 "
        "超星 方正 天正 广联达 浪潮 新点 致远 鲁班",
        "招标 采购 图书 病历 仓库 题库 地籍 水文 气象 粮食 车辆 户籍 检验 试卷 排课 公积金 社保 工资 合同 物业 校车 "
        "消防 林权 宗地 钢筋 桥梁 隧道 药房 彩票 票据",
        "查询 录入 汇总 上报 核算 统计 打印 生成 采集 审核 归档 比对 编制 预览 校对 分发 结算 登记",
        "软件 系统 平台 助手 终端 客户端 程序 工具箱",
    ),
    "zh-TW": (
        "臺中 新竹 花蓮 桃園 精誠 鼎新 訊連 友立 趨勢 華碩 宏碁 凌群 叡揚 文鼎 倚天 蒙恬 遠傳 聯強 網擎 資通",
        "發票 倉儲 圖書 病歷 薪資 車籍 地政 課表 採購 會計 選課 戶政 保險 票據 訂單 樂譜 藥品 證照 郵遞 氣象",
        "查詢 輸入 彙整 申報 核算 統計 列印 產生 蒐集 審核 歸檔 編輯 預覽 校對 結算 登錄",
        "軟體 系統 平台 助理 精靈 程式 工具箱 元件",
    ),
    "ja": (
        "富士通 日立 東芝 弥生 勘定奉行 かんたん らくらく すぐに使える みんなの ジャスト オリコン パナソニック ヤマハ "
        "三菱 住友 横浜 名古屋",
        "家計簿 給与 請求書 名刺 はがき 地図 時刻表 レシピ ピアノ ギター 学習 英会話 写真 アルバム 在庫 見積 医療 図書館 ラベル バーコード",
        "作成 整理 検索 変換 入力 共有 計算 読取 取込 再生 録画 転送",
        "ソフト ナビ プレーヤー マネージャ キット ビューア ステーション アシスト",
    ),
    "ko": (
        "삼성 엘지 한컴 더존 영림원 이카운트 대전 광주 제주 현대 롯데 신세계 국세청 우체국 티맥스 지니언스 파수 마크애니",
        "회계 급여 재고 도서 진료 차량 지도 학습 영어 악보 사진 앨범 주소록 명함 택배 홈택스 연말정산 증권 보험 수강신청",
        "조회 입력 집계 신고 계산 출력 생성 수집 검사 편집 변환 전송",
        "프로그램 시스템 도우미 뷰어 매니저 플레이어 관리기 키트",
    ),
    "ru": (
        "Сибирь Волга Уральский Московский Казанский Парус Галактика Контур Гарант Астрал Северный Доктор Магнит Ростелеком Тензор Рубин",
        "Зарплата Склад Кадры Аптека Библиотека Расписание Смета Чертёж Налоговая Кассовый Словарь Школьный Почтовый "
        "Городской Музыкальный Карты",
        "учёт отчётность расчёт печать анализ поиск перевод просмотр обмен журнал контроль подпись",
        "Плюс Мастер Профи Сервис Клиент Архив Портал Агент",
    ),
    "de": (
        "Müller Größe Büro Grün Schön Jäger Köln",
        "Übersicht Prüfung Verknüpfung Wörterbuch Löhne Gebühren Straße",
        "für",
        "Schüler Ärzte Häuser Züge",
    ),
    "fr": (
        "Éditeur Générateur Médiathèque Réseau Crédit",
        "Sécurité Élève Numérique Bibliothèque Trésorerie",
        "à",
        "Écran Déclaration Été Façade",
    ),
    "es": (
        "Código Señal Gestión Español Película",
        "Matemáticas Nómina Contraseña Año Facturación",
        "según",
        "Niño Jardín Teléfono Diseño",
    ),
}
SPACED = {"ko", "ru", "de", "fr", "es"}
WRITTEN = ("gbk", "big5", "cp932", "euc_kr", "cp1251", "utf-8")
READ = ("latin-1", "cp1252", "whatwg", "gb18030")


def generated(seed: int, each: int) -> Iterator[str]:
    """Yield plausible names, `each` of a language, the same for the same seed."""
    draw = random.Random(seed)
    for language, parts in PARTS.items():
        columns = [part.split() for part in parts]
        for _ in range(each):
            words = [draw.choice(column) for column in columns[draw.randrange(2) :][: draw.choice((2, 3, 4))]]
            name = (" " if language in SPACED else "").join(words)
            tail = draw.choice(
                ("", "", "", f" {draw.randint(1, 12)}.{draw.randint(0, 9)}", " Pro", f" V{draw.randint(1, 9)}", " (x64)", " 2019")
            )
            head = draw.choice(("", "", "", "", "Microsoft ", "Office ", "e-"))
            if not name.isascii():
                yield head + name + tail


def listed(file: Path) -> Iterator[str]:
    raw = file.read_bytes()
    for line in (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode("utf-8").splitlines():
        text = line.strip()
        if text.startswith("{"):
            text = json.loads(text).get("name") or ""
        if text and not text.isascii():
            yield text


def read_as(raw: bytes, table: str) -> str | None:
    """Return bytes read by a wrong table, or nothing if the table cannot hold them or would lose something."""
    if table == "whatwg":
        return "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in raw)
    try:
        text = raw.decode(table)
        return text if text.encode(table) == raw else None
    except UnicodeError:
        return None


def own_code_pages(name: str) -> set[str]:
    """Return what a name of this script was really written in: kana in Shift-JIS, Hangul in EUC-KR, Han alone in GBK or Big5."""
    if any("\uac00" <= char <= "\ud7a3" for char in name):
        return {"utf-8", "euc_kr"}
    if any("\u3040" <= char <= "\u30fa" for char in name):
        return {"utf-8", "cp932"}
    if any("\u0400" <= char <= "\u04ff" for char in name):
        return {"utf-8", "cp1251"}
    return {"utf-8", "gbk", "big5"} if any("\u3400" <= char <= "\u9fff" for char in name) else {"utf-8"}


def corruptions(name: str, code_pages: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (way, spoilt name) for every reversible way, once and twice over."""
    seen = {name}
    for written in WRITTEN:
        if written not in code_pages:
            continue
        try:
            raw = name.encode(written)
            if raw.decode(written) != name:
                continue
        except UnicodeError:
            continue
        for read in READ:
            once = read_as(raw, read)
            if once is None or once in seen or (written == "gbk" and read == "gb18030"):
                continue
            seen.add(once)
            yield f"{written}>{read}", once
            for again in READ:
                twice = read_as(once.encode("utf-8"), again)
                if twice is not None and twice not in seen:
                    seen.add(twice)
                    yield f"{written}>{read}>utf-8>{again}", twice


def cjk(name: str) -> int:
    return sum("\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", type=Path, nargs="*", default=[], help="files of real names")
    parser.add_argument("--clean", type=Path, nargs="*", default=[], help="files of names that are in order (mojibake in them is listed)")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--any-code-page", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()

    real = sorted({name for file in options.names for name in listed(file)})
    column = pl.Series(real, dtype=pl.String)
    # What is mojibake or damaged already is no truth to come back to.
    real = column.filter((repair(column) == column) & ~damaged(column)).to_list()
    own = list(dict.fromkeys(generated(options.seed, options.count)))
    draw = random.Random(options.seed)
    draw.shuffle(own)
    names = real[: options.count] + own[: max(0, options.count - len(real))]

    cases = [
        (way, name, spoilt)
        for name in names
        for way, spoilt in corruptions(name, WRITTEN if options.any_code_page else own_code_pages(name))
    ]
    start = time.perf_counter()
    answers = repair(pl.Series([spoilt for _, _, spoilt in cases], dtype=pl.String)).to_list()
    seconds = time.perf_counter() - start
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    shown = Counter[str]()
    for (way, name, spoilt), answer in zip(cases, answers, strict=True):
        what = "repaired" if answer == name else "left" if answer == spoilt else "wrong"
        size = "four" if cjk(name) >= 4 else "less"
        counts[f"all {size}"][what] += 1
        counts[f"{way} {size}"][what] += 1
        if what != "repaired" and (what == "wrong" or size == "four") and shown[way + what] < options.show:
            shown[way + what] += 1
            print(what, way, repr(name), repr(spoilt), repr(answer))
    table = {
        key: {what: round(count[what] / count.total(), 5) for what in ("repaired", "left", "wrong")} | {"cases": count.total()}
        for key, count in sorted(counts.items())
    }
    for key, row in table.items():
        print(f"{key:40}", row)
    total = sum((counts["all four"], counts["all less"]), Counter[str]())
    result = {
        "names": len(names),
        "real": len(real[: options.count]),
        "cases": len(cases),
        "wrong": round(total["wrong"] / max(1, len(cases)), 5),
        "us_per_case": round(seconds / max(1, len(cases)) * 1e6, 1),
        "ways": table,
    }
    clean = pl.Series(sorted({name for file in options.clean for name in listed(file)}), dtype=pl.String)
    if clean.len():
        changed = clean.filter(repair(clean) != clean).to_list()
        result["clean_changed"] = changed
        print("clean names changed:", changed)
    print({key: value for key, value in result.items() if key != "ways"})
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
