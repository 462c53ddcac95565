"""Reconnects over and over on a bad network, each for another reason, and looks for what is left of them: nothing.

    python tests/chaos/reconnects.py --times 1000

One call is up all the while, and goes on over every new line. Exit status 1 when a promise broke.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from watch import Watch, client_of, held, impatience, until

from callfsm import Call, RelayClient
from callfsm.simulator import Caller, Simulator
from callfsm.testing.fault_proxy import FaultProxy

LIMITS: Final = {"supervisor_IDLE_SECONDS": 0.05, "supervisor_PING_SECONDS": 0.05, "line_OPEN_SECONDS": 0.5}
ATTEMPTS: Final = 3
"""How often an attempt fails before the network heals, where attempts fail."""


@dataclass
class Line:
    """One client, its simulator, and the bad network between them."""

    simulator: Simulator
    proxy: FaultProxy
    client: RelayClient
    moves: Counter[str] = field(default_factory=Counter)
    """How often the connection has come to which state."""

    async def fails(self, times: int) -> None:
        """Wait until so many more attempts have failed."""
        failed = self.moves["waiting"] + times
        await until(lambda: self.moves["waiting"] >= failed)


async def reset(line: Line) -> None:
    """The line is reset."""
    line.proxy.reset()


async def half_open(line: Line) -> None:
    """The server's side is gone, and nobody says so."""
    line.proxy.half_open()


async def black_hole(line: Line) -> None:
    """Nothing passes any more."""
    line.proxy.black_hole(which="open")


async def deaf(line: Line) -> None:
    """Nothing comes from the server any more, which hears the client all the same."""
    line.proxy.black_hole(way="to_client", which="open")


async def garbled(line: Line) -> None:
    """Bytes come that TLS does not accept."""
    line.proxy.garble(which="open")
    line.simulator.exchange.ping()


async def closed(line: Line) -> None:
    """The server asks the client to connect again, and closes."""
    line.simulator.ask_to_reconnect()


async def closed_slowly(line: Line) -> None:
    """The server asks the client to connect again; its closing is never heard of."""
    line.proxy.close_slowly(600.0, which="open")
    line.simulator.ask_to_reconnect()


async def dropped(line: Line) -> None:
    """The server drops the line without a word."""
    line.simulator.drop_links()


async def refused(line: Line) -> None:
    """The line is reset, and several attempts are turned away."""
    line.proxy.refuse()
    line.proxy.reset()
    await line.fails(1 + ATTEMPTS)


async def nobody_listens(line: Line) -> None:
    """The line is reset, and for several attempts nobody listens."""
    line.proxy.refuse(listening=False)
    line.proxy.reset()
    await line.fails(1 + ATTEMPTS)


async def handshake_garbled(line: Line) -> None:
    """The line is reset, and several handshakes break."""
    line.proxy.garble(which="coming")
    line.proxy.reset()
    await line.fails(1 + ATTEMPTS)


async def handshake_cut(line: Line) -> None:
    """The line is reset, and so is the next one before its handshake is done."""
    before = line.proxy.counts["connections"]
    line.proxy.delay(0.01, which="coming")
    line.proxy.reset()
    await until(lambda: line.proxy.counts["connections"] > before)
    line.proxy.reset()


async def login_cut(line: Line) -> None:
    """The line is reset, and the next one as soon as the login is under way."""
    before = line.moves["authenticating"]
    line.proxy.delay(0.01, way="to_client", which="coming")
    line.proxy.reset()
    await until(lambda: line.moves["authenticating"] > before)
    line.proxy.reset()


FAULTS: Final[tuple[Callable[[Line], Awaitable[None]], ...]] = (
    reset,
    half_open,
    black_hole,
    deaf,
    garbled,
    closed,
    closed_slowly,
    dropped,
    refused,
    nobody_listens,
    handshake_garbled,
    handshake_cut,
    login_cut,
)


async def suffers(line: Line, fault: Callable[[Line], Awaitable[None]]) -> bool:
    """Let one fault befall the line, and heal the network: whether the client is back."""
    before = line.moves["online"]
    await fault(line)
    # Healing resets what has lost bytes, and so must not come before the client has noticed by itself.
    back = await until(lambda: line.client.state != "online" or line.moves["online"] > before)
    await line.proxy.heal()
    return back and await until(lambda: line.moves["online"] > before and line.client.state == "online")


async def round_of(line: Line, watch: Watch, times: int) -> None:
    """Let so many faults befall the line."""
    for number in range(times):
        fault = FAULTS[number % len(FAULTS)]
        if not await suffers(line, fault):
            watch.broken.append(f"back online after {fault.__name__}, the {number + 1}th fault")


async def quiet(line: Line) -> tuple[int, int]:
    """What is held once the last line has become the only one."""
    await until(lambda: line.proxy.connections == 1 and len(line.simulator.exchange.clients) == 1)
    await asyncio.sleep(0.1)  # The last writer and the last reader end in turns of the loop that nobody counts.
    return held()


async def answered(line: Line) -> tuple[Call, Caller]:
    """A call that has come in and was answered."""
    calls: asyncio.Queue[Call] = asyncio.Queue()
    line.client.on_call(calls.put)
    caller = line.simulator.call("office")
    call = await calls.get()
    await call.answer()
    return call, caller


async def reconnects(times: int) -> Watch:
    """The whole program."""
    watch = Watch()
    with watch.watching(), impatience(**LIMITS):
        async with (
            Simulator(speed=20) as simulator,
            FaultProxy(simulator.host, simulator.port) as proxy,
            client_of(simulator, proxy.address, "office") as client,
        ):
            line = Line(simulator, proxy, client)
            client.observe(lambda each: line.moves.update([each.dest] if each.machine == "connection" else []))
            call, caller = await answered(line)
            await round_of(line, watch, len(FAULTS))  # What is opened once, and kept, is opened here.
            before, began = await quiet(line), asyncio.get_running_loop().time()
            line.moves.clear()
            await round_of(line, watch, times)
            seconds = asyncio.get_running_loop().time() - began
            after = await quiet(line)
            await (await call.play_tts("still here")).wait()
            await call.hangup()
            await caller.is_over()
        watch.promise("the call goes on", ["still here"], caller.heard)
        watch.promise("descriptors and tasks stay as they were", before, after)
        watch.promise("nothing unexpected in the log", [], watch.errors)
        tell(line, times, seconds, before, after)
    return watch


def tell(line: Line, times: int, seconds: float, before: tuple[int, int], after: tuple[int, int]) -> None:
    """Print the figures."""
    print(f"faults           {times} of {len(FAULTS)} kinds in {seconds:.1f} s")
    print(f"logins           {line.moves['online']}")
    print(f"attempts failed  {line.moves['waiting'] - line.moves['online']}")
    print(f"descriptors      {before[0]} before, {after[0]} after: {after[0] - before[0]:+}")
    print(f"tasks            {before[1]} before, {after[1]} after: {after[1] - before[1]:+}")


def main() -> int:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=1_000, help="how many faults")
    watch = asyncio.run(reconnects(parser.parse_args().times))
    for broken in watch.broken:
        print(f"broken: {broken}", file=sys.stderr)
    return 1 if watch.broken else 0


if __name__ == "__main__":
    sys.exit(main())
