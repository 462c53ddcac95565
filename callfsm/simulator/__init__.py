"""A RELAY server in the other chair: it speaks to any client, over the tables that callfsm itself runs."""

from callfsm.simulator.caller import Caller, CallerError, CallOverError, NotHeardError
from callfsm.simulator.control import ControlError, connection_file, drive
from callfsm.simulator.exchange import Exchange
from callfsm.simulator.journal import Entry, Journal, Statistics
from callfsm.simulator.messages import Text
from callfsm.simulator.network import Network
from callfsm.simulator.person import Person, answering_machine, fax_machine
from callfsm.simulator.server import Simulator
from callfsm.simulator.settings import Settings

__all__ = [
    "CallOverError",
    "Caller",
    "CallerError",
    "ControlError",
    "Entry",
    "Exchange",
    "Journal",
    "Network",
    "NotHeardError",
    "Person",
    "Settings",
    "Simulator",
    "Statistics",
    "Text",
    "answering_machine",
    "connection_file",
    "drive",
    "fax_machine",
]
