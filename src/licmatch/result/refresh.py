"""Files of a result made again from the result itself, everything else in the folder as it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from licmatch.errors import Location, ResultError
from licmatch.place import claimed
from licmatch.result.folder import MANIFEST, SEAL, read_result, seal, write_folder
from licmatch.result.record import Result
from licmatch.result.verify import verify


def refresh(folder: str | Path, render: Callable[[Result, Path], None]) -> Result:
    """Have `render` write files into a copy of a result folder, seal it anew and put it in the folder's place; return the result.

    Raises ResultError where the folder does not hold: to seal it again would hide that.
    """
    source = Path(folder)
    with claimed(source):
        return _refreshed(source, render)


def _refreshed(source: Path, render: Callable[[Result, Path], None]) -> Result:
    found = verify(source)
    if not found.holds:
        raise ResultError(
            f"the result does not hold any more ({len(found.faults)} faults), so it is not sealed again",
            where=Location(str(source)), hint="`licmatch verify` lists the faults",
        )  # fmt: skip
    result = read_result(source)

    def fill(partial: Path) -> None:
        for path in source.iterdir():
            if path.name not in (MANIFEST, SEAL):
                shutil.copyfile(path, partial / path.name)
        render(result, partial)
        seal(partial, result.manifest)

    write_folder(source, fill)
    return read_result(source)
