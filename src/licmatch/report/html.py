"""report.html: one offline file, both languages in it, figures drawn here, long tables by the page's own script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from licmatch.report import figures, page_data, svg, wording
from licmatch.report.block_segments import KINDS
from licmatch.report.board import Board, milestones
from licmatch.report.findings_told import product_label
from licmatch.report.notices import left_out, notices
from licmatch.report.parts import merged_parts, withheld_units
from licmatch.report.products import products as products_of
from licmatch.report.products import releases
from licmatch.report.result_view import ResultView, Title, as_of, categories, total
from licmatch.report.suspects import common_traces, rules_fired
from licmatch.report.versions import versions

# A page that is larger is refused by mail servers and opens slowly on an office computer.
SIZE_LIMIT = 15 << 20
# What stands in the page beside the packed data: capped lists, style and script take a fifth of this.
_FRAME = 1 << 20
TRACES_SHOWN = 12
PRODUCTS_SHOWN = 15
RELEASES_SHOWN = 8
REASONS_SHOWN = 30
INPUTS_SHOWN = 40
NOTICES_SHOWN = 60
RULES_SHOWN = 200
_SCRIPTS = ("words", "store", "tree", "table", "treemap", "evidence", "explorer", "lists", "licences", "queues", "start")


def write_html(result: ResultView, path: str | Path, *, lang: str = "zh", board: Board | None = None) -> None:
    """Write the report page; `lang` is the language it opens in, the other one is a button away. Same result, same bytes.

    `board` is the campaign's: rows of unit, milestone, title_zh, title_en, due, done_on, status, days_late, blocked_by, who.
    """
    Path(path).write_bytes(render_html(result, lang=lang, board=board).encode("utf-8"))


def render_html(result: ResultView, *, lang: str = "zh", board: Board | None = None) -> str:
    """Return the whole page as text, with no reference to anything outside it, of at most `SIZE_LIMIT` bytes."""
    script = _script()
    data = page_data.page_data(result, lang, SIZE_LIMIT - _FRAME, board)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            lang=lang,
            title=wording.words("report.title"),
            day=as_of(result).isoformat(),
            style=Markup(_asset("report.css")),
            script=Markup(script),
            # Only this very script may run, whatever a hostile name manages to become.
            script_hash=b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii"),
            data=Markup(page_data.embedded_json(data.small)),
            segments={name: Markup(text) for name, text in data.segments.items()},
            overview=figures.overview(result),
            milestones=milestones(board or ()),
            has_position="p" in data.segments,
            **_findings(result, data),
            **_capped_lists(result, data),
            **_basis(result, data),
        )
    )


def _findings(result: ResultView, data: page_data.PageData) -> dict[str, Any]:
    blocks = data.blocks
    return {
        "blocks": blocks,
        "listed": sum(blocks.findings[:3]),
        # Results that were put together from others carry sums and no device.
        "sums_only": result.findings.is_empty() and total(result, "devices") > 0,
        "withheld": withheld_units(result) if result.findings.height else 0,
        "capped": {kind: blocks.findings[at] for at, kind in enumerate(KINDS) if f"e{at}" not in blocks.kept and blocks.findings[at]},
    }


def _capped_lists(result: ResultView, data: page_data.PageData) -> dict[str, Any]:
    products = products_of(result).sort("devices", "installations", "family", descending=[True, True, False], maintain_order=True)
    released = releases(result, RELEASES_SHOWN).to_dicts()
    return {
        "unknown_count": data.unknown,
        "unknown_shown": page_data.UNKNOWN_SHOWN,
        "rulings_count": data.rulings,
        "rulings_shown": page_data.RULINGS_SHOWN,
        "units_shown": page_data.UNITS_SHOWN,
        "units_over": max(0, result.scores.height - page_data.UNITS_SHOWN),
        "traces": common_traces(result, data.blocks.pieces, data.blocks.rows, TRACES_SHOWN).to_dicts(),
        "products": products.head(PRODUCTS_SHOWN).with_columns(product=product_label()).to_dicts(),
        "products_over": max(0, products.height - PRODUCTS_SHOWN),
        "releases": released and {entry.id: [row for row in released if row["category"] == entry.id] for entry in categories(result)},
        "category_titles": {entry.id: entry.title for entry in categories(result)},
    }


def _basis(result: ResultView, data: page_data.PageData) -> dict[str, Any]:
    noted, inputs = notices(result), list(result.manifest.get("inputs") or [])
    reasons = figures.rejected_reasons(result)
    return {
        "left_out": left_out(result),
        "notices": noted[:NOTICES_SHOWN],
        "notices_over": max(0, len(noted) - NOTICES_SHOWN),
        "rejected_elsewhere": result.rejected.height - total(result, "rejected"),
        "reasons": reasons.head(REASONS_SHOWN).to_dicts(),
        "inputs": inputs[:INPUTS_SHOWN],
        "inputs_over": max(0, len(inputs) - INPUTS_SHOWN),
        "versions": versions(result),
        "merged": merged_parts(result),
        "rules_fired": _rules(result, data),
    }


def _rules(result: ResultView, data: page_data.PageData) -> list[dict[str, Any]]:
    titles: Mapping[str, Any] = result.manifest.get("rules") or {}
    return [
        {**row, "title": Title(*(wording.shown(titles[row["rule"]].get(f"title_{lang}"), 200) for lang in wording.LANGS))}
        for row in rules_fired(result, data.blocks.pieces, data.blocks.rows, sorted(titles)).head(RULES_SHOWN).iter_rows(named=True)
    ]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("licmatch.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        t=lambda key, **values: _both(wording.words(f"report.{key}", **values)), both=_both,
        p=lambda key, **values: _both(wording.words(f"page.{key}", **values)),
        code=lambda kind, value: _both(wording.code_title(kind, str(value))),
        words=lambda key, **values: wording.words(f"report.{key}", **values),
        pw=lambda key, **values: wording.words(f"page.{key}", **values),
        interval_bar=svg.interval_bar, stacked_bar=svg.stacked_bar, said=svg.said,
        verdict_key=wording.verdict_key, reason_title=wording.reason_title, shown=wording.shown, shown_bytes=wording.shown_bytes,
        percent=wording.percent, percent_span=wording.percent_span, points_span=wording.points_span, points=wording.points,
        count=wording.count, yes_no=wording.yes_no,
    )  # fmt: skip
    return environment


def _both(title: Title) -> Markup:
    """Both languages side by side; the style shows the one the page is in, with or without its script."""
    if title.zh == title.en:
        return escape(title.zh)
    return Markup('<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>').format(title.zh, title.en)


@cache
def _script() -> str:
    return '(function () {\n"use strict";\n' + "".join(_asset(f"js/{name}.js") for name in _SCRIPTS) + "})();\n"


@cache
def _asset(name: str) -> str:
    return (files("licmatch.report") / "templates" / name).read_text(encoding="utf-8")
