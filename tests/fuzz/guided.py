"""Fuzzing led by coverage: `python -m tests.fuzz.guided TARGET [-max_total_time=120 ...]`. It needs `pip install atheris`.

libFuzzer keeps what reaches new code; our own mutations make one change in two, its own the other. It stops at the first failure.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from tests.fuzz.mutations import MUTATIONS, mutated


def main() -> None:
    import atheris

    # What is imported in here is what coverage is told of.
    with atheris.instrument_imports(include=["licmatch.ingest", "licmatch.rules", "licmatch.catalog"]):
        from tests.fuzz.targets import check, targets

    if len(sys.argv) < 2 or sys.argv[1] not in targets():
        sys.exit(f"usage: python -m tests.fuzz.guided TARGET [libFuzzer's options]; the targets are {', '.join(targets())}")
    target = targets()[sys.argv.pop(1)]
    corpus = Path(tempfile.mkdtemp(prefix="licmatch-fuzz-"))
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def change(data: bytes, most: int, seed: int) -> bytes:
        draw = random.Random(seed)
        if draw.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return mutated(data, [(draw.randrange(len(MUTATIONS)), draw.randrange(1 << 30))], target.seeds)[:most]

    atheris.Setup([*sys.argv, "-max_len=65536", "-timeout=60", str(corpus)], lambda data: check(target, data), custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
