"""What is promised of the attempts to connect: how long they wait for each other, and when they end."""

import asyncio
import random
from itertools import pairwise
from typing import Final

import pytest
from clock import in_virtual_time, now, until
from clock import run as run_in_virtual_time
from holding import MODES, hold
from memory import Frame
from probing import Delays
from scripted import ScriptedServer, reopened, scripted
from websockets.exceptions import ConnectionClosedError, InvalidHandshake

from callfsm import AuthenticationError, ConnectionLostError, RelayClient

REFUSED: Final[Frame] = {"error": {"code": -32002, "message": "Authentication failed"}}
REFUSED_OTHERWISE: Final[Frame] = {"error": {"code": -32003, "message": "Token expired"}}
TROUBLES: Final[tuple[Frame, ...]] = (
    {"error": {"code": -32603, "message": "internal error"}},
    {"error": {"code": -32000, "message": "try again later"}},
    {"error": "broken"},
)
UNREACHABLE: Final[tuple[Exception, ...]] = (
    ConnectionRefusedError("nobody listens"),
    TimeoutError(),
    OSError("no route"),
    InvalidHandshake("503"),
    ConnectionClosedError(None, None),
)
CAPS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0)


def delays(server: ScriptedServer) -> list[float]:
    """How long each attempt after the first line's end came after the one before, in seconds."""
    return [round(later - earlier, 3) for earlier, later in pairwise(server.attempts[1:])]


@in_virtual_time
async def test_the_longest_delays_double_from_one_second_to_thirty() -> None:
    """1, 2, 4, 8, 16, then 30 seconds for ever."""
    async with scripted(randomness=Delays()) as (_client, server):
        server.opens = [ConnectionRefusedError()] * 9
        server.lines[0].drop()
        await reopened(server, 2)

        assert ([*CAPS[1:], 30.0], 1.0) == (delays(server), server.attempts[1])


@pytest.mark.parametrize("seed", range(20))
def test_each_delay_lies_anywhere_between_nothing_and_its_longest(seed: int) -> None:
    """Full jitter: whatever chance gives, a delay is between 0 and its cap."""
    chance = random.Random(seed)  # noqa: S311  # no secret depends on it

    async def main() -> list[float]:
        async with scripted(randomness=chance) as (_client, server):
            server.opens = [ConnectionRefusedError()] * 8
            server.lines[0].drop()
            await reopened(server, 2)
            return [server.attempts[1], *delays(server)]

    waited = run_in_virtual_time(main())

    assert [True] * 9 == [0 <= delay <= cap for delay, cap in zip(waited, CAPS, strict=True)]


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5])
@in_virtual_time
async def test_a_delay_is_the_share_of_the_longest_that_chance_gives(share: float) -> None:
    """A given source of chance gives given delays."""
    async with scripted(randomness=Delays(share)) as (_client, server):
        server.opens = [ConnectionRefusedError()] * 3
        server.lines[0].drop()
        await reopened(server, 2)

        assert [share * cap for cap in CAPS[1:4]] == delays(server)


@pytest.mark.parametrize(("held", "expected"), [(9.9, 8.0), (10.0, 1.0), (14.0, 1.0)])
@in_virtual_time
async def test_the_delays_start_over_only_after_a_login_that_held_ten_seconds(held: float, expected: float) -> None:
    """A server that takes logins and drops them again is not asked every second."""
    async with scripted(randomness=Delays()) as (_client, server):
        server.opens = [ConnectionRefusedError()] * 2
        server.lines[0].drop()
        await reopened(server, 2)
        await asyncio.sleep(held)
        dropped = now()
        server.lines[1].drop()
        await reopened(server, 3)

        assert expected == pytest.approx(server.attempts[-1] - dropped, abs=0.05)


@pytest.mark.parametrize("refusal", [REFUSED, REFUSED_OTHERWISE])
def test_refused_credentials_end_run_after_three_in_a_row(refusal: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run()` tries refused credentials three times, then raises the server's words."""
    server = ScriptedServer()
    server.logins = [refusal] * 10
    client = server.client()
    monkeypatch.setattr(asyncio, "run", run_in_virtual_time)
    with pytest.raises(AuthenticationError, match=refusal["error"]["message"]):
        client.run()

    assert (3, "closed", [True] * 3) == (len(server.lines), client.state, [line.closed for line in server.lines])


@pytest.mark.parametrize("mode", MODES[1:])
def test_refused_credentials_end_the_line_after_three_in_a_row(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A held line whose credentials are refused later is given up after three refusals: commands fail at once."""
    server = ScriptedServer()
    failures: list[object] = []

    async def scenario(client: RelayClient) -> None:
        server.logins = [REFUSED] * 10
        server.lines[0].drop()
        await until(lambda: client.state == "refused")
        failures.extend(await asyncio.gather(client.execute("any.thing", {}), return_exceptions=True))
        await asyncio.sleep(100)

    hold(mode, server.client(), scenario, monkeypatch)

    assert (4, ConnectionLostError) == (len(server.lines), type(failures[0]))


@in_virtual_time
async def test_refusals_that_are_not_in_a_row_never_end_it() -> None:
    """A login that is accepted after two refusals starts the count anew."""
    async with scripted() as (client, server):
        for _ in range(5):
            server.logins = [REFUSED, REFUSED]
            lines = len(server.lines)
            server.lines[-1].drop()
            await reopened(server, lines + 3)

        assert ("online", 16) == (client.state, len(server.lines))


@in_virtual_time
async def test_refusals_are_in_a_row_whatever_else_fails_between_them() -> None:
    """Only an accepted login comes between two refusals: a failed one, and a line that cannot be had, do not count."""
    async with scripted(randomness=Delays()) as (client, server):
        server.logins = [REFUSED, *TROUBLES, REFUSED, REFUSED]
        server.lines[0].drop()
        await until(lambda: len(server.logins) == 1)
        server.opens = list(UNREACHABLE)
        await until(lambda: client.state == "refused")

        assert ([], []) == (server.logins, server.opens)


@in_virtual_time
async def test_a_thousand_transient_failures_never_end_it() -> None:
    """Lines that cannot be had, logins that fail, and lines that drop during the login are tried again without end."""
    async with scripted(randomness=Delays(0)) as (client, server):
        server.opens = [UNREACHABLE[number % len(UNREACHABLE)] for number in range(500)]
        server.logins = [TROUBLES[number % len(TROUBLES)] for number in range(500)]
        server.lines[0].drop()
        await reopened(server, 502)

        assert ("online", 1_002) == (client.state, len(server.attempts))


@in_virtual_time
async def test_a_login_that_is_ignored_is_transient() -> None:
    """A server that takes lines and answers no login is tried again, however often."""
    async with scripted(randomness=Delays(0)) as (client, server):
        server.accepts_logins = False
        server.lines[0].drop()
        await reopened(server, 52)
        server.accepts_logins = True
        await until(lambda: client.state == "online")

        assert (53, True) == (len(server.lines), all(line.closed for line in server.lines[:-1]))
