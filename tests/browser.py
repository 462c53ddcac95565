"""A headless Chromium for tests of pages, driven over its own protocol; nothing of it touches a network."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--allow-file-access-from-files",
    # What asks for a host finds none.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-port=0",
)


class Browser:
    """One page of a browser."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        """What the browser has told by itself: requests, lines of its console, exceptions."""
        self._session = ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Give one command of the protocol, and wait for its result."""
        number = next(self._numbers)
        frame = {"id": number, "method": method, "params": params}
        self._line.send(json.dumps(frame | ({"sessionId": self._session} if self._session else {})))
        while True:
            told = json.loads(self._line.recv(60))
            if told.get("id") == number:
                assert "error" not in told, told
                result: dict[str, Any] = told["result"]
                return result
            self.events.append(told)

    def opens(self, url: str) -> None:
        """Load a page, and wait until its script has run."""
        loads = self._loads()
        self.ask("Page.navigate", url=url)
        while self._loads() == loads:
            self.events.append(json.loads(self._line.recv(60)))

    def _loads(self) -> int:
        return sum(event.get("method") == "Page.loadEventFired" for event in self.events)

    def evaluates(self, expression: str) -> Any:
        """What an expression is in the page; a promise is waited for."""
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def presses(self, key: str) -> None:
        """Press a key, and let it go."""
        told = {"text": key} if len(key) == 1 else {}
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, **told)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def looks(self, width: int, height: int, *, dark: bool = False) -> None:
        """How large the window is, and which colours are wanted."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])

    def photographs(self, path: Path) -> None:
        """Save what is seen as a picture."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))

    def requested(self) -> list[str]:
        """Every address that pages have asked for."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """What the browser found wrong: exceptions, and lines of its log."""
        wrong = ("Runtime.exceptionThrown", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self.events if event.get("method") in wrong]


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser, and end it."""
    assert CHROMIUM is not None, "no Chromium is installed here"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [CHROMIUM, *_FLAGS, f"--user-data-dir={folder}"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HOME": folder},
        )
        try:
            with connect(_address(process), max_size=None) as line:
                yield Browser(line)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if "DevTools listening on " in line:
            return line.rpartition(" on ")[2].strip()
    raise AssertionError(f"the browser ended with status {process.wait(30)}")


def main() -> None:
    """Photograph a page: ``python tests/browser.py URL PICTURE WIDTH HEIGHT [dark] [KEY ...]``."""
    url, path, width, height, *rest = sys.argv[1:]
    with browser() as page:
        page.looks(int(width), int(height), dark="dark" in rest)
        page.opens(url)
        for key in rest:
            if key != "dark":
                page.presses(key)
        page.photographs(Path(path))


if __name__ == "__main__":
    main()
