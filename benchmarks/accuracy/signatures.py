"""How many names and traces of known tools are still found when they are written otherwise than the catalogs write them.

    python benchmarks/accuracy/signatures.py [--seed 7] [--each 6] [--show 20] [--clean FILE]... [-o bench-out/signatures.json]

Every example of every signature is written anew: with versions, added words (Final, Portable, 绿色版, 下载), other word order, other
separators, as a file, a folder, a service, a task or a process; and each of these plain, in full width, letter by letter, with zero-width
characters between, in traditional characters and as mojibake. What stands in a catalog letter by letter does not count. A text is found
when a signature hits it that works on the same kind of tool. Beside them stand names written by hand (pirated.txt), asked as they are.
--clean measures the other side: text files or JSON lines of genuine names.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from opencc import OpenCC

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.catalog.records import Signature
from licmatch.signatures import NameSignatures, TraceSignatures
from licmatch.signatures.compiled import TOOL_KINDS

VERSIONS = ("{} 10.2.0", "{} v3.1", "{}_v42.0.4", "{} 2024", "{}-1.5.4", "{} 7 b2", "{} mk2", "{} (2.6.7)")
ORDER = ("v10.2 {}", "2024 {}", "[2.1] {}", "(x64) {}", "Final {} 3.0", "下载 {}", "最新版 {}", "Portable {}")
ADDED = (
    "{} Final", "{} Portable", "{} Setup", "{} 绿色版", "{}绿色版", "{} 下载", "{}下载", "{} 中文版", "{}最新版", "{} [x64]", "{} Full",
    "{} 3.2 Portable", "{} v5 绿色版下载", "{} 官方正式版", "{} free download",
)  # fmt: skip
SEPARATORS = ("_", "-", ".", "+")
ENDINGS = (".exe", ".zip", ".rar", ".7z", ".cmd", ".msi", " (1).exe", " - 副本.zip")
FOLDERS = ("D:\\{}\\setup.exe", "C:\\Users\\admin\\Downloads\\{}\\run.cmd", "E:\\软件\\工具\\{}\\a.exe", "C:\\{}\\bin\\x.dll")
HIDDEN = ("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad")
NAMED = ("installed_program",)
# Free text, in which anything may stand before or after.
FREE = frozenset({"installed_program", "oem_branding", "os_caption"})
_TRADITIONAL = OpenCC("s2t")
_HAN = re.compile("[一-鿿]")


@dataclass(frozen=True, slots=True)
class Case:
    """One text to be found."""

    signature: Signature
    kind: str  # kind of trace; `name` for names of an inventory
    variant: str
    form: str
    text: str


def full_width(text: str) -> str | None:
    wide = "".join("\u3000" if sign == " " else chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
    return wide if wide != text else None


def spaced(text: str) -> str | None:
    """Letter by letter; an ending and what stands before a folder stay as they are, or nothing would run."""
    head, dot, tail = text.rpartition(".") if re.search(r"(?i)\.[a-z0-9]{2,3}$", text) else (text, "", "")
    return " ".join(sign for sign in head if not sign.isspace()) + dot + tail if not re.search(r"[\\(]", text) else None


def dotted(text: str) -> str | None:
    return ".".join(sign for sign in text if not sign.isspace()) if re.fullmatch(r"[A-Za-z一-鿿 ]+", text) else None


def traditional(text: str) -> str | None:
    turned = _TRADITIONAL.convert(text)
    return turned if turned != text else None


def mojibake(text: str, rng: random.Random) -> str | None:
    """Read with a wrong table, where that loses nothing and enough was written in Han characters to tell."""
    if len(_HAN.findall(text)) < 4:
        return None
    ways = [("utf-8", "latin-1"), ("gb18030", "latin-1"), ("utf-8", "gb18030"), ("gb18030", "cp1252"), ("utf-8", "cp1252")]
    rng.shuffle(ways)
    for written, read in ways:
        try:
            wrong = text.encode(written).decode(read)
            if wrong.encode(read) == text.encode(written) and not re.search("[\x00-\x1f]", wrong):
                return wrong
        except UnicodeError:
            continue
    return None


def forms(text: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    yield "plain", text
    yield "upper case", text.upper()
    yield "zero width", "".join(sign + rng.choice(HIDDEN) for sign in text)
    made: list[tuple[str, Callable[[str], str | None]]] = [
        ("full width", full_width), ("spaced", spaced), ("dotted", dotted), ("traditional", traditional),
        ("mojibake", lambda given: mojibake(given, rng)),
    ]  # fmt: skip
    for name, make in made:
        if (turned := make(text)) is not None:
            yield name, turned


def named_variants(base: str, each: int, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Write the name of a program otherwise."""
    for name, patterns in (("version", VERSIONS), ("order", ORDER), ("added", ADDED)):
        for pattern in rng.sample(patterns, min(each, len(patterns))):
            yield name, pattern.format(base)
    words = re.split(r"[ _-]+", base)
    if len(words) > 1:
        for separator in SEPARATORS:
            yield "separator", separator.join(words)


