from __future__ import annotations

import time

import polars as pl
import pytest

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError
from licmatch.signatures import TRACE_KINDS, TraceSignatures
from licmatch.signatures.traces import HITS


def signature(evidence: str, match: str, *patterns: str, kind: str = "activator", **more: object) -> Signature:
    return Signature("s", "Tool", "工具", kind, evidence, match, patterns, 0.95, ("x",), (), **more)  # type: ignore[arg-type]


def hit(one: Signature, kind: str, value: str) -> bool:
    return TraceSignatures([one]).hits(pl.DataFrame({"kind": [kind], "value": [value]})).height == 1


FILE = signature("file_name", "basename", "Tool*setup*.exe", "hook.dll")
FOLDER = signature("file_path", "path", "Program Files\\Tool", "ProgramData\\Tool_ALL*")
LIBRARY = signature("file_path", "regex", r"\\microsoft office(?: 1[45])?\\(?:.*\\)?sppc\.dll$", affects=("office",))
SERVICE = signature("service", "exact", "tool svc")
TASK = signature("scheduled_task", "exact", "tool-renewal")
TASK_PATH = signature("scheduled_task", "path", "Microsoft\\Windows\\Software\\Trigger")
KEY = signature("registry_value", "path", "Run::Tool", "Options\\spp.exe::Debugger")
DATA = signature("registry_value", "substring", "verifierdlls=hook.dll")
BLOCKED = signature("hosts_line", "host", "activate.example.com")
SERVER = signature("kms_host", "host", "kms.example.org", "192.0.2.7")
COMPUTER = signature("computer_name", "exact", "tool-pc")
HARDWARE = signature("kms_hwid", "exact", "3A1C0496")
COMMAND = signature("command_history", "regex", r"\bget\.tool\.win\b")
LAST_FIVE = signature("partial_key", "exact", "2B7Q8")
NAME = signature("installed_program", "word", "mytool suite")
WORD = signature("installed_program", "word", "cracked", kind="keyword")


