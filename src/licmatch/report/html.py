"""report.html: one offline file, both languages in it, figures drawn here, long tables by the page's own script."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from licmatch.report import figures, page_data, svg, wording
from licmatch.report.notices import left_out, notices
from licmatch.report.result_view import ResultView, Title, as_of, categories, total
from licmatch.report.suspects import common_traces, listed_findings, product_label
from licmatch.report.versions import versions

TRACES_SHOWN = 12
PRODUCTS_SHOWN = 15
REASONS_SHOWN = 30
INPUTS_SHOWN = 40
NOTICES_SHOWN = 60


def write_html(result: ResultView, path: str | Path, *, lang: str = "zh") -> None:
    """Write the report page; `lang` is the language it opens in, the other one is a button away. Same result, same bytes."""
    Path(path).write_bytes(render_html(result, lang=lang).encode("utf-8"))


def render_html(result: ResultView, *, lang: str = "zh") -> str:
    """Return the whole page as text, with no reference to anything outside it."""
    listed = listed_findings(result)
    script = _asset("report.js")
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
            data=Markup(page_data.embedded_json(page_data.page_data(result, listed, lang))),
            overview=figures.overview(result),
            listed=listed.height,
            **_capped_lists(result),
            **_basis(result),
        )
    )


def _capped_lists(result: ResultView) -> dict[str, Any]:
    products = figures.products(result).sort("devices", "installations", "family", descending=[True, True, False], maintain_order=True)
    return {
        "findings_shown": page_data.FINDINGS_SHOWN,
        "unknown_count": result.unknown.height,
        "unknown_shown": page_data.UNKNOWN_SHOWN,
        "units_shown": page_data.UNITS_SHOWN,
        "units_over": max(0, result.scores.height - page_data.UNITS_SHOWN),
        "traces": common_traces(result, TRACES_SHOWN).to_dicts(),
        "products": products.head(PRODUCTS_SHOWN).with_columns(product=product_label()).to_dicts(),
        "products_over": max(0, products.height - PRODUCTS_SHOWN),
        "category_titles": {entry.id: entry.title for entry in categories(result)},
    }


def _basis(result: ResultView) -> dict[str, Any]:
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
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("licmatch.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        t=lambda key, **values: _both(wording.words(f"report.{key}", **values)), both=_both,
        code=lambda kind, value: _both(wording.code_title(kind, str(value))),
        words=lambda key, **values: wording.words(f"report.{key}", **values),
        interval_bar=svg.interval_bar, stacked_bar=svg.stacked_bar,
        verdict_key=wording.verdict_key, reason_title=wording.reason_title, shown=wording.shown, shown_bytes=wording.shown_bytes,
        percent=wording.percent, percent_span=wording.percent_span, points_span=wording.points_span, points=wording.points,
        count=wording.count,
    )  # fmt: skip
    return environment


def _both(title: Title) -> Markup:
    """Both languages side by side; the style shows the one the page is in, with or without its script."""
    if title.zh == title.en:
        return escape(title.zh)
    return Markup('<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>').format(title.zh, title.en)


@cache
def _asset(name: str) -> str:
    return (files("licmatch.report") / "templates" / name).read_text(encoding="utf-8")
