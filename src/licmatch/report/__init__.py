"""Reports for people: one offline page and one workbook, from a result alone."""

from __future__ import annotations

from licmatch.report.html import write_html
from licmatch.report.rulings_book import write_rulings_book
from licmatch.report.tables_book import tables_book
from licmatch.report.xlsx import write_xlsx

__all__ = ["tables_book", "write_html", "write_rulings_book", "write_xlsx"]
