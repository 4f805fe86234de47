"""One small city and its forms, made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.unit.forms.estate import city

from licmatch import Engine, Result
from licmatch.forms import load_definitions
from licmatch.forms.figures import figures
from licmatch.forms.making import Making
from licmatch.forms.write import write_forms


@pytest.fixture(scope="session")
def result(engine: Engine) -> Result:
    return city(engine)


@pytest.fixture(scope="session")
def making(result: Result, engine: Engine) -> Making:
    definitions = load_definitions()
    return Making(figures(result, engine, definitions), definitions)


@pytest.fixture(scope="session")
def folder(result: Result, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("forms") / "forms"
    write_forms(result, out, engine=engine, definitions=load_definitions())
    return out


@pytest.fixture(scope="session")
def needs_tool_once() -> Callable[[str], str]:
    """Return where a program is, or skip, for fixtures that live longer than a test."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"the program {name} is not installed")
        return path

    return find


@pytest.fixture(scope="session")
def sheet() -> Callable[..., list[list[object]]]:
    """Return the cells of a workbook's sheet, the first where none is named."""

    def read(path: Path, name: str | None = None) -> list[list[object]]:
        book = CalamineWorkbook.from_path(path)
        return book.get_sheet_by_name(name or book.sheet_names[0]).to_python(skip_empty_area=False)

    return read
