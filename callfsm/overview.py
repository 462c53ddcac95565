"""What can be seen of a client: its connection, its calls, its sums, and every transition as it happens."""

from collections.abc import Callable

from callfsm.call import Call
from callfsm.pump import Observer, Pump
from callfsm.statistics import Statistics


class Overview:
    """What can be seen of a client. See `callfsm.RelayClient`."""

    _pump: Pump

    @property
    def relay_protocol(self) -> str:
        """The server's name for this session; ``""`` before the first login, kept over a disconnect."""
        return self._pump.session.connection.protocol

    @property
    def state(self) -> str:
        """Where the connection stands: ``offline``, ``connecting``, ``online``, ``waiting``, ``closed``, ..."""
        return self._pump.session.connection.state

    @property
    def calls(self) -> list[Call]:
        """The calls that are up, or have just ended and may still report something."""
        return list(self._pump.calls.values())

    @property
    def statistics(self) -> Statistics:
        """What has happened since the client was made: calls taken and declined, commands refused, ..."""
        return Statistics.of(self._pump.counts, len(self._pump.calls))

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Be told of every transition of every machine of this client.

        Returns:
            A function that ends it.
        """
        self._pump.observers.append(observer)

        def end() -> None:
            if observer in self._pump.observers:
                self._pump.observers.remove(observer)

        return end
