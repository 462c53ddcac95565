"""What observers are told of every transition."""

from collections.abc import Callable
from typing import NamedTuple

from callfsm.core.model import CallModel, OperationModel, Subject


class Transition(NamedTuple):
    """One state change, or one row that was heard, as observers are told of it."""

    machine: str
    """``call``, ``play``, ``record``, ..., ``dial`` or ``connection``."""
    subject: str
    """What moved, such as ``call 0b9a…``."""
    call_id: str
    """The call it belongs to; ``""`` for a dial and the connection."""
    speaker: str
    """``ask``, ``reply``, ``report``, ``call``, ``line`` or ``clock``."""
    trigger: str
    source: str
    dest: str
    at: float
    """When, by the event loop's clock, in seconds."""


Observer = Callable[[Transition], None]


def call_id_of(subject: Subject) -> str:
    """The call that a subject belongs to; ``""`` for a dial, a message and the connection."""
    if isinstance(subject, OperationModel):
        return subject.call.call_id
    return subject.call_id if isinstance(subject, CallModel) else ""
