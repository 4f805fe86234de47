"""Names that no catalog holds: tools of invented vendors, systems of government offices, printers, meters, plug-ins.

Composed as vendor x noun x version x suffix; some ten million combinations, so any number of different names can be drawn.
Words that name one of the three categories or an activator are left out, so that the truth of every name is certain.
"""

from __future__ import annotations

from collections.abc import Iterator

from licmatch.demo.draw import Draw
from licmatch.demo.entry import Entry

# fmt: off
PLACES = (
    "湛江", "粤西", "南粤", "雷州", "遂溪", "海东", "广东", "华南", "北部湾", "深圳", "广州", "北京", "杭州", "南宁", "长沙", "珠海",
)
# fmt: on
# fmt: off
STEMS = (
    "金财", "博思", "万维", "海纳", "智慧星", "同创", "天阙", "众信", "云帆", "德生", "中科软", "方欣", "南天", "宏景", "开普", "思迪",
    "长亮", "联创", "恒锋", "华宇", "正元", "国泰新点", "太极华青", "神州易", "泛微星", "蓝凌云",
)
# fmt: on
# fmt: off
NATIONS = (
    "TopSmart", "BlueOcean", "Goldway", "SkyBridge", "Unitask", "Netpower", "DataWin", "Hitrust", "EasyForm", "Sunway", "ProMeter",
    "LinkTec", "Vimicro", "Zebracode", "PlusWell", "OmniScan", "TerraMap", "InkMaster", "Formosa", "CityLink",
)
# fmt: on
# fmt: off
SYSTEMS = (
    "预算执行系统", "公文交换系统", "协同审批平台", "不动产登记系统", "社保业务客户端", "户籍信息采集系统", "国库集中支付系统",
    "资产管理信息系统", "档案数字化系统", "视频会议终端", "考勤管理系统", "执法记录仪管理软件", "信访信息系统", "干部人事管理系统",
    "会计核算系统", "农村土地承包信息系统", "河长制巡查系统", "防汛指挥系统", "普法考试系统", "统计直报客户端", "工资统发系统",
    "扶贫信息采集工具", "公共资源评标系统", "电子证照制证系统", "人口库核查工具", "医保结算客户端", "学籍管理系统",
    "环境监测数据采集仪", "渔船动态监管系统", "车辆管理系统", "固定资产条码系统", "食堂消费系统", "门禁一卡通系统", "大厅排队叫号系统",
    "政务外网接入客户端", "移动存储介质管理系统", "涉密载体登记系统", "土地测绘成图软件", "工程造价计价软件", "城市管线管理系统",
    "林业资源调查软件", "殡葬业务管理系统", "婚姻登记系统", "水文数据整编软件", "交通流量调查软件", "道路运输管理系统", "船员考试系统",
    "粮食收购系统", "物价监测系统", "招商项目库系统", "志愿者管理系统", "妇联维权系统",
)
# fmt: on
# fmt: off
TOOLS = (
    "Label Printer", "Scanner Utility", "Barcode Studio", "Card Reader Tool", "Meter Config", "Camera Viewer", "Map Plotter",
    "Form Designer", "Signature Pad", "USB Key Tool", "PDF Splitter", "Image Stitcher", "Report Viewer", "Data Logger",
    "Serial Monitor", "Screen Recorder", "File Renamer", "Batch Resizer", "Fax Console", "Print Monitor", "Ink Status", "Font Pack",
    "Voice Recorder", "Backup Agent", "Time Sync", "Network Scanner", "Projector Link", "Whiteboard Sync", "Dictation Kit",
    "Webcam Suite",
)
# fmt: on
# fmt: off
PRINTERS = (
    "HP LaserJet P{1005-3015}", "HP DeskJet {1110-3830} series", "Canon iR-ADV C{3320-5560}", "Canon MF{210-750} Series",
    "Brother HL-L{2300-6400}DW", "Brother DCP-{7030-9020}", "EPSON L{310-6190} Series", "EPSON LQ-{590-1900}K",
    "KONICA MINOLTA bizhub {162-458}", "FUJI XEROX DocuCentre-V {2060-5070}", "RICOH MP {2001-6055}", "Lenovo M{7206-7650}",
    "奔图 Pantum P{2200-3500}", "得实 DS-{600-7830}", "映美 FP-{312-730}K", "紫光扫描仪 F{30-40}{0-9}{0-9}",
    "Kyocera TASKalfa {1800-4012}i",
)
# fmt: on
# fmt: off
PRINTER_PARTS = (
    "Driver", "驱动程序", "Scan", "打印机驱动", "Toolbox", "状态监视器", "Series Printer Uninstall", "扫描驱动", "Firmware Updater",
    "用户手册",
)
# fmt: on
# fmt: off
SUFFIXES = (
    "", "", "", " 客户端", " 插件", " 控件", " 升级包", "(单机版)", "(网络版)", " 数据导入工具", " 打印组件", " 测试版", " 学习版",
    " 服务程序", "-湛江专版", "(广东)",
)
# fmt: on
# fmt: off
TOOL_SUFFIXES = (
    "", "", "", " (x64)", " (x86)", " Pro", " Lite", " SDK", " Runtime", " Plugin", " Service", " Beta", " Demo Data", " for USB",
    " Uninstall",
)
# fmt: on


def _name(draw: Draw) -> tuple[str, str]:
    """Return a name without its version, and the publisher that made it."""
    kind = draw.unit()
    if kind < 0.48:
        place, stem = draw.pick(PLACES), draw.pick(STEMS)
        brand = draw.pick((stem, stem, place + stem, place + "市", ""))
        return f"{brand}{draw.pick(SYSTEMS)}", f"{place}{stem}{draw.pick(('科技有限公司', '软件有限公司', '信息技术股份有限公司'))}"
    if kind < 0.82:
        maker = draw.pick(NATIONS)
        return f"{maker} {draw.pick(TOOLS)}", f"{maker}{draw.pick((' Inc.', ' Technology Co., Ltd.', ' Software', ', LLC', ' GmbH'))}"
    model = draw.fill(draw.pick(PRINTERS))
    return f"{model} {draw.pick(PRINTER_PARTS)}", model.split(" ", 1)[0]


def invented_entries(seed: int, *, most_versions: int = 5) -> Iterator[Entry]:
    """Yield invented programs without end, each in one to `most_versions` versions; a name may come again."""
    draw = Draw(seed, "invented")
    while True:
        name, publisher = _name(draw)
        latin = name.isascii()
        if draw.chance(0.55):
            version = draw.fill(
                draw.pick(
                    (
                        " V{1-9}.{0-9}",
                        " {1-12}.{0-9}.{0-30}",
                        " v{1-5}.{0-20}",
                        "{2009-2026}",
                        " {2009-2026}版" if not latin else " {2009-2026}",
                    )
                )
            )
            name += version
        name += draw.pick(TOOL_SUFFIXES if latin else SUFFIXES)
        count = 1 + int(most_versions * draw.unit() ** 2)
        versions: tuple[str | None, ...] = (None,) if draw.chance(0.06) else draw.versions("{1-12}.{0-9}.{0-40}.{0-900}", count)
        yield Entry(name, None if draw.chance(0.12) else publisher, versions)
