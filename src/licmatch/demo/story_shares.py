"""How often each story happens: how copies were bought, how they were unlocked, by which tool. Shares are invented."""

from __future__ import annotations

from licmatch.demo.draw import Weighted

MODERN = Weighted(
    (
        ("oem", 50.0),
        ("retail key", 5.0),
        ("digital upgrade", 11.0),
        ("city kms", 14.0),
        ("county kms", 7.0),
        ("moved kms", 2.5),
        ("mak", 5.0),
        ("directory", 4.0),
        ("board replaced", 1.5),
        ("not activated", 2.5),
    )
)
VOLUME = Weighted(
    (
        ("city kms", 50.0),
        ("county kms", 17.0),
        ("moved kms", 6.0),
        ("mak", 14.0),
        ("directory", 9.0),
        ("not activated", 2.5),
        ("evaluation", 1.5),
    )
)
SEVEN = Weighted((("oem slp", 55.0), ("oem label", 12.0), ("city kms", 18.0), ("mak", 8.0), ("retail key", 4.0), ("not activated", 3.0)))
SERVER = Weighted((("city kms", 40.0), ("mak", 30.0), ("oem label", 12.0), ("retail key", 8.0), ("evaluation", 4.0), ("directory", 6.0)))
SUITE = Weighted((("city kms", 46.0), ("county kms", 12.0), ("mak", 36.0), ("not activated", 6.0)))
UNLOCK = Weighted(
    (
        ("emulator", 27.0),
        ("hook", 10.0),
        ("renewal task", 8.0),
        ("public kms", 20.0),
        ("unlisted kms", 4.0),
        ("lan emulator", 3.0),
        ("kms38", 8.0),
        ("permanent client key", 5.0),
        ("endless lease", 4.0),
        ("hwid", 10.0),
        ("foreign mak", 4.0),
    )
)
UNLOCK_SEVEN = Weighted((("loader", 60.0), ("emulator", 28.0), ("remover", 7.0), ("foreign mak", 5.0)))
UNLOCK_OFFICE = Weighted((("emulator", 40.0), ("public kms", 20.0), ("office hook", 32.0), ("foreign mak", 8.0)))
ASIDE = Weighted(
    ((None, 92.6), ("likely names", 6.0), ("quarantined download", 0.5), ("old disk", 0.35), ("archive kept", 0.25), ("key viewer", 0.3))
)
# The tool that does it where no program of the list is one.
TOOL_OF = {
    "emulator": Weighted((("KMSpico", 4.0), ("HEU KMS Activator", 5.0), ("KMSAuto", 3.0), ("Microsoft Toolkit", 2.0), ("暴风激活", 1.0))),
    "hook": Weighted((("KMS_VL_ALL", 1.0),)),
    "renewal task": Weighted((("Microsoft Activation Scripts", 1.0),)),
    "kms38": Weighted((("Microsoft Activation Scripts", 3.0), ("HEU KMS Activator", 2.0))),
    "permanent client key": Weighted((("Microsoft Activation Scripts", 1.0),)),
    "endless lease": Weighted((("Microsoft Activation Scripts", 1.0),)),
    "hwid": Weighted((("Microsoft Activation Scripts", 3.0), ("CMWTAT", 1.0), ("HEU KMS Activator", 1.0))),
    "loader": Weighted((("Windows Loader", 3.0), ("小马激活", 2.0))),
    "remover": Weighted((("RemoveWAT", 1.0),)),
    "office hook": Weighted((("Microsoft Activation Scripts", 1.0),)),
}
METHODS_OF = {
    "KMSpico": ("emulator",),
    "HEU KMS Activator": ("emulator", "emulator", "kms38", "hwid"),
    "KMSAuto": ("emulator",),
    "小马激活": ("loader", "emulator"),
    "暴风激活": ("emulator",),
    "Microsoft Activation Scripts": ("hwid", "renewal task", "kms38", "permanent client key", "endless lease"),
    "CMWTAT": ("hwid",),
    "Microsoft Toolkit": ("emulator",),
    "Windows Loader": ("loader",),
    "RemoveWAT": ("remover",),
    "激活工具": (),
    "破解版": (),
}
WINDOWS_ONLY = ("小马激活", "CMWTAT", "Windows Loader", "RemoveWAT")
OFFICE_METHODS_OF = {"Microsoft Activation Scripts": ("office hook",)}
FOR_PERSONS = (
    "360 Safe Guard",
    "360 Antivirus",
    "360 Total Security",
    "Kingsoft Antivirus (Duba)",
    "Tencent PC Manager",
    "Kaspersky Internet Security",
    "McAfee LiveSafe",
    "Avira Antivirus",
)
# On the city's list of free software, whose licence text allows offices.
APPROVED = ("Huorong Internet Security",)
