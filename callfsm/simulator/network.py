"""The telephone network around a simulated server: people who call in, and people who can be called.

It has no sockets: with a link of one's own, `Exchange.attach` joins a client to it in memory.
"""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Awaitable, Callable, Sequence

from callfsm.core import frames
from callfsm.simulator.caller import Caller, CallOverError
from callfsm.simulator.clock import Timer
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.exchange import Exchange
from callfsm.simulator.journal import Journal, Statistics
from callfsm.simulator.leg import Leg
from callfsm.simulator.meddling import MeddledLink, Meddling
from callfsm.simulator.messages import Failure, Text
from callfsm.simulator.people import Manner
from callfsm.simulator.person import HUMAN, Person
from callfsm.simulator.session import Client, Link
from callfsm.simulator.settings import Settings

Script = Callable[[Caller], Awaitable[None]]
"""What somebody does who has been called, once they have picked up."""


class LoopClock:
    """The event loop's own time, run faster or slower."""

    def __init__(self, speed: float, failed: Callable[[BaseException], None]) -> None:
        self.speed = speed
        self._failed = failed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beginning = 0.0

    def now(self) -> float:
        """Simulated seconds since it was used first; may be asked by any thread after that."""
        return ((self._loop or self._started()).time() - self._beginning) * self.speed

    def later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back after so many simulated seconds."""
        return (self._loop or self._started()).call_later(max(seconds, 0) / self.speed, self._run, callback)

    def _started(self) -> asyncio.AbstractEventLoop:
        loop = self._loop = asyncio.get_running_loop()
        self._beginning = loop.time()
        return loop

    def _run(self, callback: Callable[[], object]) -> None:
        try:
            callback()
        except Exception as error:
            self._failed(error)
            raise


class Network:
    """People who call in, and people who can be called, around one `Exchange`.

    Attributes:
        exchange: The server.
        callers: Everybody who is, or lately was, at the end of a leg, by call id.
        meddling: What the network does with frames, but for carrying them.
        failures: What has gone wrong in scripts of people who were called, or in the simulator itself.
    """

    def __init__(
        self, settings: Settings | None = None, *, speed: float = 1.0, new_id: Callable[[], str] | None = None
    ) -> None:
        if not 0 < speed < math.inf:
            raise ValueError(f"speed={speed!r}: must be a number greater than 0")
        self.failures: list[BaseException] = []
        self.settings = settings or Settings()
        self.exchange = Exchange(LoopClock(speed, self.failures.append), new_id or _uuid, self.settings)
        self.meddling = Meddling(self.exchange.clock)
        self.callers: dict[str, Caller] = {}
        self._scripts: set[asyncio.Task[None]] = set()
        people = self.exchange.people
        people.default = people.default._replace(arrives=self._meet)

    @property
    def journal(self) -> Journal:
        """What has gone over the wire, and what callers did."""
        return self.exchange.journal

    @property
    def statistics(self) -> Statistics:
        """The sums of what has happened until now."""
        return self.exchange.statistics

    def call(
        self, context: str, to: str = "+15550100001", from_: str = "+15550100003", *, person: Person = HUMAN
    ) -> Caller:
        """Somebody calls in: the call is offered to one client that has this context.

        A caller whose address begins with ``sip:`` calls by SIP.
        """
        leg = self.exchange.ring(context, to, from_, person)
        return self._meet(leg)

    def answers(self, number: str, after: float = 1.0, then: Script | None = None, *, person: Person = HUMAN) -> None:
        """Somebody picks up at this number after so many seconds, and then does what the script tells.

        Args:
            number: The number, or another address.
            after: How long it rings.
            then: What they do.
            person: Who they are: `answering_machine`, `fax_machine`, or a human.
        """
        self.exchange.people.set(number, Manner("answered", after, lambda leg: self._arrive(leg, then), person))

    def busy(self, number: str) -> None:
        """Make this number busy."""
        self.exchange.people.set(number, Manner("busy", 0.5, self._meet))

    def declines(self, number: str, after: float = 1.0) -> None:
        """Let somebody decline at this number after so many seconds."""
        self.exchange.people.set(number, Manner("decline", after, self._meet))

    def no_answer(self, number: str) -> None:
        """Let this number ring until the caller gives up."""
        self.exchange.people.set(number, Manner("noAnswer", 0.0, self._meet))

    def message(
        self,
        context: str,
        body: str = "",
        *,
        to: str = "+15550100001",
        from_: str = "+15550100003",
        media: Sequence[str] = (),
    ) -> str:
        """Somebody sends a text message: one client that has this context gets it.

        Returns:
            The message's id.
        """
        return self.exchange.post.deliver(Text(to, from_, body, tuple(media), (), context))

    def texts(self, number: str) -> list[Text]:
        """The text messages that have arrived at this number, oldest first."""
        return list(self.exchange.post.texts.get(number, ()))

    def undeliverable(self, number: str, reason: str = "carrier_blocked", *, failed: bool = False) -> None:
        """Let no text message arrive at this number: it is ``undelivered``, or has ``failed`` before it was sent."""
        self.exchange.post.failures[number] = Failure("failed" if failed else "undelivered", reason)

    def attach(self, link: Link) -> Client:
        """A client has opened a link."""
        return self.exchange.attach(MeddledLink(link, self.meddling))

    def receive(self, client: Client, text: str | bytes) -> None:
        """A text has come from a client."""
        frame = None if self.meddling.idle else frames.parse(text)
        if not isinstance(frame, frames.ServerRequest):
            self.exchange.receive(client, text)
        elif (refusal := self.meddling.refusal(frame.method)) is not None:
            Asked(self.exchange, client, frame).refuse(refusal)
        elif not self.meddling.loses_command(frame.method):
            self.exchange.receive(client, text)

    def drops_connection(self) -> None:
        """Drop every client's link, as a network does; its session and its calls wait for it for a while."""
        for client in list(self.exchange.clients):
            client.link.close()

    def restarts(self) -> None:
        """Let the server restart: every client is told to connect again, to a new session, and all calls end."""
        self.exchange.ask_to_reconnect(restart=True)

    async def close(self) -> None:
        """End every call and every script; nothing of the network is left running."""
        for script in self._scripts:
            script.cancel()
        await asyncio.gather(*self._scripts, return_exceptions=True)
        self.exchange.shut_down()

    def _meet(self, leg: Leg) -> Caller:
        caller = self.callers[leg.call_id] = Caller(leg)
        surplus = len(self.callers) - self.settings.max_past_calls
        if surplus > 0:
            ended = [call_id for call_id, known in self.callers.items() if known.state == "ended"]
            for past in ended[: surplus + self.settings.max_past_calls // 10]:
                del self.callers[past]
        return caller

    def _arrive(self, leg: Leg, then: Script | None) -> None:
        caller = self._meet(leg)
        if then is not None:
            script = asyncio.get_running_loop().create_task(self._act(caller, then), name=f"callee {leg.call_id}")
            self._scripts.add(script)
            script.add_done_callback(self._scripts.discard)

    async def _act(self, caller: Caller, then: Script) -> None:
        try:
            await caller.is_answered(timeout=self.settings.ring_limit)
        except CallOverError:
            return  # Somebody else was faster, or nobody waited any longer.
        try:
            await then(caller)
        except Exception as error:  # noqa: BLE001  # a script may fail in any way, and nobody else would tell
            self.failures.append(error)


def _uuid() -> str:
    return str(uuid.uuid4())
