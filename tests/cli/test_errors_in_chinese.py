"""Whoever asks for Chinese gets it when something goes wrong too: what went wrong, where, what to do; and in click's own words."""

from __future__ import annotations

import re

import click
import pytest

from licmatch.cli import main
from licmatch.errors import CatalogError, InputError, Location, PluginError, UsageError, WriteError

# What the words of a command are made of, and what is quoted, may be Latin: the rest is not.
QUOTED = re.compile(r"'[^']*'|`[^`]*`|“[^”]*”|[A-Za-z0-9_./\\-]+\.(?:toml|csv|tsv|json|xlsx|txt)|--?[a-z-]+")
ENGLISH_WORDS = re.compile(r"\b(?:the|is|no|not|does|give|of|it|to|and|Usage|Error|Try|Missing|Invalid|hint)\b")


def english_in(text: str) -> list[str]:
    return ENGLISH_WORDS.findall(QUOTED.sub("", text))


def test_a_missing_catalog(licmatch):
    told = licmatch("catalog", "list", "--catalog", "nix.json", "--lang", "zh")
    assert (told.code, told.err) == (2, "错误：目录 nix.json 不存在\n")


def test_an_input_that_does_not_exist_and_its_hint(licmatch, tmp_path):
    told = licmatch("assess", "nix.csv", "-o", str(tmp_path / "out"), "--lang", "zh")
    assert told.code == 3
    assert told.err.splitlines()[0] == "错误：nix.csv：没有这个文件或文件夹"
    assert told.err.splitlines()[1].startswith("  提示：请检查路径")
    assert english_in(told.err) == []


def test_the_environment_asks_as_well_as_the_option(licmatch, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert licmatch("catalog", "list", "--category", "xx").err.startswith("错误：没有“xx”这个类别\n  提示：现有：")


def test_english_stays_as_it_was(licmatch):
    told = licmatch("catalog", "list", "--catalog", "nix.json", "--lang", "en")
    assert told.err == "error: catalog nix.json does not exist\n"


def test_a_policy_that_does_not_fit(licmatch, tmp_path):
    policy, names = tmp_path / "policy.toml", tmp_path / "names.csv"
    policy.write_text("phase = 'loose'\n", encoding="utf-8")
    names.write_text("device_id,name,collected_at\npc-1,WPS Office,2026-11-01\n", encoding="utf-8")
    told = licmatch("assess", str(names), "-o", str(tmp_path / "out"), "--policy", str(policy), "--lang", "zh")
    assert told.code == 3
    assert told.err.startswith(f"错误：{policy}：政策不符合要求：")
    assert "phase" in told.err
    assert english_in(told.err.replace(str(tmp_path), "")) == []


def test_faults_of_a_catalog(licmatch, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("schema = 99\ncategory = 'os'\n", encoding="utf-8")
    told = licmatch("catalog", "check", str(own), "--lang", "zh")
    assert told.code == 3
    assert "schema 为 99，本版 licmatch 读取的是" in told.out + told.err
    assert english_in((told.out + told.err).replace(str(tmp_path), "")) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--bogus",), "没有 '--bogus' 这个选项。"),
        (("bogus",), "没有 'bogus' 这个命令。"),
        (("assess",), "缺少参数 'INPUT...'。"),
        (("assess", "a.csv"), "缺少选项 '-o' / '--out'。"),
        (("match", "a.csv", "--out"), "选项 '--out' 后须有一个值。"),
        (("match", "a.csv", "--quiet=1"), "选项 '--quiet' 后不能有值。"),
        (("diff", "a", "b", "c"), "多余的参数（c）"),
        (("assess", "a.csv", "-o", "x", "--as-of", "soon"), "'--as-of' 的值无效：'soon' 不是日期，请写成 2026-11-30 的形式"),
        (("assess", "a.csv", "-o", "x", "--fail-under", "200"), "'--fail-under' 的值无效：200"),
        (("assess", "a.csv", "-o", "x", "--device-from", "thin-air"), "'--device-from' 的值无效：'thin-air' 不是其中之一："),
    ],
)
def test_wrong_words_of_a_command(licmatch, monkeypatch, words, said):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    told = licmatch(*words)
    assert told.code == 2
    # As in English: where click knows no command for the fault, it gives the fault alone.
    assert told.err.startswith(("用法：licmatch", "错误：选项"))
    assert "查看帮助。\n\n错误：" in told.err or told.err.startswith("错误：")
    assert said in told.err
    assert english_in(told.err) == []


@pytest.mark.parametrize("asking", [("--lang", "zh"), ("--lang=zh",)])
def test_the_option_counts_wherever_it_stands_on_a_line_that_click_cannot_read(licmatch, asking):
    assert "错误：没有 '--bogus' 这个选项。" in licmatch("explain", "--bogus", "x", *asking).err


def test_english_words_of_click_are_left_to_click(licmatch):
    told = licmatch("assess", "--bogus", "--lang", "en")
    assert told.err.startswith("Usage: licmatch assess [OPTIONS] INPUT...\nTry 'licmatch assess --help' for help.\n\nError: No such option")


def test_help_is_chinese_throughout(licmatch):
    for words in (("--help",), ("assess", "--help"), ("catalog", "--help"), ("forms", "--help"), ("formats", "learn", "--help")):
        told = licmatch(words[0], *words[1:-1], "--lang", "zh", words[-1]) if len(words) > 1 else licmatch("--lang", "zh", "--help")
        assert told.out.startswith("用法：licmatch"), words
        assert "\n选项:\n" in told.out
        assert "显示此帮助后退出。" in told.out
        assert not re.search(r"Usage:|Options:|Commands:|\[required\]|default:|Show this", told.out), words


def test_formats_are_described_in_chinese_and_json_is_not_of_a_language(licmatch):
    told = licmatch("formats", "--lang", "zh").out
    assert "阿里云 SASE：一台计算机的软件（JSON）" in told
    assert "software of one computer" not in told
    assert licmatch("formats", "--json", "--lang", "zh").out == licmatch("formats", "--json", "--lang", "en").out


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UsageError("catalog x.json does not exist"), "错误：目录 x.json 不存在\n"),
        (
            InputError("the file is empty", where=Location("a.csv", 3), hint="name another file"),
            "错误：a.csv:3：文件是空的\n  提示：请换一个文件名\n",
        ),
        (
            CatalogError("the catalogs have faults:", faults=("a.toml: unknown key 'x'", "b.toml:2 acme: strange words")),
            "错误：目录有错误：\na.toml：无法识别的键 'x'\nb.toml:2 acme: strange words\n",
        ),
        (
            PluginError(
                "plugin a did not load: ImportError: no module",
                hint="fix or uninstall it, or pass --without a; the report will say it is incomplete",
            ),
            "错误：插件 a 未能加载：ImportError：no module\n  提示：请修复或卸载该插件，或使用 --without a；报告会注明不完整\n",
        ),
        (
            WriteError("cannot be written: x", why="refused", said="Permission denied", where=Location("out")),
            "错误：out：没有权限写入：权限不够\n  提示：请检查权限，或改用别的位置\n",
        ),
        (click.ClickException("Missing command."), "错误：缺少命令。\n"),
        # The words of another: they stand as they are, with the frame round them in Chinese.
        (UsageError("an error of a plugin of somebody else"), "错误：an error of a plugin of somebody else\n"),
    ],
)
def test_each_kind_of_error(licmatch, monkeypatch, error, said):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def fail(*_arguments, **_settings):
        raise error

    monkeypatch.setattr(main.licmatch, "main", fail)
    assert licmatch("plugins").err == said
