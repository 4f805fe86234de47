"""A Chinese Windows console (code page 936): every command prints there, in both languages, whatever the names hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# One process for many commands, each ended as the console command ends: `run` is what the installed script calls.
_COMMANDS = """
import sys
from licmatch.cli.main import COMMANDS, run
asked = [[name, "--help", "--lang", lang] for name in COMMANDS for lang in ("zh", "en")]
asked += [[*each, "--lang", lang] for each in (
    ["--help"], ["--version"], ["plugins"], ["formats"], ["catalog", "list"], ["catalog", "show", "os.windows-10"],
    ["campaign", "--example", "zhanjiang"],
    ["explain", "Adobe® Acrobat™ – Édition 𠮷 🙂 専門家 \\u202egpj.exe"], ["explain", "Microsoft Office 专业增强版 2016", "--json"],
    ["match", "in.csv", "-o", "out.csv"], ["assess", "in.csv", "-o", "result", "--as-of", "2026-11-30"],
    ["verify", "result"], ["diff", "result", "result"], ["report", "result"], ["suggest", "result"], ["export", "result", "-o", "b.json"],
    ["catalog", "key", "-o", "k-" , "--no-password", "--json"], ["catalog", "sign", "pack.json", "--key", "k-.key"],
    ["catalog", "verify", "pack.json", "--trust", "k-.pub"],
) for lang in ("zh", "en")]
failed = []
for words in asked:
    if words[:2] == ["catalog", "key"]:
        import os
        for ending in ("key", "pub"):
            if os.path.exists("k-." + ending):
                os.remove("k-." + ending)
    sys.argv = ["licmatch", *words] if words[0] not in ("--help", "--version") else ["licmatch", *words[1:], words[0]]
    try:
        run()
    except SystemExit as ended:
        if ended.code:
            failed.append((words, ended.code))
print(failed, file=sys.stderr)
sys.exit(bool(failed))
"""


@pytest.mark.slow
def test_every_command_prints_on_a_console_of_code_page_936(tmp_path: Path):
    names = ["Windows 10 专业版", "Adobe® Acrobat™ – Édition 🙂", "𠮷野家会计", "KMSAuto Net 2016", "한글 2018"]
    (tmp_path / "in.csv").write_text("device_id,name\n" + "".join(f"电脑{at}®,{name}\n" for at, name in enumerate(names)), encoding="utf-8")
    (tmp_path / "pack.json").write_text('{"licmatch_pack": 1, "products": [{"id": "a", "name": "Ledger"}]}', encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "cp936", "LANG": "zh_CN", "LICMATCH_DEBUG": "1"}
    ran = subprocess.run([sys.executable, "-c", _COMMANDS], cwd=tmp_path, env=environment, capture_output=True, check=False)
    told, errors = ran.stdout.decode("cp936"), ran.stderr.decode("cp936")
    assert ran.returncode == 0, errors[-2000:]
    assert "Traceback" not in errors
    assert "专业增强版" in told
    assert "单位" in told or "设备" in told
