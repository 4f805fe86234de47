"""How Sphinx builds these pages, once for each language: `make docs`, or `sphinx-build -W -n docs OUT [-t zh]`.

Both builds give a page the same address, so that one language is a folder beside the other. The Chinese build takes `page.zh.md` where
there is one and the English page where there is none. Nothing is fetched: no fonts, no scripts, no inventories of other projects.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_site"))

chinese = tags.has("zh")  # type: ignore[name-defined]  # noqa: F821  Sphinx puts `tags` here

project = "licmatch"
extensions = ["myst_parser", "pages"]
root_doc = "index"
# The order matters: the first suffix that fits makes the name of a page, so both languages of a page have one name.
source_suffix = {".zh.md": "markdown", ".md": "markdown"}
twins = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.zh.md")}
exclude_patterns = ["_build", "_site"]
exclude_patterns += [twin.replace(".zh.md", ".md") for twin in sorted(twins)] if chinese else ["**/*.zh.md", "*.zh.md"]

language = "zh_CN" if chinese else "en"
locale_dirs = ["_site/locale"]
html_search_language = "zh" if chinese else "en"
highlight_language = "sh"  # a block without a word is a block of commands

myst_heading_anchors = 4
myst_links_external_new_tab = False
nitpicky = True

html_theme = "furo"
html_title = "licmatch 文档" if chinese else "licmatch"
html_static_path = ["_site/static"]
html_css_files = ["site.css"]
templates_path = ["_site/templates"]
html_sidebars = {
    "**": ["sidebar/brand.html", "sidebar/language.html", "sidebar/search.html", "sidebar/scroll-start.html", "sidebar/navigation.html",
           "sidebar/scroll-end.html"],
}  # fmt: skip
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
html_last_updated_fmt = None  # the same pages give the same bytes
html_use_index = False
html_domain_indices = False
smartquotes = False  # text as it was written; curled quotes are full-width characters to a Chinese font
latin, han = (
    '-apple-system, BlinkMacSystemFont, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans"',
    '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"',
)
fonts = f"{latin}, {han}, sans-serif"
mono = f'"SFMono-Regular", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", {han}, monospace'
html_theme_options = {
    "light_css_variables": {"font-stack": fonts, "font-stack--monospace": mono, "font-stack--headings": fonts},
}