@pytest.mark.parametrize(
    ("one", "kind", "value", "expected"),
    [
        (FILE, "file_name", "Tool_1setup.EXE", True),
        (FILE, "file_name", "Tool_1setup.exe.txt", False),
        (FILE, "file_name", "x hook.dll", False),
        (FILE, "file_name", "hook (2).dll", True),
        (FILE, "file_path", "D:\\new\\hook.dll", True),
        (FILE, "file_path", "d:/new/hook - 副本.dll", True),
        (FILE, "file_path", "D:\\hook.dll\\readme.txt", False),
        (FILE, "process", "Tool 2 setup", True),
        (FILE, "process", "C:\\x\\ToolSetup.exe *32", True),
        (FILE, "service", '"C:\\Program Files\\x\\hook.dll" -k', True),
        (FILE, "scheduled_task", "cmd.exe /c C:\\x\\ToolSetup.exe /s", True),
        (FILE, "registry_value", "HKLM\\X::Debugger=C:\\x\\hook.dll", True),
        (FILE, "command_history", "regsvr32 C:\\x\\hook.dll", True),
        (FILE, "service", "hook.dll helper", False),
        (FOLDER, "file_path", "C:\\Program Files\\Tool\\a.exe", True),
        (FOLDER, "file_path", "C:/Program Files//TOOL", True),
        (FOLDER, "file_path", "%ProgramFiles%\\Tool\\a.exe", True),
        (FOLDER, "file_path", "C:\\Program Files\\Toolbox\\a.exe", False),
        (FOLDER, "file_path", "C:\\Program Files\\Maker\\Tool\\a.exe", False),
        (FOLDER, "file_path", "C:\\ProgramData\\tool_all_42\\x", True),
        (FOLDER, "file_path", "C:\\ProgramData\\x\\tool_all", False),
        (LIBRARY, "file_path", "C:\\Program Files\\Microsoft Office\\root\\vfs\\System\\sppc.dll", True),
        (LIBRARY, "file_path", "C:\\Windows\\System32\\sppc.dll", False),
        (SERVICE, "service", " Tool  Svc ", True),
        (SERVICE, "service", "tool svc host", False),
        (TASK, "scheduled_task", "\\Maker\\Tool-Renewal", True),
        (TASK, "scheduled_task", "device tool-renewal sync", False),
        (TASK_PATH, "scheduled_task", "\\Microsoft\\Windows\\Software\\Trigger", True),
        (TASK_PATH, "scheduled_task", "\\Microsoft\\Windows\\Software\\TriggerTask", False),
        (KEY, "registry_value", "HKLM\\SOFTWARE\\Wow6432Node\\Run::Tool=C:\\x.exe", True),
        (KEY, "registry_value", "HKLM\\Run::Toolbar", False),
        (KEY, "registry_value", "HKEY_LOCAL_MACHINE\\Options\\spp.exe :: Debugger", True),
        (KEY, "registry_value", "HKLM\\Options\\spp.exe", False),
        (DATA, "registry_value", "HKLM\\spp.exe::VerifierDlls = hook.dll", True),
        (BLOCKED, "hosts_line", "127.0.0.1\tactivate.example.com", True),
        (BLOCKED, "hosts_line", "0.0.0.0 other.example.com a.ACTIVATE.example.com. # off", True),
        (BLOCKED, "hosts_line", "::1 activate.example.com", True),
        (BLOCKED, "hosts_line", "127.9.9.9 activate.example.com", True),
        (BLOCKED, "hosts_line", "192.168.1.5 activate.example.com", False),
        (BLOCKED, "hosts_line", "127.0.0.1 deactivate.example.com", False),
        (BLOCKED, "hosts_line", "# 127.0.0.1 activate.example.com", False),
        (BLOCKED, "hosts_line", "127.0.0.1 localhost # activate.example.com", False),
        (BLOCKED, "hosts_line", "activate.example.com", False),
        (SERVER, "kms_host", "KMS.Example.org:1688", True),
        (SERVER, "kms_host", "eu.kms.example.org", True),
        (SERVER, "kms_host", "mykms.example.org", False),
        (SERVER, "kms_host", "kms.example.org.gov.cn", False),
        (SERVER, "kms_host", "192.0.2.7", True),
        (SERVER, "kms_host", "192.0.2.77", False),
        (SERVER, "registry_value", "HKLM\\X\\SoftwareProtectionPlatform::KeyManagementServiceName=KMS.example.org:1688", True),
        (SERVER, "registry_value", "KeyManagementServiceName    REG_SZ    kms.example.org", True),
        (SERVER, "registry_value", "HKLM\\X\\SoftwareProtectionPlatform::KeyManagementServicePort=1688", False),
        (SERVER, "registry_value", "HKLM\\X::Homepage=kms.example.org", False),
        (SERVER, "command_history", "cscript slmgr.vbs /skms kms.example.org:1688", True),
        (SERVER, "command_history", "cscript ospp.vbs /sethst:kms.example.org", True),
        (SERVER, "command_history", 'reg add HKLM\\X /v KeyManagementServiceName /t REG_SZ /d "kms.example.org" /f', True),
        (SERVER, "command_history", "ping kms.example.org", False),
        (SERVER, "scheduled_task", "cmd /c slmgr -skms kms.example.org", True),
        (COMPUTER, "computer_name", "TOOL-PC", True),
        (COMPUTER, "hostname", "tool-pc.corp.example.com", True),
        (COMPUTER, "computer_name", "TOOL-PC2", False),
        (HARDWARE, "kms_hwid", "0x3a1c 0496", True),
        (COMMAND, "command_history", "irm https://get.tool.win | iex", True),
        (LAST_FIVE, "partial_key", "2b7q8", True),
        (LAST_FIVE, "partial_key", "XXXXX-XXXXX-XXXXX-XXXXX-2B7Q8", True),
        (LAST_FIVE, "partial_key", "2B7Q9", False),
        # What a thing is called, whatever kind of thing it is.
        (NAME, "installed_program", "MyTool Suite 3", True),
        (NAME, "file_name", "MyTool_Suite_v3.zip", True),
        (NAME, "file_path", "D:\\MyTool-Suite 3\\bin\\a.dll", True),
        (NAME, "process", "mytool suite", True),
        (NAME, "service", "MyTool Suite", True),
        (NAME, "scheduled_task", "\\MyTool.Suite", True),
        (NAME, "file_name", "MyTool Suite.docx", False),
        (NAME, "file_path", "D:\\MyTool Suite 清理通知\\1.jpg", False),
        (NAME, "file_name", "MyTool Suite Remover.exe", False),
        (NAME, "hosts_line", "127.0.0.1 mytool suite", False),
        (WORD, "file_path", "D:\\cracked\\a.dll", False),
        (WORD, "language_package", "cracked", False),
    ],
)
def test_a_trace_is_read_as_what_it_is(one: Signature, kind: str, value: str, expected: bool) -> None:
    assert hit(one, kind, value) is expected


