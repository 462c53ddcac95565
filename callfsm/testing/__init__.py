"""What tests of programs that make calls are helped by.

With pytest the fixture ``relay`` is there without any import; see docs/testing.md. Names that need Hypothesis load it
when they are used first: the extra ``callfsm[testing]`` installs it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from callfsm.testing.checking import Checked, check_flow
    from callfsm.testing.coverage import MachineCoverage
    from callfsm.testing.fault_proxy import FaultProxy
    from callfsm.testing.flow_machine import CallFlowMachine
    from callfsm.testing.invariants import FlowError, keeps
    from callfsm.testing.relay import LeftOverError, MemoryRelay, Relay, SocketRelay
    from callfsm.testing.scripts import Act, Network, NetworkAct, Script, Story
    from callfsm.testing.strategies import callers, illegal_sequences, legal_sequences, networks, stories
    from callfsm.testing.texting import NotReceivedError
    from callfsm.testing.virtual_time import DeadEndError, VirtualTimeLoop, in_virtual_time, run

__all__ = [
    "Act",
    "CallFlowMachine",
    "Checked",
    "DeadEndError",
    "FaultProxy",
    "FlowError",
    "LeftOverError",
    "MachineCoverage",
    "MemoryRelay",
    "Network",
    "NetworkAct",
    "NotReceivedError",
    "Relay",
    "Script",
    "SocketRelay",
    "Story",
    "VirtualTimeLoop",
    "callers",
    "check_flow",
    "illegal_sequences",
    "in_virtual_time",
    "keeps",
    "legal_sequences",
    "networks",
    "run",
    "stories",
]

_PLACES: Final = {
    "checking": ("Checked", "check_flow"),
    "coverage": ("MachineCoverage",),
    "fault_proxy": ("FaultProxy",),
    "flow_machine": ("CallFlowMachine",),
    "invariants": ("FlowError", "keeps"),
    "relay": ("LeftOverError", "MemoryRelay", "Relay", "SocketRelay"),
    "scripts": ("Act", "Network", "NetworkAct", "Script", "Story"),
    "strategies": ("callers", "illegal_sequences", "legal_sequences", "networks", "stories"),
    "texting": ("NotReceivedError",),
    "virtual_time": ("DeadEndError", "VirtualTimeLoop", "in_virtual_time", "run"),
}
_MODULES: Final = {name: f"{__name__}.{module}" for module, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; there are {', '.join(__all__)}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
