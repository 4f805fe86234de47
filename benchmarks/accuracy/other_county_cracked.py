"""Cracked devices of the other county, from what is publicly known of activators and their leavings.

Every mark is the weight an examiner gives that fact by hand: *conclusive* where no lawful explanation is left, *strong* where one would
have to be told, *indication* where it only makes one look again. Stories without any mark exist on purpose: some cracks show nowhere.
"""

from __future__ import annotations

import random
from datetime import datetime

from other_county_devices import Device, Row, odd, odd_path
from other_county_known import DETECTIONS, GHOSTS, HERE, KNOWN_EPIDS, PUBLIC, RENEWED
from other_county_scenery import OFFICE, key, office_kms, office_retail, scenery, windows_licence, wps


def kms_row(d: Device, row: Row, host: str, category: str, weight: str = "conclusive", emulated: bool = False) -> None:
    """Point a volume client at a host that no organisation runs for it; `emulated`: its id is the one an emulator is compiled with."""
    epid = d.rng.choice(KNOWN_EPIDS["2010" if "Office 14" in str(row["product_name"]) else category]) if emulated else None
    row.update(kms_host=host, kms_port=1688, kms_epid=epid, grace_minutes=d.rng.randint(*RENEWED))
    d.tell(weight, f"{category} activated by {host}", (row, ("kms_host",)), categories=(category,))
    if emulated:
        d.tell("strong", f"{category} got the id an emulator is compiled with", (row, ("kms_epid",)), categories=(category,))


def client(d: Device, windows: str = "10pro") -> Row:
    last_five = {"10pro": "T83GX", "11pro": "T83GX", "10ent": "2YT43", "10ltsc": "J462D", "7pro": "GPDD4", "s2019": "J464C"}[windows]
    return windows_licence(d, windows, "VOLUME_KMSCLIENT", last_five)


def both(
    d: Device, host: str, *, windows: str | None = None, office: str | None = None, weight: str = "conclusive", emulated: bool = False
) -> None:
    windows = windows or d.rng.choice(("10pro", "11pro", "10ent", "10ltsc"))
    scenery(d, windows)
    kms_row(d, client(d, windows), host, "os", weight, emulated)
    row = office_kms(d, office or d.rng.choice(tuple(OFFICE)))
    kms_row(d, row, host, "office", weight, emulated)


def kmspico(d: Device) -> None:
    both(d, d.rng.choice(HERE), emulated=d.rng.random() < 0.6)
    d.program(odd(d.rng, d.rng.choice(("KMSpico", "KMSpico v10.2.0 Final", "KMS pico 10"))), None, "10.2.0", mark="strong")
    d.trace("service", "Service KMSELDI", mark="strong")
    d.trace("scheduled_task", odd_path(d.rng, "\\AutoPico Daily Restart"), mark="strong")
    d.trace(
        "file_path",
        odd_path(d.rng, "C:\\Program Files\\KMSpico\\" + d.rng.choice(("KMSELDI.exe", "AutoPico.exe", "Service_KMS.exe"))),
        mark="strong",
    )
    if d.rng.random() < 0.5:
        d.trace("file_path", odd_path(d.rng, "C:\\Windows\\SECOH-QAD.exe"), mark="strong")


def hooked_service(d: Device) -> None:
    """KMS_VL_ALL and its kin: a library hooked into the licensing service pretends to be a host somewhere in a private net."""
    both(d, d.rng.choice(("172.16.0.2", "10.0.0.10", "172.16.1.112", "192.168.200.10")), weight="indication")
    key_path = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\SppExtComObj.exe"
    value = d.rng.choice(
        (
            "VerifierDlls=SppExtComObjHook.dll",
            "Debugger=rundll32.exe SppExtComObjHook.dll,PatcherMain",
            "VerifierDlls=SppExtComObjHookAvrf.dll",
        )
    )
    d.trace("registry_value", odd_path(d.rng, f"{key_path}::{value}", 0.1), mark="conclusive")
    d.trace("file_path", odd_path(d.rng, "C:\\Windows\\System32\\SppExtComObjHook.dll"), mark="strong")
    d.trace("defender_exclusion", "C:\\Windows\\System32\\SppExtComObjHook.dll", mark="strong")