@pytest.mark.parametrize(
    "value",
    [
        "ＭｙＴｏｏｌ　Ｓｕｉｔｅ",
        "My\u200bTool Su\u00adite",
        "m y t o o l s u i t e",
        "M.y.T.o.o.l S.u.i.t.e 4",
        "mytool+suite 4.2 绿色版",
        "MYTOOL·SUITE",
    ],
)
def test_writing_it_otherwise_hides_nothing(value: str) -> None:
    assert hit(NAME, "installed_program", value)


def test_chinese_is_found_in_traditional_characters_apart_and_as_mojibake() -> None:
    tool = signature("installed_program", "substring", "暴风激活工具")
    written = ["暴风激活工具", "暴風激活工具", "暴 风 激 活 工 具", "暴风 激活 工具", "暴风激活工具".encode("gb18030").decode("latin-1")]
    found = TraceSignatures([tool]).hits(pl.DataFrame({"kind": ["installed_program"] * len(written), "value": written}))
    assert found["row"].to_list() == list(range(len(written)))


def test_a_word_that_stands_beside_or_the_kind_of_file_explains() -> None:
    word = signature("file_name", "regex", "注册机", kind="keyword", exclude=("注册机关",), ignore=("documents",))
    values = ["注册机.exe", "注册机关名录.exe", "注册机清理通知.docx", "注册机.docx.exe"]
    found = TraceSignatures([word]).hits(pl.DataFrame({"kind": ["file_name"] * 4, "value": values}))
    assert found["row"].to_list() == [0, 3]


def test_a_name_never_says_more_than_a_name_can_and_the_own_kind_does() -> None:
    named = signature("installed_program", "word", "hook")
    own = Signature("own", "Tool", "工具", "activator", "file_name", "basename", ("hook.exe",), 0.97, ("hook.exe",), (), memory=True)
    found = TraceSignatures([named, own]).hits(pl.DataFrame({"kind": ["file_name"], "value": ["hook.exe"]}))
    # Sorted: what is known from sources first.
    assert found.rows() == [(0, "s", 0.92, False), (0, "own", 0.97, True)]


def test_rows_keep_their_numbers_and_equal_traces_get_equal_answers() -> None:
    values = ["hook.dll", None, "other.dll", "hook.dll", "HOOK.DLL"]
    traces = pl.DataFrame({"device_id": list("abcde"), "kind": ["file_name"] * 5, "value": values, "seen_at": [None] * 5})
    found = TraceSignatures([FILE]).hits(traces)
    assert found["row"].to_list() == [0, 3, 4]
    assert found.schema == pl.Schema(HITS)
    assert TraceSignatures([FILE]).hits(traces.clear()).schema == pl.Schema(HITS)
    assert TraceSignatures([]).hits(traces).is_empty()


def test_an_unknown_kind_of_file_to_ignore_is_refused() -> None:
    with pytest.raises(CatalogError, match="documents"):
        TraceSignatures([signature("file_name", "regex", "x", ignore=("papers",))])


def test_the_end_of_a_long_path_counts() -> None:
    assert hit(FILE, "file_path", "C:\\" + "very long folder\\" * 900 + "hook.dll")


def test_a_million_traces_take_a_few_seconds() -> None:
    signatures = read_sources(catalog_files(shared_roots())).signatures
    kinds = [kind for kind in TRACE_KINDS if kind not in ("hostname", "kms_hwid")]
    distinct = pl.DataFrame(
        {"kind": [kinds[n % len(kinds)] for n in range(50_000)], "value": [f"C:\\x\\app {n}\\m{n}.exe" for n in range(50_000)]}
    )
    traces = pl.concat([distinct] * 20)
    compiled = TraceSignatures(signatures)
    start = time.perf_counter()
    assert compiled.hits(traces).is_empty()
    assert time.perf_counter() - start < 20  # 0.3 s on an idle machine
