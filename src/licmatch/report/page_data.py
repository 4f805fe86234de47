"""The data the page's script works on: units and words as compact JSON, everything long as segments it unpacks when it needs them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from licmatch.assess.ruling_scope import NO_RULE
from licmatch.report import bars, figures, wording
from licmatch.report.board import Board, board_rows
from licmatch.report.device_blocks import DeviceBlocks, every_block
from licmatch.report.licence_position import embedded_position, position_of
from licmatch.report.packed import segment, texts
from licmatch.report.result_view import ResultView, Title, categories, rulings_waiting

UNITS_SHOWN = 5_000
UNKNOWN_SHOWN = 10_000
RULINGS_SHOWN = 1_000

_TEXT = 200
_WORDS = (
    "unit", "device", "devices", "in_use", "points", "grade", "suspected_devices", "category", "product", "verdict", "confidence",
    "evidence", "name", "publisher", "version", "status", "rows", "interval_open", "kind", "text", "source", "rule", "weight",
    "installed", "genuine", "not_genuine", "undetermined", "absent", "covered", "by_copy", "by_machine", "path", "title", "score",
    "theme_label", "lang_label", "interval_part", "suspected", "tier", "contents", "units", "rate_low", "yes", "no",
    "js_search", "js_search_findings", "js_search_unknown", "js_all_categories", "js_all_levels", "js_suspected_only", "js_all_listed",
    "js_shown", "js_none", "js_previous", "js_next", "js_children", "js_no_children", "js_findings_here", "js_no_findings_here",
    "js_all_findings_here", "js_within", "js_clear", "js_more_evidence", "js_no_evidence", "js_row", "js_sorted_up", "js_sorted_down",
    "js_official", "js_provisional", "js_up", "js_decided_by", "js_innocent", "js_change", "js_flags",
)  # fmt: skip
_PAGE_WORDS = (
    "reading", "old_browser", "searching", "own_devices", "devices_here", "search_devices", "evidence_elsewhere", "page_capped",
    "map_title", "map_help", "map_colour", "map_rest", "accepted", "licences_here", "required", "entitled", "usable", "used", "surplus",
    "shortfall", "free_copies", "unlimited", "pool", "by_pool", "by_unit", "search_pools", "rank", "rulings_title", "search_rulings",
    "board_title", "milestone", "due", "done_on", "days_late", "blocked_by", "who", "search_board", "all_statuses", "all_findings",
    "sums_only",
)  # fmt: skip
_PLACES = {name: f"{{{name}}}" for name in ("n", "a", "b", "name")}  # the script fills these in itself

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PageData:
    """What the page carries: `small` is read at once, `segments` (name -> base64) one by one as a reader gets there."""

    small: Json
    segments: dict[str, str]
    blocks: DeviceBlocks
    unknown: int
    rulings: int


def page_data(result: ResultView, lang: str, most: int, board: Board | None = None) -> PageData:
    """Return everything the script reads, in at most about `most` bytes: what does not fit is left out, the least urgent first.

    Units are arrays, not objects: the order is that of words.js.
    """
    shown_units = figures.unit_rows(result, UNITS_SHOWN)
    index = {unit_id: row for row, unit_id in enumerate(shown_units["unit_id"])}
    ids = [entry.id for entry in categories(result)]
    codes = bars.bar_codes(result)
    units = [_unit(row, index, ids, codes) for row in shown_units.iter_rows(named=True)]
    unknown = [_unknown(row, ids) for row in figures.unknown_ranked(result).head(UNKNOWN_SHOWN).iter_rows(named=True)]
    every = every_block(result, shown_units["unit_id"].to_list(), ids)
    # What waits is made by whoever asks first; where the result is written meanwhile, it is there by now.
    rulings, waiting = _rulings(result, ids)
    segments = {"u": segment(texts(unknown)), "q": segment(texts(rulings))}
    if position_of(result).height:
        segments["p"] = segment(texts(embedded_position(result, index)))
    if board:
        segments["b"] = segment(texts(board_rows(board, dict(zip(shown_units["unit_id"], (unit[2][0] for unit in units), strict=True)))))
    small = {
        "lang": lang,
        "words": {code: _words(code) for code in wording.LANGS},
        "cats": [[entry.title.zh, entry.title.en] for entry in categories(result)],
        "bars": [_pair(wording.words(f"page.{code}")) for code in codes],
        "parts": {"position": int("p" in segments), "board": int(bool(board))},
        "units": units,
    }
    blocks = every.within(most - sum(map(len, segments.values())) - len(embedded_json(small)))
    small["blocks"] = {"of": blocks.told.of_unit, "n": blocks.told.blocks, "kept": list(blocks.kept)}
    small["titles"] = _titles(blocks, units, board) | _rule_words(result, blocks, rulings)
    return PageData(small, segments | blocks.told.segments, blocks, result.unknown.height, waiting)


def _words(lang: str) -> dict[str, str]:
    said = [(name, f"report.{name}") for name in _WORDS] + [(name, f"page.{name}") for name in _PAGE_WORDS]
    return {name: wording.words(message, **_PLACES).in_(lang) for name, message in said}


def embedded_json(data: Json) -> str:
    """Return JSON that is safe inside a script element: no `<`, `>` or `&` survives as itself, and no NaN.

    >>> embedded_json({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _unit(row: Json, index: dict[str, int], ids: list[str], codes: tuple[str, ...]) -> list[Any]:
    return [
        wording.shown(row["unit_id"], 80), index.get(row["parent_id"], -1), _pair(figures.unit_title(row["unit_id"], row["name"])),
        row["tier"], row["devices"], row["in_use"], row["suspected_devices"],
        *(_round(row[name], 2) for name in figures.POINTS), *(row[name] for name in figures.GRADES),
        [
            [*(row[f"{key}_{name}"] for name in figures.COUNTS), *(_round(row[f"{key}_{name}"], 6) for name in figures.RATES),
             *(row.get(f"{key}_{name}") for name in figures.TRAITS)]
            for key in ids
        ],
        [[_round(end, 6) for end in bars.ends_of(row, code)] for code in codes],
        list(bars.ends_of(row, bars.ACCEPTED)) if bars.ACCEPTED in row else None,
    ]  # fmt: skip


def _unknown(row: Json, ids: list[str]) -> list[Any]:
    return [
        wording.shown(row["name"], _TEXT), wording.shown(row["publisher"], 120), wording.shown(row["version"], 60), row["lm_status"],
        ids.index(row["category"]) if row["category"] in ids else -1, row["rows"], row["devices"], _round(row["interval_open"], 6),
    ]  # fmt: skip


def _rulings(result: ResultView, ids: list[str]) -> tuple[list[Json], int]:
    """What waits for a ruling, the first groups of the queue, and how many there are. Sums alone have no queue."""
    if result.installations.is_empty() or not any(name.endswith("_open_names") for name in result.scores.columns):
        return [], 0
    groups, _ = rulings_waiting(result)
    rows = [
        {
            "rank": row["rank"], "product": wording.shown(row["product"], 120),
            "cat": ids.index(row["category"]) if row["category"] in ids else -1,
            "verdict": wording.verdict_key(row["provisional_verdict"], False), "grade": row["grade"],
            "rules": [rule for rule in (row["rule_id"] or "").split("; ") if rule not in ("", NO_RULE)],
            "devices": row["devices"], "units": row["units"], "open": _round(row["interval_open"], 6),
            "evidence": wording.shown(row["evidence"], _TEXT),
        }
        for row in groups.head(RULINGS_SHOWN).iter_rows(named=True)
    ]  # fmt: skip
    return rows, groups.height


def _titles(blocks: DeviceBlocks, units: list[list[Any]], board: Board | None) -> Json:
    """Titles of exactly the codes that occur, sorted, so that the page carries no word list it does not use."""
    kinds: Mapping[str, set[str]] = {
        **{kind: blocks.codes[kind] for kind in ("verdict", "state", "strength", "kind", "source", "flag")},
        "change": blocks.codes["verdict"] | (blocks.codes["flag"] & {"partial_list"}),
        "tier": {row[3] for row in units}, "grade": {grade for row in units for grade in row[10:12]},
        "status": {"unknown", "ambiguous"},
    }  # fmt: skip
    titled = {kind: _known(kind, codes) for kind, codes in kinds.items()}
    titled["board"] = {
        code: _pair(wording.code_title("milestone_status", code)) for code in sorted({str(row.get("status")) for row in board or ()})
    }
    return titled


def _known(kind: str, codes: set[str]) -> Json:
    """A code without a title of its own stands for itself in the script too: the files of a city need no titles."""
    pairs = {code: _pair(wording.code_title(kind, code)) for code in sorted(filter(None, codes))}
    return {code: pair for code, pair in pairs.items() if pair != [code, code]}


def _rule_words(result: ResultView, blocks: DeviceBlocks, rulings: list[Json]) -> Json:
    """Titles of the rules and signatures that evidence names, and the strongest legitimate explanation of those that decided."""
    rules: Json = result.manifest.get("rules") or {}
    decided = blocks.codes["decided"] & rules.keys()
    named = (blocks.codes["rule"] | decided | {rule for row in rulings for rule in row["rules"]}) & rules.keys()

    def words(each: str, kind: str) -> list[str]:
        return [wording.shown(rules[each].get(f"{kind}_{lang}"), _TEXT) for lang in ("zh", "en")]

    return {
        "rule": {each: words(each, "title") for each in sorted(named)},
        "innocent": {each: words(each, "innocent") for each in sorted(decided) if rules[each].get("innocent_en")},
    }


def _pair(title: Title) -> list[str]:
    return [title.zh, title.en]


def _round(value: float | None, places: int) -> float | None:
    return None if value is None or value != value else round(value, places)
