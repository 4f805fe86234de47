"""Keys, ids and words of licence records: last five characters that vendors publish, and those that tools leave behind."""

from __future__ import annotations

from licmatch.demo.draw import Draw

KEY_LETTERS = "BCDFGHJKMPQRTVWXY2346789"
EDITION_IDS = {
    "Pro": "Professional",
    "Professional": "Professional",
    "Enterprise": "Enterprise",
    "Home China": "CoreCountrySpecific",
    "Home": "Core",
    "Ultimate": "Ultimate",
    "Home Basic": "HomeBasic",
    "Education": "Education",
    "Enterprise LTSC": "EnterpriseS",
    "Pro for Workstations": "ProfessionalWorkstation",
    "Standard": "ServerStandard",
    "Datacenter": "ServerDatacenter",
}
HOME = ("Home", "Home China", "Home Basic")

# Client keys that Microsoft publishes for volume customers: (release, edition) -> last five, activation id.
_TEN = {
    "Pro": ("T83GX", "2de67392-b7a7-462a-b1ca-108dd189f588"),
    "Enterprise": ("2YT43", "73111121-5638-40f6-bc11-f1d7b0d64300"),
    "Enterprise LTSC": ("J462D", "32d2fab3-e4a8-42c2-923b-4bf4fd13e6ee"),
    "Education": ("VCFB2", "e0c42288-980c-4788-a014-c080d2e1926e"),
    "Pro for Workstations": ("6Q84J", "82bbc092-bc50-4e16-8e18-b74fc486aec3"),
}
CLIENT_KEYS: dict[tuple[str, str], tuple[str, str | None]] = {
    **{(release, edition): key for release in ("10", "11") for edition, key in _TEN.items()},
    ("7", "Professional"): ("GPDD4", "b92e9980-b9d5-4821-9c94-140f632f6312"),
    ("7", "Enterprise"): ("HVTHH", "ae2ee509-1b34-41c0-acb7-6d4650168915"),
    ("8.1", "Pro"): ("9D6T9", "c06b6981-d7fd-4a35-b7b4-054742b7af67"),
    ("2008 R2", "Standard"): ("R7VHC", None),
    ("2012 R2", "Standard"): ("MDVJX", None),
    ("2016", "Standard"): ("KHKQY", None),
    ("2016", "Datacenter"): ("8XDDG", None),
    ("2019", "Standard"): ("J464C", None),
    ("2019", "Datacenter"): ("63DFG", None),
    ("2022", "Standard"): ("VMK7H", None),
}
# Client keys of home editions, which no volume customer is given: only activators install them.
HOME_CLIENT_KEYS = {
    "Home": ("H8Q99", "58e97c99-f377-4ef1-81d5-4ad5522b5fd8"),
    "Home China": ("D3WVR", "a9107544-f4a0-4053-a96a-1479abdef912"),
}
# What every digital licence of an edition shows, bought or not.
GENERIC_KEYS = {
    "Pro": "3V66T",
    "Home": "8HVX7",
    "Home China": "8TYMD",
    "Education": "7CFBY",
    "Enterprise": "8HV2C",
    "Enterprise LTSC": "P39PB",
    "Pro for Workstations": "2YV77",
}

# Office: (release, edition) -> last five of the client key, activation id.
OFFICE_CLIENT_KEYS = {
    ("2010", "Professional Plus"): ("H3GVB", "6f327760-8c5c-417c-9b61-836a98287e0c"),
    ("2010", "Standard"): ("8R6BM", "9da2a678-fb6b-4e67-ab84-60dd6a9c819a"),
    ("2013", "Professional Plus"): ("GVGXT", "b322da9c-a2e2-4058-9e4e-f59a6970bd69"),
    ("2013", "Standard"): ("92CD4", "b13afb38-cd79-4ae5-9f7f-eed058d750ca"),
    ("2016", "Professional Plus"): ("WFG99", "d450596f-894d-49e0-966a-fd39ed4c4c64"),
    ("2016", "Standard"): ("DRTFM", "dedfa23d-6ed1-45a6-85dc-63cae0546de6"),
    ("2019", "Professional Plus"): ("6MWKP", "85dd8b5f-eaa4-4af3-a628-cce9e77c9a03"),
    ("2019", "Standard"): ("9D9HK", "6912a74b-a5fb-401a-bfdb-2e3ab46f4b02"),
    ("2021", "Professional Plus"): ("6F7TH", "fbdb3e18-a8ef-4fb3-9183-dffd60bd0984"),
}
# Keys that the hook for Office installs: (release, edition) -> last five, channel.
HOOK_KEYS = {
    ("2013", "Professional Plus"): ("QRP9V", "Volume:MAK"),
    ("2013", "Standard"): ("TMQ7T", "Volume:MAK"),
    ("2016", "Professional Plus"): ("RC2QY", "Volume:MAK"),
    ("2016", "Standard"): ("KQBWC", "Volume:MAK"),
    ("2016", "Home and Student"): ("WTYRK", "Retail"),
    ("2019", "Professional Plus"): ("T3C63", "Volume:MAK"),
    ("2019", "Standard"): ("FC33M", "Volume:MAK"),
    ("2019", "Home and Student"): ("YY7JK", "Retail"),
    ("2019", "Home and Business"): ("R62YT", "Retail"),
    ("2021", "Professional Plus"): ("MD2CW", "Volume:MAK"),
    ("2021", "Home and Student"): ("6RBB2", "Retail"),
    ("2021", "Home and Business"): ("R63YK", "Retail"),
    ("365", "Apps for enterprise"): ("C7GP3", "Retail"),
}

# What emulators answer with when nobody configures them.
EMULATOR_EPIDS = (
    "55041-00168-305-246209-03-1033-7600.0000-0522010",
    "06401-00206-566-174993-03-1033-9600.0000-2802018",
    "03612-00206-234-394838-03-1033-14393.0000-1082017",
    "06401-00206-456-865118-03-1033-9600.0000-2802018",
)
FOREIGN_LOCALES = ("1054", "4108", "5130", "1049", "1025", "3082")
PUBLIC_HOSTS = (
    "kms.03k.org", "kms.digiboy.ir", "kms.chinancce.com", "kms8.msguides.com", "kms.loli.beer", "kms.loli.best", "zh.us.to",
    "kms.cangshui.net", "kms.luody.info", "kms.moeclub.org", "kms9.msguides.com", "kms.sixyin.com", "kms.shuax.com",
)  # fmt: skip
# Servers that nobody listed yet.
UNLISTED_HOSTS = ("kms.wodejihuo.top", "win.jihuo-zhan.net", "vl.softhub88.com", "119.29.47.163")
SLIC_OF = {"LENOVO": "LENOVO", "HP": "HPQOEM", "Dell Inc.": "DELL", "Founder": "FOUNDR"}
ASSEMBLED = (
    ("To Be Filled By O.E.M.", "To Be Filled By O.E.M."),
    ("Gigabyte Technology Co., Ltd.", "H61M-DS2"),
    ("System manufacturer", "System Product Name"),
)


def random_key(draw: Draw) -> str:
    """Return the last five characters of a key of its own."""
    return "".join(draw.pick(KEY_LETTERS) for _ in range(5))


def host_epid(draw: Draw, build: str = "17763", locale: str = "2052") -> str:
    """Return what a KMS host calls itself: group, number, locale, build, and the day and year it was activated."""
    return draw.fill(f"03612-00206-{{200-599}}-{{100000-999999}}-03-{locale}-{build}.0000-{{100-340}}") + str(2019 + draw.below(6))
