"""What runs in a simulated call: play, record, collect, play_and_collect."""

from callfsm.simulator.operations.collect import Collect
from callfsm.simulator.operations.operation import Operation
from callfsm.simulator.operations.play import Play
from callfsm.simulator.operations.play_and_collect import PlayAndCollect
from callfsm.simulator.operations.record import Record

__all__ = ["Collect", "Operation", "Play", "PlayAndCollect", "Record"]
