"""What every computer of the other county may have: programs, makers, names of units, and how Windows and Office describe a licence."""

from __future__ import annotations

import random

from other_county_devices import Device, Row, odd

MAKERS = {
    "LENOVO": ("ThinkCentre M720t-D105", "LENOVO"),
    "HP": ("HP ProDesk 480 G7", "HPQOEM"),
    "Dell Inc.": ("OptiPlex 7060", "DELL  "),
    "清华同方": ("超越 E500-81003", "TFPC  "),
    "ASUSTeK COMPUTER INC.": ("D500MA", "_ASUS_"),
}
COMMON = (
    ("Google Chrome", "Google LLC", "142.0.7444.60"),
    ("Microsoft Edge", "Microsoft Corporation", "142.0.3595.53"),
    ("微信", "腾讯科技(深圳)有限公司", "3.9.12.55"),
    ("腾讯QQ", "腾讯科技(深圳)有限公司", "9.7.25"),
    ("搜狗输入法 15.4正式版", "Sogou.com", "15.4.0.2119"),
    ("7-Zip 24.09 (x64)", "Igor Pavlov", "24.09"),
    ("WinRAR 6.24 (64-位)", "win.rar GmbH", "6.24.0"),
    ("Notepad++ (64-bit x64)", "Notepad++ Team", "8.6.9"),
    ("Microsoft Visual C++ 2015-2022 Redistributable (x64) - 14.40.33810", "Microsoft Corporation", "14.40.33810.0"),
    ("Microsoft .NET Runtime - 8.0.11 (x64)", "Microsoft Corporation", "64.44.23253"),
    ("Java 8 Update 431", "Oracle Corporation", "8.0.4310.10"),
    ("Realtek High Definition Audio Driver", "Realtek Semiconductor Corp.", "6.0.9381.1"),
    ("Intel(R) Graphics Driver", "Intel Corporation", "31.0.101.2125"),
    ("HP LaserJet M101-M106", "HP", ""),
    ("Adobe Acrobat Reader - Chinese Simplified", "Adobe", "24.002.20857"),
    ("福昕阅读器", "福建福昕软件开发股份有限公司", "12.1"),
    ("用友U8+ 客户端", "用友网络科技股份有限公司", "16.1"),
    ("金税盘版增值税发票开票软件", "航天信息股份有限公司", "2.3.10"),
    ("自然人电子税务局(扣缴端)", "税友软件集团", "3.1.207"),
    ("致远M3", "北京致远互联", "4.8"),
    ("政务外网VPN客户端", "深信服科技", "7.6.8"),
    ("向日葵远程控制", "上海贝锐", "15.3"),
    ("钉钉", "DingTalk", "7.6.3"),
    ("CAJViewer 8.1", "TTKN", "8.1"),
    ("Bandicut", "Bandicam Company", "3.6"),
    ("暴风影音5", "北京暴风科技股份有限公司", "5.81"),
    ("VLC media player", "VideoLAN", "3.0.20"),
    ("百度网盘", "北京度友科技有限公司", "7.45"),
    ("EasyConnect", "Sangfor Technologies Inc.", "7.6.7.3"),
    ("Microsoft Teams", "Microsoft", "1.7"),
    ("全国中小学学籍系统插件", None, "2.1"),
)
ANTIVIRUS = (
    ("360安全卫士", "360安全中心", "13.0.0.2209"),
    ("火绒安全软件", "北京火绒网络科技有限公司", "6.0.4.7"),
    ("奇安信网神终端安全管理系统", "奇安信", "10.3.0"),
    ("360天擎终端安全管理系统", "奇安信科技集团", "6.7.0"),
    ("Kaspersky Endpoint Security for Windows", "AO Kaspersky Lab", "12.3.0.493"),
    ("瑞星ESM365", "瑞星", "3.0"),
    ("Trend Micro Apex One Security Agent", "Trend Micro Inc.", "14.0"),
    ("金山毒霸", "Kingsoft", "15.2023.8"),
    ("ESET Endpoint Antivirus", "ESET, spol. s r.o.", "10.1.2046"),
)
WPS = (
    ("WPS Office (12.1.0.18912)", "Kingsoft Corp.", "12.1.0.18912"),
    ("WPS Office 2019 专业增强版", "金山办公软件", "11.8.6.8722"),
    ("WPS Office 2016 专业版", "Kingsoft Corp.", "10.8.0.6206"),
)
# Windows: caption, edition as the licence names it, build, last five of the volume client key (published), of the default retail key.
WINDOWS = {
    "10pro": ("Microsoft Windows 10 专业版", "Professional", "19045", "T83GX", "3V66T"),
    "10ent": ("Microsoft Windows 10 企业版", "Enterprise", "19045", "2YT43", "8HV2C"),
    "10ltsc": ("Microsoft Windows 10 企业版 LTSC", "EnterpriseS", "19044", "J462D", "P39PB"),
    "11pro": ("Microsoft Windows 11 Pro", "Professional", "22631", "T83GX", "3V66T"),
    "7pro": ("Microsoft Windows 7 专业版", "Professional", "7601", "GPDD4", None),
    "7ult": ("Microsoft Windows 7 旗舰版", "Ultimate", "7601", None, None),
    "7ent": ("Microsoft Windows 7 Enterprise", "Enterprise", "7601", "HVTHH", None),
    "10home": ("Microsoft Windows 10 家庭中文版", "CoreCountrySpecific", "19045", None, "8TYMD"),
    "11home": ("Microsoft Windows 11 Home China", "CoreCountrySpecific", "22631", None, "8TYMD"),
    "s2019": ("Microsoft Windows Server 2019 Standard", "ServerStandard", "17763", "J464C", None),
    "s2022": ("Microsoft Windows Server 2022 Datacenter", "ServerDatacenter", "20348", "6VM33", None),
    "xp": ("Microsoft Windows XP Professional", "Professional", "2600", None, None),
}
# Office: name in the list of programs, number of the generation, edition of the volume client, last five of its key (published).
OFFICE = {
    "2010": ("Microsoft Office Professional Plus 2010", "14", "OfficeProPlus-KMS_Client", "H3GVB"),
    "2013": ("Microsoft Office 专业增强版 2013", "15", "OfficeProPlusVL_KMS_Client", "GVGXT"),
    "2016": ("Microsoft Office 专业增强版 2016", "16", "Office16ProPlusVL_KMS_Client", "WFG99"),
    "2019": ("Microsoft Office 专业增强版 2019 - zh-cn", "19", "Office19ProPlus2019VL_KMS_Client_AE", "6MWKP"),
    "2021": ("Microsoft Office LTSC 专业增强版 2021 - zh-cn", "21", "Office21ProPlus2021VL_KMS_Client_AE", "6F7TH"),
}
HALF_YEAR = 259_200
KEY_LETTERS = "BCDFGHJKMPQRTVWXY2346789"


