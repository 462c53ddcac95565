"""What a client over TLS promises on a bad network: one act of the network for each promise."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from faulty import office
from sockets import run, until

from callfsm import RequestTimeoutError
from callfsm.testing.fault_proxy import Way

STILL_HERE = ["still here"]
SOON = 0.15


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time limits of the line that nobody has to wait for."""
    for name in ("supervisor.IDLE_SECONDS", "supervisor.PING_SECONDS", "supervisor.DOUBT_SECONDS"):
        monkeypatch.setattr(f"callfsm.{name}", SOON)


async def within_seconds(limit: float, awaited: Coroutine[Any, Any, None]) -> None:
    """Await what must come about in time."""
    async with asyncio.timeout(limit):
        await awaited


def test_after_a_reset_the_client_reconnects_and_the_call_goes_on() -> None:
    """A line that is reset is opened again under the same session, and its call goes on."""

    async def main() -> None:
        async with office() as told, told.client as client:
            call, caller = await told.answered()
            protocol = client.relay_protocol
            told.proxy.reset()
            await told.noticed()
            heard = await told.ends_well(call, caller)

            assert (STILL_HERE, protocol, 2) == (heard, client.relay_protocol, told.proxy.counts["connections"])

    run(main())


def test_a_login_with_three_hundred_milliseconds_of_latency_succeeds_at_once() -> None:
    """Every part of the handshake takes its time on a long line, and one attempt is enough."""

    async def main() -> None:
        async with office() as told:
            told.proxy.delay(0.1, jitter=0.1)
            await told.client.connect()

            assert ("online", 1) == (told.client.state, told.proxy.counts["connections"])

    run(main())


def test_a_call_with_three_hundred_milliseconds_of_latency_goes_well() -> None:
    """A call over a long line is as good as one over a short one."""

    async def main() -> None:
        async with office() as told, told.client:
            told.proxy.delay(0.1, jitter=0.1)
            call, caller = await told.answered()
            heard = await told.ends_well(call, caller)

            assert (STILL_HERE, 1) == (heard, told.proxy.counts["connections"])

    run(main())


def test_byte_by_byte_all_goes_well() -> None:
    """Frames may come in pieces of one byte, from the first handshake on."""

    async def main() -> None:
        async with office() as told:
            told.proxy.dribble(1)
            async with told.client:
                call, caller = await told.answered()
                heard = await told.ends_well(call, caller)
                counts = told.proxy.counts
                await until(lambda: counts["pieces"] == counts["bytes"])

            assert (STILL_HERE, 1) == (heard, counts["connections"])

    run(main())


def test_on_a_narrow_line_all_goes_well() -> None:
    """A line of a few kilobytes a second is enough."""

    async def main() -> None:
        async with office() as told:
            told.proxy.limit(20_000)
            async with told.client:
                call, caller = await told.answered()
                heard = await told.ends_well(call, caller)

            assert (STILL_HERE, 1) == (heard, told.proxy.counts["connections"])

    run(main())


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("way", ["to_server", "to_client", "both"])
def test_an_idle_line_that_has_become_a_black_hole_is_found_and_replaced(way: Way) -> None:
    """Nobody asks anything, nothing comes: the client finds out by itself, and the call goes on over a new line."""

    async def main() -> None:
        async with office() as told, told.client:
            call, caller = await told.answered()
            told.proxy.black_hole(way=way, which="open")
            await told.reopened()

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())


@pytest.mark.usefixtures("soon")
def test_a_half_open_line_is_found_and_replaced() -> None:
    """The server's side is gone and nobody has said so: the client finds out, and the call goes on."""

    async def main() -> None:
        async with office() as told, told.client:
            call, caller = await told.answered()
            told.proxy.half_open()
            await told.reopened()

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())