def year_2038(d: Device) -> None:
    """A ticket of KMS38 holds to the last second of signed 32-bit time."""
    windows = d.rng.choice(("10pro", "11pro", "10ltsc", "s2019"))
    scenery(d, windows, kind="server" if windows == "s2019" else "desktop")
    row = client(d, windows)
    left = datetime(2038, 1, 19, 3, 14) - datetime.fromisoformat(str(d.facts["collected_at"]))
    minutes = int(left.total_seconds()) // 60 - d.rng.randint(0, 1200)
    row.update(grace_minutes=minutes, kms_host=d.rng.choice(("", "127.0.0.2", None)), collected_at=d.facts["collected_at"])
    d.tell("conclusive", "volume client licensed to January 2038", (row, ("grace_minutes",)))
    if row["kms_host"]:
        d.tell("strong", "volume client whose host is itself", (row, ("kms_host",)))


def public_host(d: Device) -> None:
    host = odd(d.rng, d.rng.choice(PUBLIC), 0.1).strip()
    both(d, host)
    d.trace("kms_host", f"{host}:1688", mark="conclusive")


def heu(d: Device) -> None:
    both(d, d.rng.choice(("127.0.0.1", "10.3.0.20", "192.168.122.1")), weight="indication", windows="10pro")
    d.trace(
        "file_path",
        odd_path(
            d.rng,
            d.rng.choice(("D:\\装机\\HEU_KMS_Activator_v42.0.4.exe", "C:\\Users\\Administrator\\Desktop\\HEU KMS Activator v24.6.0.exe")),
        ),
        mark="strong",
    )
    d.trace("scheduled_task", d.rng.choice(("HEU_KMS_Renewal", "\\HEU_KMS_Renewal")), mark="strong")
    d.trace("av_detection", d.rng.choice(DETECTIONS), mark="strong")


def pony(d: Device) -> None:
    """The 'little horse' tools of Windows 7 days."""
    scenery(d, "7ult", maker="Gigabyte Technology Co., Ltd.")
    windows_licence(d, "7ult", "OEM_SLP", "P4K27")
    d.program(odd(d.rng, d.rng.choice(("小马激活工具 oem7", "小马KMS10 激活", "Win7小马激活 OEM7F7"))), None, "7.0", mark="strong")
    d.trace(
        "file_path",
        odd_path(d.rng, d.rng.choice(("D:\\软件\\小马激活工具\\oem7F7.exe", "C:\\Users\\user\\Downloads\\小马激活.exe"))),
        mark="strong",
    )


def storm(d: Device) -> None:
    scenery(d, "10pro")
    row = client(d)
    kms_row(d, row, d.rng.choice(("127.0.0.1", *PUBLIC[:3])), "os")
    d.trace(
        "file_path",
        odd_path(d.rng, d.rng.choice(("D:\\暴风激活工具V17.0.exe", "C:\\Users\\li\\Desktop\\暴风激活\\BFKMS.exe"))),
        mark="strong",
    )
    d.trace("command_history", "cmd /c start D:\\工具\\暴风激活17.0\\暴风激活.exe /silent", mark="strong")


def loader(d: Device) -> None:
    """A boot loader lends a shop-built board the table of a brand, and with it that brand's shared key."""
    windows, last_five, brand = d.rng.choice((("7ult", "PMJBM", "LENOVO"), ("7pro", "733WD", "DELL"), ("7ult", "2C9T3", "HPQOEM")))
    scenery(
        d, windows, maker=d.rng.choice(("Gigabyte Technology Co., Ltd.", "MAXSUN", "Colorful Technology Ltd.", "To Be Filled By O.E.M."))
    )
    d.facts.update(firmware_oem_id=brand, bios_maker="American Megatrends Inc.", model="H61M-DS2")
    row = windows_licence(d, windows, "OEM_SLP", last_five)
    d.tell(
        "strong",
        f"{brand}'s key and table on a {d.facts['manufacturer']} board",
        (row, ("partial_product_key",)),
        (d.facts, ("firmware_oem_id", "manufacturer")),
    )
    if d.rng.random() < 0.6:
        d.trace("file_path", odd_path(d.rng, "D:\\Windows Loader v2.2.2\\Windows Loader.exe"), mark="strong")
    if d.rng.random() < 0.4:
        d.trace("av_detection", "HackTool:Win32/Wpakill", mark="strong")


def service_removed(d: Device) -> None:
    scenery(d, "7ult", maker="ASUSTeK COMPUTER INC.")
    d.program(odd(d.rng, d.rng.choice(("RemoveWAT 2.2.6", "Chew-WGA 0.9"))), None, None, mark="strong")
    d.trace("service_state", d.rng.choice(("sppsvc; start=disabled; state=stopped", "sppsvc; missing")), mark="indication")
    d.trace("file_path", odd_path(d.rng, "C:\\Windows\\System32\\slmgr.vbs.removewat"), mark="strong")


