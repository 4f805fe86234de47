"""What a notice says to people, in Chinese or English."""

from __future__ import annotations

from licmatch.ingest.records import Notice
from licmatch.messages import message

# Codes a reader may emit; each has a text `ingest.<code in lower case>`.
CODES = (
    "LOSSY_ENCODING",
    "UNDECODABLE",
    "PARTIAL_COVERAGE",
    "CHANGES_ONLY",
    "GUID_NAME",
    "DEVICE_COLLISION",
    "SNAPSHOT_INCOMPLETE",
    "SUPERSEDED",
    "LICENCE_TEMPLATES",
    "FILLED_DOWN",
    "MERGED_HEADER_GUESS",
    "SKIPPED_HIDDEN",
    "SKIPPED_NO_FILE",
    "EMPTY_FILE",
    "SECTION_NOT_READ",
    "TABLE_NOT_READ",
    "BLOCK_NOT_READ",
    "LINES_NOT_READ",
    "SHEET_NOT_READ",
    "ENCODING_GUESSED",
    "NUMERIC_VERSION",
    "DATE_AMBIGUOUS",
    "TRUNCATED",
    "DUP_ROW",
    "KEY_REDACTED",
    "NOTHING_FOUND",
    "LEDGER_FREE",
    "LEDGER_USES",
    "PAGES_MISSING",
    "NO_SOFTWARE_LIST",
    "LICENCES_NOT_READ",
    "PROFILE_NOT_USED",
)


def notice_text(notice: Notice, lang: str) -> str:
    """Return the sentence for a notice: what was seen, where, how often, and what to do about it.

    >>> notice_text(Notice("EMPTY_FILE", "PC-7.csv", 1, ""), "en")
    'PC-7.csv is empty: the command that wrote it may have failed. Run it again on that computer.'
    """
    return message(f"ingest.{notice.code.lower()}", lang, file=notice.file, count=notice.count, detail=notice.detail)
