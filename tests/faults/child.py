"""The command in a process of its own that ends itself: `python -m tests.faults.child SETTINGS WORDS...`, SETTINGS as JSON.

`kill_at` is the number of the step at which it kills itself: steps are what Python is about to do to files below `watched`. With
`count` it goes through and prints how many there were. `plain_renames` leaves out the exchange of two names, as on Windows.
`interrupt_at` sends itself a signal of the number `signal` at that step; `wait_at` waits there until a file `go` is in `watched`.
`memory` and `file_size` are limits of the system, in bytes: the former on top of what the loaded program has.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

STEPS = ("open", "os.", "shutil.", "ctypes.dlsym")


def main() -> None:
    settings = json.loads(sys.argv[1])
    import licmatch.cli.main as command
    import licmatch.place as place

    if settings.get("plain_renames"):
        place._exchanged = lambda one, other: False
    watched, kill_at, steps = settings["watched"], settings.get("kill_at"), 0

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        if not event.startswith(STEPS):
            return
        if event != "ctypes.dlsym" and not any(isinstance(one, (str, bytes)) and watched in os.fsdecode(one) for one in arguments):
            return
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if steps == settings.get("interrupt_at"):
            os.kill(os.getpid(), settings["signal"])
        if steps == settings.get("wait_at"):
            print("waiting", flush=True)
            while not (Path(watched) / "go").exists():
                time.sleep(0.02)

    sys.addaudithook(heard)
    signal.signal(signal.SIGTERM, command._interrupt)
    _limit(settings.get("memory"), settings.get("file_size"))
    code = command.status(sys.argv[2:])
    if settings.get("count"):
        print(f"steps {steps}", flush=True)
    sys.exit(code)


def _limit(memory: int | None, file_size: int | None) -> None:
    if memory is not None:
        import resource

        import chardetng_py  # noqa: F401
        import polars as pl

        import licmatch

        # Loaded and warmed up first: what is limited is the work, not the loading of libraries and the start of threads.
        licmatch.assess(pl.DataFrame({"device_id": ["PC-0"], "name": ["Windows 10"]}), as_of="2026-11-28")
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    if file_size is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))


if __name__ == "__main__":
    main()