def ghost_image(d: Device) -> None:
    """A repacked system from a download site, activated as it comes."""
    caption, site = d.rng.choice(GHOSTS)
    scenery(d, "10pro" if "10" in caption else "7ult", maker="MAXSUN")
    d.trace("os_caption", odd(d.rng, caption), mark="strong")
    d.trace("oem_branding", odd(d.rng, site if d.rng.random() < 0.5 else caption), mark="strong")
    if d.rng.random() < 0.4:
        d.facts["os_name"] = caption
        d.tell("strong", f"the system calls itself {caption}", (d.facts, ("os_name",)))


def ohook(d: Device) -> None:
    """A licensing library of its own in Office's folder says yes to everything."""
    scenery(d, "11pro")
    windows_licence(d, "11pro", "OEM_DM", last_five := key(d.rng), oa3_partial_key=last_five)
    office_retail(d, "O365ProPlus", "Microsoft 365 企业应用版 - zh-cn", "TIMEBASED_SUB", license_status=0, partial_product_key="Q8QQX")
    d.facts["office_signed_in"] = False
    for name in ("sppc.dll", "sppcs.dll"):
        d.trace("file_path", odd_path(d.rng, f"C:\\Program Files\\Microsoft Office\\root\\vfs\\System\\{name}"), mark="conclusive")
    if d.rng.random() < 0.5:
        d.trace(
            "registry_value",
            "HKCU\\Software\\Microsoft\\Office\\16.0\\Common\\Licensing\\Resiliency::TimeOfLastHeartbeatFailure=2040-01-01T00:00:00Z",
            mark="strong",
        )


def ratiborus(d: Device) -> None:
    """AAct and KMSAuto, which leave a task, a service and an excluded folder."""
    both(d, d.rng.choice(("127.0.0.2", "10.3.0.20", "172.16.0.2")), weight="indication")
    tool = d.rng.choice(("AAct", "KMSAuto"))
    task, path = {
        "AAct": ("\\AAct", "C:\\Windows\\AAct_Tools\\AAct_x64.exe"),
        "KMSAuto": ("KMSAutoNet", "C:\\ProgramData\\KMSAutoS\\KMSAuto Net.exe"),
    }[tool]
    d.trace("scheduled_task", task, mark="strong")
    d.trace("file_path", odd_path(d.rng, path), mark="strong")
    d.trace("defender_exclusion", path.rpartition("\\")[0], mark="strong")
    if tool == "KMSAuto":
        d.trace("service", "KMSEmulator", mark="strong")
    if d.rng.random() < 0.3:
        d.program(odd(d.rng, "Ratiborus KMS Tools Portable"), "Ratiborus", "2024.05", mark="strong")


def toolkit(d: Device) -> None:
    scenery(d, "7pro", maker="HP")
    windows_licence(d, "7pro", "OEM_SLP", "6P6GT")
    kms_row(d, office_kms(d, "2010"), "127.0.0.1", "office")
    d.trace("scheduled_task", "AutoKMS", mark="strong")
    d.trace("file_path", odd_path(d.rng, "C:\\Windows\\AutoKMS\\AutoKMS.exe"), mark="strong")
    if d.rng.random() < 0.5:
        d.trace("file_name", d.rng.choice(("Microsoft Toolkit 2.7.3.exe", "Office 2010 Toolkit.exe", "EZ-Activator.exe")), mark="strong")


def mini_kms(d: Device) -> None:
    scenery(d, "7pro", maker="LENOVO")
    windows_licence(d, "7pro", "OEM_SLP", "24367")
    row = office_kms(d, "2010")
    kms_row(d, row, "127.0.0.1", "office", emulated=True)
    d.trace("service", "KMService", mark="strong")
    d.trace("file_path", odd_path(d.rng, "C:\\Windows\\KMService.exe"), mark="strong")
    d.trace("file_name", "mini-KMS_Activator_v1.3_Office2010_VL_ENG.exe", mark="strong")


def renamed_tool(d: Device) -> None:
    """The tool bears a harmless name; the antivirus knew it all the same, and the licence shows what it did."""
    both(d, d.rng.choice(("127.0.0.1", "172.16.0.2")), weight="strong")
    d.trace("file_path", d.rng.choice(("D:\\办公助手\\办公助手.exe", "C:\\ProgramData\\Intel\\gfxsvc.exe", "D:\\tools\\a.exe")))
    d.trace("av_detection", d.rng.choice(DETECTIONS), mark="strong")


