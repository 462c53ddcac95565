"""A simulator beside a program that has the main thread to itself."""

import pytest

from callfsm.simulator import connection_file
from callfsm.simulator.thread import SimulatorThread


def test_it_listens_while_it_is_open() -> None:
    """Inside, a client can be pointed at it and callers can be acted; afterwards nothing is left of it."""
    with SimulatorThread() as simulator:
        path = connection_file(simulator.port)
        inside = path.exists()

    address = f"127.0.0.1:{simulator.port}"
    assert (True, False, f"wss://{address}", address) == (
        inside,
        path.exists(),
        simulator.url,
        simulator.environment["SIGNALWIRE_SPACE"],
    )


def test_a_port_that_is_taken_is_told_on_entering() -> None:
    """The error is raised in the thread that opens it."""
    with (
        SimulatorThread() as first,
        pytest.raises(OSError, match="is taken by another program"),
        SimulatorThread(first.port),
    ):
        pass


def test_what_has_gone_wrong_is_raised_on_leaving() -> None:
    """A fault in the simulator's thread does not stay there; it gives way to one that is being raised already."""

    def fail(error: Exception | None) -> None:
        with SimulatorThread() as simulator:
            simulator._simulator.failures.append(RuntimeError("a fault"))
            if error is not None:
                raise error

    with pytest.raises(RuntimeError, match="a fault"):
        fail(None)
    with pytest.raises(ValueError, match="another"):
        fail(ValueError("another"))
