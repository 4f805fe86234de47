"""What names weigh: the weights as they were read, for a draw of the catalogs' own examples and some more names in which something
speaks against an answer.

What moves here moves answers and scores that people rely on. After a change that is meant: `LICMATCH_UPDATE_GOLDEN=1 pytest
tests/golden`, then read the difference before keeping it.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from licmatch import Engine
from licmatch.match.examples import builtin_folders, read_examples
from licmatch.match.weigh import Weighing

EXPECTED = Path(__file__).parent / "weights.tsv"
EACH = 4  # one example in so many, drawn by its text: a new one moves none of the others
# What no example has: words of other categories, of other families' releases, of another product in brackets.
ADDED = (
    "Kaspersky Endpoint Security office suite",
    "LibreOffice jammy",
    "WPS Office (jammy)",
    "WPS Office (Ubuntu)",
    "WPS Office antivirus",
    "WPS Office 2019 (antivirus)",
    "WPS Office 2019 (Norton 360)",
    "WPS Office 2019 (Kaspersky)",
)


def drawn(name: str) -> bool:
    return int.from_bytes(sha256(name.encode()).digest()[:4]) % EACH == 0


def test_names_weigh_what_they_weighed() -> None:
    engine = Engine.load()
    asked = sorted({(one.raw, one.publisher or "", one.version or "") for one in read_examples(builtin_folders(engine)) if drawn(one.raw)})
    asked += [(name, "", "") for name in ADDED]
    lines = []
    for name, publisher, version in asked:
        decision = engine.decision(name, publisher=publisher or None, version=version or None)
        weighed = [*([] if decision.winner is None else [decision.winner]), *decision.others]
        if len(weighed) > 1 or any(amount < 0 for one in weighed for _, _, amount in one.notes):
            told = [told_of(engine, one) for one in weighed[:2]]
            lines.append("\t".join([name, publisher, version, decision.status, decision.role or "", *told]))
    if os.environ.get("LICMATCH_UPDATE_GOLDEN") == "1":
        EXPECTED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == EXPECTED.read_text(encoding="utf-8").splitlines()


def told_of(engine: Engine, one: Weighing) -> str:
    what = f"{one.edition.id if one.edition else '-'} {one.release or '-'}"
    return f"{engine.compiled.families[one.family].id} {one.score:.3f} {one.rank:.3f} {what}"
