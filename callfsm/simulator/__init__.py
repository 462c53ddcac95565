"""A RELAY server in the other chair: it speaks to any client, over the tables that callfsm itself runs."""

from callfsm.simulator.caller import Caller, CallerError, CallOverError, NotHeardError
from callfsm.simulator.control import ControlError, connection_file, drive
from callfsm.simulator.exchange import Exchange
from callfsm.simulator.journal import Entry, Journal, Statistics
from callfsm.simulator.network import Network
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
    "Settings",
    "Simulator",
    "Statistics",
    "connection_file",
    "drive",
]
