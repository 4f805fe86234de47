"""What nearly every office computer carries beside the three categories: browsers, chat, runtimes, readers, drivers, input methods."""

from __future__ import annotations

from licmatch.demo.draw import Draw
from licmatch.demo.entry import Entry

MICROSOFT = "Microsoft Corporation"
TENCENT = "腾讯科技(深圳)有限公司"

# name ({v}: the version is part of the name), publisher, version template, how many versions are about, share of devices
# fmt: off
APPS = (
    ("Google Chrome", "Google LLC", "{109-131}.0.{5414-6778}.{50-205}", 40, 0.55),
    ("Microsoft Edge", MICROSOFT, "{114-131}.0.{1823-2903}.{37-112}", 30, 0.72),
    ("Microsoft Edge WebView2 Runtime", MICROSOFT, "{114-131}.0.{1823-2903}.{37-112}", 30, 0.48),
    ("360安全浏览器", "360安全中心", "{10-15}.1.{1009-4062}.64", 14, 0.34),
    ("360极速浏览器X", "360安全中心", "21.0.{1131-1238}.0", 8, 0.15),
    ("搜狗高速浏览器", "Sogou.com", "11.0.1.{34600-35149}", 5, 0.08),
    ("Mozilla Firefox (x64 zh-CN)", "Mozilla", "{102-131}.{0-4}", 18, 0.12),
    ("Mozilla Maintenance Service", "Mozilla", "{102-131}.{0-4}", 18, 0.12),
    ("QQ浏览器", TENCENT, "{11-12}.{0-6}.{5330-5570}.400", 8, 0.06),
    ("2345加速浏览器", "2345.com", "10.{16-26}.0.{21000-22100}", 6, 0.07),
    ("微信", TENCENT, "3.9.{5-12}.{15-57}", 22, 0.66),
    ("腾讯QQ", TENCENT, "9.{5-9}.{1-9}.{28000-29175}", 16, 0.42),
    ("QQ", TENCENT, "9.9.{1-15}.{15000-28000}", 12, 0.12),
    ("企业微信", TENCENT, "4.{0-1}.{6-31}.{6003-6030}", 18, 0.28),
    ("钉钉", "钉钉(中国)信息技术有限公司", "7.{0-6}.{5-30}-Release.{1-9}0{10000-90000}", 16, 0.31),
    ("腾讯会议", TENCENT, "3.{12-29}.{1-8}.{410-611}", 16, 0.36),
    ("粤政易", "数字广东网络建设有限公司", "3.1.{20003-27000}.{600-900}", 10, 0.44),
    ("搜狗输入法 {v}正式版", "Sogou.com", "{9-14}.{0-9}.0.{3568-9970}", 26, 0.58),
    ("搜狗五笔输入法 {v}正式版", "Sogou.com", "5.{2-5}.0.{2532-2686}", 4, 0.09),
    ("QQ拼音输入法{v}", TENCENT, "6.{2-6}.{5507-6304}.400", 5, 0.06),
    ("极点五笔", None, "7.13", 1, 0.05),
    ("WinRAR {v} (64-位)", "win.rar GmbH", "{5-7}.{01-91}.0", 9, 0.31),
    ("360压缩", "360安全中心", "4.0.0.{1360-1540}", 6, 0.22),
    ("2345好压", "2345移动科技", "6.5.{1-2}.{11000-11300}", 5, 0.15),
    ("7-Zip {v} (x64)", "Igor Pavlov", "{18-24}.{01-09}", 8, 0.18),
    ("Bandizip", "Bandisoft.com", "7.{20-36}", 6, 0.06),
    ("百度网盘", "北京度友科技有限公司", "7.{20-46}.{0-8}.{2-9}", 14, 0.29),
    ("迅雷", "迅雷网络技术有限公司", "{11-12}.{0-4}.{2-9}.{1514-2640}", 8, 0.14),
    ("向日葵远程控制", "上海贝锐信息科技股份有限公司", "{11-15}.{0-6}.{0-9}.{32000-62000}", 8, 0.13),
    ("ToDesk", "海南有趣科技有限公司", "4.{3-7}.{0-6}.{1-3}", 8, 0.12),
    ("TeamViewer", "TeamViewer", "15.{11-52}.{3-8}", 6, 0.05),
    ("爱奇艺", "爱奇艺", "{8-12}.{1-9}.{0-9}.{5000-8000}", 8, 0.07),
    ("腾讯视频", TENCENT, "11.{20-98}.{5047-7000}.0", 8, 0.08),
    ("网易云音乐", "网易公司", "2.{9-10}.{1-13}.{199000-203000}", 6, 0.09),
    ("酷狗音乐", "酷狗音乐", "9.{1-2}.{1-95}.{23000-25000}", 6, 0.06),
    ("PotPlayer-64 bit", "Kakao Corp.", "2{1-4}0{1-9}{10-28}", 6, 0.05),
    ("有道词典", "网易公司", "{8-10}.{1-3}.{1-9}.0", 5, 0.07),
    ("印象笔记", "北京印象笔记科技有限公司", "7.{2-3}.{1-70}.{8000-9000}", 4, 0.02),
    ("广东省电子税务局CA驱动", "广东省电子商务认证有限公司", "2.{1-4}.{0-9}", 5, 0.12),
    ("数字证书客户端 (网证通NETCA)", "广东省电子商务认证有限公司", "3.{1-4}.{0-9}.{10-99}", 6, 0.27),
    ("财政预算管理一体化系统助手", "用友政务软件有限公司", "3.{0-2}.{1-30}", 7, 0.24),
    ("久其报表", "北京久其软件股份有限公司", "CI.{1-3}.{10-99}", 5, 0.17),
    ("用友GRP-U8 客户端", "用友政务软件有限公司", "R10.{10-25}", 5, 0.14),
    ("金税盘版增值税发票税控开票软件", "航天信息股份有限公司", "2.3.{11-17}.{210100-231200}", 4, 0.06),
    ("iSignature 电子签章系统", "江西金格科技股份有限公司", "8.{1-3}.0.{200-600}", 6, 0.21),
    ("金格iWebOffice2015智能文档中间件", "江西金格科技股份有限公司", "12.{4-8}.0.{400-700}", 5, 0.2),
    ("通达OA精灵", "北京通达信科科技有限公司", "11.{2-9}.{100-230}", 4, 0.07),
    ("致远OA辅助程序", "北京致远互联软件股份有限公司", "8.{0-1}.{1-9}", 4, 0.06),
    ("Microsoft .NET Framework 4.8", MICROSOFT, "4.8.0{3761-4084}", 3, 0.22),
    ("Microsoft .NET Framework 4.6.1", MICROSOFT, "4.6.01055", 1, 0.12),
    ("Microsoft .NET Runtime - {v} (x64)", MICROSOFT, "{6-8}.0.{1-33}", 14, 0.14),
    ("Microsoft Visual C++ 2005 Redistributable", MICROSOFT, "8.0.{56336-61001}", 3, 0.38),
    ("Microsoft Visual C++ 2008 Redistributable - x86 {v}", MICROSOFT, "9.0.30729.{4148-6161}", 3, 0.5),
    ("Microsoft Visual C++ 2010  x64 Redistributable - 10.0.40219", MICROSOFT, "10.0.40219", 1, 0.55),
    ("Microsoft Visual C++ 2010  x86 Redistributable - 10.0.40219", MICROSOFT, "10.0.40219", 1, 0.58),
    ("Microsoft Visual C++ 2012 Redistributable (x86) - 11.0.61030", MICROSOFT, "11.0.61030.0", 1, 0.4),
    ("Microsoft Visual C++ 2013 Redistributable (x64) - {v}", MICROSOFT, "12.0.{30501-40664}", 3, 0.43),
    ("Microsoft Visual C++ 2015-2022 Redistributable (x64) - {v}", MICROSOFT, "14.{24-40}.{28127-33810}", 12, 0.71),
    ("Microsoft Visual C++ 2015-2022 Redistributable (x86) - {v}", MICROSOFT, "14.{24-40}.{28127-33810}", 12, 0.69),
    ("Microsoft Silverlight", MICROSOFT, "5.1.{20125-50918}.0", 4, 0.11),
    ("Microsoft OneDrive", MICROSOFT, "{19-24}.{1-200}.{1-999}.{1-9}", 18, 0.55),
    ("Microsoft Update Health Tools", MICROSOFT, "{2-5}.{67-74}.0.0", 4, 0.42),
    ("Java 8 Update {v}", "Oracle Corporation", "{101-421}", 10, 0.16),
    ("Adobe Flash Player 34 ActiveX", "重庆重橙网络科技有限公司", "34.0.0.{92-330}", 6, 0.28),
    ("Adobe Flash Player 32 PPAPI", "Adobe", "32.0.0.{238-465}", 5, 0.15),
    ("Adobe AIR", "Adobe Systems Incorporated", "{3-32}.0.0.{89-990}", 3, 0.03),
    ("Intel(R) Management Engine Components", "Intel Corporation", "{11-16}.{0-7}.0.{1010-1900}", 12, 0.46),
    ("Intel(R) Graphics Driver", "Intel Corporation", "{20-31}.20.100.{6286-9466}", 16, 0.37),
    ("英特尔(R) 显卡控制中心", "INTEL CORP", "1.100.{2731-5185}.0", 5, 0.12),
    ("英特尔® 快速存储技术", "Intel Corporation", "{15-18}.{2-9}.{0-9}.{1009-1070}", 7, 0.2),
    ("Realtek High Definition Audio Driver", "Realtek Semiconductor Corp.", "6.0.{7500-9400}.1", 18, 0.6),
    ("Realtek Ethernet Controller Driver", "Realtek", "{8-10}.{23-66}.{100-1120}.{2014-2023}", 12, 0.44),
    ("Realtek Card Reader", "Realtek Semiconductor Corp.", "10.0.{15063-22000}.{21300-31300}", 5, 0.16),
    ("NVIDIA 图形驱动程序 {v}", "NVIDIA Corporation", "{388-566}.{10-99}", 14, 0.13),
    ("AMD Software", "Advanced Micro Devices, Inc.", "{20-24}.{1-12}.{1-3}", 8, 0.09),
    ("联想驱动管理", "Lenovo", "2.9.{719-1210}.{1104-2000}", 5, 0.15),
    ("Dell SupportAssist", "Dell Inc.", "3.{10-14}.{0-4}.{11-63}", 6, 0.07),
    ("HP Support Solutions Framework", "HP Inc.", "12.{5-19}.{2-36}.{1-20}", 5, 0.06),
    ("打印机驱动 HP LaserJet Pro MFP M126nw", "HP Inc.", "15.0.{15064-16000}.{1200-1600}", 4, 0.12),
    ("Canon LBP2900", "Canon Inc.", None, 1, 0.07),
    ("EPSON LQ-630KII 打印机驱动", "Seiko Epson Corporation", "1.{0-3}.{10-60}", 3, 0.09),
    ("Foxmail", TENCENT, "7.2.{23-25}.{116-331}", 6, 0.1),
    ("Notepad++ (64-bit x64)", "Notepad++ Team", "8.{1-7}.{1-9}", 8, 0.08),
    ("Everything {v} (x64)", "voidtools", "1.4.1.{935-1026}", 4, 0.06),
    ("Snipaste", None, "2.{1-8}", 3, 0.03),
    ("AutoCAD 2014 - 简体中文 (Simplified Chinese)", "Autodesk", "19.1.18.0", 1, 0.05),
    ("CAD快速看图", "成都创信蓝海科技有限公司", "5.{14-20}.{1-9}.{70-99}", 5, 0.1),
    ("中望CAD 2021 专业版", "广州中望龙腾软件股份有限公司", "21.{0-2}.{100-999}", 3, 0.03),
    ("广联达GTJ2021", "广联达科技股份有限公司", "1.0.{27-36}.{0-9}", 3, 0.02),
    ("ArcGIS Desktop 10.2 for Desktop", "Environmental Systems Research Institute, Inc.", "10.2.3348", 1, 0.015),
    ("Python {v} (64-bit)", "Python Software Foundation", "3.{6-12}.{0-9}", 8, 0.02),
    ("Oracle VM VirtualBox {v}", "Oracle Corporation", "{6-7}.{0-1}.{4-40}", 4, 0.01),
    ("迈克菲卸载残留清理向导", None, None, 1, 0.004),
    ("一键GHOST", "葛水源", "2020.07.20", 1, 0.03),
    ("驱动精灵", "北京驱动之家网络科技有限公司", "9.{61-70}.{3708-4000}.{3054-4000}", 5, 0.12),
    ("鲁大师", "成都奇鲁科技有限公司", "6.{1021-1024}.{3220-4200}.{628-900}", 6, 0.14),
    ("驱动人生8", "深圳市驱动人生科技股份有限公司", "8.{1-16}.{10-60}.{4-90}", 5, 0.09),
    ("2345看图王", "2345移动科技", "{9-11}.{1-4}.0.{8500-10000}", 5, 0.13),
    ("美图秀秀", "厦门美图网科技有限公司", "6.{1-5}.{0-9}.{1-6}", 3, 0.05),
    ("希沃白板 5", "广州视睿电子科技有限公司", "5.2.{1-4}.{5000-9900}", 6, 0.05),
    ("Kutools for Excel", "ExtendOffice", "{18-26}.10", 2, 0.01),
    ("Office Tab", "Detong Technology Ltd.", "{13-14}.10", 2, 0.01),
    ("方方格子", "ffcell.com", "3.{6-9}.{1-9}.0", 3, 0.03),
    ("不坑盒子", None, "2024.{0-9}{0-9}{0-9}", 2, 0.01),
    ("Windows Live 照片库", MICROSOFT, "16.4.3528.0331", 1, 0.01),
)
# fmt: on


def everyday_entries(seed: int) -> tuple[tuple[Entry, float], ...]:
    """Return (program, share of Windows devices that have it); where the version is part of the name each version is an entry of its own.

    The shares of such entries fall like 1/rank and add up to the program's.
    """
    draw = Draw(seed, "everyday")
    found: list[tuple[Entry, float]] = []
    for name, publisher, template, count, share in APPS:
        versions = (None,) if template is None else draw.versions(template, count)
        if "{v}" not in name:
            found.append((Entry(name, publisher, versions), share))
            continue
        total = sum(1 / (rank + 1) for rank in range(len(versions)))
        found += [
            (Entry(name.replace("{v}", str(version)), publisher, (version,)), share / (rank + 1) / total)
            for rank, version in enumerate(versions)
        ]
    return tuple(found)