def variants(one: Signature, example: str, each: int, rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Write an example of a signature otherwise: (kind of trace, variant, text)."""
    if one.evidence in NAMED:
        for name, text in named_variants(example, each, rng):
            yield "name", name, text
        # What stands between two brackets or behind a slash is no name of a file.
        if one.kind in TOOL_KINDS and re.fullmatch(r"[\w .+@-]+", example):
            for name, text in named_variants(example, max(1, each // 3), rng):
                yield "file_name", name, text + rng.choice(ENDINGS)
                yield "file_path", name, rng.choice(FOLDERS).format(text)
                yield "process", name, text + ".exe"
                yield "service", name, text
                yield "scheduled_task", name, "\\" + rng.choice(("", "Microsoft\\")) + text
        return
    yield one.evidence, "case", example.swapcase() if one.match != "regex" else example.upper()
    match one.evidence:
        case "file_name":
            stem, dot, ending = example.rpartition(".")
            yield "file_name", "copy", f"{stem} (2){dot}{ending}" if dot else example
            yield "file_path", "folder", f"D:\\下载\\{example}"
            yield "file_path", "share", f"\\\\server\\soft$\\{example}"
            yield "file_path", "slashes", f"d:/tools/new/{example}"
            if ending == "exe":
                yield "process", "path", f"C:\\Users\\Public\\{example}"
                yield "process", "no ending", stem
                yield "service", "command line", f'"C:\\Tools\\{example}" -service'
                yield "scheduled_task", "command line", f"C:\\Windows\\System32\\cmd.exe /c C:\\Tools\\{example} /s"
                yield "command_history", "command line", f"start C:\\Tools\\{example} /quiet"
        case "file_path":
            yield "file_path", "slashes", example.replace("\\", "/")
            yield "file_path", "doubled", example.replace("\\", "\\\\")
            yield "file_path", "quoted", f'"{example}"'
            yield "file_path", "long form", f"\\\\?\\{example}"
            for folder, place in (
                ("C:\\ProgramData", "%ProgramData%"),
                ("C:\\Program Files\\", "%ProgramFiles%\\"),
                ("C:\\Windows", "%windir%"),
            ):
                if example.startswith(folder):
                    yield "file_path", "variable", example.replace(folder, place)
        case "scheduled_task":
            yield "scheduled_task", "root", "\\" + example.lstrip("\\")
        case "service":
            yield "service", "blanks", f" {example} "
        case "registry_value":
            yield "registry_value", "hive", example.replace("HKLM", "HKEY_LOCAL_MACHINE").replace("HKCU", "HKEY_CURRENT_USER")
            yield "registry_value", "32-bit view", example.replace("SOFTWARE\\", "SOFTWARE\\WOW6432Node\\")
            yield "registry_value", "blanks", example.replace("=", " = ").replace("::", " :: ")
            if "=" not in example:
                yield "registry_value", "data", example + "=C:\\Windows\\System32\\x.exe"
        case "hosts_line":
            _, host = example.split()
            yield "hosts_line", "tab and comment", f"0.0.0.0\t{host}\t# off"
            yield "hosts_line", "several", f"127.0.0.1 ads.example.com {host.upper()} x.example.com"
            yield "hosts_line", "below", f"::1 a.{host}"
            yield "hosts_line", "other loopback", f"127.1.2.3   {host}."
        case "kms_host":
            host = example.partition(":")[0]
            yield "kms_host", "port", f"{host}:1688"
            yield "kms_host", "case and dot", f"{host.upper()}."
        case "av_detection":
            yield "av_detection", "variant", f"{example}!MTB" if not one.exclude else f"{example}.B"
        case "computer_name":
            yield "computer_name", "domain", f"{example}.corp.example.com"
            yield "hostname", "lower case", example.lower()
        case "oem_branding" | "os_caption":
            for pattern in ("{} 2016", "{} 装机版", "Windows 7 {}", "欢迎使用 {}", "{} www.example.com"):
                yield one.evidence, "added", pattern.format(example)
        case "kms_hwid":
            yield "kms_hwid", "pairs", " ".join(re.findall("..", example))
        case "command_history":
            yield "command_history", "around", f"powershell -nop -c {example} ; exit"
        case "partial_key":
            yield "partial_key", "mask", f"XXXXX-XXXXX-XXXXX-XXXXX-{example}"


def cases(signatures: tuple[Signature, ...], each: int, rng: random.Random) -> Iterator[Case]:
    for one in signatures:
        listed = {text.casefold() for text in (*one.examples, *one.patterns)}
        for example in one.examples:
            for kind, variant, text in variants(one, example, each, rng):
                for form, written in forms(text, rng) if _wears_forms(one) else [("plain", text)]:
                    if written.casefold() not in listed or form != "plain":
                        yield Case(one, kind, variant, form, written)


def _wears_forms(one: Signature) -> bool:
    """What a person names can be disguised; a service, a key or a folder that a tool makes itself is called as the tool calls it."""
    return one.evidence in FREE or one.evidence == "file_name"


def found(all_cases: list[Case], signatures: tuple[Signature, ...]) -> list[bool]:
    kinds = {one.id: one.kind for one in signatures}
    names = [case.text for case in all_cases if case.kind == "name"]
    by_name = NameSignatures(signatures).hits(pl.Series(names, dtype=pl.String))
    traces = [case for case in all_cases if case.kind != "name"]
    frame = pl.DataFrame({"kind": [case.kind for case in traces], "value": [case.text for case in traces]})
    by_trace: dict[int, set[str]] = defaultdict(set)
    for row, told in TraceSignatures(signatures).hits(frame).select("row", "signature_id").iter_rows():
        by_trace[row].add(kinds[told])
    told_names = iter({hit.signature.kind for hit in by_name.get(row, ())} for row in range(len(names)))
    told_traces = iter(by_trace.get(row, set()) for row in range(len(traces)))
    return [_same(case.signature.kind, next(told_names if case.kind == "name" else told_traces)) for case in all_cases]


def _same(kind: str, told: set[str]) -> bool:
    return kind in told or (kind in TOOL_KINDS and bool(told & TOOL_KINDS))


def lines(path: Path) -> list[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as handle:
        told = [line.rstrip("\n") for line in handle if line.strip() and not line.startswith("# ")]
    return [str(json.loads(line)["name"]) if line.startswith("{") else line for line in told]


def by_hand(signatures: tuple[Signature, ...]) -> dict[str, object]:
    names = lines(Path(__file__).with_name("pirated.txt"))
    hits = NameSignatures(signatures).hits(pl.Series(names, dtype=pl.String))
    strong = sum(found_here[0].risk == "strong" for found_here in hits.values())
    missed = [name for row, name in enumerate(names) if row not in hits]
    print(f"by hand: {len(names)} names, recall {len(hits) / len(names):.4f}, {strong} strong; missed: {missed}")
    return {"names": len(names), "recall": round(len(hits) / len(names), 4), "strong": strong, "missed": missed}


def clean(path: Path, signatures: tuple[Signature, ...], show: int) -> dict[str, object]:
    names = list(dict.fromkeys(lines(path)))
    hits = NameSignatures(signatures).hits(pl.Series(names, dtype=pl.String))
    strong = [names[row] for row, found_here in hits.items() if any(hit.risk != "indication" for hit in found_here)]
    print(f"{path.name}: {len(names)} names, {len(strong)} strong, {len(hits) - len(strong)} indications")
    for row, found_here in list(hits.items())[:show]:
        print(f"    {names[row]!r}: {', '.join(hit.signature.id for hit in found_here)}")
    return {"names": len(names), "strong": strong, "indications": [names[row] for row in hits if names[row] not in strong]}


def speed(signatures: tuple[Signature, ...], rng: random.Random) -> dict[str, float]:
    """A million traces, 50,000 of them distinct."""
    kinds = ("file_name", "file_path", "service", "scheduled_task", "process", "registry_value", "hosts_line", "oem_branding")
    distinct = [
        (kind, f"C:\\Program Files\\Maker {number % 997}\\Product {number}\\module{number}.exe" if "file" in kind else f"item {number}")
        for number in range(50_000)
        for kind in (kinds[number % len(kinds)],)
    ]
    rows = [distinct[rng.randrange(len(distinct))] for _ in range(1_000_000)]
    frame = pl.DataFrame(rows, schema=["kind", "value"], orient="row")
    compiled = TraceSignatures(signatures)
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        compiled.hits(frame)
        taken.append(time.perf_counter() - start)
    return {"rows": len(rows), "distinct": len(distinct), "seconds": round(min(taken), 3)}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--seed", type=int, default=7)
    ask.add_argument("--each", type=int, default=6, help="how many patterns of a sort each name is written in")
    ask.add_argument("--show", type=int, default=20)
    ask.add_argument("--clean", type=Path, action="append", default=[])
    ask.add_argument("-o", type=Path, default=Path("bench-out/signatures.json"))
    given = ask.parse_args()
    signatures = read_sources(catalog_files(shared_roots())).signatures
    every = list(cases(signatures, given.each, random.Random(given.seed)))
    told = found(every, signatures)
    result: dict[str, object] = {"cases": len(every), "recall": round(sum(told) / len(every), 4)}
    print(f"{len(signatures)} signatures, {len(every)} texts, recall {result['recall']}")
    for title, key in (
        ("form", lambda case: case.form),
        ("kind", lambda case: case.kind),
        ("variant", lambda case: case.variant),
        ("tool", lambda case: "known to sources" if not case.signature.memory else "general knowledge"),
    ):
        asked, hit = Counter(map(key, every)), Counter(key(case) for case, right in zip(every, told, strict=True) if right)
        result[title] = {name: {"texts": count, "recall": round(hit[name] / count, 4)} for name, count in sorted(asked.items())}
        print(f"by {title}: " + " · ".join(f"{name} {hit[name] / count:.4f} ({count})" for name, count in sorted(asked.items())))
    ids = Counter(case.signature.id for case in every)
    lost = Counter(case.signature.id for case, right in zip(every, told, strict=True) if not right)
    result["signatures below 0.98"] = {
        name: round(1 - count / ids[name], 3) for name, count in lost.most_common() if count / ids[name] > 0.02
    }
    result["families never found in a form"] = sorted(f"{name}: {form}" for (name, form), right in _any(every, told).items() if not right)
    missed = [case for case, right in zip(every, told, strict=True) if not right]
    for case in random.Random(0).sample(missed, min(given.show, len(missed))):
        print(f"    missed {case.signature.id} as {case.kind}, {case.variant}, {case.form}: {case.text!r}")
    print("never found:", result["families never found in a form"])
    result["by hand"] = by_hand(signatures)
    result["clean"] = {path.name: clean(path, signatures, given.show) for path in given.clean}
    result["speed"] = speed(signatures, random.Random(given.seed))
    print("speed:", result["speed"])
    given.o.parent.mkdir(parents=True, exist_ok=True)
    given.o.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _any(every: list[Case], told: list[bool]) -> dict[tuple[str, str], bool]:
    found_so: dict[tuple[str, str], bool] = defaultdict(bool)
    for case, right in zip(every, told, strict=True):
        found_so[case.signature.id, case.form] |= right
    return found_so


if __name__ == "__main__":
    main()
