"""`callfsm.recorder`: what one read brings is one turn, and each line tells what was so when it happened."""

import asyncio
import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from clock import in_virtual_time
from recorded import menu

from callfsm import Call, RelayClient
from callfsm.recorder import Recorder
from callfsm.recordings import hiding, writing
from callfsm.replay import replay
from callfsm.testing.relay import LeftOverError, MemoryRelay

LATER = "LATER-TOKEN"


def told(path: Path) -> list[dict[str, Any]]:
    """What the lines of a recording tell, the first one left out."""
    return [json.loads(line) for line in path.read_text().splitlines()[1:]]


def event(event_type: str, **params: Any) -> str:
    """An event, as the server writes it."""
    envelope = {"event_type": event_type, "params": params}
    return json.dumps({"jsonrpc": "2.0", "id": "e", "method": "signalwire.event", "params": envelope})


def ping(payload: str) -> str:
    """A frame that is answered, and moves nothing."""
    return json.dumps({"jsonrpc": "2.0", "id": "p", "method": "signalwire.ping", "params": {"payload": payload}})


async def spoken_to(relay: MemoryRelay, path: Path) -> tuple[RelayClient, Call]:
    """A client that records, and its call, in which a menu is being told."""
    client = await relay.serves(menu, journal=path)
    await relay.call("office").hears("for sales")
    (call,) = client._pump.calls.values()
    return client, call


@in_virtual_time
async def test_state_of_a_stale_report(tmp_path: Path) -> None:
    """A report that moves nothing is told with the state in which it found its call, whatever comes in the same read."""
    path = tmp_path / "calls.jsonl"
    async with MemoryRelay() as relay:
        client, call = await spoken_to(relay, path)
        client._pump.receive(
            [event("calling.call.state", call_id=call.call_id, call_state=word) for word in ("ringing", "ended")]
        )

    assert ["answered"] == [line["state"] for line in told(path) if line["kind"] == "stale"][:1]
    assert replay([path]).ok


@in_virtual_time
async def test_asked_and_sent_in_one_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked while the line logs in is told as waiting also when the same read lets it leave."""
    path = tmp_path / "calls.jsonl"
    with suppress(LeftOverError):
        async with MemoryRelay() as relay:
            client = relay.client("office", journal=path)
            await client.connect()
            receive, offer = client._pump.receive, {"call_id": "c", "node_id": "n", "context": "office"}

            def receive_offer_first(messages: list[str | bytes]) -> None:
                receive([event("calling.call.receive", call_state="created", direction="inbound", **offer), *messages])

            monkeypatch.setattr(client._pump, "receive", receive_offer_first)
            relay.drops_connection()
            await asyncio.sleep(5)

    kinds = [line["kind"] for line in told(path) if line.get("command") == "hangup"]
    assert ["queued", "out"] == kinds[:2]
    assert replay([path]).ok


@in_virtual_time
async def test_credential_of_a_dropped_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential that came while the queue was full is hidden in what is written afterwards."""
    path = tmp_path / "calls.jsonl"
    async with MemoryRelay() as relay:
        client = await relay.serves(menu, journal=path)
        recorder = client.journal
        assert recorder is not None
        with recorder._writer._writing:
            monkeypatch.setattr(writing, "MAX_WAITING", 100)
            client._pump.receive([ping("x" * 200)])
            client.token = LATER
            client._pump.receive([event("signalwire.authorization.state", authorization_state="LATER-STATE")])
            monkeypatch.undo()
        client._pump.receive([ping("LATER-TOKEN LATER-STATE")])

    text = path.read_text()
    assert ("dropped" in text, "LATER" in text) == (True, False)
    assert '"payload":"*** ***"' in text


@in_virtual_time
async def test_credential_learnt_while_lines_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes while other lines are being made is hidden with the credentials of its own time."""
    path = tmp_path / "calls.jsonl"
    making, learnt = threading.Event(), threading.Event()
    before = hiding.Hider.frame

    def make(self: hiding.Hider, frame: str) -> str:
        if "first" in frame:
            making.set()
            assert learnt.wait(30)
        return before(self, frame)

    async with MemoryRelay() as relay:
        client = await relay.serves(menu, journal=path)
        assert client.journal is not None
        client.journal.close()
        monkeypatch.setattr(hiding.Hider, "frame", make)
        client._pump.receive([ping("first, and LATER-TOKEN")])
        assert making.wait(30)
        client.token = LATER
        client._pump.receive([ping("then LATER-TOKEN")])
        learnt.set()

    text = path.read_text()
    assert ('"first, and LATER-TOKEN"' in text, '"then LATER-TOKEN"' in text) == (True, False)
    assert '"then ***"' in text


@in_virtual_time
async def test_unwanted_later(tmp_path: Path) -> None:
    """A hang-up of the program's own is told as such, though nobody wants its call a moment later."""
    path = tmp_path / "calls.jsonl"
    async with MemoryRelay() as relay:
        client, call = await spoken_to(relay, path)
        assert client.journal is not None
        with client.journal._writer._writing:
            with client._pump.performing():
                call._model.hang_up("busy")
            call._model.unwanted = "busy"

    first = next(line for line in told(path) if line.get("command") == "hangup")
    assert "unwanted" not in first


def test_detached(tmp_path: Path) -> None:
    """Nothing is left with the pump of a recorder that records no more."""
    client = RelayClient("project", "a-token", journal=Recorder(tmp_path / "calls.jsonl"))
    client.journal = None
    pump = client._pump

    assert [] == [*pump.arrivals, *pump.watchers, *pump.reads, *pump.requests, *pump.performed]
