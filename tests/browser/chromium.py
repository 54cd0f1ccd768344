"""A headless Chromium, spoken to over its debugging protocol: enough to open a page, ask it, and watch it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60.0
"""Seconds that the browser may take to start, or to answer."""


def find() -> str | None:
    """The path of a Chromium; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """One page, and all that it asked, logged and raised."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self.requests: list[str] = []
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a command. Raises RuntimeError where the browser refuses it."""
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = self._next()
            if message.get("id") == self._number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                result: dict[str, Any] = message["result"]
                return result

    def _next(self, timeout: float = PATIENCE) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._connection.recv(timeout))
        params = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(params["exceptionDetails"])[:500])
            case "Runtime.consoleAPICalled":
                self.complaints.append(json.dumps(params["args"])[:500])
            case "Page.javascriptDialogOpening":
                self.complaints.append(f"a dialog: {params['message']}")
        return message

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a file, at a fragment, from nothing."""
        self.call("Page.navigate", url="about:blank")
        self._wait("document.readyState === 'complete' && location.href === 'about:blank'")
        self.requests.clear()
        self.complaints.clear()
        self.call("Page.navigate", url=path.resolve().as_uri() + fragment)
        self._wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def _wait(self, condition: str) -> None:
        until = time.monotonic() + PATIENCE
        while not self.ask(condition):
            assert time.monotonic() < until, f"never true: {condition}"
            time.sleep(0.02)

    def ask(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """A key, as a user presses it."""
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, **text, windowsVirtualKeyCode=_code(key))
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=_code(key))

    def look(self, width: int = 1100, height: int = 900, scheme: str = "light", media: str = "") -> None:
        """Set the size of the window, the colour scheme, and the medium (`print`, or the screen)."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def picture(self, path: Path) -> None:
        """Write what is seen as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=False)["data"])


def _code(key: str) -> int:
    return {"Escape": 27, "Enter": 13, "ArrowUp": 38, "ArrowDown": 40, "/": 191}[key]


@contextmanager
def browser(program: str, folder: Path) -> Iterator[Tab]:
    """A browser with one tab, which keeps its files in `folder`; both are gone afterwards."""
    words = [program, "--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-dev-shm-usage", "--remote-debugging-port=0", f"--user-data-dir={folder}"]  # fmt: skip
    if os.geteuid() == 0:
        words.append("--no-sandbox")
    with subprocess.Popen([*words, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with connect(_address(folder, process), max_size=None) as connection:
                yield Tab(connection)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Where the debugging protocol of the first page is spoken."""
    until, said = time.monotonic() + PATIENCE, folder / "DevToolsActivePort"
    while time.monotonic() < until:
        assert process.poll() is None, "Chromium ended at once"
        lines = said.read_text().split() if said.exists() else []
        if len(lines) == 2:
            with urlopen(f"http://127.0.0.1:{lines[0]}/json", timeout=PATIENCE) as answer:
                pages = [each for each in json.load(answer) if each["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError("Chromium does not say where it listens")
