"""The inventories that are measured: each is made once by the seeded generator, in a process of its own, and kept."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from measure import Measure, measured

SEED = 20050613


@dataclass(frozen=True, slots=True)
class Size:
    """The shape of one inventory."""

    rows: int
    devices: int
    distinct_names: int


SIZES = {
    "tiny": Size(6_000, 100, 400),
    "small": Size(100_000, 1_600, 5_000),
    "1m": Size(1_000_000, 15_000, 20_000),
    "10m": Size(10_000_000, 150_000, 60_000),
    "10m-600k": Size(10_000_000, 150_000, 600_000),
    "100m": Size(100_000_000, 1_500_000, 60_000),
}


def inventory(name: str, size: Size, folder: Path, seed: int = SEED) -> tuple[Path, Measure | None]:
    """Return the inventory of this size, made if absent, and what making it took (None: it was there)."""
    path = folder / f"inventory-{name}-{seed}.parquet"
    if path.exists():
        return path, None
    code = (
        "import sys; from pathlib import Path; from licmatch.demo import generate_parquet; n = [int(a) for a in sys.argv[2:]]; "
        "generate_parquet(Path(sys.argv[1]), rows=n[0], devices=n[1], distinct_names=n[2], seed=n[3])"
    )
    words = [sys.executable, "-c", code, str(path), str(size.rows), str(size.devices), str(size.distinct_names), str(seed)]
    return path, measured(words, folder / "generate.log")


def into_page_cache(path: Path) -> None:
    """Read the file once, so that the first process is not the one that waits for the disk."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass
