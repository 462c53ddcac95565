"""What the core remembers: the subjects that the engines move, with their guards and hooks."""

from callfsm.core.model.call import CallModel
from callfsm.core.model.connection import ConnectionModel, Settings
from callfsm.core.model.dial import DialModel
from callfsm.core.model.message import MessageModel
from callfsm.core.model.operation import OperationModel
from callfsm.core.model.standing import StandingModel
from callfsm.core.model.subject import Line, Subject

__all__ = [
    "CallModel",
    "ConnectionModel",
    "DialModel",
    "Line",
    "MessageModel",
    "OperationModel",
    "Settings",
    "StandingModel",
    "Subject",
]
