"""Office suites with the rows their installers write: MSI suites with MUI and proofing rows, Click-to-Run, WPS, LibreOffice, Yozo."""

from __future__ import annotations

from licmatch.demo.draw import Draw
from licmatch.demo.entry import Bundle, Entry, Truth, sole

MICROSOFT = "Microsoft Corporation"
MAJOR = {"2007": "12.0", "2010": "14.0", "2013": "15.0", "2016": "16.0"}
MSI_BUILD = {
    "2007": ("12.0.6612.1000", "12.0.4518.1014"),
    "2010": ("14.0.7015.1000", "14.0.4763.1000"),
    "2013": ("15.0.4569.1506", "15.0.4420.1017"),
    "2016": ("16.0.4266.1001",),
}
EDITION_ZH = {
    "Professional Plus": "专业增强版",
    "Standard": "标准版",
    "Home and Business": "小型企业版",
    "Home and Student": "家庭和学生版",
    "Enterprise": "企业版",
    "Professional": "专业版",
}
# fmt: off
MSI_SUITES = (
    ("2007", "Enterprise", 3.0),
    ("2007", "Professional Plus", 1.5),
    ("2010", "Professional Plus", 6.0),
    ("2010", "Standard", 1.5),
    ("2010", "Home and Student", 0.5),
    ("2013", "Professional Plus", 4.0),
    ("2013", "Standard", 1.0),
    ("2016", "Professional Plus", 11.0),
    ("2016", "Standard", 3.0),
)
# fmt: on
# fmt: off
C2R_SUITES = (
    ("2016", "Home and Student", 1.5),
    ("2016", "Professional Plus", 2.5),
    ("2019", "Professional Plus", 6.0),
    ("2019", "Home and Student", 6.0),
    ("2019", "Home and Business", 2.0),
    ("2021", "Professional Plus", 4.0),
    ("2021", "Home and Student", 5.0),
    ("2021", "Home and Business", 1.5),
    ("2019", "Standard", 0.6),
)
# fmt: on
APPS = ("Access", "Excel", "Groove", "InfoPath", "OneNote", "Outlook", "PowerPoint", "Publisher", "Word", "Shared")
LANGUAGES = {
    "Chinese (Simplified)": "中文(简体)",
    "English": "英语",
    "Chinese (Traditional)": "中文(繁体)",
    "Japanese": "日语",
    "Korean": "朝鲜语",
    "French": "法语",
    "German": "德语",
    "Spanish": "西班牙语",
    "Russian": "俄语",
    "Italian": "意大利语",
    "Portuguese (Brazil)": "葡萄牙语(巴西)",
    "Arabic": "阿拉伯语",
    "Dutch": "荷兰语",
    "Polish": "波兰语",
    "Thai": "泰语",
    "Turkish": "土耳其语",
    "Ukrainian": "乌克兰语",
    "Vietnamese": "越南语",
    "Hebrew": "希伯来语",
    "Czech": "捷克语",
    "Hungarian": "匈牙利语",
    "Swedish": "瑞典语",
    "Danish": "丹麦语",
    "Finnish": "芬兰语",
}
LOCALES = (
    "zh-cn",
    "en-us",
    "zh-tw",
    "ja-jp",
    "ko-kr",
    "fr-fr",
    "de-de",
    "es-es",
    "ru-ru",
    "it-it",
    "pt-br",
    "ar-sa",
    "nl-nl",
    "pl-pl",
    "th-th",
    "tr-tr",
    "uk-ua",
    "vi-vn",
    "he-il",
    "cs-cz",
    "hu-hu",
    "sv-se",
    "da-dk",
    "fi-fi",
)


# "Office 16" is all these rows say, whichever suite wrote them.
CLICK_TO_RUN_PART = Truth("office", "Microsoft", "Microsoft Office", None, "2016", "component")
HIDDEN_PARTS = (("Extensibility", 0.95), ("Localization", 0.95), ("Licensing", 0.9))


def suite_truth(release: str, edition: str) -> Truth:
    """Return the truth of a Microsoft Office suite."""
    return Truth("office", "Microsoft", "Microsoft Office", edition, release)


def suite_name(release: str, edition: str, *, chinese: bool) -> str:
    """Return the suite's name as its installer writes it: the 2007 suites carry English names on Chinese systems too."""
    return f"Microsoft Office {EDITION_ZH[edition] if chinese and release != '2007' else edition} {release}"


