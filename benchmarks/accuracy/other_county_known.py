"""What is publicly known of activators: where they answer, which ids they hand out, what antivirus makers and repackers call things."""

from __future__ import annotations

from other_county_scenery import HALF_YEAR

# Where emulators of a key management host pretend to be.
HERE = ("127.0.0.1", "127.0.0.2", "localhost", "0.0.0.0", "127.0.0.8")
# Hosts that serve everybody in the internet.
PUBLIC = (
    "kms.03k.org",
    "kms8.msguides.com",
    "kms.loli.beer",
    "kms.digiboy.ir",
    "kms.lotro.cc",
    "kms.moeclub.org",
    "kms.cangshui.net",
    "s8.uk.to",
    "kms.chinancu.com",
    "skms.netnr.eu.org",
)
# Ids that emulators hand out as they were compiled, by product group: Windows, Office 2010, later Office.
KNOWN_EPIDS = {
    "os": (
        "06401-00206-271-298329-03-1033-9600.0000-0452015",
        "06401-00206-566-174993-03-1033-9600.0000-2802018",
        "06401-00206-271-178235-03-1033-9600.0000-0172014",
        "06401-00206-560-594696-03-1033-9600.0000-2962018",
    ),
    "office": ("06401-00206-234-398213-03-1033-9600.0000-0452015",),
    "2010": ("06401-00096-199-198322-03-1033-9600.0000-0452015",),
}
DETECTIONS = (
    "HackTool:Win32/AutoKMS",
    "HackTool:MSIL/AutoKMS!MTB",
    "HEUR:HackTool.Win32.KMSAuto.gen",
    "HackTool.AutoKMS",
    "Win64/HackKMS.C 潜在不安全的应用程序",
    "RiskWare[RiskTool]/Win32.HackKMS",
    "Application.Hacktool.KMSActivator.X",
    "CRCK_KMS",
    "HackTool/KMSActivator.a",
    "Tool.KMS.7",
    "not-a-virus:RiskTool.Win32.HackKMS.c",
)
RENEWED = (HALF_YEAR - 12_000, HALF_YEAR - 5)
# Repacked systems: what they call themselves, and whom they name.
GHOSTS = (
    ("深度技术 Ghost Win7 Sp1 装机旗舰版", "www.deepghost.com"),
    ("雨林木风 GHOST XP SP3 装机版 YN2012.08", "雨林木风"),
    ("番茄花园 Ghost Win10 专业版", "www.tomatolei.com"),
    ("电脑公司 GhostWin7 特别版 V2018", "电脑公司特别版"),
    ("系统之家 GHOST WIN10 X64 专业装机版", "www.xitongzhijia.net"),
    ("萝卜家园 Ghost Win7 旗舰版", "萝卜家园"),
)
