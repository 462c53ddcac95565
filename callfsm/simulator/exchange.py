"""The heart of the simulator: frames in, frames out, and the calls between them.

It is synchronous, and knows neither sockets nor the machine's clock. Every state that it reports has
moved an engine of `callfsm.core.machine` first, so it says nothing that the tables do not hear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from callfsm.core import frames
from callfsm.simulator import login
from callfsm.simulator.checks import RefusedError
from callfsm.simulator.clock import Clock
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.commands.registry import COMMANDS
from callfsm.simulator.conference import Conference
from callfsm.simulator.events import EVENTS
from callfsm.simulator.journal import FROM_RELAY, TO_RELAY, Entry, Journal, Statistics, label
from callfsm.simulator.leg import Leg
from callfsm.simulator.messages import Post
from callfsm.simulator.people import People
from callfsm.simulator.person import HUMAN, Person
from callfsm.simulator.queueing import Queue
from callfsm.simulator.session import Client, Link, Session
from callfsm.simulator.settings import Settings
from callfsm.simulator.subject import Subject
from callfsm.simulator.tally import Tally

_INVALID_REQUEST: Final = -32600


class Exchange:
    """A RELAY server without sockets.

    Attributes:
        legs: The legs that have not ended, by call id.
        past: Call ids of the latest legs that have ended.
        sessions: The sessions, by protocol.
        journal: What has gone over the wire.
        people: Who picks up at which number.
        queues: The queues in which somebody waits, or waits for somebody, by name.
        conferences: The conferences that have members, by name.
        post: The text messages.
    """

    def __init__(self, clock: Clock, new_id: Callable[[], str], settings: Settings | None = None) -> None:
        self.clock = clock
        self.new_id = new_id
        self.settings = settings or Settings()
        self.node_id = new_id()
        self.journal = Journal(self.settings.max_entries)
        self.tally = Tally()
        self.people = People()
        self.legs: dict[str, Leg] = {}
        self.past: dict[str, Leg] = {}
        self.sessions: dict[str, Session] = {}
        self.clients: list[Client] = []
        self.queues: dict[str, Queue] = {}
        self.conferences: dict[str, Conference] = {}
        self.post = Post(self)
        self._clients_seen = self._turns = 0

    def attach(self, link: Link) -> Client:
        """A link has been opened."""
        self._clients_seen += 1
        client = Client(f"client {self._clients_seen}", link)
        self.clients.append(client)
        return client

    def detach(self, client: Client) -> None:
        """A link has been closed, by whichever side."""
        if client in self.clients:
            self.clients.remove(client)
        if client.session is not None and client.session.client is client:
            client.session.drop()

    def receive(self, client: Client, text: str | bytes) -> None:
        """A text has come from a client."""
        frame = frames.parse(text)
        if isinstance(frame, frames.Malformed):
            self.write(client, TO_RELAY, "malformed", frame.why, {}, unexpected=frame.why)
        elif isinstance(frame, frames.Reply):
            self._hear_reply(client, frame.id)
        else:
            self.perform(client, frame)

    def perform(self, client: Client, frame: frames.ServerRequest) -> None:
        """Do what a request asks, and reply."""
        self.serve(Asked(self, client, frame))

    def serves(self, method: str) -> bool:
        """Whether this is a command that the server knows."""
        return method in COMMANDS

    def serve(self, asked: Asked) -> None:
        """Do what is asked, and reply."""
        try:
            self._serve(asked)
        except RefusedError as error:
            asked.refuse(error)

    def _hear_reply(self, client: Client, reply_id: str) -> None:
        # An acknowledgement that comes twice, or from before the link dropped, harms nobody.
        client.asked.discard(reply_id)
        if client.session is not None:
            client.session.acknowledged(reply_id)

    def _serve(self, asked: Asked) -> None:
        if asked.method == "signalwire.connect":
            login.log_in(asked)
        elif asked.client.session is None:
            raise RefusedError(_INVALID_REQUEST, f"Invalid request: {asked.method} before signalwire.connect")
        elif self.sessions.get(asked.session.protocol) is not asked.session:
            raise RefusedError(_INVALID_REQUEST, "Invalid request: the session has ended", unexpected=False)
        elif asked.method not in COMMANDS:
            raise RefusedError(frames.NOT_FOUND, f"Method not found: {asked.method}")
        else:
            COMMANDS[asked.method](asked)

    def send_event(
        self,
        session: Session | None,
        event_type: str,
        params: dict[str, Any],
        about: Subject | None,
        *,
        context: str = "",
    ) -> None:
        """Tell a session's client of something; without a session, nobody is told."""
        assert event_type in EVENTS, f"{event_type} is no event that the simulator promises"
        channel = session.channel if session is not None else ""
        envelope = {
            "event_type": event_type,
            **({"context": context} if context else {"event_channel": channel}),
            "timestamp": self.stamp(),
            "project_id": self.settings.project,
            "space_id": self.settings.space,
            "params": params,
        }
        frame = {"jsonrpc": "2.0", "id": self.new_id(), "method": "signalwire.event", "params": envelope}
        client = session.client if session is not None else None
        self.write(client, FROM_RELAY, event_type, label(event_type, params), frame, params=params)
        if session is not None:
            self.tally.events_sent += 1
            session.send(frame, about)

    def ask_client(self, client: Client, method: str, params: dict[str, Any]) -> None:
        """Send a request of the server's own."""
        request_id = self.new_id()
        client.asked.add(request_id)
        client.send({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})

    def ping(self) -> None:
        """Ping every client that is logged in."""
        for client in self.clients:
            if client.session is not None:
                self.ask_client(client, "signalwire.ping", {"timestamp": self.stamp(), "payload": ""})

    def ask_to_reconnect(self, *, restart: bool) -> None:
        """Tell every client to connect again; with ``restart``, to a new session, so that its calls end."""
        for client in list(self.clients):
            session = client.session
            if session is not None:
                self.ask_client(client, "signalwire.disconnect", {"restart": restart})
                client.link.close()
                if restart:
                    session.end()

    def ring(self, context: str, to: str, from_: str, person: Person = HUMAN) -> Leg:
        """A call comes in: it is offered to one client that has this context."""
        device = {"type": "phone", "params": {"from_number": from_, "to_number": to}}
        if from_.startswith("sip:"):
            device = {"type": "sip", "params": {"from": from_, "to": to}}
        leg = Leg(self, None, device, direction="inbound", context=context)
        leg.person = person
        leg.acts("ring", f"rings {context}")
        leg.timers.start("ring", self.settings.ring_limit, lambda: leg.end("noAnswer"))
        self.offer(leg)
        return leg

    def offer(self, leg: Leg) -> None:
        """Offer a call to the next client whose turn it is; with none left, the call ends."""
        session = self.next_session(leg.context, leg.offered)
        if session is None:
            leg.session = None
            leg.end("noAnswer")
            return
        leg.offered.append(session)
        leg.session, leg.known = session, leg.state
        leg.acknowledged = leg.state
        told = {"call_state": leg.state, "direction": leg.direction, "context": leg.context, "device": leg.device}
        leg.tell("calling.call.receive", told)

    def next_session(self, context: str, offered: Sequence[Session] = ()) -> Session | None:
        """The session with this context whose turn it is, but for those that have been offered it already."""
        candidates = [
            session
            for session in self.sessions.values()
            if session.client is not None and context in session.contexts and session not in offered
        ]
        if not candidates:
            return None
        session = min(candidates, key=lambda candidate: candidate.turn)
        self._turns += 1
        session.turn = self._turns
        return session

    def admit(self, leg: Leg) -> None:
        """A leg has been made."""
        self.legs[leg.call_id] = leg
        self.tally.call_made(len(self.legs))

    def discharge(self, leg: Leg) -> None:
        """A leg has ended."""
        del self.legs[leg.call_id]
        self.past[leg.call_id] = leg
        if len(self.past) > self.settings.max_past_calls:
            del self.past[next(iter(self.past))]
        self.tally.calls_ended += 1

    def forget(self, session: Session) -> None:
        """A session is over, and with it its calls."""
        self.sessions.pop(session.protocol, None)
        self.tally.acknowledgements_missing += session.missing
        for leg in session.legs:
            leg.session = None
            leg.end("error")

    def shut_down(self) -> None:
        """End every call at once and forget every session: no time limit is left running."""
        for session in list(self.sessions.values()):
            session.end()
        for leg in list(self.legs.values()):
            leg.end("error")
            leg.timers.cancel_all()
            leg.report("ended")
        self.post.close()
        for leg in self.past.values():
            for operation in leg.operations.values():
                operation.timers.cancel_all()

    @property
    def statistics(self) -> Statistics:
        """The sums of what has happened until now; a progress display may read them from its own thread."""
        missing = sum(session.acknowledgements_missing for session in list(self.sessions.values()))
        return Statistics(
            calls_made=self.tally.calls_made,
            calls_ended=self.tally.calls_ended,
            calls_live=len(self.legs),
            calls_live_at_most=self.tally.calls_live_at_most,
            operations_opened=self.tally.operations_opened,
            operations_open=self.tally.operations_open,
            unexpected_frames=self.journal.unexpected,
            events_sent=self.tally.events_sent,
            acknowledgements_missing=self.tally.acknowledgements_missing + missing,
            clients=sum(client.session is not None for client in list(self.clients)),
            entries_dropped=self.journal.dropped,
        )

    def stamp(self) -> float:
        """The time as envelopes tell it: seconds since the epoch."""
        return round(self.settings.epoch + self.clock.now(), 3)

    def milliseconds(self) -> int:
        """The time as call events tell it: milliseconds since the epoch."""
        return int((self.settings.epoch + self.clock.now()) * 1000)

    def note(self, direction: str, call_id: str, name: str, words: str) -> None:
        """Write down what a caller does or hears."""
        self.journal.add(Entry(self.clock.now(), "", direction, call_id, name, words, {}))

    def write(
        self,
        client: Client | None,
        direction: str,
        name: str,
        words: str,
        frame: dict[str, Any],
        *,
        params: dict[str, Any] | None = None,
        unexpected: str = "",
    ) -> None:
        """Write down a frame; its params tell which call, or which dial, it is about."""
        told = params or {}
        call_id, tag = told.get("call_id", ""), told.get("tag", "")
        call_id, tag = call_id if type(call_id) is str else "", tag if type(tag) is str else ""
        who = client.name if client is not None else ""
        self.journal.add(Entry(self.clock.now(), who, direction, call_id, name, words, frame, unexpected, tag))