def key(rng: random.Random) -> str:
    return "".join(rng.choices(KEY_LETTERS, k=5))


def host_epid(host: str, product: str = "windows", node: int = 0) -> str:
    """Return the extended id that a real Chinese host on Server 2019 gives all its clients of one product group.

    `node`: two machines behind one name have an id each.
    """
    rng = random.Random(f"{host} {product} {node}")
    group = "00096" if product == "office 2010" else "00206"
    activated = f"{rng.randint(1, 365):03d}{rng.randint(2020, 2025)}"
    return f"03612-{group}-{rng.randint(400, 600)}-{rng.randint(100000, 899999)}-03-2052-17763.0000-{activated}"


def scenery(d: Device, windows: str, *, maker: str | None = None, kind: str = "desktop") -> None:
    """Give the device its machine, its system's caption and the programs everybody has."""
    rng = d.rng
    caption, _, build, *_ = WINDOWS[windows]
    chosen = maker or rng.choice(tuple(MAKERS))
    model, oem_id = MAKERS.get(chosen, (None, None))
    number = rng.randint(1000, 99999)
    d.facts = {
        "device_id": d.device_id,
        "unit_id": d.unit_id,
        "hostname": rng.choice((f"DESKTOP-{key(rng)}2{number % 9}", f"PC-{number}", f"办公室-{number}")),
        "kind": kind,
        "in_use": "yes",
        "os_name": odd(rng, caption, 0.1),
        "os_build": build,
        "manufacturer": chosen,
        "model": model,
        "os_version": "6.1.7601" if windows.startswith("7") else "5.1.2600" if windows == "xp" else f"10.0.{build}",
        "os_installed_on": f"20{rng.randint(16, 25)}-0{rng.randint(1, 9)}-{rng.randint(10, 28)}",
        "firmware_oem_id": oem_id,
        "collected_at": f"2026-11-{rng.randint(2, 27):02d}",
        "serial_number": f"PF{rng.randrange(36**6):08d}",
        "domain_joined": False,
    }
    for name, publisher, version in rng.sample(COMMON, rng.randint(5, 13)):
        d.program(odd(rng, name, 0.04), publisher, version)
    if rng.random() < 0.75 and windows != "xp":
        name, publisher, version = rng.choice(ANTIVIRUS)
        d.program(name, publisher, version)
        if rng.random() < 0.5:
            d.trace("antivirus_state", f"{name}; enabled=yes; up_to_date={rng.choice(('yes', 'yes', 'no'))}")


