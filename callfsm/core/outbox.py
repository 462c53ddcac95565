"""Requests of ours on their way: those that wait for the line, and those that wait for their reply.

1. A request goes out at most once. What was sent and not answered when the line drops is never sent again.
2. Whoever asked is told that a request was not sent only when it will not be sent any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from callfsm.core import frames
from callfsm.core.effects import Send
from callfsm.core.model import ConnectionModel, Line
from callfsm.core.request import Outcome, Request, lost, unsent
from callfsm.errors import ConnectionLostError, RelayError

MAX_QUEUED: Final = 500
ALWAYS_QUEUED: Final = frozenset({"hangup", "probe", "resync"})
"""Commands that find room in any queue: one of each for a call, and a call that cannot be ended costs money."""


class Outbox:
    """The requests of one session that have no outcome yet.

    Attributes:
        pending: Requests that were sent and have no reply yet, by id.
        queued: Requests that wait for the line, by id.
    """

    def __init__(
        self,
        line: Line,
        connection: ConnectionModel,
        new_id: Callable[[], str],
        conclude: Callable[[Request, Outcome], None],
    ) -> None:
        self.pending: dict[str, Request] = {}
        self.queued: dict[str, Request] = {}
        self._line = line
        self._connection = connection
        self._new_id = new_id
        self._conclude = conclude

    def send(self, request: Request) -> None:
        """Put a request on its way: at once when online, else after the next login.

        Raises:
            RelayError: The line is down and too many requests wait already, or it is closed for good.
            TypeError, ValueError: The params cannot be told in JSON.
        """
        request.id = self._new_id()
        request.text = frames.request(request.id, request.method, request.params)
        if self._connection.online:
            self._post(request)
        elif request.command in ALWAYS_QUEUED or (len(self.queued) < MAX_QUEUED and not self._connection.given_up):
            self.queued[request.id] = request
        elif self._connection.given_up:
            raise ConnectionLostError("the client is closed; connect it before you ask anything of it")
        else:
            raise RelayError(-1, f"Execute queue full: {MAX_QUEUED} requests wait for the line to come back")

    def _post(self, request: Request) -> None:
        self.pending[request.id] = request
        text, request.text = request.text, ""
        self._line.effects.append(Send(text, request))

    def send_queued(self) -> None:
        """The line is there: what has waited goes out, but for commands on calls that are over by now."""
        waiting, self.queued = self.queued, {}
        for request in waiting.values():
            if request.call is not None and request.call.over:
                self._conclude(request, unsent(ConnectionLostError("The call was over before the command was sent")))
            else:
                self._post(request)

    def answered(self, request_id: str) -> Request | None:
        """The request that a reply is to, which is pending no longer."""
        return self.pending.pop(request_id, None)

    def withdraw(self, request: Request) -> None:
        """Nobody waits for this request any longer: if it has not left yet, it will not. A hang-up goes all the same."""
        if request.id in self.queued and request.command not in ALWAYS_QUEUED:
            self.drop(request.id, ConnectionLostError("Given up before it could be sent"))

    def drop(self, request_id: str, error: RelayError, cause: Exception | None = None) -> None:
        """A request gets no reply, or is never sent."""
        if request_id in self.pending:
            self._conclude(self.pending.pop(request_id), lost(error, cause))
        elif request_id in self.queued:
            self._conclude(self.queued.pop(request_id), unsent(error))

    def drop_pending(self) -> None:
        """The line is down: what is in flight gets no reply."""
        for request_id in list(self.pending):
            self.drop(request_id, ConnectionLostError("Connection closed before the reply came"))

    def drop_queued(self) -> None:
        """The line is closed for good: what waits for it is never sent."""
        for request_id in list(self.queued):
            self.drop(request_id, ConnectionLostError("Connection closed before the command was sent"))

    def drop_queued_of_calls(self) -> None:
        """The calls are lost, and with them what was asked of them."""
        for request in [request for request in self.queued.values() if request.call is not None]:
            self.drop(request.id, ConnectionLostError("Connection closed, and the call was lost with it"))
