"""Which column of a plain table is which: Chinese and English header aliases of every canonical frame."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_JOINERS = re.compile(r"[\s_\-/.:()*]+")

# Best alias first: where a table has several of them, the first one listed is taken.
DEVICE = ("device_id", "device id", "resourceid", "assetid", "asset tag", "计算机编号", "设备编号", "资产编号", "终端编号", "终端id", "设备id", "mid")
HOSTNAME = ("hostname", "host name", "computer name", "pscomputername", "node", "netbios_name0", "netbios name", "devicename", "machinename",
            "assetname", "installed_on", "system name", "csname", "computer", "host", "resource_name", "计算机名", "计算机名称", "电脑名称", "主机名",
            "主机名称", "终端名称", "设备名称")
UNIT = ("unit_id", "单位编号", "单位代码", "tag", "entity", "org_unit", "department", "group", "rbacgroupname", "单位", "单位名称", "填报单位", "所属单位",
        "终端分组", "所在分组", "部门", "科室", "组织")
DATE_SEEN = ("collected_at", "observed_at", "lastseen", "last_scanned", "scan time", "timestamp", "采集时间", "采集日期", "扫描时间", "更新日期")
OS_NAME = ("os_name", "os", "osname", "operating system", "osdescription", "操作系统", "操作系统名称")
OS_VERSION = ("os_version", "osversion", "操作系统版本")

SOFTWARE: dict[str, Sequence[str]] = {
    "device_id": DEVICE,
    "hostname": HOSTNAME,
    "unit_id": UNIT,
    "name": ("name", "displayname", "displayname0", "arpdisplayname0", "display_name", "raw_name", "applicationname", "application name", "software",
             "softwarename", "software name", "software_name", "product", "productname", "productname0", "product_name", "app_name", "appname",
             "fullsoftname", "_name", "程序名称", "软件名称", "软件名", "应用名称", "产品名称", "名称"),
    "publisher": ("publisher", "publisher0", "vendor", "manufacturer", "manufacturer_name", "softwarepublisher", "softwarevendor", "applicationpublisher",
                  "application publisher", "corpname", "inc", "发布者", "发行者", "发行商", "厂商", "软件厂商", "企业名", "开发商", "供应商"),
    "version": ("version", "version0", "displayversion", "softwareversion", "software_version", "productversion0", "productversion", "applicationversion",
                "application version", "installedversion", "版本", "软件版本", "版本号", "软件版本号"),
    "install_date": ("install_date", "installdate0", "install_time", "installed_date", "installed_at", "application install date", "softwareinstalldate",
                     "安装时间", "安装日期", "启用日期"),
    "install_location": ("install_location", "installedlocation0", "installpath", "folder", "path", "location", "安装路径", "安装目录", "安装位置"),
    "product_code": ("product_code", "identifyingnumber", "identifying_number", "pschildname", "prodid0", "softwarecode0", "guid", "产品代码", "软件编号"),
    "source": ("source",),
    "os_name": OS_NAME,
    "os_version": OS_VERSION,
    "collected_at": DATE_SEEN,
}
DEVICES: dict[str, Sequence[str]] = {
    "device_id": DEVICE,
    "hostname": HOSTNAME,
    "unit_id": UNIT,
    "kind": ("kind", "device type", "设备类型", "类型"),
    "in_use": ("in_use", "in use", "在用", "是否在用", "使用状态"),
    "os_name": OS_NAME,
    "os_version": OS_VERSION,
    "os_build": ("os_build", "build", "buildnumber", "操作系统内部版本", "内部版本号"),
    "os_installed_on": ("os_installed_on", "os install date", "操作系统安装日期", "系统安装日期"),
    "manufacturer": ("manufacturer", "vendor", "hardware_vendor", "品牌", "制造商", "厂商"),
    "model": ("model", "hardware_model", "型号", "品牌型号"),
    "firmware_oem_id": ("firmware_oem_id", "oemid", "固件oem标识"),
    "collected_at": DATE_SEEN,
}
UNITS: dict[str, Sequence[str]] = {
    "unit_id": ("unit_id", "id", "单位编号", "单位代码", "统一社会信用代码"),
    "parent_id": ("parent_id", "parent", "上级单位编号", "上级编号", "上级单位", "上级单位代码", "主管单位"),
    "name": ("name", "unit_name", "单位名称", "填报单位", "名称", "单位"),
    "tier": ("tier", "level", "级别", "层级", "单位级别"),
    "org_type": ("org_type", "单位性质", "机构类型", "单位类型"),
    "region_code": ("region_code", "gb2260", "行政区划代码", "区划代码"),
    "staff_quota": ("staff_quota", "编制人数"),
    "staff_actual": ("staff_actual", "实有人数", "实际人数", "单位人数"),
    "computer_users": ("computer_users", "使用计算机人数"),
}
ACTIVATIONS: dict[str, Sequence[str]] = {
    "device_id": DEVICE,
    "hostname": HOSTNAME,
    "application": ("application", "applicationid", "应用程序", "应用程序id"),
    "product_name": ("product_name", "productname", "licensename", "name", "产品名称", "许可证名称", "名称"),
    "description": ("description", "licensedescription", "描述"),
    "activation_id": ("activation_id", "id", "skuid", "激活id"),
    "channel": ("channel", "productkeychannel", "产品密钥通道", "授权通道"),
    "license_status": ("license_status", "licensestatus", "许可证状态", "激活状态"),
    "partial_product_key": ("partial_product_key", "partialproductkey", "last5", "key_last5", "部分产品密钥", "密钥后五位", "序列号后五位"),
    "grace_minutes": ("grace_minutes", "graceperiodremaining", "剩余宽限分钟"),
    "evaluation_end": ("evaluation_end", "evaluationenddate", "评估到期"),
    "kms_host": ("kms_host", "keymanagementservicemachine", "kms服务器", "kms主机"),
    "kms_port": ("kms_port", "keymanagementserviceport", "kms端口"),
    "kms_epid": ("kms_epid", "keymanagementserviceproductkeyid"),
    "edition_id": ("edition_id", "editionid", "版本标识"),
    "license_family": ("license_family", "licensefamily", "许可证系列"),
    "product_key_id": ("product_key_id", "productkeyid", "extended pid", "扩展pid"),
    "vl_activation_type": ("vl_activation_type", "vlactivationtype"),
    "ad_object": ("ad_object", "adactivationobjectname"),
    "oa3_partial_key": ("oa3_partial_key",),
    "status_reason": ("status_reason", "licensestatusreason"),
    "listens_kms": ("listens_kms",),
    "collected_at": DATE_SEEN,
}
TRACES: dict[str, Sequence[str]] = {
    "device_id": DEVICE,
    "hostname": HOSTNAME,
    "kind": ("kind", "evidence_kind", "类型", "痕迹类型"),
    "value": ("value", "值", "内容", "痕迹"),
    "seen_at": ("seen_at", *DATE_SEEN, "发现时间"),
}
ENTITLEMENTS: dict[str, Sequence[str]] = {
    "entitlement_id": ("entitlement_id", "licence_no", "license_no", "许可证号码", "许可证号", "授权编号", "授权证书编号"),
    "unit_id": UNIT,
    "product": ("product", "product_name", "软件名称", "产品名称", "名称"),
    "edition": ("edition", "版别"),
    "release": ("release", "version", "版本", "软件版本"),
    "metric": ("metric", "license metric", "licence_mode", "授权方式", "授权类型", "许可方式"),
    "quantity": ("quantity", "licence_count", "seats", "授权数量", "许可数量", "数量", "许可数"),
    "device_id": DEVICE,
    "valid_from": ("valid_from", "start", "起始日期", "生效日期", "有效期起"),
    "valid_to": ("valid_to", "end", "expiration date", "到期日期", "到期时间", "有效期至", "有效期止", "有效期"),
    "maintenance_to": ("maintenance_to", "support_to", "维护到期", "维护服务期限"),
    "agreement": ("agreement", "合同编号", "协议编号", "合同号"),
    "unit_price": ("unit_price", "单价", "单价元"),
    "currency": ("currency", "币种"),
    "proofs": ("proofs", "凭证", "授权文件", "证明文件", "授权凭证"),
    "acquired_on": ("acquired_on", "purchase date", "purchased_on", "购买日期", "采购日期", "取得日期"),
}
RULINGS: dict[str, Sequence[str]] = {
    "ruling_id": ("ruling_id", "认定编号", "鉴定编号"),
    "verdict": ("verdict", "判定", "认定结论", "鉴定结论"),
    "ruled_by": ("ruled_by", "认定单位", "认定部门", "鉴定单位"),
    "document_no": ("document_no", "文号", "文书编号", "认定文号"),
    "ruled_on": ("ruled_on", "认定日期", "鉴定日期"),
    "device_id": DEVICE,
    "unit_id": UNIT,
    "name": ("name", "软件名称", "名称"),
    "product_id": ("product_id", "产品编号", "产品标识"),
    "reason": ("reason", "理由", "依据", "认定理由"),
    "expires_on": ("expires_on", "失效日期", "有效期至"),
}
TABLES = {"software": SOFTWARE, "devices": DEVICES, "units": UNITS, "activations": ACTIVATIONS, "traces": TRACES,
          "entitlements": ENTITLEMENTS, "rulings": RULINGS}

# A table that counts devices instead of naming them is no scan: its rows must not become installations.
DEVICE_COUNTS = ("devicecount", "device_count", "host_count", "hosts_count", "nhostcount", "installations", "安装数量", "安装台数", "终端数", "终端数量",
                 "设备数", "设备数量", "安装终端数")

# So does a list of licences: what was bought, not what is installed.
LICENCE_COUNTS = ("effectivequantity", "seats", "purchased rights", "licence_count", "license count", "allow over-quota", "purchase version", "purchase order",
                  "ponumber", "许可数量", "授权数量", "许可证数量", "采购数量")


def plain_header(text: str) -> str:
    """Fold a header for comparison: NFKC, case, spaces and joiners gone.

    >>> plain_header(" Display_Name "), plain_header("软件 名称：")
    ('displayname', '软件名称')
    """
    return _JOINERS.sub("", unicodedata.normalize("NFKC", text).casefold())


_PLAIN = {kind: {column: [plain_header(alias) for alias in aliases] for column, aliases in table.items()} for kind, table in TABLES.items()}
_PLAIN_LICENCES = frozenset(plain_header(alias) for alias in LICENCE_COUNTS)
_PLAIN_COUNTS = frozenset(plain_header(alias) for alias in DEVICE_COUNTS)


def find_columns(kind: str, headers: Sequence[str]) -> dict[str, str]:
    """Return canonical column -> header of the table, for those that are there; no header serves twice.

    >>> find_columns("software", ["计算机名", "软件名称", "版本", "备注"])
    {'hostname': '计算机名', 'name': '软件名称', 'version': '版本'}
    """
    plain: dict[str, str] = {}
    for header in headers:
        plain.setdefault(plain_header(header), header)
    found: dict[str, str] = {}
    used: set[str] = set()
    for column, aliases in _PLAIN[kind].items():
        # A header that is the canonical word itself is never taken as the alias of another column.
        for alias in (plain_header(column), *aliases):
            header = plain.get(alias)
            if header is not None and header not in used:
                found[column] = header
                used.add(header)
                break
    return found


def counts_devices(headers: Sequence[str]) -> bool:
    """Return whether a header says the rows are counts over devices."""
    return any(plain_header(header) in _PLAIN_COUNTS for header in headers)


def counts_licences(headers: Sequence[str]) -> bool:
    """Return whether a header says the rows are licences bought, not programs found."""
    return any(plain_header(header) in _PLAIN_LICENCES for header in headers)


def table_kind(headers: Sequence[str]) -> str | None:
    """Return which canonical frame a table with these headers is, or None if it is none of them.

    >>> table_kind(["device_id", "name"]), table_kind(["单位编号", "单位名称", "上级单位编号"]), table_kind(["设备编号", "在用", "操作系统"])
    ('software', 'units', 'devices')
    """
    found = {kind: find_columns(kind, headers) for kind in TABLES}
    if {"ruling_id", "verdict", "document_no"} <= found["rulings"].keys():
        return "rulings"
    if {"product", "metric"} <= found["entitlements"].keys() and found["entitlements"].keys() & {"entitlement_id", "quantity"}:
        return "entitlements"
    if "product_name" in found["activations"] and found["activations"].keys() & {"license_status", "partial_product_key", "activation_id", "license_family"}:
        if found["activations"].keys() & {"channel", "license_status", "partial_product_key"}:
            return "activations"
    if {"unit_id", "name"} <= found["units"].keys() and found["units"].keys() & {"parent_id", "tier", "org_type", "region_code"}:
        return "units"
    if {"kind", "value"} <= found["traces"].keys() and found["traces"].keys() & {"device_id", "hostname"}:
        return "traces"
    if "name" in found["software"]:
        return "software"
    devices = found["devices"].keys()
    if devices & {"device_id", "hostname"} and len(devices) >= 2:
        return "devices"
    return None
