"""What can be seen of a client: its connection, its calls, its sums, and every transition as it happens."""

from collections.abc import Callable
from typing import Any

from callfsm.call import Call
from callfsm.event import ConnectionEvent
from callfsm.observing import Observer
from callfsm.pump import Pump
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

    def on(self, event_type: str | type[ConnectionEvent], handler: Callable[[ConnectionEvent], Any]) -> None:
        """Hear every change of the connection, in order: ``client.on("connection", handler)``.

        A coroutine function hears the next change when it has done with the one before; it delays nobody
        else. What a handler raises is logged.

        Raises:
            ValueError: The client tells of nothing else; what happens in a call is heard with `Call.on`.
        """
        self._pump.outages.listeners.add(_heard_of_clients(event_type), handler)

    def off(
        self, event_type: str | type[ConnectionEvent], handler: Callable[[ConnectionEvent], Any] | None = None
    ) -> None:
        """Stop hearing changes of the connection: with this handler, or with all of them.

        Raises:
            ValueError: The client tells of nothing else.
        """
        self._pump.outages.listeners.remove(_heard_of_clients(event_type), handler)

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


def _heard_of_clients(event_type: str | type[ConnectionEvent]) -> type[ConnectionEvent]:
    if event_type not in ("connection", ConnectionEvent):
        raise ValueError(
            f"a client has no {event_type!r} to hear: it tells of 'connection' only; what happens in a call is heard with call.on()"
        )
    return ConnectionEvent