def cleaned_up(d: Device) -> None:
    """Warned before the inspection: the tool is gone, the loopback host, an exclusion or a task is forgotten."""
    both(d, "", weight="indication", windows="10pro")
    d.marks.clear()
    left = d.rng.randrange(4)
    for row, category in zip(d.activations, ("os", "office"), strict=True):
        row.update(kms_host="", kms_epid="", grace_minutes=d.rng.randint(20_000, 200_000))
        if left == 0:
            kms_row(d, row, "127.0.0.2", category)
    if left == 1:
        d.trace(
            "defender_exclusion",
            d.rng.choice(("C:\\Program Files\\KMSpico", "C:\\ProgramData\\KMSAuto", "C:\\Windows\\KMS-R@1n.exe")),
            mark="strong",
        )
    if left == 2:
        path = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform::KeyManagementServiceName="
        host = d.rng.choice(("127.0.0.2", "kms.loli.beer", "kms8.msguides.com"))
        row = d.trace("kms_host", f"{host}:1688") if d.rng.random() < 0.5 else d.trace("registry_value", path + host)
        d.tell("strong", f"the registry still names {host}", (row, ("value",)), categories=("os",))
        d.tell("indication", f"the registry still names {host}", (row, ("value",)), categories=("office",))
    if left == 3:
        d.trace("scheduled_task", d.rng.choice(("AutoKMSDaily", "\\KMSAuto", "AutoPico Daily Restart")), mark="strong")


def far_future(d: Device) -> None:
    """A forged store gives the volume client four thousand years."""
    scenery(d, d.rng.choice(("10ent", "11pro")))
    row = client(d, "10ent" if "企业" in str(d.facts["os_name"]) else "11pro")
    row.update(grace_minutes=2_147_483_647, kms_host="", collected_at=d.facts["collected_at"])
    d.tell("conclusive", "volume client licensed for four thousand years", (row, ("grace_minutes",)))


def leaked_xp(d: Device) -> None:
    scenery(d, "xp", maker="LENOVO")
    d.trace("product_id", d.rng.choice(("55274-640-0000356-23425", "55274-640-2001765-23081")), mark="strong")
    if d.rng.random() < 0.5:
        d.trace("oem_branding", "番茄花园 WinXP SP3 免激活版", mark="strong")


def one_key_for_all(d: Device) -> None:
    """One retail key of a web shop on computers of many units; nobody bought more than one."""
    scenery(d, "10pro", maker="MAXSUN")
    row = windows_licence(d, "10pro", "RETAIL", "8QYHG")
    d.tell("strong", "one retail key on a crowd of computers", (row, ("partial_product_key",)))


def router_host(d: Device) -> None:
    """An emulator on somebody's router serves the floor."""
    both(d, d.rng.choice(("OpenWrt.lan", "192.168.31.1", "nas.lan")), weight="indication", emulated=True)


def cracked_office_by_name(d: Device) -> None:
    scenery(d, "10home")
    windows_licence(d, "10home", "OEM_DM", last_five := key(d.rng), oa3_partial_key=last_five)
    name = d.rng.choice(
        (
            "WPS Office 2019 专业增强版 破解版",
            "WPS Office 2016 免激活绿色版",
            "Microsoft Office 2016 破解版",
            "Office 2010 绿色破解版",
            "Microsoft Office 2013 Pro Plus Cracked",
        )
    )
    d.program(odd(d.rng, name), None, "11.8", mark="strong")


def antivirus_keys(d: Device) -> None:
    """Licences for the antivirus from a finder, or its trial begun anew for ever."""
    scenery(d, "10home")
    windows_licence(d, "10home", "OEM_DM", last_five := key(d.rng), oa3_partial_key=last_five)
    d.program(
        "ESET NOD32 Antivirus" if (eset := d.rng.random() < 0.5) else "Kaspersky Internet Security 2020",
        "ESET, spol. s r.o." if eset else "AO Kaspersky Lab",
        "16.2",
    )
    tool = (
        ("TNod User & Password Finder", "ESET PureFix 2.01", "TNod 1.9.0 注册码获取工具")
        if eset
        else ("KRT Club 3.1.0.29 激活重置", "Kaspersky Reset Trial 5.1.0.41", "Kaspersky Trial Resetter")
    )
    d.program(odd(d.rng, d.rng.choice(tool)), None, None, mark="strong")


