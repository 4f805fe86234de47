"""Where something is written, whole or not at all: one run at a time, put there in one step, nothing left of a run that was killed.

A folder or file is made beside its place, as `.NAME.partial-PID`, and changes places with what stands there. Whoever looks, at any
moment and after any kill, finds the earlier one or the new one. While a run holds a place, `.NAME.licmatch-lock` beside it is locked.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import errno
import glob
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from licmatch.errors import LicmatchError, Location, WriteError

# The places this run holds: to ask for one again is no conflict.
_held: ContextVar[frozenset[str]] = ContextVar("held", default=frozenset())
LOCK = ".licmatch-lock"
SCRATCH = "licmatch-run-"
# How long a reader waits for a run that is just now changing places.
_PATIENCE, _PAUSE = 100, 0.02
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_BUSY = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})
# As polars and xlsxwriter quote the system; and what polars says where the end of a Parquet file finds no room.
_OS_ERROR = re.compile(r"(?:\(os error |\[Errno )(\d{1,5})[)\]]")
_NO_END = "Invalid thrift: transport error"
_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2


def write_error(fault: OSError, target: Path) -> WriteError:
    """Return what a fault of the operating system means for a place: no room, no right to write there, or another reason."""
    code = fault.errno if fault.errno is not None else _code_in(fault)
    why = "full" if code in _FULL else "refused" if code in _REFUSED else "failed"
    said = fault.strerror or str(fault)
    return WriteError(f"cannot be written: {said}", why=why, said=said, where=Location(str(target)))


def tells_of_writing(fault: BaseException) -> bool:
    """Return whether an error is about a disk that takes no more; other libraries tell the system's number in their text only."""
    code = fault.errno if isinstance(fault, OSError) and fault.errno is not None else _code_in(fault)
    return code in _FULL or code == errno.EROFS


def _code_in(fault: BaseException) -> int | None:
    found = _OS_ERROR.search(str(fault))
    if found is not None:
        return int(found[1])
    return errno.ENOSPC if _NO_END in str(fault) else None


@contextmanager
def claimed(target: Path) -> Iterator[None]:
    """Hold a place until the block ends, with what a killed run left there tidied up. Raises WriteError where another run holds it."""
    place = Path(os.path.abspath(target))
    key = os.path.join(os.path.realpath(place.parent), place.name)
    if key in _held.get():
        yield
        return
    try:
        made = _with_parents(place.parent)
        lock = place.with_name(f".{place.name}{LOCK}")
        descriptor, alone = _locked(lock, target)
    except OSError as fault:
        raise write_error(fault, target) from None
    before = _held.set(_held.get() | {key})
    try:
        if alone:
            _tidy(place)
        yield
    finally:
        _held.reset(before)
        _released(lock, descriptor)
        for folder in made:
            # Folders made for a result that did not come: gone again, if nothing is in them.
            with contextlib.suppress(OSError):
                folder.rmdir()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a name beside `target` for a file or folder to be made; it takes the place in one step when the block ends well.

    Otherwise it is removed and what stood there stays. Raises WriteError where the place cannot be written.
    """
    place = Path(os.path.abspath(target))
    with claimed(target):
        partial = place.with_name(f".{place.name}.partial-{os.getpid()}")
        try:
            _remove(partial)
            yield partial
            _settle(partial)
            _put(partial, place)
        except LicmatchError:
            raise
        except OSError as fault:
            if fault.filename is not None and not _about(Path(str(fault.filename)), place):
                # Of a file that was to be read.
                raise
            raise write_error(fault, target) from None
        except Exception as fault:
            code = _code_in(fault)
            if code is None or not tells_of_writing(fault):
                raise
            raise write_error(OSError(code, os.strerror(code)), target) from None
        finally:
            _remove(partial)


def settle_place(target: Path) -> None:
    """Put an earlier result back that a run killed between two renames left aside. For readers who find nothing at a place."""
    place = Path(os.path.abspath(target))
    for _ in range(_PATIENCE):
        if place.exists() or not _beside(place, "replaced"):
            return
        with contextlib.suppress(WriteError), claimed(target):
            pass
        time.sleep(_PAUSE)


@cache
def scratch() -> Path:
    """Return this process's temporary folder, removed when it ends; those of processes that were killed are removed now."""
    own, descriptor = _locked_folder()
    atexit.register(_end_scratch, own, descriptor, os.getpid())
    for other in own.parent.glob(f"{SCRATCH}*"):
        if other != own:
            _remove_if_left(other)
    return own


def _locked_folder() -> tuple[Path, int]:
    while True:
        made = Path(tempfile.mkdtemp(prefix=SCRATCH))
        # Until it is locked, another process may take it for one that lost its own, and remove it: then the next is made.
        with contextlib.suppress(FileNotFoundError, WriteError):
            return made, _locked(made / ".lock", made)[0]


