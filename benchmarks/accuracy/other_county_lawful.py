"""Lawful devices of the other county. Each story says why the licence is in order; nothing here is cracked, whatever it looks like."""

from __future__ import annotations

import random

from other_county_devices import Device, odd
from other_county_scenery import HALF_YEAR, host_epid, key, office_kms, office_retail, scenery, windows_licence, wps

KMS = "kms.qinghe.gov.cn"
KMS_BY_VPN = "10.8.0.5"
KMS_OF_SCHOOLS = "edu-kms.qinghe.edu.cn"
KMS_OF_CITY = "kms02.city-oa.gov.cn"  # of the superior bureau; nobody told the county to register it
LAB_MAK = "7K3QG"


def oem(d: Device, windows: str | None = None) -> None:
    windows = windows or d.rng.choice(("10pro", "10pro", "11pro"))
    scenery(d, windows)
    last_five = key(d.rng)
    windows_licence(d, windows, "OEM_DM", last_five, oa3_partial_key=last_five)
    d.facts["firmware_edition"] = "Professional" if "pro" in windows else "CoreCountrySpecific"


def branded_purchase(d: Device) -> None:
    """Came with Windows in the firmware; Office from a box, or WPS."""
    oem(d)
    if d.rng.random() < 0.5:
        office_retail(d, "HomeBusiness2019", "Microsoft Office 家庭和企业版 2019 - zh-cn")
    else:
        wps(d)


def domain_kms(d: Device) -> None:
    windows = d.rng.choice(("10pro", "10ent", "11pro"))
    scenery(d, windows)
    d.facts["domain_joined"] = True
    node = d.rng.randrange(2)
    last_five = "2YT43" if windows == "10ent" else "T83GX"
    cells = {
        "kms_host": d.rng.choice((KMS, KMS.upper(), KMS)),
        "kms_port": 1688,
        "kms_epid": host_epid(KMS, node=node),
        "vl_activation_type": 0,
    }
    windows_licence(d, windows, "VOLUME_KMSCLIENT", last_five, grace_minutes=HALF_YEAR - d.rng.randint(5, 12_000), **cells)
    office_kms(d, d.rng.choice(("2016", "2019", "2021")), kms_host=KMS, kms_port=1688, kms_epid=host_epid(KMS, "office", node))


def kms_over_vpn(d: Device) -> None:
    """A laptop that sees the key management host only when its owner dials in; some were away for more than half a year."""
    scenery(d, "10ent", kind="laptop")
    away = d.rng.random() < 0.3
    cells = {"kms_host": KMS_BY_VPN, "kms_port": 1688, "kms_epid": host_epid(KMS_BY_VPN)}
    grace = 0 if away else d.rng.randint(2_000, 240_000)
    said = {"license_status": 5 if away else 1, "status_reason": "0xC004F056" if away else None, "grace_minutes": grace}
    windows_licence(d, "10ent", "VOLUME_KMSCLIENT", "2YT43", **{**cells, **said})
    office_kms(d, "2019", **{**cells, **said, "kms_epid": host_epid(KMS_BY_VPN, "office")})


def cloned_lab(d: Device) -> None:
    """A school's computer room, cloned from one master with one multiple activation key, names and hardware ids and all."""
    scenery(d, "10pro", maker="HP")
    d.facts.update(
        hostname=f"JF01-{d.rng.randint(1, 60):02d}", os_installed_on="2022-08-21", hardware_uuid="03000200-0400-0500-0006-000700080009"
    )
    windows_licence(d, "10pro", "VOLUME_MAK", LAB_MAK, vl_activation_type=0)
    office_kms(d, "2016", kms_host=KMS_OF_SCHOOLS, kms_port=1688, kms_epid=host_epid(KMS_OF_SCHOOLS, "office"))
    d.program(odd(d.rng, "极域电子教室软件 V6.0 学生端"), "Mythware", "6.0")
    d.program("噢易保护系统 还原卡驱动", "武汉噢易", "5.1")


