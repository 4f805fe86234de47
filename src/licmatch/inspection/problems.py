"""What has to be put right: the ledger of problems (问题台账), what notices to rectify say (整改通知书), and a draft of rulings to sign."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import PurePath

import polars as pl

from licmatch.inspection.outcome import SOUND, Outcome, standing
from licmatch.inspection.sheet import form, sheet
from licmatch.inspection.words import say, unit_names
from licmatch.report.wording import code_title, shown
from licmatch.result import Result

_LEDGER = [header.field for header in sheet().F5c]
_NOTICE = [header.field for header in sheet().F6b]
# A row of a worksheet is at most so many lines high; the others stand in the ledger.
LISTED = 12
DRAFT = ("ruling_id", "verdict", "ruled_by", "document_no", "ruled_on", "device_id", "product_id", "reason")


def problem_ledger(outcome: Outcome, result: Result, *, lang: str = "zh", due: date | None = None) -> pl.DataFrame:
    """Return a row a verdict that is not sound, or misses the target, with the columns of F5c and `unit_id`.

    The ground is the rule by which the scan accused the same copy, where it did; else the register itself.
    """
    names = unit_names(result.units, lang)
    unit_of = dict(outcome.devices.select("device_id", "unit_id").iter_rows())
    accused = result.findings.filter(pl.col("state") == "not_genuine")
    grounds = {(device, category): rule for device, category, rule in accused.select("device_id", "category", "decided_by").iter_rows()}
    kept = [
        row for row in outcome.returned.given.iter_rows(named=True)
        if standing(row["verdict"], outcome.states) != SOUND or row["verdict"] in sheet().not_infringing
    ]  # fmt: skip
    kept.sort(key=lambda row: (unit_of[row["device_id"]], row["device_id"], row["block"]))
    blocks = {block.id: block.zh if lang == "zh" else block.en for block in sheet().block}
    rows = []
    for number, row in enumerate(kept, 1):
        what = " ".join(part for part in (row["name"], row["version"]) if part)
        seen = [
            blocks[row["block"]],
            row["remark"],
            row["proof"],
            f"{form('F5a').zh} {PurePath(row['file']).name}:{row['line']}",
        ]
        rows.append({
            "issue_no": f"{outcome.draw.number[:6]}-{number:03d}",
            "unit": names.get(unit_of[row["device_id"]], unit_of[row["device_id"]]),
            "device_id": row["device_id"],
            "kind": f"{row['verdict']} {code_title('verdict', row['verdict']).in_(lang)}",
            "product_name": what or None,
            "rule_id": grounds.get((row["device_id"], row["block"])),
            "person": None,
            "measure": sheet().measures.get(row["verdict"], "处置"),
            "due": due.isoformat() if due else None,
            "done_on": None,
            "recheck": None,
            "proof": "；".join(shown(part) for part in seen if part),
            "unit_id": unit_of[row["device_id"]],
        })  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys((*_LEDGER, "unit_id"), pl.String))


def notices(outcome: Outcome, ledger: pl.DataFrame, *, lang: str = "zh", due: date | None = None) -> pl.DataFrame:
    """Return what a notice to each unit with a problem says, with the columns of F6b."""
    rows = []
    for number, (_, problems) in enumerate(ledger.group_by(["unit_id"], maintain_order=True), 1):
        listed = [f"{row['issue_no']} {row['device_id']}: {row['kind']} → {row['measure']}" for row in problems.iter_rows(named=True)]
        if len(listed) > LISTED:
            more = len(listed) - LISTED
            listed = [*listed[:LISTED], say("more_in_ledger", lang, count=more)]
        rules = sorted(set(problems["rule_id"].drop_nulls()))
        rows.append({
            "notice_no": f"{outcome.draw.number[:6]}-{number:02d}",
            "unit_name": problems["unit"][0],
            "issues": "\n".join(listed),
            "basis": "；".join([f"{form('F5a').zh} {outcome.draw.number}", *rules]),
            "due": due.isoformat() if due else None,
            "consequence": "通报批评",
            "signed_by": None,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys(_NOTICE, pl.String))


def rulings_draft(outcome: Outcome, result: Result) -> tuple[bytes, int]:
    """Return a table of rulings (CSV) for the copyright department to sign, and how many it holds.

    A row is a verdict of the inspectors that settles a copy of which no ruling speaks yet. Who ruled, document and day are blank: until
    they are filled in, `assess --rulings` refuses the row, and nothing is official.
    """
    copies = {
        (row["device_id"], row["category"]): row
        for row in result.findings.filter(~pl.col("official").fill_null(False) & pl.col("product_id").is_not_null()).iter_rows(named=True)
    }
    memory = io.StringIO()
    writer = csv.writer(memory, lineterminator="\n")
    writer.writerow(DRAFT)
    number = 0
    for row in outcome.returned.given.iter_rows(named=True):
        copy = copies.get((row["device_id"], row["block"]))
        if copy is None or outcome.states.get(row["verdict"]) not in ("genuine", "not_genuine"):
            continue
        number += 1
        reason = "；".join(
            part for part in (f"{form('F5a').zh} {outcome.draw.number} {PurePath(row['file']).name}:{row['line']}", row["remark"]) if part
        )
        writer.writerow(
            (f"{outcome.draw.number[:8]}-{number:03d}", row["verdict"], "", "", "", row["device_id"], copy["product_id"], shown(reason))
        )
    return b"\xef\xbb\xbf" + memory.getvalue().encode("utf-8"), number
