"""A simulator beside a program that has the main thread to itself, as `RelayClient.run` does."""

import asyncio
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from callfsm.simulator.control import connection_file
from callfsm.simulator.server import Simulator


class SimulatorThread:
    """A simulator with a thread and an event loop of its own; it listens inside ``with``.

    Leaving it raises what has gone wrong in it, if nothing else is being raised.

    Args:
        port: The port; 0 takes a free one.

    Raises:
        OSError: The port is taken (raised on entering).
    """

    def __init__(self, port: int = 0) -> None:
        self._simulator = Simulator(port=port)
        self._listening: Future[None] = Future()
        self._over: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="callfsm simulator", daemon=True)

    @property
    def url(self) -> str:
        """Where clients connect."""
        return self._simulator.url

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._simulator.port

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that point a client here."""
        return self._simulator.environment

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._loop is not None, "it has listened"
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if error is None:
            self._over.result()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001  # whoever has opened it is told, in their own thread
            (self._over if self._listening.done() else self._listening).set_exception(error)
        else:
            self._over.set_result(None)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self._simulator as simulator:
            simulator.write_connection_file(connection_file(simulator.port))
            self._listening.set_result(None)
            await self._stop.wait()
