"""Tables of services, tasks, processes, files, detections and licences: `Export-Csv` of objects, `tasklist`, `schtasks`, consoles."""

from __future__ import annotations

from functools import lru_cache

from licmatch.errors import InputError, Location
from licmatch.ingest.document import WORKBOOK, Document
from licmatch.ingest.gather import NO_DEVICE, Gather
from licmatch.ingest.grid import DELIMITERS, below_header, records_of_text
from licmatch.ingest.headers import plain_header
from licmatch.ingest.objects import EMITS, Taker, class_of, host_of, threat_names
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo

INFO = FormatInfo(
    "evidence-csv",
    "Tables of schtasks, tasklist and Export-Csv of services, tasks, processes, files, detections, licences; Chinese or English headers",
    EMITS,
)
# What programs in Chinese, and consoles, call the properties. Both sides are folded: no blanks, no case.
NAMES = {
    "主机名": "hostname",
    "计算机名": "hostname",
    "计算机名称": "hostname",
    "终端名称": "hostname",
    "设备名称": "hostname",
    "设备编号": "deviceid",
    "资产编号": "deviceid",
    "计算机编号": "deviceid",
    "终端编号": "deviceid",
    "computername": "hostname",
    "computer": "hostname",
    "任务名": "taskname",
    "任务名称": "taskname",
    "要运行的任务": "tasktorun",
    "上次运行时间": "lastruntime",
    "映像名称": "imagename",
    "映像名": "imagename",
    "服务名": "servicename",
    "服务名称": "servicename",
    "启动类型": "starttype",
    "启动模式": "startmode",
    "可执行文件路径": "pathname",
    "威胁名称": "threatname",
    "病毒名称": "threatname",
    "病毒名": "threatname",
    "检测名称": "threatname",
    "木马名称": "threatname",
    "virusname": "threatname",
    "malwarename": "threatname",
    "threat": "threatname",
    "detectionname": "threatname",
    "发现时间": "initialdetectiontime",
    "检测时间": "initialdetectiontime",
    "查杀时间": "initialdetectiontime",
    "detectedat": "initialdetectiontime",
    "detectiontime": "initialdetectiontime",
    "firstseen": "initialdetectiontime",
    "文件路径": "filepath",
    "感染文件": "filepath",
    "病毒路径": "filepath",
    "infectedfile": "filepath",
    "文件全路径": "fullname",
    "完整路径": "fullname",
    "修改时间": "lastwritetime",
    "最后修改时间": "lastwritetime",
    "文件大小": "length",
    "本地端口": "localport",
}
SHIFTED = "COLUMN_SHIFT: another number of cells than headers"


@lru_cache(maxsize=256)
def _properties(headers: tuple[str, ...]) -> tuple[str, ...]:
    plain = [plain_header(header) for header in headers]
    # "服务名称 / 显示名称" of a console stand for Name and DisplayName of Get-Service.
    return tuple("displayname" if name == "显示名称" else NAMES.get(name, name) for name in plain)


def _header(doc: Document) -> tuple[str, tuple[str, ...], str] | None:
    """Return (delimiter, properties, class) of the first line, or None where it is no header of a known class."""
    if doc.data.startswith(WORKBOOK) or doc.head.startswith(("{", "[", "<")):
        return None
    line = next((line for line in doc.head_lines[:4] if not line.upper().startswith(("#TYPE", "SEP="))), "")
    for delimiter in DELIMITERS:
        if delimiter in line:
            headers = tuple(cell.strip().strip('"').strip() for cell in line.split(delimiter))
            # With that column it is a canonical table, whose columns may sound alike.
            kind = None if "device_id" in headers else class_of(dict.fromkeys(_properties(headers), None))
            if kind is not None:
                return delimiter, headers, kind
    return None


def _detect(doc: Document) -> float:
    return 0.92 if _header(doc) is not None else 0.0


def _read(doc: Document, gather: Gather) -> None:
    found = _header(doc)
    if found is None:
        return
    delimiter, _, kind = found
    records = records_of_text(doc, delimiter)
    headed = (place for place, cells in enumerate(records.cells) if class_of(dict.fromkeys(_properties(tuple(cells)))) == kind)
    start = next(headed, None)
    if start is None:
        # Line by line it was a header; with its quotes read over line ends it is none.
        raise InputError("the header of the table breaks off", where=Location(doc.label))
    grid = below_header(records, start)
    names = _properties(tuple(grid.headers))
    rows = [dict(zip(names, (cell or None for cell in row), strict=False)) for row in grid.rows]
    taker = Taker(gather, doc, threat_names(rows))
    for place, row in enumerate(rows):
        if grid.rows[place] == grid.headers:
            continue  # schtasks prints the header anew for every folder
        if len(grid.rows[place]) != len(names):
            gather.reject(doc.label, grid.lines[place], SHIFTED, grid.raw(place))
            continue
        host = host_of(row)
        device, _ = gather.device_id(doc, host)
        if device is None:
            gather.reject(doc.label, grid.lines[place], NO_DEVICE, grid.raw(place))
            continue
        taker.take(device, kind, row)
        gather.device(doc.label, device, None, hostname=host)
    taker.finish()


READERS = (Reader(INFO, _detect, _read),)
