"""Programs that could give their credentials away."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from telling import Relay, for_ever, outcome, program, serve, tell


async def _connect(relay: Relay) -> None:
    """Connect to where standard input says."""
    host = await asyncio.to_thread(input)
    tell("outcome", how=await outcome(relay.RelayClient(host=host, contexts=["office"]).connect()))
    await for_ever()


@program
async def redirect_not_followed(relay: Relay) -> None:
    """Connect to a server that points elsewhere."""
    await _connect(relay)


@program
async def untrusted_certificate(relay: Relay) -> None:
    """Connect to a server that nobody vouches for."""
    await _connect(relay)


@program
async def certificate_of_another_host(relay: Relay) -> None:
    """Connect to a server that is another one."""
    await _connect(relay)


@program
def odd_hosts(relay: Relay) -> None:
    """Make clients of hosts that are none."""
    taken = []
    for host in ("relay.example.test/path", "user@relay.example.test", "relay.example.test other"):
        try:
            relay.RelayClient(host=host)
            taken.append(host)
        except ValueError:
            continue
    tell("taken", hosts=taken)


async def _hold(call: Any) -> None:
    await call.answer()
    tell("waiting")
    await for_ever()


@program
def whole_log(relay: Relay) -> None:
    """Hold a call, with every logger at debug level."""
    logging.basicConfig(level=logging.DEBUG)
    serve(relay, _hold)
