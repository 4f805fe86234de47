"""Forms from a result: its counts, totals that add up at every level, texts that stay texts, a folder that is whole or not there."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.forms.estate import DEVICES_OF, city, entitlements

from licmatch import Engine, Result
from licmatch.errors import InputError, ResultError, UsageError
from licmatch.forms import load_definitions, load_records
from licmatch.forms.figures import figures
from licmatch.forms.making import Making
from licmatch.forms.summary import is_done, summaries
from licmatch.forms.survey import surveys
from licmatch.forms.write import BUILDERS, write_forms

F2_COUNTS = [c.field for p in load_definitions().forms["F2"].part for c in p.columns if c.total == "sum"]


def test_every_form_of_the_definitions_is_drawn_up() -> None:
    assert list(BUILDERS) == sorted(load_definitions().read_here())


def test_a_survey_counts_what_the_result_scores(making: Making, result: Result) -> None:
    for filled in surveys(making):
        assert filled.unit_id is not None
        scored = result.scores.row(by_predicate=pl.col("unit_id") == filled.unit_id, named=True)
        people, rows = filled.first("people"), filled.rows("software")
        assert (people["computers_total"], people["computers_in_use"]) == (scored["devices"], scored["in_use"])
        for field, name in (
            ("installed", "installed"),
            ("genuine", "genuine"),
            ("pirated", "not_genuine"),
            ("undetermined", "undetermined"),
        ):
            assert sum(row[field] for row in rows) == sum(scored[f"{category}_{name}"] for category in ("os", "office", "antivirus"))


def test_computers_stand_under_their_kind_and_idle_ones_count_but_have_no_software(making: Making) -> None:
    by_unit = {filled.unit_id: filled for filled in surveys(making)}
    own = by_unit["C-1"].first("people")
    assert [own[name] for name in ("servers", "desktops", "laptops", "others", "computers_total")] == [1, 1, 1, 0, 3]
    assert by_unit["K1-2"].first("people")["others"] == 1, "a virtual machine is neither server, desktop nor laptop"
    assert by_unit["K1-T"].first("people")["others"] == 1, "a computer of no known kind is not made a desktop"
    county = by_unit["K1-1"].first("people")
    assert (county["computers_total"], county["computers_in_use"]) == (2, 1)
    assert not any("2010" in str(row["version_edition"]) for row in by_unit["K1-1"].rows("software"))


def test_servers_have_their_own_class_and_licences_their_row(making: Making) -> None:
    rows = {row["product_name"]: row for row in {f.unit_id: f for f in surveys(making)}["C-1"].rows("software")}
    assert rows["Windows Server 2019"]["class"] == "服务器操作系统"
    assert rows["Windows 10"]["class"] == "操作系统"
    assert rows["WPS Office"]["licence_count"] == 5
    assert rows["Windows 10"]["licence_count"] is None


def test_the_rows_of_a_summary_add_up_to_what_stands_above(making: Making, result: Result) -> None:
    by_unit = {filled.unit_id: filled for filled in summaries(making)}
    assert list(by_unit) == ["C", "K1"]
    rows = {row["jurisdiction"]: row for row in by_unit["C"].rows("summary")}
    assert list(rows) == ["湛江市本级", "遂溪县", "湛江经济技术开发区"]
    assert [row["jurisdiction"] for row in by_unit["K1"].rows("summary")] == ["遂溪县本级", "城月镇人民政府"]
    total = by_unit["K1"].blocks["summary"].total
    assert total is not None
    for field in F2_COUNTS:
        assert total[field] == rows["遂溪县"].get(field), field
    top = by_unit["C"].blocks["summary"].total
    assert top is not None
    for field in F2_COUNTS:
        known = [row[field] for row in rows.values() if row.get(field) is not None]
        assert top.get(field) == (sum(known) if known else None), field
    scored = result.scores.row(0, named=True)
    assert (top["computers_total"], top["os_installed"]) == (scored["devices"], scored["os_genuine"])
    assert float(top["os_rate"]) == pytest.approx(100 * scored["os_genuine"] / scored["os_installed"], abs=0.005)


def test_a_unit_is_done_only_when_nothing_is_open(making: Making) -> None:
    assert not is_done(making, "C-1")
    assert not is_done(making, "C"), "a unit without computers of its own has not been surveyed because others were"


def test_records_fill_in_what_no_scan_knows_and_every_level_has_them(result: Result, engine: Engine) -> None:
    records = load_records(
        {
            "training": [{"unit_id": "K1-T", "date": "2005-10-12", "topic": "软件操作", "attended": 38}],
            "group": [{"unit_id": "K1", "established_on": "2005-06-18", "document_no": "湛府办函[2004]86号"}],
            "fund": [{"unit_id": "C", "software_cost": "123456.78", "work_cost": "5000", "source": "当年预算"}],
            "purchase": [{"unit_id": "K1-1", "category": "office", "quantity": 12, "amount": "4800", "origin": "domestic"}],
        }
    )
    definitions = load_definitions()
    by_unit = {f.unit_id: f for f in summaries(Making(figures(result, engine, definitions), definitions, records))}
    city_rows = {row["jurisdiction"]: row for row in by_unit["C"].rows("summary")}
    county = city_rows["遂溪县"]
    assert (county["training_sessions"], county["trainees"], county["group_established"]) == (1, 38, "是")
    assert (county["office_bought"], county["office_existing"], county["dom_qty"]) == (12, None, 12)
    assert "group_established" not in city_rows["湛江市本级"], "a county's group is not the city's"
    top = by_unit["C"].blocks["summary"].total
    assert top is not None
    assert (str(top["software_cost"]), str(top["work_cost"]), str(top["amount_wan"])) == ("12.345678", "0.5", "0.48")


def test_records_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="do not fit"):
        load_records({"training": [{"unit_id": "C"}]})
    with pytest.raises(InputError, match="negative"):
        load_records({"inspected": [{"unit_id": "C", "units": 1, "computers": -1, "passed": 0}]})


def test_same_result_same_bytes_whatever_the_order(result: Result, engine: Engine, folder: Path, tmp_path: Path) -> None:
    shuffled = city(engine, DEVICES_OF[::-1])
    write_forms(shuffled, tmp_path / "again", engine=engine, definitions=load_definitions())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            assert (tmp_path / "again" / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name


def test_nothing_in_a_workbook_is_a_formula(folder: Path) -> None:
    books = sorted(folder.rglob("*.xlsx"))
    assert len(books) == len(BUILDERS)
    held = ""
    for book in books:
        with zipfile.ZipFile(book) as archive:
            for name in archive.namelist():
                text = archive.read(name).decode("utf-8", errors="replace")
                assert not re.search(r"<f[ >]", text), f"{book.name}/{name}"
                held += text if name.endswith("sharedStrings.xml") else ""
    assert "=PC-05" in held, "a name that looks like a formula stands there as a text"


def test_forms_are_ready_to_print(folder: Path) -> None:
    for book in sorted(folder.rglob("*.xlsx")):
        with zipfile.ZipFile(book) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
            names = archive.read("xl/workbook.xml").decode()
        assert re.search(r'<pageSetup paperSize="[89]" [^>]*orientation="landscape"', sheet), book.name
        assert "_xlnm.Print_Titles" in names, f"{book.name} repeats no row on its pages"
        assert "<oddFooter>" in sheet


def test_english_labels_stand_under_the_chinese_headers(
    result: Result, engine: Engine, tmp_path: Path, sheet: Callable[..., list[list[object]]]
) -> None:  # fmt: skip
    write_forms(result, tmp_path / "en", engine=engine, definitions=load_definitions(), only=["F1", "F2"], lang="en")
    cells = {str(cell) for row in sheet(next((tmp_path / "en").glob("F1_*"))) for cell in row}
    assert "编制人数\nStaff quota" in cells
    assert "正版来源\nSource of the genuine ones" in cells


def test_a_mapping_renames_and_reorders_and_calls_nothing_reconstructed(
    result: Result, engine: Engine, tmp_path: Path, sheet: Callable[..., list[list[object]]]
) -> None:  # fmt: skip
    order = [column.field for column in load_definitions().forms["F7"].part[0].columns][::-1]
    mapping = tmp_path / "own.toml"
    mapping.write_text(
        f'[F7]\ntitle = "培训情况登记表"\nreal = true\n[F7.columns]\nattended = "实到人数"\n[F7.order]\nsessions = {order}\n',
        encoding="utf-8",
    )
    write_forms(result, tmp_path / "own", engine=engine, definitions=load_definitions(mapping), only=["F7"])
    rows = sheet(next((tmp_path / "own").glob("F7_*")))
    assert rows[0][0] == "培训情况登记表"
    assert [cell for cell in rows[2] if cell] == ["签到表", "讲师", "实到人数", "应到", "对象", "主题", "日期"]
    assert not any("重构" in str(cell) for row in rows for cell in row)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[F77]\ntitle = "x"', "no form is called"),
        ('[F7.columns]\nnothing = "x"', "has no column 'nothing'"),
        ('[F7.order]\nsessions = ["date"]', "must name each field once"),
        ("[F7]\nreal = 7", "does not fit"),
        ("[F7", "is not TOML"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(text: str, said: str, tmp_path: Path) -> None:
    mapping = tmp_path / "own.toml"
    mapping.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_definitions(mapping)


def test_what_was_filled_in_is_not_written_over(result: Result, engine: Engine, tmp_path: Path) -> None:
    def again() -> None:
        write_forms(result, tmp_path / "forms", engine=engine, definitions=load_definitions(), only=["F7", "F8"])

    again()
    again()
    path = next((tmp_path / "forms").glob("F7_*"))
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ResultError, match="was filled in or changed"):
        again()
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "mine.txt").write_text("x")
    with pytest.raises(ResultError, match="holds no forms"):
        write_forms(result, tmp_path / "else", engine=engine, definitions=load_definitions(), only=["F7"])
    with pytest.raises(UsageError, match="no form is called"):
        write_forms(result, tmp_path / "new", engine=engine, definitions=load_definitions(), only=["F99"])
    assert not (tmp_path / "new").exists()


def test_a_form_that_does_not_add_up_is_never_written(result: Result, engine: Engine, tmp_path: Path) -> None:
    wrong = result.scores.with_columns(pl.col("os_genuine") + 1)
    with pytest.raises(ResultError, match="the forms count"):
        write_forms(replace(result, scores=wrong), tmp_path / "out", engine=engine, definitions=load_definitions(), only=["F7"])
    assert not (tmp_path / "out").exists()
    # A genuine verdict that no source of the form takes breaks I3 on the very sheet.
    strange = result.installations.with_columns(
        verdict=pl.when(pl.col("state") == "genuine").then(pl.lit("genuine_unheard_of")).otherwise("verdict")
    )
    with pytest.raises(ResultError, match=r"form F1 does not add up: I3 at 湛江市财政局!E\d+"):
        write_forms(replace(result, installations=strange), tmp_path / "out", engine=engine, definitions=load_definitions(), only=["F1"])
    assert not (tmp_path / "out").exists()


def test_many_units_make_a_workbook_for_each_jurisdiction(
    result: Result, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("licmatch.forms.write.SHEETS", 2)
    written = write_forms(result, tmp_path / "out", engine=engine, definitions=load_definitions(), only=["F1"]).files
    names = [name.partition("/")[2] for name in written]
    assert names == ["C_湛江市.xlsx", "K1_遂溪县_1.xlsx", "K1_遂溪县_2.xlsx"]
    assert sum(sheets for _, sheets in written.values()) == 5


def test_an_upgrade_writes_two_records(engine: Engine, tmp_path: Path) -> None:
    def on_pc(office: str) -> list[Any]:
        return [("PC-01", "C-1", "desktop", "yes", "Microsoft Windows 10 专业版", [office]), *DEVICES_OF[1:]]

    before, after = city(engine, on_pc("Microsoft Office 标准版 2016")), city(engine, on_pc("Microsoft Office 标准版 2019"))
    definitions = load_definitions()
    making = Making(figures(after, engine, definitions), definitions, earlier=before.installations)
    sheets = {filled.name: filled for filled in BUILDERS["F3c"](making)}
    assert set(sheets) == {"Microsoft Office 2016 Standard", "Microsoft Office 2019 Standard"}
    old, new = (sheets[f"Microsoft Office {year} Standard"].rows("records") for year in (2016, 2019))
    assert [(row["action"], row["device_id"], str(row["date"])) for row in old] == [("卸载", "PC-01", "2026-11-30")]
    assert [(row["action"], row["device_id"]) for row in new] == [("安装", "PC-01")]
    assert "升级为 Microsoft Office 2019 Standard" in old[0]["remarks"]
    assert "由 Microsoft Office 2016 Standard 升级" in new[0]["remarks"]


def test_the_register_has_every_lot(result: Result, engine: Engine) -> None:
    definitions = load_definitions()
    making = Making(figures(result, engine, definitions), definitions, entitlements=_typed(entitlements()))
    rows = [row for filled in BUILDERS["F3d"](making) for row in filled.rows("licences")]
    assert {(row["licence_no"], row["quantity"], row["licence_mode"]) for row in rows} == {("L-1", 5, "按设备"), ("L-2", 3, "按设备")}


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    from licmatch.schema import ENTITLEMENTS

    missing = [pl.lit(None, dtype).alias(name) for name, dtype in ENTITLEMENTS.items() if name not in frame.columns]
    return frame.with_columns(missing).select(*ENTITLEMENTS)
