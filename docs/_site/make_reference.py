"""Write the pages that are lists of what the code and the catalogs say: `make docs-reference`. A test compares them with what it would write."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from licmatch.assess import load_policy
from licmatch.cli.language import forget
from licmatch.cli.main import COMMANDS
from licmatch.cli.main import licmatch as root
from licmatch.messages import LANGUAGES, message, texts
from licmatch.rules.load import load_rules

DOCS = Path(__file__).parents[1]
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "made": "Written by `make docs-reference`; change the source and run it again.",
        "options": "Options of every command",
        "options-about": "What `licmatch COMMAND --help` says, for all of them. What the commands do stands in [commands](cli.md).",
        "option": "option", "meaning": "meaning", "required": "Required.", "repeats": "May be repeated.",
        "example": "Example", "arguments": "Takes",
        "rules": "The rules, one by one",
        "rules-about": "What a rule looks for, what it makes of a copy at worst, how sure it is, and what to ask before anybody is accused. The conditions and"
        " examples of each stand in the file of its group, in `catalogs/licmatch_catalogs/rules/`; [the language](rules.md) explains them, and"
        " [how evidence decides](../explanation/rules.md) how they are weighed. *Memory*: known from general knowledge only, at most an indication.",
        "id": "id", "finds": "looks for", "about": "looks at", "verdict": "says", "confidence": "sure", "innocent": "legitimate explanation",
        "memory": "memory", "flag": "flag", "exempt": "sets free", "count": "{rules} rules with {examples} examples.",
        "verdicts": "Verdicts and flags",
        "verdicts-about": "The codes that tables hold, the words that people read, and what each counts as. Worst first: a computer's finding in a category is the"
        " first of these that one of its copies has.",
        "flags-about": "Flags stand beside a verdict and change none.",
        "code": "code", "words": "in words", "state": "state", "flags": "Flags", "default": " (default {value})", "colon": ":",
    },
    "zh": {
        "made": "本页由 `make docs-reference` 生成；修改来源后重新运行即可。",
        "options": "各命令的选项",
        "options-about": "即 `licmatch 命令 --help` 的全部内容。各命令做什么，见[命令](cli.md)。",
        "option": "选项", "meaning": "含义", "required": "必填。", "repeats": "可重复。",
        "example": "示例", "arguments": "参数",
        "rules": "全部规则",
        "rules-about": "每条规则查什么、最多判为什么、有多大把握，以及在认定之前应先问清什么。条件和示例见 `catalogs/licmatch_catalogs/rules/` 中各组的文件；写法见"
        "[规则的写法](rules.md)，如何权衡见[证据如何判定](../explanation/rules.md)。*常识*：仅凭一般知识，最多只是线索。",
        "id": "编号", "finds": "查什么", "about": "对象", "verdict": "判为", "confidence": "把握", "innocent": "合法的可能",
        "memory": "常识", "flag": "标记", "exempt": "排除", "count": "共 {rules} 条规则，{examples} 个示例。",
        "verdicts": "判定和标记",
        "verdicts-about": "表中的代码、给人看的文字，以及各算作什么。从最坏的排起：一台计算机在一个类别中的判定，取其各份软件中排在最前的一个。",
        "flags-about": "标记列在判定旁边，不改变判定。",
        "code": "代码", "words": "文字", "state": "状态", "flags": "标记", "default": "（默认 {value}）", "colon": "：",
    },
}  # fmt: skip
# Headings for the files of rules; a file that is not here goes by its name.
GROUPS = {
    "active_directory": ("Active Directory", "活动目录"),
    "data_quality": ("Quality of the data", "数据质量"),
    "digital_licence": ("Digital licences", "数字许可证"),
    "editions": ("Editions", "版本"),
    "entitlement": ("Licences bought", "已购许可"),
    "forgery": ("Records that contradict each other", "相互矛盾的记录"),
    "free_for_persons": ("Free for persons only", "仅限个人免费"),
    "keys": ("Keys", "密钥"),
    "kms": ("KMS", "KMS 激活"),
    "lifecycle": ("Support that ended", "停止支持"),
    "oem": ("Licences that came with the computer", "随机预装"),
    "status": ("State of activation", "激活状态"),
    "traces": ("Traces of tools", "工具痕迹"),
}
GRAINS = {
    "en": {"licence": "licence row", "device": "computer", "copy": "copy", "trace": "trace", "name": "name"},
    "zh": {"licence": "许可记录", "device": "计算机", "copy": "软件", "trace": "痕迹", "name": "名称"},
}


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
    told = re.sub(r"\s*\[default: ([^\];]+)(?:; ([^\]]+))?\]", lambda found: words["default"].format(value="; ".join(filter(None, found.groups()))), told)
    extra = [words["required"]] if parameter.required else []
    extra += [words["repeats"]] if parameter.multiple and not re.search("repeated|重复", told) else []
    return " ".join([plain(told), *extra])


def options(lang: str) -> str:
    """Return the page of options."""
    words, parts = WORDS[lang], []
    for name, command, context in _commands():
        told = message(f"help.{command.help}", lang).split("\n\n")
        rows = [
            [f"`{' '.join([', '.join([*each.opts, *each.secondary_opts]), *(() if each.is_flag else (each.make_metavar(context),))])}`".replace("|", "\\|"),
             _meaning(each, context, words)]
            for each in command.params
            if isinstance(each, click.Option) and not each.hidden
        ]  # fmt: skip
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
            rows.append([f"`{rule.id}`", plain(title), GRAINS[lang].get(rule.about, rule.about), says, sure, plain(innocent)])
        head = [words[each] for each in ("id", "finds", "about", "verdict", "confidence", "innocent")]
        titles = GROUPS.get(group, (group.replace("_", " "),) * 2)
        parts += [f"## {titles[chinese]}", f"`{Path(members[0].file).name}`", table(head, rows)]
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


def _page(lang: str, name: str, parts: list[str]) -> str:
    words = WORDS[lang]
    return "\n\n".join([f"# {words[name]}", words[f"{name}-about"], f"*{words['made']}*", *parts]) + "\n"


def pages() -> dict[str, str]:
    """Return every page that is made, by its path under `docs/`."""
    made = {}
    for lang in LANGUAGES:
        forget()
        # `--lang` is eager: parsing it is what settles the language of the help.
        root.make_context("licmatch", ["--lang", lang], resilient_parsing=True)
        ending = ".zh.md" if lang == "zh" else ".md"
        made |= {f"reference/{name}{ending}": write(lang) for name, write in (("options", options), ("rule_list", rule_list), ("verdicts", verdicts))}
    forget()
    return made


if __name__ == "__main__":
    for path, text in pages().items():
        if (DOCS / path).exists() and (DOCS / path).read_text(encoding="utf-8") == text:
            continue
        (DOCS / path).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