def vendor_image_7(d: Device) -> None:
    """Windows 7 as the maker put it on, with the maker's shared key and its SLIC table."""
    maker = d.rng.choice(("LENOVO", "HP", "Dell Inc.", "清华同方"))
    scenery(d, "7pro", maker=maker)
    windows_licence(d, "7pro", "OEM_SLP", {"LENOVO": "24367", "HP": "6P6GT", "Dell Inc.": "733WD", "清华同方": "2P7QW"}[maker])
    d.trace(
        "oem_branding", {"LENOVO": "联想(北京)有限公司", "HP": "Hewlett-Packard", "Dell Inc.": "Dell", "清华同方": "清华同方电脑"}[maker]
    )
    d.facts["oem_info_maker"] = maker
    wps(d)


def refurbished(d: Device) -> None:
    """An old Dell that a registered refurbisher sold again with a label of its own."""
    scenery(d, "10pro", maker="Dell Inc.")
    d.facts.update(purchased_as="Windows 10 Pro for Refurbished PCs", firmware_oem_id="DELL  ", model="OptiPlex 3020")
    windows_licence(d, "10pro", "OEM_COA_NSLP", key(d.rng))
    d.trace("oem_branding", d.rng.choice(("Microsoft Authorized Refurbisher", "蓝天再制造电脑 客服400-800-0000")))
    if d.rng.random() < 0.5:
        wps(d)


def virtual_machine(d: Device) -> None:
    server = d.rng.random() < 0.6
    windows = d.rng.choice(("s2019", "s2022")) if server else "10ent"
    scenery(d, windows, maker="VMware, Inc." if d.rng.random() < 0.5 else "Microsoft Corporation", kind="vm")
    hyper_v = d.facts["manufacturer"] == "Microsoft Corporation"
    d.facts.update(hypervisor="hyper-v" if hyper_v else "vmware", model="Virtual Machine" if hyper_v else "VMware7,1", firmware_oem_id="")
    if server and hyper_v:
        windows_licence(d, windows, "VIRTUAL_MACHINE_ACTIVATION", "TMJ3Y" if windows == "s2019" else "QKW36")
    else:
        last_five = {"s2019": "J464C", "s2022": "6VM33", "10ent": "2YT43"}[windows]
        cells = {"kms_host": KMS, "kms_port": 1688, "kms_epid": host_epid(KMS)}
        windows_licence(d, windows, "VOLUME_KMSCLIENT", last_five, grace_minutes=HALF_YEAR - d.rng.randint(5, 9_000), **cells)


def windows_7_estate(d: Device) -> None:
    """A hospital that stayed on Windows 7 with volume licences and paid for extended updates."""
    scenery(d, "7pro", maker=d.rng.choice(("LENOVO", "HP")))
    if d.rng.random() < 0.6:
        grace = HALF_YEAR - d.rng.randint(5, 20_000)
        windows_licence(d, "7pro", "VOLUME_KMSCLIENT", "GPDD4", kms_host=KMS, kms_port=1688, grace_minutes=grace, kms_epid=host_epid(KMS))
    else:
        windows_licence(d, "7pro", "VOLUME_MAK", "H2QMD")
        windows_licence(d, "7pro", "VOLUME_MAK", "T9PXR", license_family="ESU-Year3")
    office_kms(d, "2010", kms_host=KMS, kms_port=1688, kms_epid=host_epid(KMS, "office 2010"))


