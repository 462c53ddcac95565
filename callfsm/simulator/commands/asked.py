"""A request of a client on its way through the server: it gets exactly one reply, before any event it causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from callfsm.core.frames import ServerRequest
from callfsm.simulator import checks, parameters
from callfsm.simulator.checks import RefusedError
from callfsm.simulator.journal import FROM_RELAY, TO_RELAY, label
from callfsm.simulator.leg import Leg
from callfsm.simulator.session import Session

if TYPE_CHECKING:
    from callfsm.simulator.exchange import Exchange
    from callfsm.simulator.session import Client
    from callfsm.simulator.subject import Subject

_MOST: Final = 100
"""How many characters are kept of a word of a client that has not logged in."""


class Asked:
    """A request, and the ways to reply to it."""

    def __init__(self, exchange: Exchange, client: Client, frame: ServerRequest) -> None:
        self.exchange = exchange
        self.client = client
        self.id = frame.id
        self.method = frame.method
        self.params = frame.params
        self._leg: Leg | None = None

    @property
    def session(self) -> Session:
        """The session of the client, which has logged in."""
        assert self.client.session is not None, "nothing but connect is served before the login"
        return self.client.session

    @property
    def leg(self) -> Leg:
        """The call it is about, whatever its state.

        Raises:
            RefusedError: The client has no such call.
        """
        call_id = checks.text(self.params, "call_id")
        leg = self.exchange.legs.get(call_id) or self.exchange.past.get(call_id)
        if leg is None or leg.session is not self.session:
            raise RefusedError(404, f"Call {call_id} does not exist", unexpected=not self._asks_after)
        self._leg = leg
        return leg

    @property
    def _asks_after(self) -> bool:
        # What a client sends to find out whether a call is still there, after it may have missed the end of it.
        return self.method == "calling.clear_digit_bindings"

    def permitted(self, subject: Subject, ask: str) -> None:
        """Go on only if the table permits this command.

        Raises:
            RefusedError: It does not; when that is a race which the client could not see, it is no fault.
        """
        if isinstance(subject, Leg) and subject.transferred and subject.up and ask != "hangup":
            raise RefusedError(409, f"Call {subject.call_id} is controlled elsewhere", unexpected=False)
        if subject.takes(ask):
            return
        raced = subject.raced(ask) or self._asks_after
        if isinstance(subject, Leg) and not subject.up:
            raise RefusedError(410, f"Call {subject.call_id} is {subject.state}", unexpected=not raced)
        raise RefusedError(409, f"Cannot {ask.strip('_')} while it is {subject.state}", unexpected=not raced)

    def check(self) -> None:
        """Go on only if the params are of the kinds that the command takes.

        Raises:
            RefusedError: They are not.
        """
        parameters.check(self.method, self.params)

    def accept(self, message: str, **fields: object) -> None:
        """Reply that it will be done."""
        self.answer({"code": "200", "message": message, **fields})
        if self._leg is not None:
            # Whoever asks for something knows that it may come about.
            self._leg.known = self._leg.state

    def answer(self, result: dict[str, Any]) -> None:
        """Reply with a result."""
        self._note("")
        self._reply({"result": result}, str(result.get("code", "200")))

    def refuse(self, error: RefusedError) -> None:
        """Reply that it is not done, and why."""
        self._note(str(error) if error.unexpected else "")
        told: dict[str, Any] = {"code": error.code, "message": str(error)}
        if error.code > 0:
            self._reply({"result": told | {"code": str(error.code)}}, f"{error.code} {error}")
        else:
            self._reply({"error": told | ({"data": error.data} if error.data else {})}, f"{error.code} {error}")

    def _note(self, unexpected: str) -> None:
        shown = {name: value for name, value in self.params.items() if name != "authentication"}
        frame = {"jsonrpc": "2.0", "id": self.id, "method": self.method, "params": shown}
        self._write(TO_RELAY, self.method, label(self.method, self.params), frame, unexpected)

    def _reply(self, content: dict[str, Any], words: str) -> None:
        frame = {"jsonrpc": "2.0", "id": self.id, **content}
        self._write(FROM_RELAY, "reply", words, frame)
        if self.id is not None:
            self.client.send(frame)

    def _write(self, direction: str, name: str, words: str, frame: dict[str, Any], unexpected: str = "") -> None:
        params = self.params
        if self.client.session is None:
            # Whoever has not logged in could say anything, any number of times: none of it is kept.
            name, words, unexpected, frame, params = name[:_MOST], words[:_MOST], unexpected[:_MOST], {}, {}
        self.exchange.write(self.client, direction, name, words, frame, params=params, unexpected=unexpected)


class Enclosed(Asked):
    """A request that came within another one, as clients of an older protocol send them."""

    def __init__(self, outer: Asked) -> None:
        frame = ServerRequest(outer.id, outer.params["method"], outer.params["params"])
        super().__init__(outer.exchange, outer.client, frame)
        self._nodes = {name: outer.params.get(name, "") for name in ("requester_nodeid", "responder_nodeid")}

    def _reply(self, content: dict[str, Any], words: str) -> None:
        result = content.get("result")
        super()._reply(content if result is None else {"result": {**self._nodes, "result": result}}, words)
