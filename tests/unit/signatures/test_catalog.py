"""The built-in signatures as a whole: each shown at work, none that memory alone makes strong, all kinds of evidence there."""

from __future__ import annotations

import csv
from importlib.resources import files

import polars as pl
import pytest

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.catalog.records import Signature, SignatureExample
from licmatch.normalize.name_steps import simplify_han
from licmatch.signatures import TRACE_KINDS, NameSignatures, TraceSignatures, risk_of
from licmatch.signatures.examples import example_faults
from licmatch.signatures.literals import sure_literals
from licmatch.signatures.names import NAME_EVIDENCE

SIGNATURES = read_sources(catalog_files(shared_roots())).signatures
WITHOUT_SIGNATURES = {"process", "hostname"}  # read by the signatures of files and of computer names


def test_every_example_hits_and_no_counter_example_does() -> None:
    assert example_faults(SIGNATURES) == []


def test_faults_of_examples_are_found() -> None:
    bad = Signature(
        "bad", "t", "t", "crack", "service", "exact", ("tool",), 0.9, ("toolbox",), (SignatureExample("Tool", "the tool itself"),)
    )
    bare = Signature("bare", "t", "t", "crack", "installed_program", "word", ("tool",), 0.9, (), ())
    told = example_faults([bad, bad, bare])
    assert "bad: this id stands twice" in told
    assert "bad: its example 'toolbox' does not hit it" in told
    assert "bad: its counter-example 'Tool' hits it" in told
    assert "bare: needs an example and a counter-example" in told


def test_every_kind_of_evidence_has_signatures() -> None:
    assert {one.evidence for one in SIGNATURES} == set(TRACE_KINDS) - WITHOUT_SIGNATURES


def test_what_is_known_from_general_knowledge_only_never_decides() -> None:
    for one in SIGNATURES:
        assert one.sources or one.memory, f"{one.id}: neither a source nor memory"
        assert not one.memory or one.confidence < 0.70, one.id


def test_software_of_other_categories_names_its_maker_where_there_is_one() -> None:
    makers = {one.vendor for one in SIGNATURES if one.vendor}
    assert {"Adobe", "Autodesk", "Corel", "JetBrains", "Tonec", "Dassault Systèmes"} <= makers
    ours = {"Microsoft", "Kingsoft", "ESET", "Kaspersky"}
    assert all(one.affects == ("other",) for one in SIGNATURES if one.vendor and one.vendor not in ours)
    assert all(one.affects == ("antivirus",) for one in SIGNATURES if one.vendor in ("ESET", "Kaspersky"))


def test_what_antivirus_makers_call_kms_tools_bears_on_microsoft_only() -> None:
    called = [
        "HEUR:HackTool.Win32.KMSAuto.gen",
        "RiskWare[RiskTool]/Win32.HackKMS",
        "CRCK_KMS",
        "Hacktool.Kms",
        "HackTool/KMSActivator.a",
        "RiskWare.KMS",
    ]
    told = TraceSignatures(SIGNATURES).hits(pl.DataFrame({"kind": ["av_detection"] * len(called), "value": called}))
    kinds = {one.id: one.kind for one in SIGNATURES}
    assert told["row"].unique().len() == len(called)
    assert {kinds[one] for one in told["signature_id"]} == {"activator"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("file_path", "C:\\Tools\\TNod User & Password Finder\\x.exe"),
        ("process", "TNODUP.exe"),
        ("scheduled_task", "\\TNod"),
        ("service", "TNod User & Password Finder"),
        ("file_name", "ESET PureFix v2.03.exe"),
        ("file_path", "D:\\KRT_CLUB 3.1.0.29\\a.exe"),
        ("file_name", "Kaspersky_Reset_Trial_5.1.0.41.zip"),
    ],
)
def test_tools_for_antivirus_licences_are_known_wherever_they_lie(kind: str, value: str) -> None:
    told = TraceSignatures(SIGNATURES).hits(pl.DataFrame({"kind": [kind], "value": [value]}))
    by_id = {one.id: one for one in SIGNATURES}
    strong = {
        by_id[one].affects
        for one, sure, memory in told.select("signature_id", "confidence", "memory").iter_rows()
        if risk_of(sure, memory) == "strong"
    }
    assert strong == {("antivirus",)}


