"""The page's charts: small inline SVG bars that stretch with their box and say in words what they draw."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from licmatch.report.result_view import Title
from licmatch.report.wording import LANGS

HEIGHT = 12


def interval_bar(low: float | None, high: float | None, label: str | Title, *, full: float = 1.0, height: int = HEIGHT,
                 mark: float | None = None, lang: str = "zh") -> Markup:  # fmt: skip
    """Return a bar that is solid up to `low`, hatched from there to `high`, empty beyond, a line at `mark`.

    `label` says the same in words.

    >>> "<script>" in interval_bar(0.2, 0.4, "<script>")
    False
    """
    parts = [f'<rect class="track" width="100%" height="{height}" rx="2"/>']
    if low is not None and high is not None:
        start, end = (min(max(end / full, 0.0), 1.0) * 100 for end in (low, high))
        parts.append(f'<rect class="solid" width="{start:.2f}%" height="{height}" rx="2"/>')
        if end > start:
            parts.append(f'<rect class="open" x="{start:.2f}%" width="{end - start:.2f}%" height="{height}"/>')
        if mark is not None:
            parts.append(f'<rect class="mark" x="{min(max(mark / full, 0.0), 1.0) * 100:.2f}%" width="2" height="{height}"/>')
    return _svg(parts, label, height, lang)


def stacked_bar(parts: Sequence[tuple[str, int]], label: str | Title, *, height: int = HEIGHT, lang: str = "zh") -> Markup:
    """Return a bar of shares: (CSS class, count) from left to right; nothing to share gives an empty bar."""
    whole = sum(n for _, n in parts)
    drawn = [f'<rect class="track" width="100%" height="{height}" rx="2"/>']
    at = 0.0
    for css, n in parts:
        if n and whole:
            share = n / whole * 100
            drawn.append(f'<rect class="{escape(css)}" x="{at:.2f}%" width="{share:.2f}%" height="{height}"/>')
            at += share
    return _svg(drawn, label, height, lang)


def said(*parts: object) -> Title:
    """Join words of both languages and plain figures into one label in both.

    >>> said(Title("正版", "Genuine"), 3)
    Title(zh='正版 3', en='Genuine 3')
    """
    return Title(*(" ".join(part.in_(lang) if isinstance(part, Title) else str(part) for part in parts) for lang in LANGS))


def _svg(parts: list[str], label: str | Title, height: int, lang: str) -> Markup:
    spoken = label if isinstance(label, Title) else Title(label, label)
    # The script says it in the other language when the page changes over.
    other = Markup(' data-zh="{}" data-en="{}"').format(spoken.zh, spoken.en) if spoken.zh != spoken.en else Markup("")
    return Markup('<svg class="bar" role="img" aria-label="{}"{} width="100%" height="{}">{}</svg>').format(
        spoken.in_(lang), other, height, Markup("".join(parts))
    )
