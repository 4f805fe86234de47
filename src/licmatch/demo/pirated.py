"""Names that show unlicensed use, as inventories list them, and the marks of repacked systems. Names only."""

from __future__ import annotations

from licmatch.demo.draw import Draw, Weighted
from licmatch.demo.entry import Entry, Truth

WINDOWS_HELP = ("os",)
OFFICE_HELP = ("office",)
BOTH = ("os", "office")

# entry, the categories whose products it unlocks, weight
# fmt: off
ACTIVATORS = (
    (Entry("KMSpico", "@ByELDI", ("10.2.0", "10.1.8"), tool="KMSpico"), BOTH, 5.0),
    (Entry("KMSpico, v10.2.0 \"portable\"", "@ByELDI", ("10.2.0",), tool="KMSpico"), BOTH, 1.0),
    (Entry("HEU KMS Activator", "知彼而知己", ("19.6.4", "24.5.0", "42.0.4"), tool="HEU KMS Activator"), BOTH, 6.0),
    (Entry("HEU_KMS_Activator_v24.6.6", None, ("24.6.6",), tool="HEU KMS Activator"), BOTH, 1.5),
    (Entry("KMSAuto Net", "Ratiborus", ("1.5.4", "1.4.9"), tool="KMSAuto"), BOTH, 3.0),
    (Entry("KMSAuto++ 1.8.5", "Ratiborus", ("1.8.5",), tool="KMSAuto"), BOTH, 1.0),
    (Entry("小马激活工具 OEM9", None, ("1.0",), tool="小马激活"), WINDOWS_HELP, 3.0),
    (Entry("小马激活工具", "小马", (None, "9.0"), tool="小马激活"), WINDOWS_HELP, 3.0),
    (Entry("暴风激活工具 V17.0", None, ("17.0",), tool="暴风激活"), BOTH, 2.5),
    (Entry("暴风激活", None, ("16.2",), tool="暴风激活"), BOTH, 1.0),
    (Entry("Microsoft Activation Scripts (MAS)", "massgravel", ("2.4", "2.6", "3.0"), tool="Microsoft Activation Scripts"), BOTH, 1.5),
    (Entry("云萌 Windows 10+ 激活工具", "云萌", ("2.7.0.0",), tool="CMWTAT"), WINDOWS_HELP, 1.5),
    (Entry("Microsoft Toolkit", None, ("2.6.4",), tool="Microsoft Toolkit"), BOTH, 1.0),
    (Entry("Windows Loader", "Daz", ("2.2.2",), tool="Windows Loader"), WINDOWS_HELP, 1.0),
    (Entry("RemoveWAT", "Hazar & Co.", ("2.2.6",), tool="RemoveWAT"), WINDOWS_HELP, 0.7),
    (Entry("Office 2016 永久激活工具", None, (None,), tool="激活工具"), OFFICE_HELP, 1.0),
)
# fmt: on
# A suite that says of itself that it was cracked: a product of its family all the same.
# fmt: off
CRACKED_SUITES = (
    (Entry("Microsoft Office 专业增强版 2016 破解版", "Microsoft Corporation", ("16.0.4266.1001",),
           Truth("office", "Microsoft", "Microsoft Office", "Professional Plus", "2016"), "破解版"),
     OFFICE_HELP, 1.0),
    (Entry("WPS Office 2019 专业增强版 绿色破解版", None, ("11.8.2.8808",),
           Truth("office", "Kingsoft", "WPS Office", "Professional Plus", "2019"), "破解版"),
     OFFICE_HELP, 1.0),
)
# fmt: on
# Cracked programs outside the three categories.
# fmt: off
CRACKED_APPS = (
    (Entry("Adobe Photoshop CC 2018 绿色破解版", None, ("19.1.6",), tool="破解版"), (), 1.0),
    (Entry("AutoCAD 2014 注册机", None, (None,), tool="注册机"), (), 1.0),
    (Entry("天正建筑 T20 V6.0 破解补丁", None, (None,), tool="破解补丁"), (), 0.6),
)
# fmt: on
PIRATED = Weighted((row, row[2]) for row in ACTIVATORS + CRACKED_SUITES)
PIRATED_APPS = Weighted((row, row[2]) for row in CRACKED_APPS)

PUBLIC_KMS_HOSTS = ("kms8.msguides.com", "kms.loli.beer", "kms.loli.best", "127.0.0.2")
CITY_KMS_HOST = "kms.zhanjiang.gov.cn"


def repack_hostname(draw: Draw) -> str:
    """Return the computer name that a repacked system image gives to the machines set up from it."""
    letters = "".join(draw.pick("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(4))
    day = draw.fill("20{12-21}") + f"{1 + draw.below(12):02d}{1 + draw.below(28):02d}"
    return f"{draw.weighted(_PREFIXES)}-{day}{letters}"


_PREFIXES = Weighted((("PC", 4.0), ("XTZJ", 2.0), ("USER", 2.0), ("SKY", 1.0), ("WIN7", 1.0), ("MS", 0.7)))


def pirated_entries() -> tuple[Entry, ...]:
    """Return every entry of this module, for vocabularies that want all names once."""
    return tuple(row[0] for row in ACTIVATORS + CRACKED_SUITES + CRACKED_APPS)