def test_the_keys_of_tools_are_those_of_the_key_table() -> None:
    table = (files("licmatch_catalogs") / "licensing" / "known_keys.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader([line for line in table if not line.startswith("#")], delimiter="\t")
    classes = {"ohook_generated_key", "office_blocked_key", "tsforge_generic_key", "tsforge_staticcid_key", "leaked_key"}
    known = {row["last5"]: row["class"] for row in rows if row["class"] in classes}
    mine = {pattern for one in SIGNATURES if one.evidence == "partial_key" for pattern in one.patterns}
    assert mine == set(known)


# Genuine things that look like traces of tools: (kind, value, whether a hint for a person is allowed).
LOOK_ALIKES = [
    ("service", "hkmsvc", False),
    ("service", "sppsvc", False),
    ("service", "wlms", False),
    ("scheduled_task", "\\Microsoft\\Windows\\SoftwareProtectionPlatform\\SvcRestartTask", False),
    ("scheduled_task", "device activation-renewal sync", False),
    ("file_path", "C:\\Windows\\System32\\sppc.dll", False),
    ("file_path", "C:\\$WINDOWS.~BT\\Sources\\gatherosstate.exe", False),
    ("file_path", "C:\\Program Files\\Adobe\\Adobe Photoshop CS6 (64 Bit)\\amtlib.dll", True),
    ("registry_value", "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\sppsvc.exe", False),
    ("file_name", "ssh-keygen.exe", False),
    ("file_name", "KMSpico分析报告.pdf", False),
    ("file_name", "注册机关名录.xlsx", False),
    ("file_name", "reloader.exe", True),
    ("oem_branding", "不忘初心 牢记使命", False),
    ("oem_branding", "风林火山科技有限公司", True),
    ("oem_branding", "LENOVO", False),
    ("computer_name", "YLMF-PC2", False),
    ("computer_name", "DESKTOP-4F7K2L1", False),
    ("os_caption", "Microsoft Windows 10 神州网信政府版", False),
    ("product_id", "55274-640-0147306-23684", True),
    ("av_detection", "HackTool:Win32/Mimikatz", False),
    ("av_detection", "HackTool:Win32/KeyGen.A!MTB", False),
    ("hosts_line", "192.168.10.5 activate.adobe.com", False),
    ("hosts_line", "127.0.0.1 localhost", False),
    ("kms_host", "kms.agency.gov.cn", False),
    ("partial_key", "T83GX", False),
    ("command_history", "slmgr /skms kms.agency.gov.cn", False),
    ("registry_value", "HKLM\\SOFTWARE\\X\\SoftwareProtectionPlatform::KeyManagementServiceName=kms.agency.gov.cn", False),
    ("kms_epid", "05426-00206-234-001162-03-1033-9200.0000-0992013", False),
    ("process", "C:\\Program Files (x86)\\kingsoft\\kingsoft antivirus\\KMService.exe", False),
    ("file_name", "krt.exe", False),
    ("installed_program", "PureFix.Types.FIX44", False),
    ("installed_program", "LibreOffice 免激活版", True),
    ("installed_program", "Office 密码破解工具", False),
    ("language_package", "hwidgen", False),
    ("installed_program", "暴风影音5", False),
    ("installed_program", "云萌工作室公益平台", False),
    ("installed_program", "KMS激活服务器", False),
    ("installed_program", "Microsoft.Toolkit.Uwp.UI", False),
    ("installed_program", "C a d e n c e 2 0 2 2", False),
]


@pytest.mark.parametrize(("kind", "value", "hint"), LOOK_ALIKES)
def test_look_alikes_are_left_in_peace(kind: str, value: str, hint: bool) -> None:
    found = TraceSignatures(SIGNATURES).hits(pl.DataFrame({"kind": [kind], "value": [value]}))
    risks = {risk_of(confidence, memory) for confidence, memory in found.select("confidence", "memory").iter_rows()}
    assert risks <= ({"indication"} if hint else set())


def test_names_and_traces_of_installed_programs_agree() -> None:
    texts = [text for one in SIGNATURES for text in (*one.examples, *(counter.text for counter in one.counter_examples))]
    named = {(row, hit.signature.id) for row, hits in NameSignatures(SIGNATURES).hits(pl.Series(texts)).items() for hit in hits}
    traced = TraceSignatures(SIGNATURES).hits(pl.DataFrame({"kind": ["installed_program"] * len(texts), "value": texts}))
    assert set(traced.select("row", "signature_id").iter_rows()) == named


def test_patterns_are_written_in_simplified_characters_and_say_letters_for_sure() -> None:
    patterns = pl.Series([pattern for one in SIGNATURES for pattern in one.patterns])
    assert simplify_han(patterns).to_list() == patterns.to_list()
    assert all(
        sure_literals(pattern) for one in SIGNATURES if one.match == "regex" for pattern in one.patterns if one.evidence in NAME_EVIDENCE
    )
