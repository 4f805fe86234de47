"""What tools and methods leave on a computer, and what genuine things with like names leave. Values only."""

from __future__ import annotations

PEOPLE = ("admin", "Administrator", "lenovo", "user", "办公室", "zhangwei", "chenli")
PLACES = ("C:\\Users\\{user}\\Downloads\\", "C:\\Users\\{user}\\Desktop\\", "D:\\软件\\", "D:\\常用工具\\", "E:\\装机\\")

# What a tool leaves, with the share of computers where it is still there. `*` stands for a folder somebody chose.
LEFT_BY: dict[str, tuple[tuple[str, str, float], ...]] = {
    "KMSpico": (
        ("file_path", "C:\\Program Files\\KMSpico\\KMSELDI.exe", 0.75),
        ("file_path", "C:\\Program Files\\KMSpico\\AutoPico.exe", 0.75),
        ("service", "Service KMSELDI", 0.7),
        ("scheduled_task", "AutoPico Daily Restart", 0.75),
        ("file_path", "*KMSpico-setup.exe", 0.3),
        ("defender_exclusion", "C:\\Program Files\\KMSpico", 0.3),
    ),
    "HEU KMS Activator": (
        ("file_path", "*HEU_KMS_Activator_v{19-42}.{0-9}.{0-9}.exe", 0.6),
        ("file_path", "C:\\ProgramData\\HEU_KMS\\Kms.exe", 0.45),
        ("service", "HEUSvc", 0.25),
        ("scheduled_task", "HEU_KMS_Renewal", 0.4),
    ),
    "KMSAuto": (
        ("file_path", "C:\\ProgramData\\KMSAutoS\\KMSAuto Net.exe", 0.6),
        ("scheduled_task", "KMSAutoNet", 0.6),
        ("service", "KMSEmulator", 0.35),
        ("file_path", "*KMSAuto Net 2016 v1.5.{1-4}\\KMSAuto Net.exe", 0.4),
    ),
    "Microsoft Toolkit": (
        ("file_path", "C:\\Windows\\AutoKMS\\AutoKMS.exe", 0.75),
        ("scheduled_task", "AutoKMS", 0.75),
        ("file_path", "*Microsoft Toolkit.exe", 0.4),
    ),
    "暴风激活": (("file_path", "*暴风激活工具V{15-18}.0.exe", 0.7), ("scheduled_task", "KMSTools", 0.2)),
    "小马激活": (("file_path", "*小马激活工具\\oem7f7.exe", 0.6), ("file_path", "*小马激活工具.exe", 0.3)),
    "Microsoft Activation Scripts": (
        ("file_path", "*MAS_AIO.cmd", 0.35),
        ("command_history", "powershell -c irm https://get.activated.win | iex", 0.35),
        ("file_path", "*Microsoft-Activation-Scripts-master\\All-In-One-Version\\MAS_AIO.cmd", 0.15),
    ),
    "CMWTAT": (("file_path", "*CMWTAT_Digital_Release_2_{5-7}_0_0.exe", 0.6),),
    "KMS_VL_ALL": (
        ("file_path", "C:\\Windows\\System32\\SppExtComObjHook.dll", 0.8),
        ("file_path", "*KMS_VL_ALL_AIO-{43-52}\\KMS_VL_ALL_AIO.cmd", 0.35),
        (
            "registry_value",
            "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\SppExtComObj.exe::"
            "VerifierDlls=SppExtComObjHook.dll",
            0.7,
        ),
    ),
    "Windows Loader": (
        ("file_path", "*Windows Loader\\Windows Loader.exe", 0.55),
        ("file_path", "C:\\Windows\\System32\\drivers\\oem-drv64.sys", 0.3),
        ("service", "secr9tos", 0.3),
        ("file_path", "C:\\grldr", 0.5),
    ),
    "RemoveWAT": (("file_path", "*RemoveWAT 2.2.6\\RemoveWAT.exe", 0.6),),
    "激活工具": (("file_path", "*Office 2016 永久激活工具.exe", 0.5), ("file_path", "C:\\Windows\\AutoKMS\\AutoKMS.exe", 0.4)),
}
# What a method leaves, whichever tool was used; (kind, value, share, clear).
LEFT_BY_METHOD: dict[str, tuple[tuple[str, str, float, bool], ...]] = {
    "office hook": (
        ("file_path", "C:\\Program Files\\Microsoft Office\\root\\vfs\\System\\sppc.dll", 0.9, True),
        ("file_path", "C:\\Program Files\\Microsoft Office\\root\\vfs\\System\\sppcs.dll", 0.6, True),
        (
            "registry_value",
            "HKCU\\Software\\Microsoft\\Office\\16.0\\Common\\Licensing\\Resiliency::TimeOfLastHeartbeatFailure=2040-01-01T00:00:00Z",
            0.5,
            True,
        ),
    ),
    "renewal task": (
        ("scheduled_task", "Activation-Renewal", 0.85, True),
        ("file_path", "C:\\Program Files\\Activation-Renewal\\Activation_task.cmd", 0.85, True),
    ),
    "remover": (("service_state", "sppsvc; start=disabled; state=stopped", 0.8, True),),
    "hwid": (("file_path", "C:\\ProgramData\\Microsoft\\Windows\\ClipSVC\\GenuineTicket\\GenuineTicket.xml", 0.12, False),),
}
HOOKS_2013 = {"2013": ("C:\\Program Files\\Microsoft Office\\Office15\\sppc.dll",)}
ORDINARY = (
    ("service", "sppsvc"),
    ("service", "hkmsvc"),
    ("service", "Health Key and Certificate Management"),
    ("service", "osppsvc"),
    ("service", "ClipSVC"),
    ("scheduled_task", "Microsoft\\Windows\\SoftwareProtectionPlatform\\SvcRestartTask"),
    ("hosts_line", "127.0.0.1 localhost"),
    ("scheduled_task", "GoogleUpdateTaskMachineUA"),
    ("file_path", "C:\\Windows\\System32\\sppc.dll"),
    ("file_path", "C:\\Windows\\System32\\slmgr.vbs"),
    ("service_state", "sppsvc; start=auto; state=running"),
)
LIKELY = (
    ("file_path", "C:\\Program Files (x86)\\Baofeng\\StormPlayer\\StormPlayer.exe"),
    ("file_path", "D:\\文件\\注册机关名录.xlsx"),
    ("file_path", "D:\\资料\\KMS激活服务器部署方案.docx"),
    ("file_path", "C:\\Program Files\\Git\\usr\\bin\\ssh-keygen.exe"),
    ("file_path", "D:\\资料\\破解工程难题经验材料.docx"),
    ("hosts_line", "10.44.1.18 kms.zhanjiang.gov.cn"),
    ("file_path", "C:\\Program Files\\StartIsBack\\StartIsBackCfg.exe"),
    ("service", "Sentinel LDK License Manager"),
    ("file_path", "D:\\软件\\暴风影音5\\Storm.exe"),
    ("hosts_line", "0.0.0.0 telemetry.adobe.com"),
    ("file_path", "D:\\打印\\Win7激活状态核查表.xlsx"),
    ("file_path", "C:\\Program Files\\校园网自助激活工具\\start.exe"),
)
DETECTIONS = ("HackTool:Win32/AutoKMS", "HackTool:Win64/AutoKMS", "HackTool:Win32/KMSActivator!MSR")
