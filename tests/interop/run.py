"""Run other people's clients, each in a process of its own, against `callfsm simulate`.

    python tests/interop/run.py PYTHON-THAT-HAS-SIGNALWIRE-SDK

Each line that is printed is one promise; the exit status is 1 when one is broken.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PORT = "8997"
CALLFSM = [sys.executable, "-m", "callfsm"]


def caller(*words: str) -> dict[str, Any]:
    """Act the caller, from outside, as any program can."""
    done = subprocess.run(
        [*CALLFSM, "caller", "--port", PORT, *words], capture_output=True, text=True, timeout=60, check=False
    )
    reply: dict[str, Any] = json.loads(done.stdout)
    return reply


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


def check(promise: str, kept: object) -> bool:
    """Print one promise, and whether it is kept."""
    print(f"{'ok    ' if kept else 'BROKEN'} {promise}", flush=True)
    return bool(kept)


def main(python: str) -> int:
    """Let the official client take one call."""
    server, environment = simulator()
    client = subprocess.Popen(
        [python, str(HERE / "official_program.py")], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert client.stdout is not None
        connected = client.stdout.readline().strip() == "connected"
        call_id = caller("ring", "--context", "interop")["call_id"]
        kept = [
            check("the official client logs in", connected),
            check("its words are heard", caller("hear", call_id, "official client")["ok"]),
            check("its call ends", caller("wait", call_id)["state"] == "ended"),
            check("it says so", "Call ended" in client.stdout.read()),
            check("it leaves with status 0", client.wait(30) == 0),
            check("no frame was unexpected", caller("statistics")["statistics"]["unexpected_frames"] == 0),
        ]
        print(
            subprocess.run(
                [*CALLFSM, "caller", "--port", PORT, "ladder", call_id], check=True, text=True, capture_output=True
            ).stdout
        )
    finally:
        client.kill()
        server.terminate()
        server.wait(10)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