def mui_rows(release: str, language: str, build: str) -> list[Entry]:
    """Return the hidden rows of one language of an MSI suite."""
    suite = suite_truth(release, "")
    words = [
        f"Microsoft Office {app} MUI ({language}) {release}"
        if app == "Shared" or release in ("2007", "2010")
        else f"Microsoft {app} MUI ({language}) {release}"
        for app in APPS
    ]
    rows = [Entry(name, MICROSOFT, (build,), suite.part("component")) for name in words]
    return [*rows, Entry(f"Microsoft Office Proofing ({language}) {release}", MICROSOFT, (build,), suite.part("language_pack"))]


def proofing_row(release: str, language: str, build: str, *, chinese: bool) -> Entry:
    """Return a proofing-tools row, in the system's language as newer suites write it."""
    truth = suite_truth(release, "").part("language_pack")
    if chinese and release in ("2013", "2016"):
        return Entry(f"Microsoft Office 校对工具 {release} - {LANGUAGES[language]}", MICROSOFT, (build,), truth)
    return Entry(
        f"Microsoft Office Proof ({language}) {release}"
        if release in ("2007", "2010")
        else f"Microsoft Office Proofing Tools {release} - {language}",
        MICROSOFT,
        (build,),
        truth,
    )


def msi_bundles() -> list[Bundle]:
    """Return the MSI suites: the suite, its components and its proofing tools."""
    bundles = []
    for release, edition, weight in MSI_SUITES:
        for chinese, share in ((True, 0.85), (False, 0.15)):
            for number, build in enumerate(MSI_BUILD[release]):
                truth = suite_truth(release, edition)
                language = "Chinese (Simplified)" if chinese else "English"
                suite = Entry(
                    suite_name(release, edition, chinese=chinese),
                    MICROSOFT,
                    (build,),
                    truth,
                    location="C:\\Program Files\\Microsoft Office\\",
                )
                rows = [(suite, 1.0)] + [(entry, 0.93) for entry in mui_rows(release, language, build)]
                rows += [
                    (proofing_row(release, other, build, chinese=chinese), 0.9)
                    for other in dict.fromkeys((language, "English", "Chinese (Simplified)"))
                ]
                bundles.append(Bundle(tuple(rows), weight * share * (0.7 if number == 0 else 0.3), truth))
    return bundles


def click_to_run_bundles(draw: Draw) -> list[Bundle]:
    """Return the Click-to-Run suites: one row per language, and the hidden extensibility and localization rows."""
    bundles = []
    for release, edition, weight in C2R_SUITES:
        truth = suite_truth(release, edition)
        builds = draw.versions("16.0.{10352-17928}.{20042-20654}", 6)
        hidden = [
            (Entry(f"Office 16 Click-to-Run {part} Component", MICROSOFT, builds, CLICK_TO_RUN_PART), share) for part, share in HIDDEN_PARTS
        ]
        zh = Entry(
            f"{suite_name(release, edition, chinese=True)} - zh-cn",
            MICROSOFT,
            builds,
            truth,
            location="C:\\Program Files\\Microsoft Office",
        )
        en = Entry(
            f"{suite_name(release, edition, chinese=False)} - en-us",
            MICROSOFT,
            builds,
            truth,
            location="C:\\Program Files\\Microsoft Office",
        )
        bundles.append(Bundle(((zh, 1.0), *hidden), weight * 0.8, truth))
        bundles.append(Bundle(((zh, 1.0), (en, 1.0), *hidden), weight * 0.12, truth))
        bundles.append(Bundle(((en, 1.0), *hidden), weight * 0.08, truth))
    plan = Truth("office", "Microsoft", "Microsoft 365", "Apps for enterprise", "365")
    builds = draw.versions("16.0.{16327-18129}.{20132-20608}", 8)
    for name, weight in (("Microsoft 365 企业应用版 - zh-cn", 1.2), ("Microsoft 365 Apps for enterprise - en-us", 0.3)):
        bundles.append(
            Bundle(
                (
                    (Entry(name, MICROSOFT, builds, plan), 1.0),
                    (Entry("Office 16 Click-to-Run Extensibility Component", MICROSOFT, builds, CLICK_TO_RUN_PART), 0.95),
                ),
                weight,
                plan,
            )
        )
    return bundles