def domestic(d: Device) -> None:
    scenery(d, "10pro", maker="清华同方")
    name, build = d.rng.choice(
        (("统信桌面操作系统 V20 专业版", "1070"), ("银河麒麟桌面操作系统V10 (SP1)", "2403"), ("UnionTech OS Desktop 20 Pro", "1060"))
    )
    d.facts.update(
        os_name=name,
        os_version=build,
        os_build=None,
        manufacturer=d.rng.choice(("中国长城", "同方股份有限公司", "浪潮")),
        firmware_oem_id=None,
    )
    d.software.clear()
    d.traces.clear()
    d.program(
        d.rng.choice(("WPS Office 2019 for Linux 专业版", "cn.wps.wps-office-pro", "永中Office 2022 专业版")), "金山办公", "11.8.2.1132"
    )
    d.program(d.rng.choice(("奇安信网神终端安全管理系统(信创版)", "360终端安全防护系统")), None, "10.0")
    for name in ("deepin-terminal", "org.deepin.browser", "fcitx-sogoupinyin", "数科OFD阅读器"):
        d.program(name, None, "5.1")


def home_edition(d: Device) -> None:
    oem(d, d.rng.choice(("10home", "11home")))
    if d.rng.random() < 0.6:
        d.program("WPS Office 个人版", "Kingsoft Corp.", "12.1.0.18608")
    else:
        office_retail(d, "HomeStudent2021", "Microsoft Office 家庭和学生版 2021 - zh-cn")


def security_team(d: Device) -> None:
    """The county's incident team: samples of activators in an evidence store; the organisation registered the laboratory."""
    oem(d, "10pro")
    d.facts["unit_id"] = d.unit_id = "lab"
    office_retail(d, "O365ProPlus", "Microsoft 365 企业应用版 - zh-cn", "TIMEBASED_SUB")
    for path in ("D:\\样本库\\2026\\KMSpico_setup.exe", "D:\\samples\\AAct_x64.exe", "E:\\evidence\\HEU_KMS_Activator_v42.exe"):
        d.trace("file_path", path)
    d.trace("av_detection", "HackTool:Win32/AutoKMS")
    d.trace("process", "C:\\Tools\\x64dbg\\x64dbg.exe")


def stopped_download(d: Device) -> None:
    """Somebody fetched an activator for the computer at home; the antivirus took it at once. All licences here are bought."""
    branded_purchase(d)
    name = d.rng.choice(
        ("HackTool:Win32/AutoKMS!ml", "HackTool.KMSActivator", "RiskWare[RiskTool]/Win32.ProcPatcher", "HEUR:HackTool.Win32.KMSAuto.gen")
    )
    d.trace("av_detection", name, seen_at="2026-10-14")
    if d.rng.random() < 0.5:
        d.trace("file_path", "C:\\Users\\zhang\\Downloads\\" + d.rng.choice(("KMSAuto.zip", "激活工具.rar", "office2016激活.zip")))


def digital_licence(d: Device) -> None:
    """Windows 7 or 8.1 of the maker, upgraded for nothing in 2016: everybody then has the same default key."""
    scenery(d, "10pro")
    d.facts["upgraded_from"] = d.rng.choice(("Windows 7 Professional", "Windows 8.1 Pro", "Windows 7 专业版"))
    windows_licence(d, "10pro", "RETAIL", "3V66T")
    wps(d)


def subscription(d: Device) -> None:
    oem(d)
    office_retail(
        d,
        "O365ProPlus",
        d.rng.choice(("Microsoft 365 企业应用版 - zh-cn", "Microsoft 365 Apps for enterprise - en-us")),
        "TIMEBASED_SUB",
        grace_minutes=40_000,
    )
    d.facts["office_signed_in"] = True


def directory_activation(d: Device) -> None:
    """Activated by an object in the directory: a volume client without any host."""
    scenery(d, "10ent")
    d.facts["domain_joined"] = True
    ad = {"ad_object": "Windows 10 企业版 激活对象", "vl_activation_type": 1, "grace_minutes": HALF_YEAR - d.rng.randint(5, 9_000)}
    windows_licence(d, "10ent", "VOLUME_KMSCLIENT", "2YT43", **ad)
    office_kms(d, "2019", ad_object="Office 2019 VL 激活对象", vl_activation_type=1, kms_host="")


