"""Every form as a spreadsheet program prints it: pages, paper, and every text of every cell on them."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from licmatch import Engine, Result
from licmatch.forms import load_definitions
from licmatch.forms.write import BUILDERS, write_forms

A3, A4 = (1191, 842), (842, 595)
FORMS = load_definitions().forms


@pytest.fixture(scope="module")
def printed(result: Result, engine: Engine, tmp_path_factory: pytest.TempPathFactory, needs_tool_once: Callable[[str], str]) -> Path:
    """Return a folder with a PDF of each form, named by it; one run of the program prints all."""
    place = tmp_path_factory.mktemp("printed")
    write_forms(result, place / "forms", engine=engine, definitions=load_definitions())
    books = []
    for path in sorted((place / "forms").glob("*.xlsx")):
        books.append(str(path.rename(place / f"{path.name.split('_')[0]}.xlsx")))
    program = needs_tool_once("soffice")
    done = subprocess.run(
        [program, f"-env:UserInstallation=file://{place}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(place / "pdf"), *books], capture_output=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return place


def text_of(pdf: Path, tool: str) -> str:
    done = subprocess.run([tool, "-layout", str(pdf), "-"], capture_output=True, timeout=120, check=True)
    return done.stdout.decode("utf-8")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.slow
@pytest.mark.parametrize("key", BUILDERS)
def test_each_form_prints_on_its_paper_with_all_its_texts(
    key: str, printed: Path, needs_tool: Callable[[str], str], sheet: Callable[..., list[list[object]]]
) -> None:  # fmt: skip
    from python_calamine import CalamineWorkbook

    pdf = printed / "pdf" / f"{key}.pdf"
    info = subprocess.run([needs_tool("pdfinfo"), str(pdf)], capture_output=True, check=True).stdout.decode()
    size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", info)
    assert size is not None
    wide, high = A3 if FORMS[key].paper == "A3" else A4
    assert abs(float(size[1]) - wide) < 2 and abs(float(size[2]) - high) < 2  # noqa: PT018
    names = CalamineWorkbook.from_path(printed / f"{key}.xlsx").sheet_names
    pages = int(re.search(r"Pages:\s+(\d+)", info)[1])  # type: ignore[index]
    each = 2 if FORMS[key].break_before or key == "F6a" else 1
    # A small office's form is one page (the two wide ones are two across, the report two long): no page for a last line.
    assert pages == each * len(names), f"{pages} pages for {len(names)} sheets"
    text = squeezed(text_of(pdf, needs_tool("pdftotext")))
    assert "##" not in text, "a number is wider than its column"
    wanted: Counter[str] = Counter()
    for name in names:
        for row in sheet(printed / f"{key}.xlsx", name):
            wanted.update("".join(squeezed(cell) for cell in row if isinstance(cell, str)))
    # Wrapped lines of neighbouring cells run into each other in a PDF, so letters are counted: every one of every cell is there.
    lost = wanted - Counter(text)
    assert not lost, lost


@pytest.mark.slow
def test_headers_stand_again_on_every_page(printed: Path, needs_tool: Callable[[str], str], engine: Engine, tmp_path: Path) -> None:
    from tests.unit.forms.estate import city

    many = [(f"PC-{at:03d}", "C-1", "desktop", "yes", "Microsoft Windows 10 专业版", ["WPS Office 2019 专业版"]) for at in range(120)]
    write_forms(city(engine, many), tmp_path / "forms", engine=engine, definitions=load_definitions(), only=["F3f"])
    path = next((tmp_path / "forms").glob("F3f*"))
    subprocess.run(
        [needs_tool("soffice"), f"-env:UserInstallation=file://{printed}/profile", "--headless", "--convert-to", "pdf", "--outdir",
         str(tmp_path), str(path)], capture_output=True, timeout=300, check=True,
    )  # fmt: skip
    pages = text_of(tmp_path / f"{path.stem}.pdf", needs_tool("pdftotext")).split("\f")[:-1]
    assert len(pages) >= 3
    assert all("上网网卡MAC地址" in squeezed(page) or "计算机名称" in squeezed(page) for page in pages)
