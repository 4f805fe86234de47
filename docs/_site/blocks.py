"""The fenced blocks of the pages, and what the word and the marks behind a fence say of each.

| mark | the block |
| --- | --- |
| none, `sh` | is run by a shell, in the page's own folder, after the blocks above it |
| `python` | is run by Python, likewise; names stay from block to block |
| `output` | is what the block above it prints; a line of `...` stands for any lines |
| `file=PATH` | is a file that is there while the page runs |
| `as=KIND` | is read by the code that reads such files |
| `needs=REASON` | is run nowhere here, for a reason of NEEDS; readers see the reason |
| `drawing` | is a picture made of letters |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DOCS = Path(__file__).parents[1]
FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>\w*)(?P<marks>(?: +[\w./=-]+)*) *\n(?P<text>.*?)^(?P=fence) *$", re.MULTILINE | re.DOTALL
)
# Why a block is not run: what a reader sees above it, in English and in Chinese.
NEEDS = {
    "windows": ("runs on Windows", "在 Windows 上运行"),
    "macos": ("runs on macOS", "在 macOS 上运行"),
    "rpm": ("runs where packages are RPMs", "在使用 RPM 的系统上运行"),
    "cluster": ("runs on a cluster", "在集群上运行"),
    "password": ("asks for a password", "需要输入口令"),
    "network": ("needs a package index", "需要软件包索引"),
    "data": ("needs data that is not distributed", "需要未随项目发布的数据"),
    "checkout": ("in a copy of the project", "在项目目录中运行"),
}


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: Path
    line: int
    language: str
    text: str
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(DOCS.parent).as_posix()}:{self.line}"

    @property
    def fate(self) -> str:
        """Say what becomes of the block in the tests: a language that is run, a mark, or `unknown`.

        >>> Block(DOCS / "x.md", 1, "", "ls").fate, Block(DOCS / "x.md", 1, "bat", "dir", {"needs": "windows"}).fate
        ('sh', 'needs')
        """
        for mark in ("needs", "output", "drawing", "file", "as"):
            if mark in self.marks:
                return mark
        return {"": "sh", "sh": "sh", "python": "python"}.get(self.language, "unknown")


def pages() -> list[Path]:
    """Return every page a reader may see, sorted; not those that tests or tools write."""
    inside = [page for page in DOCS.rglob("*.md") if not {"_build", "_site"} & set(page.relative_to(DOCS).parts)]
    return sorted([*DOCS.parent.glob("*.md"), *inside])


def blocks(page: Path) -> Iterator[Block]:
    """Return the blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        marks = dict(mark.partition("=")[::2] for mark in found["marks"].split())
        yield Block(page, text.count("\n", 0, found.start()) + 1, found["language"], found["text"], marks)


def fences(page: Path) -> int:
    """Count the lines that open or close a block, however they are written: none may be overlooked."""
    return len(re.findall(r"^\s*(?:`{3,}|~{3,})", page.read_text(encoding="utf-8"), re.MULTILINE))
