"""Acting the people around other clients' programs, from outside, as any program can."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from queue import Empty, Queue
from typing import Any

from callfsm.simulator import connection_file, drive

PORT = "8997"
CALLFSM = [sys.executable, "-m", "callfsm"]
PATIENCE = 60.0

Facts = dict[str, Any]


def command(*words: str) -> Facts:
    """Act a caller with one command of `callfsm caller`."""
    done = subprocess.run(
        [*CALLFSM, "caller", "--port", PORT, *words], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    reply: Facts = json.loads(done.stdout)
    return reply


def act(do: str, call_id: str = "", /, **facts: object) -> Facts:
    """Act a caller over the control endpoint, as `callfsm caller` does."""
    told = {"do": do, **({"call_id": call_id} if call_id else {}), **facts}
    reply = asyncio.run(drive(connection_file(int(PORT)), told))
    assert reply["ok"], f"{do}: {reply['error']}"
    return reply


def ring(context: str, **facts: object) -> str:
    """Ring a context: the call's id."""
    call_id: str = act("ring", context=context, **facts)["call_id"]
    return call_id


def end_of(call_id: str) -> tuple[str, str]:
    """Wait until a call has ended: its state, and why."""
    awaited: Facts = {"for": "ended"}
    reply = act("wait", call_id, **awaited)
    return reply["state"], reply["end_reason"]


def simulator() -> tuple[subprocess.Popen[str], dict[str, str]]:
    """Start `callfsm simulate`, and read from what it prints how to point a client at it."""
    process = subprocess.Popen([*CALLFSM, "simulate", "--port", PORT], stdout=subprocess.PIPE, text=True)
    environment = dict(os.environ)
    assert process.stdout is not None
    for line in process.stdout:
        words = line.split()
        if words[:1] == ["export"]:
            name, _, value = words[1].partition("=")
            environment[name] = value
        if "call it with" in line:
            break
    return process, environment


class Program:
    """Another client's program in a process of its own."""

    def __init__(self, words: list[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._lines: Queue[str] = Queue()
        self.said: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.strip())

    def says(self, words: str) -> str:
        """Wait for a line that begins with these words: the rest of it."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"it has not said {words!r}, but {self.said}") from None
            self.said.append(line)
            if line.startswith(words):
                return line.removeprefix(words).strip()

    def leaves(self) -> int:
        """Wait until it has left: its exit status."""
        return self._process.wait(PATIENCE)

    def close(self) -> str:
        """End it, if it has not left: what it has complained of."""
        self._process.kill()
        assert self._process.stderr is not None
        return self._process.stderr.read()
