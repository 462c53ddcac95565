"""What runs in a simulated call under a control id: play, record, collect and the like."""

from callfsm.simulator.operations.agent import Agent
from callfsm.simulator.operations.collect import Collect
from callfsm.simulator.operations.copying import Copying, Transcribe
from callfsm.simulator.operations.detect import Detect
from callfsm.simulator.operations.fax import Fax
from callfsm.simulator.operations.operation import Operation
from callfsm.simulator.operations.pay import Pay
from callfsm.simulator.operations.play import Play
from callfsm.simulator.operations.play_and_collect import PlayAndCollect
from callfsm.simulator.operations.record import Record

__all__ = [
    "Agent",
    "Collect",
    "Copying",
    "Detect",
    "Fax",
    "Operation",
    "Pay",
    "Play",
    "PlayAndCollect",
    "Record",
    "Transcribe",
]