def kms_host_itself(d: Device) -> None:
    scenery(d, "s2019", kind="server")
    d.facts["hostname"] = "kms"
    windows_licence(d, "s2019", "VOLUME_KMS", key(d.rng), channel="Volume:CSVLK", listens_kms=True, kms_port=1688)
    d.trace("listening_port", "1688")
    d.trace("process", "C:\\Windows\\System32\\sppsvc.exe")


LOOK_ALIKES = (
    ("桥梁裂缝检测系统 CrackDetect Pro 3.2", "成都路桥检测"),
    ("Key Management System (KMS) 钥匙柜管理客户端", "杭州海康威视"),
    ("PuTTY release 0.81 (64-bit)", "Simon Tatham"),
    ("KeePass Password Safe 2.57", "Dominik Reichl"),
    ("轮式装载机 Loader 参数配置", "徐工集团"),
    ("番茄钟 Tomato Timer", "番茄工作室"),
    ("深度之眼 学习客户端", "深度之眼"),
    ("Patch My PC Home Updater", "Patch My PC"),
    ("AWS KMS Command Line", "Amazon Web Services"),
    ("华为云 KMS 密钥管理服务插件", "华为云计算技术"),
    ("绿坝-花季护航", "郑州金惠"),
    ("小马教育 课堂助手", "小马智学"),
    ("激活码管理平台 客户端", "税友软件"),
    ("Kerio Toolkit", "Kerio"),
    ("Microsoft Toolkit for Azure Data Studio", "Microsoft Corporation"),
    ("Crackle TV Player", "Crackle"),
    ("注册测绘师考试题库", "测绘出版社"),
    ("社保卡激活系统 V2.0", "东软集团"),
    ("Keygen for SSH - Bitvise", "Bitvise"),
    ("HWiNFO64 Version 8.10", "Martin Malik"),
)


def look_alike(d: Device) -> None:
    """Bought licences, and programs, services and files whose names only sound like activators."""
    branded_purchase(d)
    for name, publisher in d.rng.sample(LOOK_ALIKES, 4):
        d.program(name, publisher, "1.0")
    d.trace("service", d.rng.choice(("KmsAgentService", "HikKMSClient", "ClipSVC", "KLDriverSvc")))
    d.trace(
        "scheduled_task",
        d.rng.choice(
            ("\\Huawei\\KMS-KeyRotation", "Microsoft\\Windows\\SoftwareProtectionPlatform\\SvcRestartTask", "AutoUpdate_KMPlayer")
        ),
    )
    d.trace(
        "file_path",
        d.rng.choice(
            (
                "D:\\资料\\桥梁crack检测\\裂缝2025.xlsx",
                "C:\\Program Files\\KMPlayer\\KMPlayer.exe",
                "C:\\Windows\\System32\\sppc.dll",
                "C:\\Go\\src\\keygen.go",
            )
        ),
    )
    d.trace("defender_exclusion", d.rng.choice(("C:\\Program Files\\Kingdee\\KIS", "D:\\U8SOFT", "C:\\HIS\\激活日志")))
    d.trace(
        "hosts_line",
        d.rng.choice(("10.20.0.9 kms.qinghe.gov.cn", "127.0.0.1 localhost", "10.20.1.7 oa.qinghe.gov.cn", "0.0.0.0 ads.example.com")),
    )


def evaluation(d: Device) -> None:
    scenery(d, "s2022", kind="server")
    d.facts.update(os_name="Microsoft Windows Server 2022 Standard Evaluation", os_installed_on=f"2026-0{d.rng.randint(7, 9)}-14")
    over = d.rng.random() < 0.4
    end = "2026-11-01" if over else "2027-02-20"
    windows_licence(
        d, "s2022", "TIMEBASED_EVAL", "VMK7H", license_status=5 if over else 1, evaluation_end=end, grace_minutes=0 if over else 120_000
    )


