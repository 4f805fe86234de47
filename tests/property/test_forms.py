"""Forms: whatever stands on a form that adds up is read back, in either width of letters; what does not add up is always found."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from licmatch.forms import load_definitions
from licmatch.forms.cells import value_of
from licmatch.forms.checks import faults
from licmatch.forms.filled import Filled, block
from licmatch.forms.read import read_forms
from licmatch.forms.sheet import FormStyles, write_form
from licmatch.messages import message

DEFINITIONS = load_definitions()
F1 = DEFINITIONS.forms["F1"]
SOURCES = ("src_purchased", "src_oem", "src_allocated", "src_free")
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
# Text a form may hold: no key (it is cut), no line ends or blanks at its ends (a cell has none), and none of a form's own words.
TEXTS = (
    st.text("WPSOffice专业版浏览器=+@-<>&\"'0123456789 ", min_size=1, max_size=14)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: value_of(text, "text") is not None)
)
COUNTS = st.integers(0, 10**6)


@st.composite
def software(draw: st.DrawFn) -> dict[str, Any]:
    sources = {name: draw(COUNTS) for name in SOURCES}
    pirated, undetermined = draw(COUNTS), draw(COUNTS)
    genuine = sum(sources.values())
    return {
        "class": draw(st.sampled_from(["操作系统", "办公软件", "杀毒软件"])), "product_name": draw(TEXTS),
        "version_edition": draw(st.none() | TEXTS),
        "installed": genuine + pirated + undetermined, "genuine": genuine, "pirated": pirated, "undetermined": undetermined,
        "licence_count": draw(st.none() | COUNTS), **sources,
    }  # fmt: skip


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    kinds = {name: draw(COUNTS) for name in ("servers", "desktops", "laptops", "others")}
    total = sum(kinds.values())
    return kinds | {"computers_total": total, "computers_in_use": draw(st.integers(0, total)), "staff_quota": draw(st.none() | COUNTS)}


def survey(head: dict[str, Any], rows: list[dict[str, Any]]) -> Filled:
    values = {"head": [{"unit_name": "某局", "unit_id": "U-1"}], "people": [head], "software": rows, "demand": [], "sign": [{}]}
    return Filled(
        F1, "调查表", {part.id: block(part, values[part.id]) for part in F1.part}, "U-1", "某局", None, {"unit": "某局", "code": "U-1"}
    )


def written(filled: Filled, path: Path, lang: str = "zh") -> Path:
    memory = BytesIO()
    book = Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": date(2026, 11, 30)})
    write_form(book.add_worksheet("调查表"), FormStyles(book), filled, lang, lambda key, **values: message(f"forms.{key}", lang, **values))
    book.close()
    path.write_bytes(memory.getvalue())
    return path


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=people(), rows=st.lists(software(), max_size=6), lang=st.sampled_from(["zh", "en"]))
def test_what_is_written_is_read(head: dict[str, Any], rows: list[dict[str, Any]], lang: str, tmp_path: Path) -> None:
    filled = survey(head, rows)
    reading = read_forms([written(filled, tmp_path / "f1.xlsx", lang)], DEFINITIONS)
    assert faults(filled, DEFINITIONS.counting) == []
    assert (reading.faults, reading.rejected, reading.rows_in) == ([], [], 1 + len(rows))
    said = reading.forms[0]
    assert [{key: row[key] for key in wanted} for row, wanted in zip(said.rows("software"), rows, strict=True)] == rows
    assert {key: said.first("people")[key] for key in head} == head


@given(head=people(), rows=st.lists(software(), min_size=1, max_size=4), data=st.data())
def test_any_count_that_is_changed_is_found(head: dict[str, Any], rows: list[dict[str, Any]], data: st.DataObject) -> None:
    filled = survey(head, rows)
    row = filled.rows("software")[data.draw(st.integers(0, len(rows) - 1))]
    field = data.draw(st.sampled_from(["installed", "genuine", "pirated", "undetermined", *SOURCES]))
    row[field] += data.draw(st.integers(1, 100))
    assert {fault.check for fault in faults(filled, DEFINITIONS.counting)} & {"I2", "I3"}


@given(number=COUNTS, ending=st.sampled_from(["", ".0", ".00", "台", "套", " 个"]), wide=st.booleans(), comma=st.booleans())
def test_a_count_reads_however_it_is_written(number: int, ending: str, wide: bool, comma: bool) -> None:
    text = (f"{number:,}" if comma else str(number)) + ending
    assert value_of(text.translate(WIDE) if wide else text, "count") == number
