"""A headless Chromium driven by its own protocol over a pipe: no driver, no port, no network, nothing to install beside the browser."""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

START = 60.0
ANSWER = 120.0
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
)  # fmt: skip


_BECOME = """import fcntl, os, sys
reads, writes = (fcntl.fcntl(int(given), fcntl.F_DUPFD, 10) for given in sys.argv[1:3])
os.dup2(reads, 3), os.dup2(writes, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class Chromium:
    """One browser with one page. `requests` lists every address the page asked for; use it as a context manager.

    Raises AssertionError where the browser does not answer, an expression throws, or what is waited for does not come.
    """

    def __init__(self, program: str, profile: Path, *, width: int = 1280, height: int = 1000) -> None:
        reads, self._commands = os.pipe()
        self._answers, writes = os.pipe()
        # The browser reads commands from descriptor 3 and writes answers to 4: a process in between puts the pipes there and becomes it.
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BECOME, str(reads), str(writes), program, *_FLAGS, f"--user-data-dir={profile}",
             f"--window-size={width},{height}", "about:blank"],
            pass_fds=(reads, writes), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(reads)
        os.close(writes)
        self._held = b""
        self._last = 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.faults: list[str] = []
        try:
            target = next(one for one in self._targets() if one["type"] == "page")
            self._session = str(self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"])
            for domain in ("Page", "Runtime", "Network", "Performance"):
                self.send(f"{domain}.enable")
            self.send("Emulation.setFocusEmulationEnabled", enabled=True)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the browser, at its own pace where it still listens."""
        try:
            self._session = None
            self.send("Browser.close")
        except (AssertionError, OSError):
            self._process.kill()
        self._process.wait(timeout=30)
        os.close(self._commands)
        os.close(self._answers)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its answer; what happens meanwhile is noted."""
        self._last += 1
        command = {"id": self._last, "method": method, "params": params}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        end = time.monotonic() + ANSWER
        while True:
            message = self._next(end, method)
            if message.get("id") == self._last:
                assert "error" not in message, f"{method}: {message['error']}"
                return dict(message["result"])

    def open(self, address: str, *, ready: str = "true") -> None:
        """Go to an address and wait until the expression `ready` holds there."""
        self.requests.clear()
        self.send("Page.navigate", url=address)
        self.wait(f"document.readyState === 'complete' && ({ready})")

    def run(self, expression: str) -> Any:
        """Return what an expression of the page's script language gives; a promise is waited for."""
        # Of a world of its own: the page's policy forbids evaluating in the page's, which is as it should be.
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, expression: str, seconds: float = 60.0) -> Any:
        """Wait until an expression gives something true, and return it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.run(expression)
            if value:
                return value
            time.sleep(0.02)
        raise AssertionError(f"after {seconds:g} s this is still not so: {expression}")

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Write a screenshot, of what is seen or of the whole page."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]))

    def printed(self) -> bytes:
        """Return the page as a PDF, on the paper its own style names."""
        answer = self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True, transferMode="ReturnAsBase64")
        return base64.b64decode(answer["data"])

    def shaped(self, width: int, height: int, *, dark: bool = False) -> None:
        """Give the page another width and colour scheme."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def _targets(self) -> list[dict[str, Any]]:
        end = time.monotonic() + START
        while time.monotonic() < end:
            found = self.send("Target.getTargets")["targetInfos"]
            if any(one["type"] == "page" for one in found):
                return list(found)
        raise AssertionError("the browser opened no page")

    def _next(self, end: float, waited: str) -> dict[str, Any]:
        while b"\0" not in self._held:
            left = end - time.monotonic()
            assert left > 0, f"no answer to {waited}"
            if not select.select([self._answers], [], [], left)[0]:
                continue
            some = os.read(self._answers, 1 << 20)
            assert some, f"the browser ended before it answered {waited}"
            self._held += some
        text, _, self._held = self._held.partition(b"\0")
        message = json.loads(text)
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.faults.append(json.dumps(message["params"]["exceptionDetails"])[:600])
        return dict(message)
