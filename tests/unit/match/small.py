"""A small catalog of its own for the tests of matching, so that they do not move when the shipped catalogs do."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from licmatch.match import Engine
from licmatch.plugin_loader import load_plugins

OFFICE = """
schema = 1
category = "office"

[[family]]
id = "microsoft-office"
name = "Microsoft Office"
vendor = "Microsoft"
names = ["(microsoft|ms) office"]
weak = ["office"]
editions = ["professional", "professional-plus", "standard", "home-and-student", "small-business", "home-and-business"]
releases = [
  { id = "2016", words = ["16"] },
  { id = "2019", edition_words = { "小型企业版" = "home-and-business" } },
  { id = "2010" }, { id = "2007" },
]
not = ["office tab"]
companions = { component = ["office 16 click-to-run extensibility component"] }
ids = [{ value = "{90160000-0011-0000-?000-0000000ff1ce}", release = "2016", edition = "professional-plus" }]

[[family]]
id = "microsoft-word"
name = "Microsoft Word"
vendor = "Microsoft"
role = "standalone_app"
names = ["microsoft (office |)word"]
weak = ["word"]
inside = ["microsoft-office"]
releases = [{ id = "2010" }, { id = "2016" }]
"""

SYSTEMS = """
schema = 1
category = "os"

[[family]]
id = "windows-10"
name = "Windows 10"
vendor = "Microsoft"
release_in_name = "10"
names = ["(windows|win) 10"]
editions = ["pro", "home"]
builds = [{ family = "windows-11", since = "10.0.22000", until = "11" }]

[[family]]
id = "windows-11"
name = "Windows 11"
vendor = "Microsoft"
release_in_name = "11"
names = ["(windows|win) 11"]
editions = ["pro", "home"]

[[family]]
id = "tails"
name = "Tails"
vendor = "Microsoft"
alone = ["tails"]
release_numbers = "major.minor"

[[family]]
id = "twin-a"
name = "Twin A"
vendor = "Microsoft"
names = ["twin guard"]

[[family]]
id = "twin-b"
name = "Twin B"
vendor = "Kingsoft"
names = ["twin guard"]
memory = ["remembered thing"]
tails = ["thin standard"]
"""


def write_small(folder: Path) -> list[Path]:
    """Write the two family files and return their paths."""
    paths = [folder / "small-office.toml", folder / "small-systems.toml"]
    for path, text in zip(paths, (OFFICE, SYSTEMS), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


@cache
def small_engine() -> Engine:
    """Return an engine over the small catalog and the shared vocabularies, without any installed plugin."""
    return Engine.load(catalogs=write_small(Path(mkdtemp())), builtin=False, plugins=load_plugins(installed=False))
