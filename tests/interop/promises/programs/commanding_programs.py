"""Programs that ask for one thing, at a moment that is chosen with care."""

from __future__ import annotations

import asyncio
from typing import Any

from telling import TTS, Relay, for_ever, outcome, program, serve, tell


@program
def unanswered_command_alone(relay: Relay) -> None:
    """Ask for a recording, to which no reply comes."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("outcome", how=await outcome(call.record(), patience=15))

    serve(relay, handle)


@program
def play_before_answer(relay: Relay) -> None:
    """Play into a call that has not been answered."""

    async def handle(call: Any) -> None:
        tell("outcome", how=await outcome(call.play(TTS)))
        await for_ever()

    serve(relay, handle)


@program
def hangup_twice(relay: Relay) -> None:
    """Hang up in two tasks at once."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("outcome", how=await outcome(asyncio.gather(call.hangup(), call.hangup())))

    serve(relay, handle)


@program
def hangup_after_end(relay: Relay) -> None:
    """Hang up what has ended."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await call.wait_for_ended()
        tell("outcome", how=await outcome(call.hangup()))

    serve(relay, handle)


@program
def play_after_end(relay: Relay) -> None:
    """Play into what has ended."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await call.wait_for_ended()
        action = await call.play(TTS)
        tell("outcome", how=await outcome(action.wait()))

    serve(relay, handle)


@program
def hangup_of_gone_call(relay: Relay) -> None:
    """Hang up."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("outcome", how=await outcome(call.hangup()))

    serve(relay, handle)


@program
def refusal_raised(relay: Relay) -> None:
    """Play, and tell with what code it was refused."""

    async def handle(call: Any) -> None:
        await call.answer()
        try:
            await call.play(TTS)
            how = "returns"
        except relay.RelayError as error:
            how = f"raises RelayError with code {error.code}"
        tell("outcome", how=how)

    serve(relay, handle)


@program
def keyword_cannot_redirect(relay: Relay) -> None:
    """Play, with a keyword argument of an unfortunate name."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("outcome", how=await outcome(call.play(TTS, call_id="call-2")))
        await for_ever()

    serve(relay, handle)


@program
def unknown_reason(relay: Relay) -> None:
    """Hang up for a reason that there is not."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("outcome", how=await outcome(call.hangup("finished")))
        await for_ever()

    serve(relay, handle)


@program
def queued_command_sent(relay: Relay) -> None:
    """Play while the line is down."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await asyncio.to_thread(input)
        playing = asyncio.ensure_future(call.play(TTS))
        tell("asked")
        await playing
        await for_ever()

    serve(relay, handle)


@program
def command_in_flight(relay: Relay) -> None:
    """Ask for a recording, whose reply is lost with the line."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("outcome", how=await outcome(call.record()))
        await for_ever()

    serve(relay, handle)


@program
async def nothing_before_login(relay: Relay) -> None:
    """Ask for something while the login is under way."""
    client = relay.RelayClient(contexts=["office"])
    connecting = asyncio.ensure_future(client.connect())
    await asyncio.to_thread(input)
    asking = asyncio.ensure_future(client.receive(["sales"]))
    await asyncio.gather(connecting, asking)
    await for_ever()


@program
def spinning_handler(relay: Relay) -> None:
    """Play, over and over, without a look at the call."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await call.wait_for_ended()
        tell("spinning")
        while True:
            action = await call.play(TTS)
            await action.wait()

    serve(relay, handle)
