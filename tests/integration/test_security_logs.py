"""The log of a whole session over real sockets, with failures of every kind, as a program sees it that logs everything."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from eavesdropping import Impatient
from sockets import LIMIT, client_of, until

from callfsm import AuthenticationError, Call, RelayError
from callfsm.builders import phone
from callfsm.simulator import Simulator, drive

PROJECT, TOKEN = "SECRET-project", "SECRET-token"
FROM, TO, TEXTED = "+15550177001", "+15550177002", "+15550177003"
DIGITS = "8675309"
BODY = "my password is swordfish"

pytestmark = pytest.mark.usefixtures("silent_log")


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a test with asyncio's own debugging, which shows what the loop is given to do."""

    async def limited() -> None:
        async with asyncio.timeout(LIMIT):
            await main

    asyncio.run(limited(), debug=True)


def simulated() -> Simulator:
    """A simulator with credentials that can be looked for."""
    return Simulator(project=PROJECT, token=TOKEN, speed=20)


def authorizations(simulator: Simulator) -> set[str]:
    """Every authorization state that was given away."""
    frames = [entry.frame for entry in simulator.journal.entries() if entry.name == "signalwire.authorization.state"]
    return {frame["params"]["params"]["authorization_state"] for frame in frames}


async def handle(call: Call) -> None:
    """Do what programs do, and fail with everything in the error that an error can hold."""
    await call.answer()
    prompt = await call.play_and_collect([{"type": "tts", "params": {"text": "number?"}}], {"digits": {"max": 7}})
    result = await prompt.wait()
    await call.send_digits(DIGITS)
    try:
        json.loads(f"token={TOKEN} {result!r} {call.device}")
    except ValueError as error:
        error.add_note(f"token={TOKEN} {result!r} {call.device}")
        raise ValueError(f"cannot go on with {TOKEN}\n{json.dumps({'project': PROJECT, 'digits': DIGITS})}") from error


async def session(simulator: Simulator, folder: Path) -> None:
    """Everything that is logged: logins, calls, messages, refusals, a line that drops, errors."""
    with pytest.raises(AuthenticationError):
        await client_of(simulator, token="SECRET-token-wrong").connect()  # and meant to be
    client = client_of(simulator, "office", randomness=Impatient())
    client.on_call(handle)
    async with client:
        path = folder / "simulator.json"
        simulator.write_connection_file(path)
        caller = simulator.call("office", to=TO, from_=FROM)
        await caller.hears("number")
        await drive(path, {"do": "press", "call_id": caller.call_id, "digits": DIGITS})
        await caller.is_over()
        sip = simulator.call("office", to="sip:desk@example.com", from_="sip:SECRET-alice@example.com")
        await sip.is_answered()
        await sip.hangs_up()
        simulator.message("office", BODY, to=TO, from_=TEXTED)
        message = await client.send_message(to_number=TEXTED, from_number=TO, body=BODY)
        await message.wait()
        outbound = await client.dial([[phone(TO, FROM)]])
        with pytest.raises(RelayError):
            await outbound.answer()
        simulator.drop_links()
        await until(lambda: client.state != "online")
        await outbound.hangup()
        await outbound.wait_for_ended()
        simulator.ask_to_reconnect(restart=True)
        await until(lambda: client.state != "online")
        await until(lambda: client.state == "online")


@pytest.mark.parametrize("form", ["as the program formats it", "console", "json"])
def test_whole_session(
    form: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """At debug, on the root logger and in callfsm's own forms, nothing secret or private stands in any line."""
    monkeypatch.setenv("SIGNALWIRE_LOG_LEVEL", "debug")
    monkeypatch.setenv("SIGNALWIRE_LOG_MODE", "off" if form.startswith("as") else "stderr")
    monkeypatch.setenv("SIGNALWIRE_LOG_FORMAT", form)
    told: list[str] = []

    async def main() -> None:
        async with simulated() as simulator:
            monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", simulator.ca_file)
            await session(simulator, tmp_path)
            told.extend([*authorizations(simulator), simulator.control_token])

    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "callfsm"):
        run(main())
    text = caplog.text + capsys.readouterr().err
    private = [
        PROJECT,
        TOKEN,
        "SECRET",
        *told,
        FROM,
        TO,
        TEXTED,
        FROM[1:],
        TO[1:],
        TEXTED[1:],
        DIGITS,
        BODY,
        "swordfish",
    ]

    assert ([], True, True) == ([each for each in private if each in text], "handler raised" in text, len(told) > 3)


def test_what_is_left_can_be_followed(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What remains tells the story: every frame's method, every transition, and where the handler failed."""

    async def main() -> None:
        async with simulated() as simulator:
            monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", simulator.ca_file)
            await session(simulator, tmp_path)

    with caplog.at_level(logging.DEBUG, "callfsm"):
        run(main())
    words = (
        "calling.play_and_collect",
        "dest='ended'",
        'raise ValueError(f"cannot go on',
        "+1555*****01",
        "attempt",
        "sip:***@example.com",
    )

    assert [] == [each for each in words if each not in caplog.text]


def test_nothing_is_left_unseen(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No task and no future is left whose exception asyncio itself would write, unscrubbed."""

    async def main() -> None:
        async with simulated() as simulator:
            monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", simulator.ca_file)
            await session(simulator, tmp_path)

    with caplog.at_level(logging.DEBUG):
        run(main())
        gc.collect()

    assert [] == [
        record.getMessage()
        for record in caplog.records
        if record.name == "asyncio" and ("never" in record.getMessage() or "destroyed" in record.getMessage())
    ]
