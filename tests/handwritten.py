"""Recordings that are written by hand, line by line, as the format says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HEADER = {
    "recording": 1,
    "client": "client-1",
    "started": "2026-01-02T03:04:05.000+00:00",
    "version": "0.1.0",
    "settings": {},
    "masked": True,
}
WALL = 1_800_000_000.0
CALL = {"call_id": "call-1", "node_id": "node-1"}
WELCOME = {"type": "tts", "params": {"text": "Welcome to Acme"}}


class Writing:
    """The lines of one recording."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = [dict(HEADER)]
        self.now = 100.0
        self._frames = 0

    def tells(self, kind: str, **fields: Any) -> None:
        """Any line."""
        self.lines.append({"t": self.now, "w": WALL + self.now, "kind": kind, **fields})

    def reports(self, event_type: str, **params: Any) -> None:
        """An event that comes."""
        self._frames += 1
        envelope = {"event_type": event_type, "params": params}
        frame = {"jsonrpc": "2.0", "id": f"event-{self._frames}", "method": "signalwire.event", "params": envelope}
        self.tells("in", frame=frame)
        self.tells("out", frame={"jsonrpc": "2.0", "id": f"event-{self._frames}", "result": {}})

    def asks(self, method: str, code: str = "200", message: str = "", **params: Any) -> None:
        """A command that leaves, and its reply."""
        self._frames += 1
        request_id = f"request-{self._frames}"
        self.tells("out", frame={"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})
        self.tells("in", frame={"jsonrpc": "2.0", "id": request_id, "result": {"code": code, "message": message}})

    def moves(
        self, machine: str, subject: str, speaker: str, trigger: str, source: str, dest: str, call_id: str
    ) -> None:
        """A transition."""
        self.tells(
            "transition",
            machine=machine,
            subject=subject,
            call_id=call_id,
            speaker=speaker,
            trigger=trigger,
            source=source,
            dest=dest,
        )

    def save(self, path: Path) -> Path:
        """Write them all."""
        path.write_text("".join(json.dumps(line) + "\n" for line in self.lines), encoding="utf-8")
        return path


def rings(writing: Writing, call_id: str = "call-1", context: str = "office") -> None:
    """A call comes, and is answered."""
    known = {"call_id": call_id, "node_id": "node-1"}
    device = {"type": "phone", "params": {"from_number": "+15550100003", "to_number": "+15550100001"}}
    told = {"call_state": "created", "direction": "inbound", "context": context, "device": device}
    writing.reports("calling.call.receive", **told, **known)
    writing.asks("calling.answer", **known)
    writing.moves("call", f"call {call_id}", "ask", "answer", "created", "created", call_id)
    writing.moves("call", f"call {call_id}", "reply", "answer_accepted", "created", "answered", call_id)


def hangs_up(writing: Writing, call_id: str = "call-1", reason: str = "hangup") -> None:
    """The caller hangs up."""
    known = {"call_id": call_id, "node_id": "node-1"}
    writing.reports("calling.call.state", call_state="ending", end_reason=reason, **known)
    writing.moves("call", f"call {call_id}", "report", "ending", "answered", "ending", call_id)
    writing.now += 0.05
    writing.reports("calling.call.state", call_state="ended", end_reason=reason, **known)
    writing.moves("call", f"call {call_id}", "report", "ended", "ending", "ended", call_id)


def menu(digit: str = "1") -> Writing:
    """A call that hears a menu, presses a digit, and hangs up while something is played; a command is refused."""
    writing = Writing()
    rings(writing)
    writing.asks("calling.play_and_collect", control_id="menu-1", play=[WELCOME], **CALL)
    writing.moves("call", "call call-1", "ask", "play_and_collect", "answered", "answered", "call-1")
    writing.reports("calling.call.play", control_id="menu-1", state="playing", **CALL)
    operation = ("play_and_collect", "play_and_collect menu-1", "report")
    writing.moves(*operation, "play_playing", "requested", "playing", "call-1")
    writing.now += 2
    result = {"type": "digit", "params": {"digits": digit, "terminator": ""}}
    writing.reports("calling.call.collect", control_id="menu-1", result=result, **CALL)
    writing.moves(*operation, "input", "playing", "finished", "call-1")
    writing.asks(
        "calling.play", control_id="play-1", play=[{"type": "audio", "params": {"url": "https://x/y"}}], **CALL
    )
    writing.moves("call", "call call-1", "ask", "play", "answered", "answered", "call-1")
    writing.reports("calling.call.play", control_id="play-1", state="playing", **CALL)
    writing.moves("play", "play play-1", "report", "playing", "requested", "playing", "call-1")
    writing.tells(
        "refused", machine="play", subject="play play-1", call_id="call-1", command="resume", state="playing", guard=""
    )
    writing.now += 1
    hangs_up(writing)
    writing.moves("play", "play play-1", "call", "call_ended", "playing", "hung_up", "call-1")
    return writing