def renewing_script(d: Device) -> None:
    """The online method of the script collection, with its renewing task."""
    both(d, d.rng.choice((*PUBLIC[1:5], "kms.ddns.net", "xykz.f3322.org")), weight="strong")
    d.trace("scheduled_task", d.rng.choice(("Activation-Renewal", "\\Activation-Run_Once")), mark="strong")
    d.trace("file_path", odd_path(d.rng, "C:\\Program Files\\Activation-Renewal\\Activation_task.cmd"), mark="strong")
    d.trace("command_history", 'powershell -nop "irm https://get.activated.win | iex"', mark="strong")


def ticketed_ltsc(d: Device) -> None:
    """An LTSC with a permanent licence of the consumer kind, which is not sold for it."""
    scenery(d, "10ltsc", maker="ASUSTeK COMPUTER INC.")
    row = windows_licence(d, "10ltsc", "OEM_COA_NSLP", "P39PB")
    d.tell("strong", "LTSC by a digital licence with the default key", (row, ("partial_product_key",)))
    if d.rng.random() < 0.5:
        d.trace(
            "file_name",
            d.rng.choice(("W10DigitalActivation.exe", "hwidgen.mk6.exe", "HWIDGEN 62.01.exe", "CMWTAT_Digital_Release_2_6_2_0.exe")),
            mark="strong",
        )


def blocked_servers(d: Device) -> None:
    scenery(d, "10pro")
    windows_licence(d, "10pro", "OEM_DM", last_five := key(d.rng), oa3_partial_key=last_five)
    office_kms(d, "2021", description="Office 21, VOLUME_MAK channel", channel="Volume:MAK", partial_product_key="6GT2C", grace_minutes=0)
    for name in ("activation.sls.microsoft.com", "validation.sls.microsoft.com", "licensing.mp.microsoft.com"):
        d.trace("hosts_line", f"0.0.0.0 {name}", mark="indication")


def repacked_installer(d: Device) -> None:
    """Office put on by a repacker's installer, which activates it against itself."""
    scenery(d, "10pro")
    windows_licence(d, "10pro", "OEM_DM", last_five := key(d.rng), oa3_partial_key=last_five)
    kms_row(d, office_kms(d, d.rng.choice(("2019", "2021"))), d.rng.choice(("127.0.0.2", "172.16.0.2")), "office", "strong")
    d.trace(
        "file_path",
        odd_path(d.rng, d.rng.choice(("D:\\Office 2013-2024 C2R Install v7.7.7\\OInstall.exe", "D:\\office\\OInstall.exe"))),
        mark="indication",
    )
    d.trace("file_path", odd_path(d.rng, "C:\\Windows\\KMS-R@1n.exe"), mark="strong")


def serving_desktop(d: Device) -> None:
    """The desktop of the one who is 'good with computers' serves the others."""
    both(d, "127.0.0.1", windows="10pro")
    d.trace(
        "process",
        odd_path(d.rng, d.rng.choice(("C:\\Tools\\vlmcsd\\vlmcsd-Windows-x64.exe", "D:\\py-kms\\pykms_Server.py"))),
        mark="strong",
    )
    d.trace("service", "vlmcsd", mark="strong")
    d.trace("listening_port", "1688", mark="indication")


def bought_from_nobody(d: Device) -> None:
    """A volume key that leaked and was sold on: nothing in any dump tells it from a lawful one."""
    scenery(d, "10ent")
    windows_licence(d, "10ent", "VOLUME_MAK", key(random.Random("leaked")))
    wps(d)


BOTH, OS, OFFICE_ONLY, ANTIVIRUS = ("os", "office"), ("os",), ("office",), ("antivirus",)
CRACKED = {
    kmspico: (5, BOTH),
    hooked_service: (3, BOTH),
    year_2038: (3, OS),
    public_host: (4, BOTH),
    heu: (4, BOTH),
    pony: (3, OS),
    storm: (2, OS),
    loader: (3, OS),
    service_removed: (2, OS),
    ghost_image: (3, OS),
    ohook: (3, OFFICE_ONLY),
    ratiborus: (3, BOTH),
    toolkit: (2, OFFICE_ONLY),
    mini_kms: (2, OFFICE_ONLY),
    renamed_tool: (2, BOTH),
    cleaned_up: (3, BOTH),
    far_future: (1, OS),
    leaked_xp: (1, OS),
    one_key_for_all: (2, OS),
    router_host: (2, BOTH),
    cracked_office_by_name: (2, OFFICE_ONLY),
    antivirus_keys: (2, ANTIVIRUS),
    renewing_script: (3, BOTH),
    ticketed_ltsc: (2, OS),
    blocked_servers: (1, OFFICE_ONLY),
    repacked_installer: (2, OFFICE_ONLY),
    serving_desktop: (1, BOTH),
    bought_from_nobody: (1, OS),
}