def wps_entry(version: str, publisher: str = "Kingsoft Corp.") -> Entry:
    """Return the row of WPS Office, whose name holds the whole version."""
    release = {"11": "2019", "12": "2023", "10": "2016", "9": "2013"}[version.split(".", 1)[0]]
    edition = "Professional" if ".8." in version else None
    return Entry(
        f"WPS Office ({version})",
        publisher,
        (version,),
        Truth("office", "Kingsoft", "WPS Office", edition, release),
        location="C:\\Program Files (x86)\\Kingsoft\\WPS Office\\",
    )


def other_suites(draw: Draw) -> list[Bundle]:
    """Return WPS in many versions and editions, LibreOffice, OpenOffice and Yozo."""
    bundles = []
    wps = [
        *draw.versions("11.1.0.{10314-15319}", 30),
        *draw.versions("12.1.0.{15990-18608}", 25),
        *draw.versions("11.8.2.{8053-12300}", 14),
        *draw.versions("12.8.2.{15091-18205}", 8),
        *draw.versions("10.1.0.{6260-7698}", 6),
    ]
    for number, version in enumerate(wps):
        bundles.append(
            sole(
                wps_entry(version, draw.pick(("Kingsoft Corp.", "Kingsoft Corp.", "北京金山办公软件股份有限公司"))),
                26.0 / (8 + number % 30),
            )
        )
    named = (
        ("WPS Office 2019 专业版", "Professional", "2019", 3.0),
        ("WPS Office 2016 专业版", "Professional", "2016", 2.0),
        ("WPS Office 2019 政府版", "Government", "2019", 1.0),
        ("WPS Office 2012 专业增强版", "Professional Plus", "2012", 0.3),
    )
    for name, edition, release, weight in named:
        bundles.append(
            sole(
                Entry(
                    name,
                    "Kingsoft Corp.",
                    draw.versions("11.8.2.{8053-12300}", 4),
                    Truth("office", "Kingsoft", "WPS Office", edition, release),
                ),
                weight,
            )
        )
    for version in ("6.4.7.2", "7.1.8.1", "7.3.7.2", "7.5.4.2", "7.6.7.2", "24.2.5.2"):
        truth = Truth("office", "The Document Foundation", "LibreOffice", None, version.rsplit(".", 2)[0])
        bundles.append(sole(Entry(f"LibreOffice {version}", "The Document Foundation", (version,), truth), 0.25))
    for version, title in (("4.1.7", "OpenOffice 4.1.7"), ("4.1.13", "OpenOffice 4.1.13")):
        bundles.append(
            sole(Entry(title, "Apache Software Foundation", (version,), Truth("office", "Apache", "Apache OpenOffice", None, "4.1")), 0.15)
        )
    for release in ("2016", "2019"):
        truth = Truth("office", "Yozosoft", "Yozo Office", "Professional", release)
        bundles.append(
            sole(Entry(f"永中Office {release} 专业版", "永中软件股份有限公司", draw.versions("8.0.{1015-1620}.101ZH", 3), truth), 0.4)
        )
    return bundles


def office_bundles(seed: int) -> tuple[Bundle, ...]:
    """Return everything a Windows device may have as its office suite."""
    draw = Draw(seed, "office")
    return (*msi_bundles(), *click_to_run_bundles(draw), *other_suites(draw))


def sold_alone(seed: int) -> tuple[Bundle, ...]:
    """Return Visio and Project, which no suite contains."""
    draw = Draw(seed, "sold alone")
    bundles = []
    for family, zh, en in (("Microsoft Visio", "专业版", "Professional"), ("Microsoft Project", "专业版", "Professional")):
        for release in ("2013", "2016", "2019", "2021"):
            truth = Truth("office", "Microsoft", family, "Professional", release, "standalone_app")
            builds = (
                draw.versions("16.0.{10352-17928}.{20042-20654}", 3) if release in ("2019", "2021") else (f"{MAJOR[release]}.4266.1001",)
            )
            suffix = " - zh-cn" if release in ("2019", "2021") else ""
            bundles.append(sole(Entry(f"{family} {zh} {release}{suffix}", MICROSOFT, builds, truth), 1.0))
            bundles.append(sole(Entry(f"{family} {en} {release}", MICROSOFT, builds, truth), 0.2))
    return tuple(bundles)
