"""What a reader must be told about the input and the run, out of the manifest: damaged files, partial coverage, left-out plugins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from licmatch.report.result_view import ResultView, Title
from licmatch.report.wording import shown, words

_TEXT_LIMIT = 600


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know: where it was seen, if anywhere in particular, and what it is."""

    place: str
    text: Title


def notices(result: ResultView) -> list[Notice]:
    """Return the manifest's notices in its order, in words; a code the messages do not know stands for itself."""
    return [_notice(entry) for entry in result.manifest.get("notices") or []]


def left_out(result: ResultView) -> list[str]:
    """Return the names of plugins the run went without: a result that lacks one is incomplete, and must say so."""
    return [shown(name, 80) for name in result.manifest.get("without") or []]


def _notice(entry: Mapping[str, object]) -> Notice:
    code, count, file = str(entry.get("code", "")), entry.get("count"), shown(entry.get("file"), 200)
    detail = shown(entry.get("detail"), _TEXT_LIMIT)
    number = f"{count:,}" if isinstance(count, int) else "?"
    try:
        # A stage words its own notices, file and all.
        return Notice("", words(f"ingest.{code.lower()}", file=file, count=number, detail=detail))
    except LookupError:
        pass
    try:
        return Notice("", words(f"merge.{code.lower()}", count=number, detail=detail))
    except LookupError:
        pass
    try:
        return Notice(file, words(f"report.notice_{code.lower()}", count=number, detail=detail))
    except LookupError:
        plain = ": ".join(filter(None, (code, detail))) + (f" ({number})" if count else "")
        return Notice(file, Title(plain, plain))
