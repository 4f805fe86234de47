"""Antivirus products of a Chinese office: the free ones of home users, the managed ones, the foreign ones, and the built-in one."""

from __future__ import annotations

from licmatch.demo.draw import Draw
from licmatch.demo.entry import Bundle, Entry, Truth, sole

# name, publisher, version template, vendor, family, release, weight
# fmt: off
PRODUCTS = (
    ("360安全卫士", "360安全中心", "13.{0-1}.0.{1001-2210}", "Qihoo 360", "360 Safe Guard", None, 17.0),
    ("360杀毒", "360安全中心", "{5-7}.0.0.{8050-8170}", "Qihoo 360", "360 Antivirus", None, 12.0),
    ("360安全卫士极速版", "360安全中心", "15.0.{0-1}.{1001-1312}", "Qihoo 360", "360 Safe Guard", None, 3.0),
    ("360 Total Security", "360 Security Center", "10.8.0.{1213-1500}", "Qihoo 360", "360 Total Security", None, 0.6),
    ("360终端安全管理系统", "北京奇虎科技有限公司", "10.0.0.{1021-2300}", "Qihoo 360", "360 Endpoint Security Management", None, 4.0),
    ("火绒安全软件", "北京火绒网络科技有限公司", "5.0.{60-75}.{1-19}", "Huorong", "Huorong Internet Security", None, 10.0),
    ("火绒安全软件", "Huorong Network Technology Co., Ltd.", "6.0.{1-5}.{0-11}", "Huorong", "Huorong Internet Security", None, 6.0),
    ("奇安信天擎终端安全管理系统", "奇安信科技集团股份有限公司", "10.{3-8}.0.{2000-4650}", "QiAnXin",
     "QiAnXin Tianqing Endpoint Security", None, 9.0),
    ("奇安信网神终端安全管理系统V8.0", "奇安信网神信息技术(北京)股份有限公司", "8.0.5.{3018-5112}", "QiAnXin",
     "QiAnXin Tianqing Endpoint Security", None, 2.0),
    ("瑞星杀毒软件V17", "北京瑞星网安技术股份有限公司", "25.00.{02-12}.{10-88}", "Rising", "Rising Antivirus", "V17", 2.0),
    ("瑞星杀毒软件 V16", "北京瑞星信息技术有限公司", "24.00.{17-45}.{10-88}", "Rising", "Rising Antivirus", "V16", 1.0),
    ("瑞星杀毒软件网络版", "北京瑞星科技股份有限公司", "23.00.{10-60}.{10-40}", "Rising", "Rising Antivirus", None, 0.6),
    ("金山毒霸", "Kingsoft Corporation", "15.2022.{1-9}.{100-900}", "Kingsoft", "Kingsoft Antivirus (Duba)", None, 2.4),
    ("金山毒霸 11", "Kingsoft Internet Security", "11.0.{1-9}.{100-990}", "Kingsoft", "Kingsoft Antivirus (Duba)", None, 0.8),
    ("江民杀毒软件KV2011", "北京江民新科技术有限公司", "14.0.{200-800}", "Jiangmin", "Jiangmin Antivirus KV", "2011", 0.5),
    ("腾讯电脑管家", "腾讯科技(深圳)有限公司", "{15-17}.{0-3}.{20000-29000}.{211-219}", "Tencent", "Tencent PC Manager", None, 7.0),
    ("Kaspersky Endpoint Security for Windows", "AO Kaspersky Lab", "{11-12}.{1-9}.0.{394-920}", "Kaspersky",
     "Kaspersky Endpoint Security for Windows", None, 1.5),
    ("Kaspersky Internet Security", "Kaspersky Lab", "{19-21}.3.10.391", "Kaspersky", "Kaspersky Internet Security", None, 0.5),
    ("Symantec Endpoint Protection", "Symantec Corporation", "14.{0-3}.{1000-5580}.{1000-4000}", "Symantec",
     "Symantec Endpoint Protection", None, 1.6),
    ("McAfee VirusScan Enterprise", "McAfee, Inc.", "8.8.0{4-9}000", "McAfee", "McAfee VirusScan Enterprise", None, 0.3),
    ("McAfee LiveSafe", "McAfee, LLC", "16.0 R{18-52}", "McAfee", "McAfee LiveSafe", None, 1.4),
    ("趋势科技防毒墙网络版客户端", "Trend Micro Inc.", "{11-12}.0.{1028-6040}", "Trend Micro", "Trend Micro OfficeScan", None, 0.7),
    ("ESET Endpoint Antivirus", "ESET, spol. s r.o.", "{7-10}.{0-1}.{2045-2117}.{0-6}", "ESET", "ESET Endpoint Antivirus", None, 0.5),
    ("Avira", "Avira Operations GmbH", "15.0.{21-40}.{1-900}", "Avira", "Avira Antivirus", None, 0.2),
    ("Microsoft Defender", "Microsoft Corporation", "4.18.{2305-2409}.{1-9}", "Microsoft", "Microsoft Defender Antivirus", None, 2.0),
)
# fmt: on


def antivirus_bundles(seed: int) -> tuple[Bundle, ...]:
    """Return the products a Windows device may have; a device takes none, one or several."""
    draw = Draw(seed, "antivirus")
    bundles = []
    for name, publisher, template, vendor, family, release, weight in PRODUCTS:
        truth = Truth("antivirus", vendor, family, None, release)
        entry = Entry(name, publisher, draw.versions(template, 10), truth)
        if family.startswith("Kaspersky Endpoint"):
            agent = Entry(
                "Kaspersky Security Center Network Agent",
                publisher,
                draw.versions("{13-14}.{0-2}.0.{1502-11247}", 5),
                truth.part("component"),
            )
            bundles.append(Bundle(((entry, 1.0), (agent, 0.95)), weight, truth))
        elif family.startswith("Symantec"):
            update = Entry("LiveUpdate 3.3 (Symantec Corporation)", publisher, ("3.3.0.107",), truth.part("component"))
            bundles.append(Bundle(((entry, 1.0), (update, 0.3)), weight, truth))
        else:
            bundles.append(sole(entry, weight))
    return tuple(bundles)
