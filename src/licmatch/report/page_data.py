"""The data the page's script works on: units, listed findings and unknown names as compact JSON, and its words."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from licmatch.report import figures, wording
from licmatch.report.result_view import ResultView, Title, categories
from licmatch.report.suspects import EVIDENCE_SHOWN, with_evidence

UNITS_SHOWN = 5_000
FINDINGS_SHOWN = 2_000
UNKNOWN_SHOWN = 1_000

_TEXT = 200
_WORDS = (
    "unit", "device", "devices", "in_use", "points", "grade", "suspected_devices", "category", "product", "verdict", "confidence",
    "evidence", "name", "publisher", "version", "status", "rows", "interval_open", "kind", "text", "source", "rule", "weight",
    "installed", "genuine", "not_genuine", "undetermined", "absent", "covered", "by_copy", "by_machine", "path", "title", "score",
    "theme_label", "lang_label", "interval_part", "suspected", "tier",
    "js_search", "js_search_findings", "js_search_unknown", "js_all_categories", "js_all_levels", "js_suspected_only", "js_all_listed",
    "js_shown", "js_none", "js_previous", "js_next", "js_children", "js_no_children", "js_findings_here", "js_no_findings_here",
    "js_all_findings_here", "js_within", "js_clear", "js_more_evidence", "js_no_evidence", "js_row", "js_sorted_up", "js_sorted_down",
    "js_official", "js_provisional", "js_up", "js_decided_by", "js_innocent", "js_change", "js_flags",
)  # fmt: skip
_PLACES = {name: f"{{{name}}}" for name in ("n", "a", "b", "name")}  # the script fills these in itself

Json = dict[str, Any]


def page_data(result: ResultView, listed: pl.DataFrame, lang: str) -> Json:
    """Return everything the script reads. Units and findings are arrays, not objects: the order is that of report.js."""
    shown_units = figures.unit_rows(result, UNITS_SHOWN)
    index = {unit_id: row for row, unit_id in enumerate(shown_units["unit_id"])}
    ids = [entry.id for entry in categories(result)]
    findings = [_finding(row, index, ids) for row in with_evidence(result, listed.head(FINDINGS_SHOWN)).iter_rows(named=True)]
    unknown = [_unknown(row, ids) for row in figures.unknown_ranked(result).head(UNKNOWN_SHOWN).iter_rows(named=True)]
    units = [_unit(row, index, ids) for row in shown_units.iter_rows(named=True)]
    return {
        "lang": lang,
        "words": {code: {word: wording.words(f"report.{word}", **_PLACES).in_(code) for word in _WORDS} for code in wording.LANGS},
        "cats": [[entry.title.zh, entry.title.en] for entry in categories(result)],
        "titles": _titles(findings, units) | _rule_words(result, findings),
        "units": units,
        "findings": findings,
        "unknown": unknown,
    }


def embedded_json(data: Json) -> str:
    """Return JSON that is safe inside a script element: no `<`, `>` or `&` survives as itself, and no NaN.

    >>> embedded_json({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _unit(row: Json, index: dict[str, int], ids: list[str]) -> list[Any]:
    return [
        wording.shown(row["unit_id"], 80), index.get(row["parent_id"], -1), _pair(figures.unit_title(row["unit_id"], row["name"])),
        row["tier"], row["devices"], row["in_use"], row["suspected_devices"],
        *(_round(row[name], 2) for name in figures.POINTS), *(row[name] for name in figures.GRADES),
        [
            [*(row[f"{key}_{name}"] for name in figures.COUNTS), *(_round(row[f"{key}_{name}"], 6) for name in figures.RATES)]
            for key in ids
        ],
    ]  # fmt: skip


def _finding(row: Json, index: dict[str, int], ids: list[str]) -> list[Any]:
    evidence = row["evidence"] or []
    return [
        wording.shown(row["device_id"], 120), index.get(row["unit_id"], -1), ids.index(row["category"]) if row["category"] in ids else -1,
        wording.verdict_key(row["verdict"], row["official"]), row["state"], row["grade"], _round(row["confidence"], 3),
        int(bool(row["official"])), int(row["suspected"]), wording.shown(row["products"], _TEXT),
        [
            [fact["kind"], wording.shown(fact["text"], _TEXT), wording.shown(fact["rule_id"], _TEXT), wording.shown(fact["source"], _TEXT),
             fact["row"], _round(fact["weight"], 3)]
            for fact in evidence[:EVIDENCE_SHOWN]
        ],
        max(0, len(evidence) - EVIDENCE_SHOWN),
        row.get("decided_by"), row.get("flags") or [],
    ]  # fmt: skip


def _unknown(row: Json, ids: list[str]) -> list[Any]:
    return [
        wording.shown(row["name"], _TEXT), wording.shown(row["publisher"], 120), wording.shown(row["version"], 60), row["lm_status"],
        ids.index(row["category"]) if row["category"] in ids else -1, row["rows"], row["devices"], _round(row["interval_open"], 6),
    ]  # fmt: skip


def _titles(findings: list[list[Any]], units: list[list[Any]]) -> Json:
    """Titles of exactly the codes that occur, sorted, so that the page carries no word list it does not use."""
    kinds: dict[str, set[str]] = {
        "verdict": {row[3] for row in findings}, "state": {row[4] for row in findings}, "strength": {row[5] for row in findings},
        "kind": {fact[0] for row in findings for fact in row[10]},
        "source": {fact[3] for row in findings for fact in row[10]}, "tier": {row[3] for row in units},
        "grade": {grade for row in units for grade in row[10:12]},
        "status": {"unknown", "ambiguous"}, "change": {row[3] for row in findings}, "flag": {flag for row in findings for flag in row[13]},
    }  # fmt: skip
    return {kind: {code: _pair(wording.code_title(kind, code)) for code in sorted(filter(None, codes))} for kind, codes in kinds.items()}


def _rule_words(result: ResultView, findings: list[list[Any]]) -> Json:
    """Titles of the rules and signatures that evidence names, and the strongest legitimate explanation of those that decided."""
    rules: Json = result.manifest.get("rules") or {}
    named = {fact[2] for row in findings for fact in row[10]} & rules.keys()
    decided = {row[12] for row in findings} & rules.keys()

    def words(each: str, kind: str) -> list[str]:
        return [wording.shown(rules[each].get(f"{kind}_{lang}"), _TEXT) for lang in ("zh", "en")]

    return {
        "rule": {each: words(each, "title") for each in sorted(named | decided)},
        "innocent": {each: words(each, "innocent") for each in sorted(decided) if rules[each].get("innocent_en")},
    }


def _pair(title: Title) -> list[str]:
    return [title.zh, title.en]


def _round(value: float | None, places: int) -> float | None:
    return None if value is None or value != value else round(value, places)
