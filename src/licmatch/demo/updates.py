"""Update and language rows: names that belong to a catalogued product and never are one."""

from __future__ import annotations

from collections.abc import Iterator

from licmatch.demo.draw import Draw
from licmatch.demo.entry import Entry, Truth
from licmatch.demo.office import (
    C2R_SUITES,
    EDITION_ZH,
    LANGUAGES,
    LOCALES,
    MICROSOFT,
    MSI_BUILD,
    mui_rows,
    proofing_row,
    suite_name,
    suite_truth,
    wps_entry,
)

WINDOWS_RELEASES = (("7", "Windows 7"), ("10", "Windows 10 Version 1809"), ("10", "Windows 10 Version 22H2"), ("11", "Windows 11"))


def _update(draw: Draw) -> Entry:
    """Return one update row of Windows or Office, numbered at random."""
    number = 2_000_000 + draw.below(3_060_000)
    if draw.chance(0.6):
        release = draw.pick(("2007", "2010", "2013", "2016"))
        kind = draw.pick(("Security Update for Microsoft", "Update for Microsoft"))
        app = draw.pick(("Office", "Office", "Excel", "Word", "PowerPoint", "Outlook", "Access", "OneNote"))
        family = "Microsoft Office" if app == "Office" else f"Microsoft {app}"
        # The applications of 2007 still carry "Office" in their own names.
        words = f"Office {app}" if release == "2007" and app != "Office" else app
        name = f"{kind} {words} {release} (KB{number})"
        if release in ("2010", "2013", "2016"):
            name += draw.pick((" 32-Bit Edition", " 32-Bit Edition", " 64-Bit Edition"))
        return Entry(name, "Microsoft", (None,), Truth("office", "Microsoft", family, None, release, "update"))
    release, words = draw.pick(WINDOWS_RELEASES)
    truth = Truth("os", "Microsoft", f"Windows {release}", None, release, "update")
    if draw.chance(0.3):
        return Entry(f"用于 {words} 的安全更新程序 (KB{number})", MICROSOFT, ("1",), truth)
    kind = draw.pick(("Security Update for", "Update for", "Hotfix for"))
    return Entry(f"{kind} {words} for x64-based Systems (KB{number})", MICROSOFT, ("1",), truth)


def update_entries(seed: int) -> Iterator[Entry]:
    """Yield update rows without end; a name may come again."""
    draw = Draw(seed, "updates")
    while True:
        yield _update(draw)


def language_rows() -> Iterator[Entry]:
    """Yield the component and language rows of every release in every language, a closed set of some two thousand."""
    for release, builds in MSI_BUILD.items():
        for language in LANGUAGES:
            yield from mui_rows(release, language, builds[0])
            yield proofing_row(release, language, builds[0], chinese=True)
            yield proofing_row(release, language, builds[0], chinese=False)
    for release, edition, _ in C2R_SUITES:
        for locale in LOCALES:
            chinese = locale.startswith("zh-cn") and edition in EDITION_ZH
            yield Entry(
                f"{suite_name(release, edition, chinese=chinese)} - {locale}",
                MICROSOFT,
                ("16.0.17928.20156",),
                suite_truth(release, edition),
            )


def wps_builds(seed: int) -> Iterator[Entry]:
    """Yield WPS Office in its many builds without end; a name may come again."""
    draw = Draw(seed, "wps builds")
    while True:
        yield wps_entry(draw.fill(draw.pick(("11.1.0.{9000-15900}", "12.1.0.{15900-19900}", "11.8.2.{7000-12900}", "10.1.0.{5000-7900}"))))
