"""The inventories that are measured: each is made once by the seeded generator, in a process of its own, and kept."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from measure import Measure, measured

SEED = 20050613


@dataclass(frozen=True, slots=True)
class Size:
    """The shape of one inventory. With `copies` it is one of a size of its own that many times over, each time with other devices."""

    rows: int
    devices: int
    distinct_names: int
    copies: int = 1

    def one(self) -> Size:
        """Return the size of one of the copies."""
        return Size(self.rows // self.copies, self.devices // self.copies, self.distinct_names)


SIZES = {
    "tiny": Size(6_000, 100, 400),
    "small": Size(100_000, 1_600, 5_000),
    "1m": Size(1_000_000, 15_000, 20_000),
    "10m": Size(10_000_000, 150_000, 60_000),
    "10m-600k": Size(10_000_000, 150_000, 600_000),
    "100m": Size(100_000_000, 1_500_000, 60_000, copies=10),
}

# The devices are numbered on from copy to copy, as in one that was generated whole.
COPIES = """
import sys
import polars as pl
one, many, devices, copies = pl.scan_parquet(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
number = pl.col("device_id").str.strip_prefix("PC-").cast(pl.Int64)
named = [pl.format("PC-{}", (number + copy * devices).cast(pl.String).str.zfill(7)) for copy in range(copies)]
other = [one.with_columns(device_id=name) for name in named]
pl.concat(other).sink_parquet(many, compression_level=1, row_group_size=500_000, engine="streaming")
"""


def inventory(name: str, size: Size, folder: Path, seed: int = SEED) -> tuple[Path, Measure | None]:
    """Return the inventory of this size, made if absent, and what making it took (None: it was there)."""
    path = folder / f"inventory-{name}-{seed}.parquet"
    if path.exists():
        return path, None
    if size.copies > 1:
        known = next((name for name, other in SIZES.items() if other == size.one()), f"{path.stem}-one")
        one, making = inventory(known, size.one(), folder, seed)
        words = [sys.executable, "-c", COPIES, str(one), str(path), str(size.one().devices), str(size.copies)]
        copying = measured(words, folder / "generate.log")
        return path, copying if making is None else copying + making
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
