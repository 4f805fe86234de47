"""Linux desktops of the domestic-replacement programme: UOS and Kylin with their dpkg packages, and Kylin servers."""

from __future__ import annotations

from licmatch.demo.draw import Draw, Weighted
from licmatch.demo.entry import Bundle, Entry, Truth, sole
from licmatch.demo.windows import System

DEBIAN_MAINTAINER = "Debian Developers"

# name, version, build, vendor, family, edition, release, platform, weight
# fmt: off
SYSTEMS = (
    ("UnionTech OS Desktop 20 Pro", "20", "1070", "UnionTech", "UOS Desktop", "Professional", "20", "uos", 5.0),
    ("统信桌面操作系统 V20 专业版", "20", "1060", "UnionTech", "UOS Desktop", "Professional", "20", "uos", 3.0),
    ("Kylin V10 SP1", "V10", "2303", "Kylin", "Kylin Desktop", None, "V10", "kylin", 4.0),
    ("银河麒麟桌面操作系统 V10 (SP1)", "V10", "2203", "Kylin", "Kylin Desktop", None, "V10", "kylin", 3.0),
)
# fmt: on
# fmt: off
SERVERS = (
    ("Kylin Linux Advanced Server V10 (Lance)", "V10", "SP3", "Kylin", "Kylin Linux Advanced Server", None, "V10", "kylin", 1.0),
)
# fmt: on

# fmt: off
DEBIAN_PACKAGES = (
    "bash", "coreutils", "libc6", "libstdc++6", "systemd", "udev", "dbus", "apt", "dpkg", "grep", "sed", "tar", "gzip", "perl-base",
    "python3", "python3-minimal", "openssl", "libssl1.1", "curl", "wget", "ca-certificates", "openssh-client", "rsync", "vim-tiny",
    "nano", "less", "file", "xz-utils", "bzip2", "unzip", "cups", "cups-client", "cups-filters", "ghostscript", "sane-utils",
    "fonts-noto-cjk", "fonts-wqy-zenhei", "fcitx", "fcitx-pinyin", "pulseaudio", "alsa-utils", "network-manager", "ntp", "ufw",
    "xserver-xorg", "mesa-utils", "libgtk-3-0", "libqt5core5a", "libqt5gui5", "libx11-6", "gstreamer1.0-plugins-base", "ffmpeg",
    "sqlite3", "samba-common", "smbclient", "gvfs", "policykit-1", "rsyslog", "logrotate", "cron", "at", "sudo", "adduser", "passwd",
    "tzdata", "locales", "console-setup", "grub-common", "initramfs-tools", "linux-firmware", "firmware-linux-free", "lvm2",
    "dosfstools", "ntfs-3g",
)
# fmt: on
# fmt: off
DOMESTIC = (
    ("com.tencent.weixin", "Tencent", "2.1.{1-9}"),
    ("com.qq.im.deepin", "Tencent", "9.3.{1-9}deepin{14-22}"),
    ("org.deepin.browser", "UnionTech", "6.5.{1-9}.{1-30}"),
    ("com.qianxin.browser-stable", "奇安信", "1.0.{1300-1500}.{1-20}"),
    ("com.sogou.sogoupinyin-uos", "搜狗", "4.2.1.{100-260}"),
    ("cn.google.chrome", "Google", "119.0.{6045-6099}.{100-199}"),
    ("com.xunlei.download", "迅雷", "1.0.0.{1-5}"),
    ("deepin-terminal", "UnionTech", "5.4.{10-40}"),
    ("dde-file-manager", "UnionTech", "5.5.{2-15}"),
    ("dde-control-center", "UnionTech", "5.4.{80-170}"),
    ("kylin-software-center", "麒麟软件", "1.1.{3-33}"),
    ("ukui-control-center", "麒麟软件", "3.1.{1-60}"),
    ("peony", "麒麟软件", "3.2.{1-55}"),
    ("com.zwcad.zwcad2023", "中望软件", "23.1.{1-9}"),
)
# fmt: on

_DESKTOPS = Weighted((row, row[-1]) for row in SYSTEMS)


def _system(row: tuple[str, str, str, str, str, str | None, str, str, float]) -> System:
    name, version, build, vendor, family, edition, release, platform, _ = row
    return System(name, version, build, Truth("os", vendor, family, edition, release), platform)


def draw_desktop(draw: Draw) -> System:
    """Return a domestic Linux desktop."""
    return _system(draw.weighted(_DESKTOPS))


def draw_server(draw: Draw) -> System:
    """Return a domestic Linux server."""
    return _system(draw.pick(SERVERS))


def packages(seed: int) -> tuple[tuple[Entry, float], ...]:
    """Return (package, share of the Linux devices that have it)."""
    draw = Draw(seed, "packages")
    rows = [
        (Entry(name, DEBIAN_MAINTAINER, draw.versions("{1-9}.{0-30}.{0-9}-{1-9}+deb10u{1-4}", 5)), 0.9 - 0.005 * rank)
        for rank, name in enumerate(DEBIAN_PACKAGES)
    ]
    rows += [(Entry(name, maker, draw.versions(template, 6)), 0.25 + 0.5 * draw.unit()) for name, maker, template in DOMESTIC]
    return tuple(rows)


def office_bundles(seed: int) -> tuple[Bundle, ...]:
    """Return the office suites of Linux desktops by package name."""
    draw = Draw(seed, "linux office")
    wps = Truth("office", "Kingsoft", "WPS Office", None, "2019")
    libre = Truth("office", "The Document Foundation", "LibreOffice", None, None)
    return (
        sole(
            Entry(
                "cn.wps.wps-office-pro",
                "Kingsoft",
                draw.versions("11.8.2.{10125-12085}", 8),
                Truth("office", "Kingsoft", "WPS Office", "Professional", "2019"),
            ),
            5.0,
        ),
        sole(Entry("wps-office", "Kingsoft", draw.versions("11.1.0.{9662-11719}", 8), wps), 3.0),
        sole(
            Entry(
                "com.yozosoft.office",
                "永中软件股份有限公司",
                draw.versions("9.0.{1100-1900}", 3),
                Truth("office", "Yozosoft", "Yozo Office", None, None),
            ),
            1.0,
        ),
        sole(Entry("libreoffice", DEBIAN_MAINTAINER, ("1:6.1.5-3+deb10u11", "1:7.0.4-4+deb11u4"), libre), 1.0),
    )


def antivirus_bundles(seed: int) -> tuple[Bundle, ...]:
    """Return the antivirus products of Linux desktops by package name."""
    draw = Draw(seed, "linux antivirus")
    qax = Truth("antivirus", "QiAnXin", "QiAnXin Tianqing Endpoint Security")
    return (
        sole(Entry("com.qianxin.qaxsafe", "奇安信", draw.versions("10.{3-8}.0.{2000-4650}", 6), qax), 4.0),
        sole(
            Entry(
                "com.360.360safe",
                "奇虎360",
                draw.versions("10.0.{1-9}.{100-300}", 4),
                Truth("antivirus", "Qihoo 360", "360 Endpoint Security Management"),
            ),
            2.0,
        ),
        sole(
            Entry(
                "com.huorong.security",
                "火绒网络",
                draw.versions("2.0.{1-20}", 3),
                Truth("antivirus", "Huorong", "Huorong Internet Security"),
            ),
            1.0,
        ),
        sole(
            Entry("clamav", DEBIAN_MAINTAINER, ("0.102.4+dfsg-0+deb10u1", "0.103.6+dfsg-0+deb10u1"), Truth("antivirus", "Cisco", "ClamAV")),
            0.5,
        ),
    )
