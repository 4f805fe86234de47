"""Write the pages that list what the code and the catalogs say: `make docs-reference`. A test compares them with what it would write."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import click
from blocks import NEEDS, blocks
from blocks import pages as pages_read

from licmatch.assess import load_policy
from licmatch.cli.language import forget
from licmatch.cli.main import COMMANDS
from licmatch.cli.main import licmatch as root
from licmatch.messages import LANGUAGES, message, texts
from licmatch.rules.load import load_rules

DOCS = Path(__file__).parents[1]
WORDS: dict[str, Any] = tomllib.loads((DOCS / "_site" / "words.toml").read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """Keep a text what it is in a cell of a Markdown table.

    >>> plain("0<=x | *")
    '0&lt;=x \\\\| \\\\*'
    """
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(
        part.replace("|", "\\|") if part.startswith("`") else re.sub(r"([|*_\[\]])", r"\\\1", part).replace("<", "&lt;") for part in parts
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def _commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    top = click.Context(root, info_name="licmatch")
    for name in COMMANDS:
        command = root.get_command(top, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=top)
        yield name, command, context
        for inner, each in command.commands.items() if isinstance(command, click.Group) else ():
            yield f"{name} {inner}", each, click.Context(each, info_name=inner, parent=context)


def _meaning(parameter: click.Option, context: click.Context, words: dict[str, str]) -> str:
    record = parameter.get_help_record(context)
    told = record[1] if record else ""
    told = re.sub(r"\s*\[required\]", "", told)
    # What click says of defaults and bounds stands in brackets, in English.
    told = re.sub(
        r"\s*\[default: ([^\];]+)(?:; ([^\]]+))?\]",
        lambda found: words["default"].format(value="; ".join(filter(None, found.groups()))),
        told,
    )
    extra = [words["required"]] if parameter.required else []
    extra += [words["repeats"]] if parameter.multiple and not re.search("repeated|重复", told) else []
    return " ".join([plain(told), *extra])


def options(lang: str) -> str:
    """Return the page of options."""
    words, parts = WORDS[lang], []
    for name, command, context in _commands():
        told = message(f"help.{command.help}", lang).split("\n\n")
        rows = [
            [_code(", ".join(each.opts) + ("" if each.is_flag else f" {each.make_metavar(context)}")), _meaning(each, context, words)]
            for each in command.params
            if isinstance(each, click.Option) and not each.hidden
        ]
        takes = " ".join(each.make_metavar(context) for each in command.params if isinstance(each, click.Argument))
        parts += [f"## {name}", "\n\n".join(plain(each) for each in told)]
        if takes:
            parts.append(f"{words['arguments']}{words['colon']} `{takes}`")
        parts.append(table([words["option"], words["meaning"]], rows))
        parts.append(f"{words['example']}{words['colon']}\n\n" + "\n".join(f"- `{line}`" for line in (command.epilog or "").splitlines()))
    return _page(lang, "options", parts)


def rule_list(lang: str) -> str:
    """Return the page of rules, a part a file."""
    words, rules = WORDS[lang], load_rules()
    verdicts = texts(lang)
    chinese = lang == "zh"
    parts = [words["count"].format(rules=len(rules), examples=sum(len(rule.example) for rule in rules))]
    groups: dict[str, list[Any]] = {}
    for rule in rules:
        groups.setdefault(Path(rule.file).stem, []).append(rule)
    for group, members in sorted(groups.items()):
        rows = []
        for rule in members:
            says = words.get(rule.verdict) or verdicts.get(f"verdict.{rule.verdict}", rule.verdict)
            if rule.flag:
                says += f" `{rule.flag}`"
            sure = f"{rule.confidence:.2f}" + (f", {words['memory']}" if rule.memory else "")
            title, innocent = (rule.title_zh, rule.innocent_zh) if chinese else (rule.title, rule.innocent)
            rows.append([f"`{rule.id}`", plain(title), words["grains"].get(rule.about, rule.about), says, sure, plain(innocent)])
        head = [words[each] for each in ("id", "finds", "about", "verdict", "confidence", "innocent")]
        title = words["groups"].get(group, group.replace("_", " "))
        parts += [f"## {title}", f"`{Path(members[0].file).name}`", table(head, rows)]
    return _page(lang, "rules", parts)


def verdicts(lang: str) -> str:
    """Return the page of verdicts and flags."""
    words, said = WORDS[lang], texts(lang)
    codes = load_policy(None).verdict_table()
    rows = [[f"`{row['verdict']}`", plain(said[f"verdict.{row['verdict']}"]), f"`{row['state']}`"] for row in codes.iter_rows(named=True)]
    flags = [[f"`{key.removeprefix('flag.')}`", plain(text)] for key, text in said.items() if key.startswith("flag.")]
    return _page(
        lang,
        "verdicts",
        [
            table([words["code"], words["words"], words["state"]], rows),
            f"## {words['flags']}",
            words["flags-about"],
            table([words["code"], words["words"]], flags),
        ],
    )


def policy(lang: str) -> str:
    """Return the page of the policy file: its keys, and what is built in."""
    words = WORDS[lang]
    file = resources.files("licmatch_catalogs") / "policy" / "survey.toml"
    # What its comments say stands in the table, in the language of the page.
    lines = (re.sub(r"\s*#.*", "", line) for line in file.read_text(encoding="utf-8").splitlines())
    built_in = re.sub(r"\n{2,}", "\n\n", "\n".join(lines).strip())
    keys = [[_code(key), plain(meaning)] for key, meaning in words["policy-keys"].items()]
    return _page(
        lang,
        "policy",
        [
            table([words["key"], words["meaning"]], keys),
            f"## {words['built-in']}",
            words["built-in-about"],
            f"```toml as=policy\n{built_in}\n```",
        ],
    )


def blocks_page(lang: str) -> str:
    """Return the page that counts what becomes of the blocks of all pages, and lists those that are run nowhere."""
    words = WORDS[lang]
    found = [block for page in pages_read() for block in blocks(page)]
    fates = sorted({block.fate for block in found})
    counts = [[_code(fate), words["fates"][fate], str(sum(block.fate == fate for block in found))] for fate in fates]
    reasons: dict[tuple[str, str], int] = {}
    for block in found:
        if block.fate == "needs":
            at = (block.marks["needs"], block.where.rpartition(":")[0])
            reasons[at] = reasons.get(at, 0) + 1
    rows = [[_code(page), NEEDS[reason][lang == "zh"], str(count)] for (reason, page), count in sorted(reasons.items())]
    return _page(
        lang,
        "blocks",
        [
            table([words["mark"], words["fate"], words["blocks-count"]], counts),
            f"## {words['not-run']}",
            table([words["page"], words["why"], words["blocks-count"]], rows),
        ],
    )


def _page(lang: str, name: str, parts: list[str]) -> str:
    words = WORDS[lang]
    return "\n\n".join([f"# {words[name]}", words[f"{name}-about"], f"*{words['made']}*", *parts]) + "\n"


PAGES = {"options": options, "rule_list": rule_list, "verdicts": verdicts, "policy": policy, "blocks": blocks_page}


def pages() -> dict[str, str]:
    """Return every page that is made, by its path under `docs/`."""
    made = {}
    for lang in LANGUAGES:
        forget()
        # `--lang` is eager: parsing it is what settles the language of the help.
        root.make_context("licmatch", ["--lang", lang], resilient_parsing=True)
        ending = ".zh.md" if lang == "zh" else ".md"
        made |= {
            f"reference/{name}{ending}": write(lang)
            for name, write in PAGES.items()
        }
    forget()
    return made


if __name__ == "__main__":
    for path, text in pages().items():
        if (DOCS / path).exists() and (DOCS / path).read_text(encoding="utf-8") == text:
            continue
        (DOCS / path).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
