"""Every official method over a real socket: one connection, one call for each way of giving its arguments."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import Any, Final, NamedTuple

import pytest
from methods import BEFORE_THE_ANSWER, COMMANDS, EXTRA, METHODS, Frame, given, optional, wire
from sockets import run
from websockets.asyncio.server import ServerConnection, serve

from callfsm import Call, PlayEvent, RelayClient

SILENT: Final[dict[str, list[Frame]]] = {
    "on": [{"event_type": "calling.call.play", "handler": print}, {"event_type": PlayEvent, "handler": print}],
    "wait_for": [
        {"event_type": "calling.call.state"},
        {"event_type": "calling.call.state", "predicate": lambda _: True},
        {"event_type": "calling.call.state", "timeout": 30},
        {"event_type": "calling.call.state", "predicate": lambda _: True, "timeout": 30},
    ],
    "wait_for_ringing": [{}, {"timeout": 30}],
    "wait_for_answered": [{}, {"timeout": 30}],
    "wait_for_ending": [{}, {"timeout": 30}],
    "wait_for_ended": [{}, {"timeout": 30}],
}
"""The methods that only hear, and what they are given."""


class Case(NamedTuple):
    """One way of calling a method."""

    name: str
    what: str
    arguments: Frame


def cases() -> dict[str, Case]:
    """Every way in which every method is called here, by the id of its call."""
    every: list[Case] = []
    for name, method in COMMANDS.items():
        every.append(Case(name, "nothing", given(name)))
        every += [Case(name, argument, given(name, argument)) for argument in optional(name)]
        every.append(Case(name, "everything", given(name, *optional(name))))
        if "control_id" in method["wire_keys"]:
            every.append(Case(name, "control_id", given(name) | {"control_id": "mine"}))
        if method["extra_arguments"]:
            every.append(Case(name, "extra", given(name) | EXTRA))
    every += [Case(name, f"silent-{number}", told) for name in SILENT for number, told in enumerate(SILENT[name])]
    return {f"{case.name}-{case.what}": case for case in every}


CASES: Final = cases()


class RecordingServer:
    """A server that keeps every frame and replies 200 to each.

    Attributes:
        connections: How many clients have come.
        frames: What was sent about each call, but for its answer.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.frames: dict[str, list[Frame]] = {call_id: [] for call_id in CASES}
        self._ids = count(1)

    async def talk(self, socket: ServerConnection) -> None:
        """Serve one client: offer it a call for each case, and reply."""
        self.connections += 1
        async for text in socket:
            frame = json.loads(text)
            if "method" in frame:
                await self._hear(socket, frame)

    async def _hear(self, socket: ServerConnection, frame: Frame) -> None:
        logs_in = frame["method"] == "signalwire.connect"
        result = {"protocol": "protocol-1"} if logs_in else {"code": "200", "message": "OK"}
        await socket.send(json.dumps({"jsonrpc": "2.0", "id": frame["id"], "result": result}))
        if logs_in:
            for call_id in CASES:
                await self._tell(socket, "calling.call.receive", call_id, call_state="created", direction="inbound")
            return
        call_id = frame["params"]["call_id"]
        if frame["method"] != "calling.answer" or CASES[call_id].name == "answer":
            self.frames[call_id].append(frame)
        elif CASES[call_id].name in SILENT:
            for word in ("ringing", "answered", "ending", "ended"):
                await self._tell(socket, "calling.call.state", call_id, call_state=word)

    async def _tell(self, socket: ServerConnection, event_type: str, call_id: str, **more: Any) -> None:
        params = {"node_id": "node-1", "call_id": call_id, **more}
        envelope = {"event_type": event_type, "params": params}
        frame = {"jsonrpc": "2.0", "id": f"event-{next(self._ids)}", "method": "signalwire.event", "params": envelope}
        await socket.send(json.dumps(frame))


