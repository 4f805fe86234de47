"""Rule files: what is read, and that every fault is told with its file and line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import CatalogError
from licmatch.rules import load, load_rules
from licmatch.rules.check import _fits
from licmatch.rules.records import EXEMPT, FLAG, MAX_FILE_BYTES, VERDICTS

SOUND = """\
schema = 1

[[rule]]
id = "T-1"
title = "a title"
title_zh = "标题"
about = "licence"
when = { channel = "Volume:GVLK", license_status = 1 }
any = [
    { kms_host_class = "loopback" },
    { kms_port = { above = 1688 } },
]
verdict = "cracked"
confidence = 0.95
evidence = "kms_host"
current = true
innocent = "a host"
innocent_zh = "主机"
sources = ["a page"]

[[rule.unless]]
id = "registered"
when = { kms_host_registered = true }
title = "registered"
title_zh = "已登记"

[[rule.example]]
activations = [{ channel = "Volume:GVLK", license_status = 1, kms_host = "127.0.0.2" }]
fires = true

[[rule.example]]
activations = [
    { channel = "Volume:GVLK", license_status = 1, kms_host = "127.0.0.2", repeat = 3 },
]
organisation = { kms_hosts = ["127.0.0.2"] }
fires = false
off_by = "registered"
why = "the owner registered it"
"""


def told(folder: Path, text: str, name: str = "a.toml") -> list[str]:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_rules(folder)
    return list(caught.value.faults)


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND, encoding="utf-8")
    (only,) = load_rules(tmp_path)
    assert (only.id, only.line, only.unless[0].id, len(only.any)) == ("T-1", 3, "registered", 2)
    assert only.example_lines == (line_of(SOUND, "[[rule.example]]"), 31)
    assert [each.id for each in load_rules(tmp_path / "a.toml")] == ["T-1"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("license_status = 1 }\nany", 'license_status = "1" }\nany', "when.license_status: '1' is not a whole number"),
        ('channel = "Volume:GVLK", license_status = 1 }\nany', 'chanel = "x" }\nany', "did you mean 'channel'?"),
        ("above = 1688", 'above = "x"', "any.1.kms_port.above: 'x' is not a whole number"),
        ("kms_host_registered = true", "kms_host_registered = 1", "unless.0.when.kms_host_registered: 1 is not true or false"),
        ('verdict = "cracked"', 'verdict = "pirated"', "there is no verdict 'pirated'"),
        ("confidence = 0.95", "confidence = 0.9", "cracked needs confidence 0.93"),
        ("confidence = 0.95", 'confidence = "high"', "Expected `float`, got `str`"),
        ("current = true\n", "current = false\n", "cracked needs confidence"),
        ('about = "licence"', 'about = "licences"', "there is no table of 'licences'"),
        ('id = "T-1"', 'id = "t1"', "is no id"),
        ('title = "a title"', 'titel = "a title"', "unknown field `titel`"),
        ('innocent_zh = "主机"\n', "", "stands in one language only"),
        ('sources = ["a page"]', "sources = []", "wants at least one source"),
        ('evidence = "kms_host"', 'evidence = "KMS host"', "is no kind of evidence"),
        ("current = true", 'category = "os"\ncurrent = true', "names its category"),
        ("current = true", 'flag = "end_of_support"\ncurrent = true', "`flag` stands with verdict"),
        ('off_by = "registered"', 'off_by = "register"', "names no `unless`"),
        ('why = "the owner registered it"', "", "says why"),
        ("repeat = 3", "repeat = 0", "wants a whole number above 0"),
        ("repeat = 3", "repeat = 30_000", "more than 20000 rows"),
        ('kms_host = "127.0.0.2", repeat', 'kms_hots = "127.0.0.2", repeat', "activations have no column 'kms_hots'"),
        ('kms_host = "127.0.0.2", repeat', "kms_host = 3, repeat", "3 does not fit the column"),
        ('kms_host = "127.0.0.2", repeat', 'listens_kms = "yes", repeat', "'yes' does not fit the column: Boolean"),
        ('kms_host = "127.0.0.2", repeat', 'kms_host = true, repeat', "True does not fit the column: String"),
        ('kms_host = "127.0.0.2", repeat', 'grace_minutes = true, repeat', "True does not fit the column: Int64"),
        ('kms_host = "127.0.0.2", repeat', f"grace_minutes = {-(2**63)}, repeat", "does not fit the column: Int64"),
        ("fires = true", "fires = true\nactivation = []", "unknown field `activation`"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_rule(tmp_path: Path, old: str, new: str, fault: str) -> None:
    text = SOUND.replace(old, new, 1)
    assert text != SOUND
    faults = told(tmp_path, text)
    assert any(fault in each for each in faults), faults
    placed = [re.match(rf"{tmp_path.name}/a\.toml:(\d+) ", each) for each in faults]
    assert all(placed)


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("above = 1688", 'above = "x"', "kms_port = "),
        ("kms_host_registered = true", "kms_host_registered = 1", "kms_host_registered"),
        ('verdict = "cracked"', 'verdict = "x"', "verdict ="),
        ('kms_host = "127.0.0.2", repeat', "kms_host = 3, repeat", "kms_host = 3"),
        ('off_by = "registered"', 'off_by = "x"', "off_by ="),
        ('title = "a title"', 'titel = "a title"', "titel ="),
    ],
)
def test_a_fault_is_told_at_the_line_of_its_key(tmp_path: Path, old: str, new: str, at: str) -> None:
    text = SOUND.replace(old, new, 1)
    (fault,) = told(tmp_path, text)
    assert fault.startswith(f"{tmp_path.name}/a.toml:{line_of(text, at)} ")


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text("schema = 1\n[[rule]]\nid = ", encoding="utf-8")
    (tmp_path / "c.toml").write_text("schema = 2\n", encoding="utf-8")
    (tmp_path / "d.toml").write_text(SOUND.replace("0.95", "9"), encoding="utf-8")
    (tmp_path / "e.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "f.toml").write_text("schema = 1\nrule = 3\nrules = 4\n", encoding="utf-8")
    (tmp_path / "g.toml").write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    (tmp_path / "h.toml").write_text("a = " + "[" * 5_000, encoding="utf-8")
    faults = told(tmp_path, SOUND.replace('"T-1"', '"T-2"').replace('verdict = "cracked"', 'verdict = "x"').replace("above =", "abve ="))
    for name in "abcdefgh":
        assert any(each.startswith(f"{tmp_path.name}/{name}.toml") for each in faults), name
    assert len([each for each in faults if "/a.toml" in each]) == 2
    assert any("/b.toml:3: not TOML" in each for each in faults)


def test_a_rule_without_an_id_is_told_by_its_number(tmp_path: Path) -> None:
    block = SOUND[SOUND.index("[[rule]]") :]
    nameless = block.replace('id = "T-1"', "id = 7", 1)
    for number in (1, 2, 3):
        text = "schema = 1\n" + "".join(block.replace('"T-1"', f'"T-{at}"') for at in range(1, number)) + nameless
        assert any(f" rule {number}: " in each for each in told(tmp_path, text)), number


def test_an_id_stands_once_and_others_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(SOUND, encoding="utf-8")
    (again,) = told(tmp_path, SOUND)
    assert "b.toml:3 T-1: this id stands in" in again
    (tmp_path / "b.toml").unlink()
    (gone,) = told(tmp_path, SOUND.replace("license_status = 1 }\nany", 'fired = "T-9" }\nany'))
    assert "a.toml:3 T-1: asks for the rule 'T-9', which there is not" in gone
    (circle,) = told(tmp_path, SOUND.replace("license_status = 1 }\nany", 'not_fired = ["T-1"] }\nany'))
    assert "asks for itself in a circle: T-1 -> T-1" in circle


def test_a_rule_needs_examples_and_conditions(tmp_path: Path) -> None:
    bare = SOUND[: SOUND.index("[[rule.example]]")]
    assert len([each for each in told(tmp_path, bare) if "wants an example" in each]) == 2
    always = SOUND.replace('when = { channel = "Volume:GVLK", license_status = 1 }', "when = {}")
    always = always[: always.index("any = [")] + always[always.index('verdict = "cracked"') :]
    assert any("holds always" in each for each in told(tmp_path, always))


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no such file or folder"):
        load_rules(tmp_path / "nothing")


def test_the_codes_are_those_of_the_policy() -> None:
    import licmatch_catalogs

    text = (Path(licmatch_catalogs.__file__).parent / "policy" / "verdicts.toml").read_text(encoding="utf-8")
    codes = [each["code"] for each in tomllib.loads(text)["verdict"]]
    assert set(codes) - {"absent"} == set(VERDICTS)
    assert not {FLAG, EXEMPT} & set(codes)
    assert len(VERDICTS) == 18


def test_the_built_in_rules_load() -> None:
    rules = load_rules()
    assert len(rules) >= 109
    assert [each.id for each in rules] == sorted(each.id for each in rules)
    assert all(each.file.startswith("rules/") and each.line for each in rules)


def test_a_file_without_rules_is_told_that_alone(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, "schema = 1\n")
    assert "rules are a list of tables: [[rule]]" in fault


def test_rules_that_were_kept_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "kept", lambda *_: ("kept",))
    monkeypatch.setattr(load, "_compiled", lambda _: pytest.fail("read although it was kept"))
    assert load.judging_rules() == ("kept",)


def test_rules_that_were_not_kept_are_read_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    written: dict[str, bytes] = {}
    monkeypatch.setattr(load, "kept", lambda *_: None)
    monkeypatch.setattr(load, "_compiled", lambda _: (("read",), b"raw"))
    monkeypatch.setattr(load, "keep", written.__setitem__)
    assert load.judging_rules() == ("read",)
    assert list(written.values()) == [b"raw"]


@pytest.mark.parametrize(("value", "fits"), [(1.5, True), (2, True), (True, False), ("1.5", False)])
def test_what_fits_a_column_of_fractions(value: object, fits: bool) -> None:
    assert _fits(pl.Float64(), value) is fits


def test_more_rules_than_there_may_be_are_one_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = "".join(SOUND.removeprefix("schema = 1\n").replace('"T-1"', f'"T-{number}"') for number in range(1, 4))
    monkeypatch.setattr(load, "MAX_RULES", 2)
    assert told(tmp_path, "schema = 1\n" + rules) == [f"{tmp_path.name}: more than 2 rules"]
    monkeypatch.setattr(load, "MAX_RULES", 3)
    assert [rule.id for rule in load_rules(tmp_path)] == ["T-1", "T-2", "T-3"]


@pytest.mark.parametrize("confidence", ["-0.5", "0.0", "1.01", "nan"])
def test_a_confidence_is_a_share_above_nothing(tmp_path: Path, confidence: str) -> None:
    faults = told(tmp_path, SOUND.replace("confidence = 0.95", f"confidence = {confidence}"))
    assert any("lies above 0 and at most at 1" in fault for fault in faults), faults
