"""The simulator's remote control, over a real socket."""

from __future__ import annotations

import asyncio
import json
import math
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from simulator_wire import Phone, to
from websockets.asyncio.client import connect

from callfsm.simulator import Caller, ControlError, Simulator, connection_file, drive

Facts = dict[str, Any]
Drive = Callable[..., Awaitable[Facts]]
NUMBER = "+15550100099"
PATIENTLY = 10_000.0
"""A time limit in simulated seconds that no busy machine exceeds; real time is limited by `controlled`."""


def controlled(
    tmp_path: Path, program: Callable[[Drive, Simulator, Phone], Awaitable[None]], *, tls: bool = False
) -> None:
    """Run a program that drives a simulator; a client in memory takes the calls of ``desk``."""

    async def run() -> None:
        async with asyncio.timeout(30), Simulator(tls=tls, speed=50, token="simulated-token") as simulator:
            path = tmp_path / "simulator.json"
            simulator.write_connection_file(path)
            phone = Phone(simulator.exchange)
            phone.log_in("desk")

            async def ask(do: str, **more: Any) -> Facts:
                return await drive(path, {"do": do, **more})

            await program(ask, simulator, phone)

    asyncio.run(run())


async def rung(ask: Drive, phone: Phone) -> str:
    """A call that was rung by remote control, and answered."""
    call_id: str = (await ask("ring", context="desk", **{"from": NUMBER}))["call_id"]
    phone.ask("calling.answer", call_id=call_id)
    return call_id


