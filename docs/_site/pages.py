"""What a page needs on its way into the site: links to its twin, pages from outside `docs/`, captions of blocks, a Chinese search."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blocks import FENCE, NEEDS
from han_search import HanSearch
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
SWITCH = re.compile(r"^\[(?:中文|English)\]\([\w./-]+\.md\)\n", re.MULTILINE)
LINK = re.compile(r"(\]\()([^)#\s:]+)(#[^)]*)?\)")
CHINESE_END = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff01-\uffef”]$")
CHINESE_START = re.compile(r" *[\u3001-\u303f\u3400-\u9fff\uff01-\uffef“\[*`](?! )")
OUTPUT = ("prints", "输出")
LEXERS = {"": "sh", "csv": "text"}  # words behind a fence that the highlighter has no rules for


def caption(marks: str, chinese: bool) -> str:
    """Say what the marks behind a block's language say; empty where a reader need not know.

    >>> caption("needs=windows", False), caption("file=site.csv as=table", True), caption("as=table", True)
    ('runs on Windows', 'site.csv', '')
    """
    for mark in marks.split():
        key, _, value = mark.partition("=")
        if key == "needs":
            return NEEDS[value][chinese]
        if key == "file":
            return value
        if key == "output":
            return OUTPUT[chinese]
    return ""


def _with_captions(text: str, chinese: bool) -> str:
    def directive(found: re.Match[str]) -> str:
        said = caption(found["marks"], chinese)
        if not said:
            return found[0]
        word = LEXERS.get(found["language"], found["language"])
        return f"{found['fence']}{{code-block}} {word}\n:caption: {said}\n\n{found['text']}{found['fence']}"

    return FENCE.sub(directive, text)


def _outside_blocks(text: str, change: Any) -> str:
    """Apply a change to all but the fenced blocks."""
    parts, at = [], 0
    for fence in FENCE.finditer(text):
        parts += [change(text[at : fence.start()]), fence[0]]
        at = fence.end()
    return "".join(parts) + change(text[at:])


def _outside(docs: Path) -> dict[Path, Path]:
    """Return the files beside `docs/` that are pages of the site, and the page of one line in `docs/project/` that stands in for each."""
    found = {ROOT / "README.md": docs / "index.md", ROOT / "README.zh.md": docs / "index.zh.md"}
    for page in sorted((docs / "project").glob("*.md")):
        link = LINK.search(page.read_text(encoding="utf-8").partition("This page of the site is ")[2])
        if link is not None:
            found[(page.parent / link[2]).resolve()] = page
    return found


def _relinked(text: str, home: Path, page: Path, docs: Path, outside: dict[Path, Path], chinese: bool) -> str:
    """Turn the links of a text written for the folder `home` into those of `page`."""

    def one(found: re.Match[str]) -> str:
        target = (home / found[2]).resolve()
        there = outside.get(target, target)
        if not there.is_relative_to(docs):
            raise ExtensionError(f"{page}: {found[2]} is no page of the site; a page in docs/project/ can stand in for it")
        translated = chinese and not there.name.endswith(".zh.md") and there.with_suffix(".zh.md").exists()
        # A Chinese page has headings of its own: a link to one of the English headings leads to its top.
        place = "" if translated else found[3] or ""
        return f"{found[1]}{Path(os.path.relpath(there, page.parent)).as_posix()}{place})"

    return LINK.sub(one, text)


def _joined(prose: str) -> str:
    """Join lines of Chinese: a browser makes a blank of the line's end, and Chinese has none between its words.

    >>> _joined("一台计算机，\\n两种产品。\\n\\n- 甲，\\n  乙")
    '一台计算机，两种产品。\\n\\n- 甲，乙'
    """
    lines: list[str] = []
    for line in prose.split("\n"):
        goes_on = lines and not lines[-1].startswith(("#", "|")) and CHINESE_END.search(lines[-1]) and CHINESE_START.match(line)
        if goes_on:
            lines[-1] += line.lstrip()
        else:
            lines.append(line)
    return "\n".join(lines)


def _toctrees(text: str) -> str:
    """Make the navigation out of the lists of links of the first page: a heading is a caption, a link an entry under its own words."""
    trees = []
    for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        links = re.findall(r"^- \[([^\]]+)\]\(([^)#:]+?)(?:\.zh)?\.md\)", body, re.MULTILINE)
        if links:
            trees.append(
                "\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *(f"{words} <{page}>" for words, page in links), "```"])
            )
    return "\n\n".join([text, *trees]) + "\n"


def read_page(app: Sphinx, name: str, source: list[str]) -> None:
    """Change a page's text between the file and the parser."""
    docs, chinese = Path(app.srcdir), bool(app.config.language.startswith("zh"))
    text, page = source[0], Path(app.env.doc2path(name))
    home, outside = page.parent, _outside(docs)
    for file, stand_in in outside.items():
        if stand_in == page and stand_in.parent.name == "project":
            text, home = file.read_text(encoding="utf-8"), file.parent
            app.env.note_dependency(str(file))
    text = SWITCH.sub("", text)
    text = _outside_blocks(text, lambda prose: _relinked(prose, home, page, docs, outside, chinese))
    if chinese:
        text = _outside_blocks(text, _joined)
    text = _with_captions(text, chinese)
    source[0] = _toctrees(text) if name == "index" else text


def language_links(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Tell the template where this page is in the other language, and whether it was written in this one."""
    docs, chinese = Path(app.srcdir), bool(app.config.language.startswith("zh"))
    other = "en" if chinese else "zh"
    if pagename == "search":
        context["other_language"] = f"../{other}/search.html"
        return
    context["other_language"] = "../" * (pagename.count("/") + 1) + f"{other}/{pagename}.html"
    context["only_english"] = chinese and not (docs / f"{pagename}.zh.md").exists()


def setup(app: Sphinx) -> dict[str, Any]:
    """Be a Sphinx extension."""
    app.add_search_language(HanSearch)
    app.connect("source-read", read_page)
    app.connect("html-page-context", language_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