async def conversation() -> tuple[RecordingServer, dict[str, Any]]:
    """Call every method in every way; the server, and what each call of a method gave back."""
    server, outcomes = RecordingServer(), dict[str, Any]()
    done = asyncio.Event()

    async def handle(call: Call) -> None:
        case = CASES[call.call_id]
        try:
            outcomes[call.call_id] = await drive(call, case)
        except Exception as error:  # noqa: BLE001  # it is what the test looks at
            outcomes[call.call_id] = error
        if len(outcomes) == len(CASES):
            done.set()

    async with serve(server.talk, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        client = RelayClient("project-1", "token-1", host=f"127.0.0.1:{port}", contexts=["office"], tls=False)
        client.on_call(handle)
        async with client:
            await done.wait()
    return server, outcomes


async def drive(call: Call, case: Case) -> Any:
    """Bring a call to where the method can be called, and call it."""
    method = getattr(call, case.name)
    if case.name in SILENT:
        # What is waited for has to be waited for before it is reported.
        result, _ = await asyncio.gather(maybe(method(**case.arguments)), call.answer())
        return result
    if case.name not in BEFORE_THE_ANSWER:
        await call.answer()
    return await method(**case.arguments)


async def maybe(outcome: Any) -> Any:
    """What a method gives back, at once or in the end."""
    return await outcome if asyncio.iscoroutine(outcome) else outcome


@pytest.fixture(scope="module")
def talked() -> tuple[RecordingServer, dict[str, Any]]:
    """The whole conversation, which is had once."""
    return run(conversation())


Talked = tuple[RecordingServer, dict[str, Any]]
SENDING = [call_id for call_id, case in CASES.items() if case.name not in SILENT]
HEARING = [call_id for call_id, case in CASES.items() if case.name in SILENT]


def test_every_method_is_called() -> None:
    """Each of the official methods is called here."""
    assert set(METHODS) == {case.name for case in CASES.values()}


def test_one_connection(talked: Talked) -> None:
    """One connection carries all of it."""
    assert talked[0].connections == 1


@pytest.mark.parametrize("call_id", SENDING)
def test_frame(talked: Talked, call_id: str) -> None:
    """A method sends one frame: its wire method, the address first, and the official fields at their places."""
    case = CASES[call_id]
    (frame,) = talked[0].frames[call_id]
    sent = frame["params"]
    told = {name: each for name, each in case.arguments.items() if name != "control_id"}
    named = {"control_id": case.arguments.get("control_id", sent.get("control_id"))} if "control_id" in sent else {}
    expected = {"node_id": "node-1", "call_id": call_id, **named, **wire(case.name, told)}

    assert (COMMANDS[case.name]["wire_method"], expected) == (frame["method"], sent)
    assert ["node_id", "call_id"] == list(sent)[:2]


@pytest.mark.parametrize("call_id", [each for each in SENDING if CASES[each].what == "nothing"])
def test_nothing_more_than_needed(talked: Talked, call_id: str) -> None:
    """A method that is given what it needs sends the fields that are always sent, and no other."""
    (frame,) = talked[0].frames[call_id]

    assert set(COMMANDS[CASES[call_id].name]["always_sent"]) == set(frame["params"])


@pytest.mark.parametrize("call_id", SENDING)
def test_result(talked: Talked, call_id: str) -> None:
    """A method gives back the reply, or an action of its official class."""
    returns = COMMANDS[CASES[call_id].name]["returns"]
    outcome = talked[1][call_id]

    assert returns.replace("dict[str, Any]", "dict") == type(outcome).__name__


@pytest.mark.parametrize("call_id", HEARING)
def test_silent_method(talked: Talked, call_id: str) -> None:
    """A method that only hears sends nothing, and gets what it waits for."""
    name = CASES[call_id].name
    told = {"on": "NoneType"}.get(name, "CallStateEvent")

    assert ([], told) == (talked[0].frames[call_id], type(talked[1][call_id]).__name__)