def test_a_command_without_reply_finds_the_black_hole_long_before_silence_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A command that gets no reply makes the client doubt its line, however short the silence was until then."""
    monkeypatch.setattr("callfsm.supervisor.DOUBT_SECONDS", SOON)

    async def main() -> None:
        async with office() as told, told.client as client:
            call, caller = await told.answered()
            client._pump.outcomes.seconds = SOON
            told.proxy.black_hole(which="open")
            with pytest.raises(RequestTimeoutError):
                await call.play_tts("into the void")
            await within_seconds(5, told.reopened())
            client._pump.outcomes.seconds = 10

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())


@pytest.mark.parametrize("listening", [True, False])
def test_a_server_that_refuses_is_tried_until_it_takes_the_client_back(*, listening: bool) -> None:
    """However often the connection is refused, the client goes on trying, and its call goes on afterwards."""

    async def main() -> None:
        async with office() as told, told.client:
            call, caller = await told.answered()
            told.proxy.refuse(listening=listening)
            told.proxy.reset()
            await until(lambda: told.moves.count("connecting") >= 10)
            await told.proxy.heal()
            await told.online()

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())


def test_a_login_that_vanishes_is_given_up_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that opens into a black hole is given up in time; no attempt keeps the next one from succeeding."""
    monkeypatch.setattr("callfsm.line.OPEN_SECONDS", SOON)

    async def main() -> None:
        async with office() as told, told.client:
            call, caller = await told.answered()
            told.proxy.black_hole(which="coming")
            told.proxy.reset()
            await until(lambda: told.proxy.counts["connections"] >= 4)
            monkeypatch.setattr("callfsm.line.OPEN_SECONDS", 10.0)
            await told.proxy.heal()
            await told.online()

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())


def test_a_server_that_closes_slowly_is_left_at_once() -> None:
    """The server says that it closes, and its end of the line takes a minute to go: the client does not wait for it."""

    async def main() -> None:
        async with office() as told, told.client:
            call, caller = await told.answered()
            told.proxy.close_slowly(60.0, which="open")
            told.simulator.ask_to_reconnect()
            await within_seconds(5, told.reopened())

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())


def test_a_slow_close_holds_nobody_up_who_disconnects(monkeypatch: pytest.MonkeyPatch) -> None:
    """`disconnect` is done in its own time, whenever the other side's end arrives."""
    monkeypatch.setattr("callfsm.line.CLOSE_SECONDS", SOON)

    async def main() -> None:
        async with office() as told:
            await told.client.connect()
            told.proxy.close_slowly(60.0)
            await within_seconds(5, told.client.disconnect())

            assert "closed" == told.client.state

    run(main())


def test_garbled_bytes_cost_a_reconnection_and_no_call() -> None:
    """What TLS does not accept ends the line, and no more: the client stays alive, and the call goes on."""

    async def main() -> None:
        async with office() as told, told.client:
            call, caller = await told.answered()
            told.proxy.garble(which="open")
            sending = asyncio.create_task(call.user_event(event="anything"))
            await told.reopened()
            await asyncio.gather(sending, return_exceptions=True)

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())


def test_garbled_websocket_frames_cost_a_reconnection_and_no_call() -> None:
    """In clear text a frame whose first byte is wrong is a protocol error, which ends the line and no more."""

    async def main() -> None:
        async with office(tls=False) as told, told.client:
            call, caller = await told.answered()
            told.proxy.dribble(1, way="to_client", which="open")
            told.proxy.garble(way="to_client", which="open")
            sending = asyncio.create_task(call.user_event(event="anything"))
            await told.reopened()
            await asyncio.gather(sending, return_exceptions=True)

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())


def test_while_every_handshake_is_garbled_the_client_goes_on_trying() -> None:
    """No broken handshake ends the client; when the network heals, its call goes on."""

    async def main() -> None:
        async with office() as told, told.client:
            call, caller = await told.answered()
            told.proxy.garble(which="coming")
            told.proxy.reset()
            await until(lambda: told.proxy.counts["connections"] >= 5)
            await told.proxy.heal()
            await told.online()

            assert STILL_HERE == await told.ends_well(call, caller)

    run(main())