def scratch_folder() -> Path:
    """Return a new folder in this process's temporary folder."""
    return Path(tempfile.mkdtemp(dir=scratch()))


def _end_scratch(own: Path, descriptor: int, process: int) -> None:
    # A forked worker ends too, and the folder is not its own.
    if os.getpid() == process:
        os.close(descriptor)
        _remove(own)


def _remove_if_left(folder: Path) -> None:
    with contextlib.suppress(OSError):
        # Of a process that did not come to lock it.
        folder.rmdir()
    with contextlib.suppress(OSError, WriteError):
        descriptor, alone = _locked(folder / ".lock", folder, make=False)
        if alone:
            # Removed while it is still held; Windows removes no open file, so what is left goes when it is closed.
            _remove(folder)
        os.close(descriptor)
        if alone:
            _remove(folder)


def _about(path: Path, place: Path) -> bool:
    """Return whether a path is the place, its folder, or in what is made beside it."""
    if path in (place, place.parent):
        return True
    return path.is_relative_to(place.parent) and path.relative_to(place.parent).parts[0].startswith(f".{place.name}.")


def _with_parents(folder: Path) -> list[Path]:
    """Make the folder and those above it; return the ones that were made, the lowest first."""
    missing = []
    at = folder
    while not at.exists():
        missing.append(at)
        at = at.parent
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _beside(place: Path, what: str) -> list[Path]:
    return sorted(Path(found) for found in glob.glob(f"{glob.escape(str(place.with_name(f'.{place.name}.{what}')))}-*"))


def _tidy(place: Path) -> None:
    for earlier in _beside(place, "replaced"):
        if not place.exists() and not place.is_symlink():
            earlier.rename(place)
        _remove(earlier)
    for partial in _beside(place, "partial"):
        _remove(partial)


def _locked(lock: Path, target: Path, *, make: bool = True) -> tuple[int, bool]:
    """Return an open, locked file and whether it is locked: not every file system can. Raises WriteError where another has the lock."""
    while True:
        descriptor = os.open(lock, os.O_RDWR | (os.O_CREAT if make else 0) | getattr(os, "O_NOFOLLOW", 0), 0o644)
        try:
            _lock(descriptor)
            alone = True
        except OSError as fault:
            if fault.errno in _BUSY:
                os.close(descriptor)
                raise WriteError(
                    "is being written by another run", why="busy", where=Location(str(target)),
                    hint="wait until that run has ended, or choose another place",
                ) from None  # fmt: skip
            alone = False
        # The run before may have removed the file between our opening and locking it: then what we hold is no lock.
        with contextlib.suppress(OSError):
            if not alone or os.path.samestat(os.fstat(descriptor), os.stat(lock)):
                return descriptor, alone
        os.close(descriptor)


def _released(lock: Path, descriptor: int) -> None:
    if os.name == "nt":
        os.close(descriptor)
        with contextlib.suppress(OSError):
            lock.unlink()
        return
    # Removed while it is still held, so that nobody's lock is removed but ours.
    with contextlib.suppress(OSError):
        lock.unlink()
    os.close(descriptor)


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _settle(made: Path) -> None:
    """Have every byte on the disk before it gets its name: a crash then leaves nothing half-written under it."""
    for path in [*(sorted(made.rglob("*")) if made.is_dir() else ()), made]:
        _to_disk(path)


def _to_disk(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        # Windows opens no folders.
        return
    try:
        os.fsync(descriptor)
    except OSError as fault:
        # Some file systems cannot; what a full disk says here must be heard.
        if fault.errno in _FULL or fault.errno == errno.EIO:
            raise
    finally:
        os.close(descriptor)


def _put(partial: Path, place: Path) -> None:
    """Have `partial` take the place; a folder that stood there is gone afterwards."""
    if not place.is_dir() or place.is_symlink():
        os.replace(partial, place)
    elif not _exchanged(partial, place):
        # Between these two the place is empty: whoever comes then, or after a kill, puts the earlier one back.
        earlier = place.with_name(f".{place.name}.replaced-{os.getpid()}")
        _remove(earlier)
        place.rename(earlier)
        try:
            partial.rename(place)
        except OSError:
            earlier.rename(place)
            raise
        _remove(earlier)
    _to_disk(place.parent)


def _exchanged(one: Path, other: Path) -> bool:
    """Have two paths change places in one step; False where the system or its file system cannot."""
    if sys.platform == "linux":
        swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
        words: tuple[object, ...] = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    elif sys.platform == "darwin":
        swap = getattr(ctypes.CDLL(None, use_errno=True), "renamex_np", None)
        words = (os.fsencode(one), os.fsencode(other), _RENAME_SWAP)
    else:
        return False
    if swap is None:
        return False
    # Whatever the reason it says no for, the two renames either work or tell the same.
    return bool(swap(*words) == 0)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
