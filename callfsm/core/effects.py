"""What the core wants done, as values, in the five stages in which the asyncio half does it.

Send frames, log, settle waits, start the program's handlers, notify listeners; then forget what is over.
Nothing is done here: the core appends these to `Session.effects` and never looks at them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from callfsm.core.model import CallModel, DialModel, MessageModel, OperationModel, Subject
    from callfsm.core.request import Outcome, Request
    from callfsm.core.tables import Speaker
    from callfsm.event import RelayEvent


class Send(NamedTuple):
    """A frame for the server, and the request that it is, unless it is a reply of ours."""

    text: str
    request: Request | None = None


class Transitioned(NamedTuple):
    """A row was heard. ``source`` and ``dest`` are the same when the row is internal."""

    subject: Subject
    speaker: Speaker
    trigger: str
    source: str
    dest: str


class Refused(NamedTuple):
    """An ask that no row permits; the program gets an `IllegalCommandError`."""

    subject: Subject
    command: str
    guard: str
    """The guard that keeps it out; ``""`` when no row takes it in this state at all."""


class AskedAfterEnd(NamedTuple):
    """A command on a call that is over; it is settled here and nothing is sent."""

    subject: Subject
    command: str
    times: int


class Stale(NamedTuple):
    """A report that moves nothing: repeated, overtaken, or not in the table. ``times`` counts per subject."""

    subject: Subject
    word: str
    times: int


class Unheard(NamedTuple):
    """A frame or event that nobody here can take: malformed, unknown, or about a call that is not ours."""

    why: str
    what: str


class Declined(NamedTuple):
    """An inbound call that was turned away with ``calling.end``."""

    call: CallModel
    why: str


class OrphanHungUp(NamedTuple):
    """A leg is up that nobody holds: its dial, or the client itself, had been given up. It is being hung up."""

    call: CallModel


class Replied(NamedTuple):
    """A request has its outcome."""

    request: Request
    outcome: Outcome


class OperationSettled(NamedTuple):
    """An operation has its result; whoever waits for it may go on."""

    operation: OperationModel
    event: RelayEvent


class DialSettled(NamedTuple):
    """A dial has been answered, or failed."""

    dial: DialModel


class MessageMade(NamedTuple):
    """The server has taken a message, and given it an id."""

    request: Request
    message: MessageModel


class MessageArrived(NamedTuple):
    """Somebody has sent us a message."""

    event: RelayEvent


class MessageMoved(NamedTuple):
    """An event of a message that was sent, for its listeners."""

    message: MessageModel
    event: RelayEvent


class MessageSettled(NamedTuple):
    """A message has its last state; whoever waits for it may go on."""

    message: MessageModel
    event: RelayEvent


class CallMade(NamedTuple):
    """The server has told of a call that was not known before; ``inbound`` ones go to the handler."""

    call: CallModel


class EventArrived(NamedTuple):
    """An event of a call, for its waits and listeners."""

    call: CallModel
    event: RelayEvent


class Lingers(NamedTuple):
    """The call has ended, but some last report may still come: `CallModel.grace_over` ends that."""

    call: CallModel


class Forgotten(NamedTuple):
    """The call has ended and nothing of it is left to come."""

    call: CallModel


class RestartAsked(NamedTuple):
    """The server is going to close the connection; ``fresh`` when it wants a new session after it."""

    fresh: bool


Effect = (
    Send
    | Transitioned
    | Refused
    | AskedAfterEnd
    | Stale
    | Unheard
    | Declined
    | OrphanHungUp
    | Replied
    | OperationSettled
    | DialSettled
    | CallMade
    | MessageMade
    | MessageArrived
    | MessageMoved
    | MessageSettled
    | EventArrived
    | Lingers
    | Forgotten
    | RestartAsked
)

Params = dict[str, Any]
