"""Runs the blocks of one page as a reader would: in order, in one folder, each as what its fence says it is."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import patch

from blocks import Block

Step = Callable[[Path], None]


class Running:
    """A page on its way: its folder, what its last block printed, and the names its Python blocks have made."""

    def __init__(self, folder: Path, cache: Path, readers: Mapping[str, Callable[[str, Path], object]]) -> None:
        self.folder, self.readers = folder, readers
        self.names: dict[str, object] = {"__name__": "__page__"}
        self.printed: list[str] = []
        self.read: list[object] = []
        commands = sysconfig.get_path("scripts")
        self.environment = {
            **os.environ,
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "XDG_CACHE_HOME": str(cache),
            "NO_COLOR": "1",
            "COLUMNS": "140",
        }
        self.environment.pop("LC_ALL", None)

    def run(self, blocks: list[Block], before: Mapping[int, Step] | None = None) -> None:
        """Run the blocks; `before` has what people do by hand before the block of that number.

        Raises AssertionError with the place of the block that did not do what its page says.
        """
        if any("pip install" in block.text for block in blocks if block.fate == "sh"):
            self._own_environment()
        for block in blocks:
            # A file shown on the page is in the reader's hands from the start.
            if "file" in block.marks and "/" not in block.marks["file"]:
                (self.folder / block.marks["file"]).write_text(block.text, encoding="utf-8")
        for number, block in enumerate(blocks, 1):
            if before and number in before:
                before[number](self.folder)
            self._one(block)

    def _one(self, block: Block) -> None:
        match block.fate:
            case "sh":
                self._shell(block)
            case "python":
                self._python(block)
            case "output":
                assert self.printed, f"{block.where}: nothing ran above"
                assert matches(block.text, self.printed[-1]), f"{block.where}: the block above prints\n{self.printed[-1]}"
            case "file" | "as":
                if "/" in block.marks.get("file", ""):
                    file = self.folder / block.marks["file"]
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(block.text, encoding="utf-8")
                if "as" in block.marks:
                    self.read.append(self.readers[block.marks["as"]](block.text, self.folder))

    def _shell(self, block: Block) -> None:
        ran = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", block.text],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, f"{block.where}: ended with {ran.returncode}\n{ran.stderr}{ran.stdout}"
        self.printed.append(ran.stdout)

    def _python(self, block: Block) -> None:
        told = io.StringIO()
        # Python looks for modules where it is started, as a reader's does.
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(told), patch.object(sys, "path", [str(self.folder), *sys.path]):
            exec(compile(block.text, block.where, "exec"), self.names)
        self.printed.append(told.getvalue())

    def _own_environment(self) -> None:
        """Give the page a Python environment of its own, in which everything installed here is there too and nothing is fetched."""
        home = self.folder / ".venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
        inside = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
        (inside / "outside.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        for command in ("licmatch", "pip", "pytest"):
            script = home / "bin" / command
            script.write_text(f'#!/bin/sh\nexec "{home}/bin/python" -m {command} "$@"\n')
            script.chmod(0o755)
        self.environment |= {
            "PATH": f"{home}/bin{os.pathsep}{self.environment['PATH']}",
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one the other way round: 0 leaves isolation out
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_CACHE_DIR": "1",
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
        }


def matches(shown: str, printed: str) -> bool:
    """Tell whether a text printed what a page shows; `...` alone on a line stands for any lines, inside one for anything in it.

    >>> matches("a\\n...\\nd\\n", "a\\nb\\nc\\nd  \\n"), matches("1.. s\\n", "1.2 s\\n"), matches("took ... s", "took 3 s")
    (True, False, True)
    """
    lines = []
    for line in shown.rstrip().splitlines():
        lines.append(
            r"(?:.*\n)*?" if line.strip() == "..." else ".*".join(re.escape(part) for part in line.rstrip().split("...")) + r" *\n"
        )
    return re.fullmatch("".join(lines), printed.rstrip() + "\n") is not None
