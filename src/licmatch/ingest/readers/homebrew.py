"""`brew info --json=v2 --installed`: formulae and casks of one computer, by the versions that are installed."""

from __future__ import annotations

from licmatch.ingest.agent import section, sections
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.record_rows import NOT_INSTALLED, RecordRows
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import listed, said

INFO = FormatInfo("homebrew", "Homebrew `brew info --json=v2 --installed`", ("software",))


def _detect(doc: Document) -> float:
    if not doc.head.startswith("{") or not isinstance(doc.json, dict):
        return 0.0
    return 0.95 if isinstance(doc.json.get("formulae"), list) and isinstance(doc.json.get("casks"), list) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    report = section(doc.json)
    rows = RecordRows()
    for place, formula in rows.objects(report.get("formulae")):
        about = {"name": said(formula.get("name")), "product_code": said(formula.get("full_name")), "tap": said(formula.get("tap"))}
        # `versions` says what could be installed; `installed` what is, each version of it.
        kegs = sections(formula.get("installed"))
        for keg in kegs:
            rows.add(place, formula, **about, version=keg.get("version"), install_date=keg.get("time"))
        if not kegs:
            rows.add(place, formula, **about, refused=NOT_INSTALLED)
    # Casks are counted on from the formulae, each of which has left a row.
    for place, cask in rows.objects(report.get("casks"), first=(rows.lines[-1] if rows.lines else 0) + 1):
        name = next(iter(listed(cask.get("name"))), None) or said(cask.get("token"))
        rows.add(
            place,
            cask,
            name=name,
            product_code=cask.get("token"),
            version=cask.get("installed"),
            install_date=cask.get("installed_time"),
            tap=cask.get("tap"),
            refused=None if said(cask.get("installed")) is not None else NOT_INSTALLED,
        )
    # What was installed without it, it does not know.
    gather.notice("PARTIAL_COVERAGE", doc.label, len(rows.rows), "brew")
    rows.put(doc, gather, INFO.id, whole=False)


READERS = (Reader(INFO, _detect, _read),)