@pytest.mark.parametrize("tls", [True, False])
def test_a_call_by_remote_control(tmp_path: Path, tls: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Another program rings, listens, presses and hangs up, with TLS and without."""

    async def program(ask: Drive, _simulator: Simulator, phone: Phone) -> None:
        call_id = await rung(ask, phone)
        answered = await ask("wait", call_id=call_id, timeout=PATIENTLY, **{"for": "answered"})
        phone.ask(
            "calling.play_and_collect",
            call_id=call_id,
            control_id="c",
            play=[{"type": "tts", "params": {"text": "Press one"}}],
            collect={"digits": {"max": 1}, "initial_timeout": PATIENTLY},
        )
        heard = await ask("hear", call_id=call_id, text="press one", timeout=PATIENTLY)
        pressed = await ask("press", call_id=call_id, digits="1")
        hung_up = await ask("hangup", call_id=call_id)
        over = await ask("wait", call_id=call_id, timeout=PATIENTLY, **{"for": "ended"})

        assert (["answered", ""], ["Press one"], True, "hangup", ["ended", "hangup"], "digit") == (
            [answered["state"], answered["end_reason"]],
            heard["heard"],
            pressed["ok"],
            hung_up["end_reason"],
            [over["state"], over["end_reason"]],
            phone.reports("c")[-1],
        )

    controlled(tmp_path, program, tls=tls)


def test_speech_by_remote_control(tmp_path: Path) -> None:
    """What is said reaches whoever collects speech."""

    async def program(ask: Drive, _simulator: Simulator, phone: Phone) -> None:
        call_id = await rung(ask, phone)
        phone.ask(
            "calling.collect",
            call_id=call_id,
            control_id="c",
            speech={"speech_timeout": PATIENTLY},
            partial_results=True,
        )
        await ask("say", call_id=call_id, text="sales please")

        (event,) = phone.events("calling.call.collect")
        assert event["result"]["params"]["text"] == "sales please"

    controlled(tmp_path, program)


def test_the_state_of_a_call(tmp_path: Path) -> None:
    """Status tells the state, what was heard and pressed, and what is running."""

    async def program(ask: Drive, _simulator: Simulator, phone: Phone) -> None:
        call_id = await rung(ask, phone)
        phone.ask("calling.record", call_id=call_id, control_id="r", record={"audio": {}})
        status = await ask("status", call_id=call_id)
        calls = await ask("calls")

        told = {
            "ok": True,
            "call_id": call_id,
            "state": "answered",
            "direction": "inbound",
            "context": "desk",
            "device": {"type": "phone", "params": {"from_number": NUMBER, "to_number": "+15550100001"}},
            "end_reason": "",
            "heard": [],
            "pressed": "",
            "operations": [{"control_id": "r", "kind": "record", "state": "recording"}],
        }
        assert (told, [call_id]) == (status, [call["call_id"] for call in calls["calls"]])

    controlled(tmp_path, program)


def test_the_journal_and_the_sums(tmp_path: Path) -> None:
    """Both can be read from another program."""

    async def program(ask: Drive, _simulator: Simulator, phone: Phone) -> None:
        call_id = await rung(ask, phone)
        journal = await ask("journal", call_id=call_id)
        sums = await ask("statistics")

        names = [entry["name"] for entry in journal["entries"]]
        assert (["ring", "calling.call.receive", "calling.answer", "reply", "calling.call.state"], 1) == (
            names,
            sums["statistics"]["calls_live"],
        )

    controlled(tmp_path, program)


@pytest.mark.parametrize(
    ("request_", "last"),
    [
        ({"do": "answers", "after": 0.5}, "answered"),
        ({"do": "busy"}, "failed"),
        ({"do": "declines"}, "failed"),
        ({"do": "no_answer"}, "failed"),
    ],
)
def test_how_a_number_behaves(tmp_path: Path, request_: Facts, last: str) -> None:
    """Numbers that can be called are told how to behave, and dialled legs are calls like others."""

    async def program(ask: Drive, simulator: Simulator, phone: Phone) -> None:
        reply = await ask(**request_, number=NUMBER)
        phone.ask("calling.dial", tag="t", devices=[to(NUMBER, timeout=2)])
        (leg,) = simulator.exchange.legs.values()
        callee = Caller(leg)
        await (callee.is_answered(PATIENTLY) if last == "answered" else callee.is_over(PATIENTLY))

        assert ({"ok": True}, last) == (reply, phone.events("calling.call.dial")[-1]["dial_state"])

    controlled(tmp_path, program)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"do": "dance"}, 'a request needs "do", one of: ring, press'),
        ({}, 'a request needs "do"'),
        ({"do": "ring"}, '"ring" needs "context", a string that is not empty'),
        ({"do": "press", "call_id": "nowhere"}, "no call nowhere is known"),
        ({"do": "status"}, '"status" needs "call_id"'),
        ({"do": "answers", "number": NUMBER, "after": "soon"}, '"after" must be a number, 0 or more'),
        ({"do": "answers", "number": NUMBER, "after": math.nan}, '"after" must be a number, 0 or more'),
        ({"do": "answers", "number": NUMBER, "after": math.inf}, '"after" must be a number, 0 or more'),
        ({"do": "answers", "number": NUMBER, "after": 10**400}, '"after" must be a number, 0 or more'),
        ({"do": "ring", "context": "desk", "as": ["fax"]}, '"as" is one of human, machine, fax'),
        ({"do": "message", "context": "desk", "media": "cat.png"}, '"media" must be a list of addresses'),
    ],
)
def test_a_request_that_cannot_be_carried_out(tmp_path: Path, request_: Facts, error: str) -> None:
    """The reply says what is wrong, and the control goes on."""

    async def program(_ask: Drive, _simulator: Simulator, _phone: Phone) -> None:
        reply = await drive(tmp_path / "simulator.json", request_)

        assert (False, True) == (reply["ok"], reply["error"].startswith(error))

    controlled(tmp_path, program)


def test_what_was_not_heard_is_told(tmp_path: Path) -> None:
    """A disappointed listener is a reply, not a failure of the control."""

    async def program(ask: Drive, _simulator: Simulator, phone: Phone) -> None:
        call_id = await rung(ask, phone)
        missed = await ask("hear", call_id=call_id, text="hello", timeout=1)
        wrong = await ask("wait", call_id=call_id, **{"for": "lunch"})

        assert [
            '"hello" was not heard within 1 s; heard instead: nothing',
            "\"for\" is answered or ended, not 'lunch'",
        ] == [
            missed["error"],
            wrong["error"],
        ]

    controlled(tmp_path, program)


def test_several_requests_on_one_connection(tmp_path: Path) -> None:
    """One connection may carry any number of requests, junk included."""

    async def program(_ask: Drive, simulator: Simulator, _phone: Phone) -> None:
        headers = {"Authorization": f"Bearer {simulator.control_token}"}
        async with connect(f"{simulator.url}/control", additional_headers=headers, proxy=None) as connection:
            replies = []
            for message in ("{", "[]", "[" * 100_000, '{"do": "calls"}'):
                await connection.send(message)
                replies.append(json.loads(await connection.recv())["ok"])

        assert replies == [False, False, False, True]

    controlled(tmp_path, program)


def test_the_connection_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It holds tokens, so nobody else may read it; it goes away with the simulator."""
    path = tmp_path / "simulator.json"
    modes: list[int] = []

    async def program(_ask: Drive, _simulator: Simulator, _phone: Phone) -> None:
        modes.append(stat.S_IMODE(path.stat().st_mode))

    controlled(tmp_path, program)

    assert ([0o600], False) == (modes, path.exists())


def test_where_the_connection_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default it is in a folder of the user's own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    path = connection_file(5000)

    assert ("simulator-5000.json", 0o700, tmp_path) == (
        path.name,
        stat.S_IMODE(path.parent.stat().st_mode),
        path.parent.parent,
    )


def test_a_folder_that_others_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are not written where others may look."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    connection_file(5000).parent.chmod(0o755)

    with pytest.raises(ControlError, match="can be read by others"):
        connection_file(5000)


@pytest.mark.parametrize("lay", [lambda folder: folder.touch(0o600), lambda folder: folder.symlink_to("nowhere")])
def test_what_is_no_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lay: Callable[[Path], None]
) -> None:
    """What somebody has laid in the place of the folder is told, and not followed."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = connection_file(5000).parent
    folder.rmdir()
    lay(folder)

    with pytest.raises(ControlError, match="remove it and try again"):
        connection_file(5000)


def test_whoever_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is that of the user whom the process runs as, with a name or without, whatever the environment says."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")

    assert os.getuid() == connection_file(5000).parent.stat().st_uid


def test_no_simulator_is_running(tmp_path: Path) -> None:
    """A missing connection file, and one of a simulator that is gone, are each told."""
    path = tmp_path / "simulator.json"
    with pytest.raises(ControlError, match="no simulator is running that has written"):
        asyncio.run(drive(path, {"do": "calls"}))
    facts = {"url": "ws://127.0.0.1:1", "control_token": "t"}

    with pytest.raises(ControlError, match="cannot reach the simulator at ws://127"):
        asyncio.run(drive(facts, {"do": "calls"}))
