"""What the core wants done, as values, in the five stages in which the asyncio half does it.

Send frames, log, settle waits, start the program's handlers, notify listeners; then forget what is over.
Nothing is done here: the core appends these to `Session.effects` and never looks at them again.

The garbage collector need not look at them (``gc=False``): each is performed at once and let go of, and a ring through
one would need a session that is dropped before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

if TYPE_CHECKING:
    from callfsm.core.model import CallModel, ConnectionModel, DialModel, MessageModel, OperationModel, Subject
    from callfsm.core.report import Report
    from callfsm.core.request import Outcome, Request
    from callfsm.core.tables import Speaker
    from callfsm.event import RelayEvent


class Send(Struct, frozen=True, gc=False):
    """A frame for the server, and the request that it is, unless it is a reply of ours."""

    text: str
    request: Request | None = None


class Transitioned(Struct, frozen=True, gc=False):
    """A row was heard. ``source`` and ``dest`` are the same when the row is internal."""

    subject: Subject
    speaker: Speaker
    trigger: str
    source: str
    dest: str


class CallTransitioned(Transitioned, frozen=True, gc=False):
    """A row of the call machine was heard that the server, the line or the clock has said."""

    subject: CallModel


class LineTransitioned(Transitioned, frozen=True, gc=False):
    """A row of the connection machine was heard."""

    subject: ConnectionModel


TRANSITIONED: Final = (Transitioned, CallTransitioned, LineTransitioned)


class Refused(Struct, frozen=True, gc=False):
    """An ask that no row permits; the program gets an `IllegalCommandError`."""

    subject: Subject
    command: str
    guard: str
    """The guard that keeps it out; ``""`` when no row takes it in this state at all."""
    state: str
    """In which the subject was."""


class AskedAfterEnd(Struct, frozen=True, gc=False):
    """A command on a call that is over; it is settled here and nothing is sent."""

    subject: Subject
    command: str
    times: int


class Stale(Struct, frozen=True, gc=False):
    """A report that moves nothing: repeated, overtaken, or not in the table. ``times`` counts per subject."""

    subject: Subject
    word: str
    times: int
    state: str
    """In which the subject was."""


class Unheard(Struct, frozen=True, gc=False):
    """A frame or event that nobody here can take: malformed, unknown, or about a call that is not ours."""

    why: str
    what: str


class Declined(Struct, frozen=True, gc=False):
    """An inbound call that was turned away with ``calling.end``."""

    call: CallModel
    why: str


class OrphanHungUp(Struct, frozen=True, gc=False):
    """A leg is up that nobody holds: its dial, or the client itself, had been given up. It is being hung up."""

    call: CallModel


class Replied(Struct, frozen=True, gc=False):
    """A request has its outcome."""

    request: Request
    outcome: Outcome


class OperationSettled(Struct, frozen=True, gc=False):
    """An operation has its result; whoever waits for it may go on."""

    operation: OperationModel
    event: RelayEvent


class DialSettled(Struct, frozen=True, gc=False):
    """A dial has been answered, or failed."""

    dial: DialModel


class MessageMade(Struct, frozen=True, gc=False):
    """The server has taken a message, and given it an id."""

    request: Request
    message: MessageModel


class MessageArrived(Struct, frozen=True, gc=False):
    """Somebody has sent us a message."""

    event: RelayEvent


class MessageMoved(Struct, frozen=True, gc=False):
    """An event of a message that was sent, for its listeners."""

    message: MessageModel
    event: RelayEvent


class MessageSettled(Struct, frozen=True, gc=False):
    """A message has its last state; whoever waits for it may go on."""

    message: MessageModel
    event: RelayEvent


class CallMade(Struct, frozen=True, gc=False):
    """The server has told of a call that was not known before; ``inbound`` ones go to the handler."""

    call: CallModel


class EventArrived(Struct, frozen=True, gc=False):
    """An event of a call, for its waits and listeners."""

    call: CallModel
    report: Report


class Lingers(Struct, frozen=True, gc=False):
    """The call has ended, but some last report may still come: `CallModel.grace_over` ends that."""

    call: CallModel


class Forgotten(Struct, frozen=True, gc=False):
    """The call has ended and nothing of it is left to come."""

    call: CallModel


class RestartAsked(Struct, frozen=True, gc=False):
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
