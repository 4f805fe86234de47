"""Headers letter by letter: the regulation's, the fixture's, the definitions' and those on the sheets are the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from licmatch.forms import load_definitions
from licmatch.forms.definition import Form

HEADERS = tomllib.loads((Path(__file__).parent / "headers.toml").read_text(encoding="utf-8"))
REGULATION = Path(__file__).parents[4] / "shared" / "facts" / "regulation" / "REGULATION.md"
FORMS = load_definitions().forms
# What stands in the paragraphs of the regulation beside headers: titles, words of its own, examples in brackets.
BESIDE = re.compile(
    r"\*\*.*?\*\*|\[[^\]]*\]|\((?:title|yearly|per |one sheet|columns|V |handover|serial|GB)[^)]*\)"
    r"|随机预装软件 rows|免费软件 rows|商业软件 rows|Rule V: .*?$|Real columns .*?$|\(服务器/台式/便携\)|Russian .*?$|for each of|then|and",
    re.MULTILINE,
)


def names(form: Form, part_id: str, *, beyond: bool) -> list[str]:
    part = next(part for part in form.part if part.id == part_id)
    return [(f"{c.group}|" if c.group and not beyond else "") + c.zh for c in part.columns if c.beyond is beyond]


@pytest.mark.parametrize("key", FORMS)
def test_definitions_have_the_headers_of_the_fixture(key: str) -> None:
    form = FORMS[key]
    expected = {name: value for name, value in HEADERS[key].items() if name != "title"}
    assert form.zh == HEADERS[key]["title"]
    made = {part.id: names(form, part.id, beyond=False) for part in form.part}
    made |= {f"{part.id}_beyond": own for part in form.part if (own := names(form, part.id, beyond=True))}
    assert made == expected


@pytest.mark.parametrize("key", load_definitions().read_here())
def test_sheets_have_the_headers_of_the_definitions(key: str, folder: Path, sheet: Callable[..., list[list[object]]]) -> None:
    form = FORMS[key]
    path = next(folder.rglob(f"{key}_*.xlsx"))
    cells = [cell for row in sheet(path) for cell in row if isinstance(cell, str) and cell]
    assert cells[0] == form.zh
    wanted = [column.zh for part in form.part for column in part.columns] + [c.group for p in form.part for c in p.columns if c.group]
    assert [name for name in wanted if name not in cells] == []
    # In their order, part by part: a header that is there twice is there twice.
    for part in form.part:
        if part.layout == "table" and not part.grouped:
            row = next(row for row in sheet(path) if part.columns[0].zh in row and part.columns[-1].zh in row)
            assert [cell for cell in row if cell] == [column.zh for column in part.columns]


def test_what_is_reconstructed_says_so(folder: Path, sheet: Callable[..., list[list[object]]]) -> None:
    rows = sheet(next(folder.rglob("F1_*.xlsx")))
    at = next(place for place, row in enumerate(rows) if "安装数量" in row)
    marks = next(row for row in rows[at + 1 :] if "重构" in row)
    for column in FORMS["F1"].part[2].columns:
        place = next(place for row in rows[at : at + 2] for place, cell in enumerate(row) if cell == column.zh)
        assert (marks[place] == "重构") is column.reconstructed, column.zh
    assert any("重构表式" in str(cell) for cell in rows[1])


def regulation() -> str:
    if not REGULATION.is_file():
        pytest.skip("NO REGULATION: the dossier does not stand beside this checkout; headers.toml was checked against it where it does")
    return REGULATION.read_text(encoding="utf-8").split("\n## 4. ")[1].split("\n## 5. ")[0]


def table_headers(section: str) -> list[str]:
    """The headers of a table of the dossier: a cell of several fields is several headers, `group: a / b`."""
    made: list[str] = []
    five: list[str] = []
    for row in re.findall(r"^\| (.+?) \| (.+?) \| .*$", section, re.MULTILINE):
        said, fields = row
        if said in ("中文", "中文表头") or set(said) == {"-"}:
            continue
        if "same five" in said:
            made += [f"{said.split(':')[0]}|{each}" for each in five]
            continue
        count = len(re.findall(r"[a-z][a-z0-9_]*", re.sub(r"\(.*?\)", "", fields)))
        if fields == "signature block":
            made += said.split("、")
            continue
        if count == 1:
            made.append(said)
            continue
        for piece in said.split("; "):
            group, colon, rest = piece.partition(": ")
            parts = re.split(r" / |、", rest if colon else piece)
            made += [f"{group}|{part}" if colon else part for part in parts]
            five = parts if len(parts) == 5 else five
    return made


@pytest.mark.ci_may_skip("the regulation dossier is not part of the project; headers.toml is, and is always checked")
@pytest.mark.parametrize(("key", "section"), [("F1", "### 4.1"), ("F2", "### 4.2")])
def test_the_regulation_has_the_headers_of_the_survey_and_the_summary(key: str, section: str) -> None:
    text = regulation().split(section)[1].split("\n### ")[0]
    wanted = [name for part, listed in HEADERS[key].items() if part != "title" and not part.endswith("_beyond") for name in listed]
    assert sorted(table_headers(text)) == sorted(wanted)


@pytest.mark.ci_may_skip("the regulation dossier is not part of the project; headers.toml is, and is always checked")
@pytest.mark.parametrize("key", [key for key in FORMS if key not in ("F1", "F2", "F6c", "F8", "F9")])
def test_the_regulation_has_the_headers_of_the_other_forms_and_no_other(key: str) -> None:
    found = re.search(rf"^(?:- )?(?:\*\*)?{key} .*?(?=\n\n|\n- \*\*|\n\*\*F|\nF\d|\Z|(?<=\. )F8 )", regulation(), re.MULTILINE | re.DOTALL)
    assert found is not None
    text = found.group(0).split(" F8 ")[0]
    assert HEADERS[key]["title"] in text
    rest = text.replace(HEADERS[key]["title"], " ", 1)
    every = [name for part, listed in HEADERS[key].items() if part != "title" and not part.endswith("_beyond") for name in listed]
    for name in sorted({word for header in every for word in header.split("|")}, key=len, reverse=True):
        assert name in text, f"{name} is not in the regulation"
        rest = rest.replace(name, " ")
    left = re.findall(r"[\u4e00-\u9fff]+", BESIDE.sub(" ", rest))
    assert set(left) <= ALLOWED.get(key, set()), left


# Words of a paragraph that are no header: titles of sections, values, references to other forms.
ALLOWED = {
    "F4d": {"广东", "安装工作计划表"},  # a form of a handbook that is only mentioned
    "F6b": {"问题清单", "通报批评"},  # the title of its table, and what happens afterwards
    "F7": {"著作权保护", "软件操作", "软件资产管理"},  # the topics
}