def windows_licence(d: Device, windows: str, way: str, last_five: str | None, **cells: object) -> Row:
    """Add the Windows licence as the licensing service lists it; `way` is the channel word of its description."""
    _, edition, *_ = WINDOWS[windows]
    words = {
        "VOLUME_KMSCLIENT": "Volume:GVLK",
        "VOLUME_MAK": "Volume:MAK",
        "RETAIL": "Retail",
        "OEM_DM": "OEM:DM",
        "OEM_SLP": "OEM:SLP",
        "OEM_COA_NSLP": "OEM:NONSLP",
    }
    return d.activation(
        "windows",
        f"Windows(R), {edition} edition" if not windows.startswith("7") else f"Windows(R) 7, {edition} edition",
        **{
            "description": f"Windows(R) Operating System, {way} channel",
            "channel": words.get(way),
            "license_status": 1,
            "partial_product_key": last_five,
            "license_family": edition,
            "grace_minutes": 0,
            "kms_host": "",
            "kms_epid": "",
            "ad_object": "",
            "oa3_partial_key": "",
            **cells,
        },
    )


def office_kms(d: Device, office: str, **cells: object) -> Row:
    """Add an Office volume edition: its row in the list of programs and its licence as a client of a key management host."""
    name, number, edition, last_five = OFFICE[office]
    d.program(odd(d.rng, name, 0.1), "Microsoft Corporation", f"{min(int(number), 16)}.0.{d.rng.randint(4266, 17932)}.1000")
    return d.activation(
        "office",
        f"Office {number}, {edition} edition",
        **{
            "description": f"Office {number}, VOLUME_KMSCLIENT channel",
            "channel": "Volume:GVLK",
            "license_status": 1,
            "partial_product_key": last_five,
            "grace_minutes": HALF_YEAR - d.rng.randint(10, 10_000),
            **cells,
        },
    )


def office_retail(d: Device, edition: str, name: str, way: str = "RETAIL", **cells: object) -> Row:
    """Add an Office that was bought in a box or as a subscription."""
    d.program(name, "Microsoft Corporation", "16.0.17932.20114")
    d.facts["c2r_products"] = f"{edition}Retail"
    said = {"description": f"Office 16, {way} channel", "license_status": 1, "partial_product_key": key(d.rng), "grace_minutes": 0}
    return d.activation(
        "office", f"Office 16, Office16{edition}R_{'Subscription' if 'SUB' in way else 'Retail'} edition", **{**said, **cells}
    )


def wps(d: Device) -> None:
    d.program(*d.rng.choice(WPS))