def developers(d: Device) -> None:
    """Developers with subscriptions: one retail key of a subscriber serves up to ten of his computers."""
    scenery(d, "10ent")
    d.facts["unit_id"] = d.unit_id = "dev"
    seat = int(d.device_id[-5:]) // 500  # a subscriber and his machines
    windows_licence(d, "10ent", "RETAIL", key(random.Random(f"Windows {seat}")))
    office_retail(d, "ProPlus2021", "Microsoft Office 专业增强版 2021 - zh-cn", partial_product_key=key(random.Random(f"Office {seat}")))
    d.program("Microsoft Visual Studio Enterprise 2022", "Microsoft Corporation", "17.12")


def superior_kms(d: Device) -> None:
    """Activated by the city bureau's host, which nobody registered with the county."""
    scenery(d, "10pro")
    host = d.rng.choice((KMS_OF_CITY, KMS_OF_CITY, "172.18.4.30"))
    cells = {"kms_host": host, "kms_port": 1688, "kms_epid": host_epid(KMS_OF_CITY)}
    windows_licence(d, "10pro", "VOLUME_KMSCLIENT", "T83GX", grace_minutes=HALF_YEAR - d.rng.randint(5, 9_000), **cells)
    office_kms(d, "2016", **{**cells, "kms_epid": host_epid(KMS_OF_CITY, "office")})


def flat_battery(d: Device) -> None:
    """The clock went back to 2012: nothing about days can be right, and the licence is fine."""
    domain_kms(d)
    d.facts.update(clock_at="2012-01-01", os_installed_on="2012-01-01", received_at="2026-11-20")
    stopped = d.rng.random() < 0.5
    for row in d.activations:
        row.update(
            grace_minutes=0 if stopped else HALF_YEAR, license_status=5 if stopped else 1, status_reason="0xC004F034" if stopped else None
        )


def rectified(d: Device) -> None:
    """Cracked until 2024, then installed again with bought licences; the old system's folder was kept."""
    domain_kms(d)
    d.facts["os_installed_on"] = f"2024-0{d.rng.randint(1, 9)}-11"
    d.trace(
        "file_path",
        d.rng.choice(("C:\\Windows.old\\Program Files\\KMSpico\\KMSELDI.exe", "C:\\Windows.old\\Windows\\AutoKMS\\AutoKMS.exe")),
        seen_at="2022-03-04",
    )


def boxed(d: Device) -> None:
    scenery(d, "10pro", maker="ASUSTeK COMPUTER INC.")
    windows_licence(d, "10pro", "RETAIL", key(d.rng))
    office_retail(d, "HomeBusiness2021", "Microsoft Office Home and Business 2021 - en-us")


def phone_mak(d: Device) -> None:
    """A network without the internet: multiple activation keys by telephone, years ago, on machines without any maker."""
    scenery(d, "10ent", maker="To Be Filled By O.E.M.")
    d.facts.update(firmware_oem_id="", model="To Be Filled By O.E.M.")
    windows_licence(d, "10ent", "VOLUME_MAK", "KD6Y9")
    office_kms(d, "2016", description="Office 16, VOLUME_MAK channel", channel="Volume:MAK", partial_product_key="P4WRB", grace_minutes=0)


LAWFUL = {
    branded_purchase: 12,
    domain_kms: 12,
    kms_over_vpn: 5,
    cloned_lab: 6,
    vendor_image_7: 5,
    refurbished: 3,
    virtual_machine: 4,
    windows_7_estate: 5,
    domestic: 8,
    home_edition: 6,
    security_team: 2,
    stopped_download: 3,
    digital_licence: 5,
    subscription: 5,
    directory_activation: 3,
    kms_host_itself: 1,
    look_alike: 6,
    evaluation: 2,
    developers: 2,
    superior_kms: 4,
    flat_battery: 2,
    rectified: 3,
    boxed: 3,
    phone_mak: 2,
}
