"""Programs that hold on to their line."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Any

from telling import TTS, Relay, for_ever, outcome, program, serve, tell


@program
async def connect_comes_back(relay: Relay) -> None:
    """Connect and stay."""
    await relay.RelayClient(contexts=["office"]).connect()
    tell("waiting")
    await for_ever()


async def _hold(call: Any) -> None:
    await call.answer()
    tell("waiting")
    tell("outcome", how=await outcome(call.wait_for_ended(), patience=30))


@program
def run_comes_back(relay: Relay) -> None:
    """Hold a call."""
    serve(relay, _hold)


@program
def call_outlives_line(relay: Relay) -> None:
    """Hold a call until it ends."""
    serve(relay, _hold)


@program
def fresh_session(relay: Relay) -> None:
    """Hold a call."""
    serve(relay, _hold)


@program
def contexts_come_back(relay: Relay) -> None:
    """Ask for the calls of one context more."""

    async def handle(call: Any, client: Any) -> None:
        await call.answer()
        await client.receive(["sales"])
        tell("waiting")
        await for_ever()

    serve(relay, handle)


@program
async def connected_again(relay: Relay) -> None:
    """Connect, disconnect, connect, and ask for something."""
    client = relay.RelayClient(contexts=["office"])
    await client.connect()
    await client.disconnect()

    async def again() -> None:
        await client.connect()
        await client.receive(["sales"])

    tell("outcome", how=await outcome(again()))


def _run(relay: Relay) -> None:
    client = relay.RelayClient(contexts=["office"])
    try:
        client.run()
    except relay.RelayError as error:
        tell("left", error=str(error))


@program
def refused_credentials(relay: Relay) -> None:
    """Run until it ends."""
    _run(relay)


@program
def unwell_server(relay: Relay) -> None:
    """Run until it ends."""
    _run(relay)


@program
async def refused_login_leaks_nothing(relay: Relay) -> None:
    """Try to log in six times, and count what is left of the last five."""
    client = relay.RelayClient(contexts=["office"])
    await _attempt(relay, client)
    await asyncio.sleep(1)
    files, tasks = _open()
    for _ in range(5):
        await _attempt(relay, client)
    await asyncio.sleep(1)
    more_files, more_tasks = _open()
    tell("left over", files=more_files - files, tasks=more_tasks - tasks)
    await for_ever()


async def _attempt(relay: Relay, client: Any) -> None:
    try:
        async with client:
            tell("logged in")
    except relay.RelayError:
        tell("refused")


def _open() -> tuple[int, int]:
    gc.collect()
    return len(list(Path("/dev/fd").iterdir())), len(asyncio.all_tasks())


@program
def silent_server(relay: Relay) -> None:
    """Run, and do nothing."""
    _run(relay)


@program
def unanswered_login(relay: Relay) -> None:
    """Run, and do nothing."""
    _run(relay)


@program
def command_without_line(relay: Relay) -> None:
    """Play while the line is down."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await asyncio.to_thread(input)
        tell("outcome", how=await outcome(call.play(TTS), patience=15))

    serve(relay, handle)
