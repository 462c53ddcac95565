"""The handles of running operations: what `Call.play` and its kin give back.

Source of their commands and events: the RELAY actions and events, https://developer.signalwire.com/.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from callfsm.event import (
    AIEvent,
    CollectEvent,
    DetectEvent,
    FaxEvent,
    PayEvent,
    PlayEvent,
    RecordEvent,
    RelayEvent,
    StreamEvent,
    TapEvent,
    TranscribeEvent,
)
from callfsm.waits import within

if TYPE_CHECKING:
    from callfsm.call import Call
    from callfsm.core.model import OperationModel

OnCompleted = Callable[[Any], Any]
"""A function, or a coroutine function, that is called with the terminal event."""

Terminal = TypeVar("Terminal", bound=RelayEvent)


class Action(Generic[Terminal]):
    """A running operation of a call.

    It ends by itself, on ``stop()``, or with its call: then ``wait()`` returns, ``result`` is the
    terminal event, and ``on_completed`` has been called once. When the call ended first and the server
    reported nothing more, the terminal event has the state ``hung_up``. Its commands then send nothing and
    return ``{}``.

    Attributes:
        call: The call it runs in.
        control_id: The id that its commands and events share.
        result: The terminal event; ``None`` while it runs.
    """

    # A program may hold many, and add what it likes to any.
    __slots__ = ("_operation", "_waiting", "call", "control_id", "result")

    _on_completed: OnCompleted | None = None

    def __init__(self, call: Call, control_id: str) -> None:
        self.call = call
        self.control_id = control_id
        self.result: Terminal | None = None
        self._operation: OperationModel | None = None
        self._waiting: tuple[asyncio.Future[Terminal], ...] | asyncio.Future[Terminal] = ()
        """Who waits for the end; nearly always there is one, which stands here by itself."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} control_id={self.control_id} state={self.state}>"

    @property
    def state(self) -> str:
        """Where the operation stands, in the words of its table: ``playing``, ``finished``, ..."""
        return self._operation.state if self._operation is not None else ""

    @property
    def completed(self) -> bool:
        """Whether it has ended."""
        return self.result is not None

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self.result is not None

    async def wait(self, timeout: float | None = None) -> Terminal:
        """Wait until the operation has ended, ``timeout`` seconds at most.

        Any number of tasks may wait; one that times out or is cancelled harms neither the operation nor
        the others. The end of the call ends the wait.

        Returns:
            The terminal event.

        Raises:
            asyncio.TimeoutError: The time is over; the operation goes on.
            ValueError: ``timeout`` is no number of seconds.
            ConnectionLostError: The program disconnected the client meanwhile.
        """
        if self.result is not None:
            return self.result
        return await (self._settled() if timeout is None else self._settled_within(timeout))

    async def _settled_within(self, seconds: float) -> Terminal:
        async with within(seconds):
            return await self._settled()

    def _settled(self) -> asyncio.Future[Terminal]:
        # A future for each who waits, so that none harms another.
        future: asyncio.Future[Terminal] = asyncio.get_running_loop().create_future()
        others = self._waiting and self._still_waiting()
        self._waiting = (*others, future) if others else future
        return future

    def _still_waiting(self) -> list[asyncio.Future[Terminal]]:
        waiting = self._waiting if isinstance(self._waiting, tuple) else (self._waiting,)
        return [future for future in waiting if not future.done()]

    async def _ask(self, command: str, **params: Any) -> dict[str, Any]:
        return await self.call._ask_operation(self, command, params)  # the two are one, for the user

    def _settle(self, event: Terminal, *, ran: bool) -> OnCompleted | None:
        # Gives back what is to be called, once; nothing when the server refused to begin it at all.
        self.result = event
        if self._waiting:
            for future in self._still_waiting():
                future.set_result(event)
            self._waiting = ()
        callback = self._on_completed
        if callback is not None:
            del self._on_completed  # It is called once, and what it holds is let go of.
        return callback if ran else None

    def _interrupt(self, error: Callable[[], Exception]) -> None:
        for future in self._still_waiting():
            future.set_exception(error())


class StoppableAction(Action[Terminal]):
    """An operation that can be stopped."""

    async def stop(self) -> dict[str, Any]:
        """Stop the operation; its terminal event follows.

        Stopping what has ended already sends nothing and returns ``{}``.

        Raises:
            RelayError: The server refused; the operation goes on.
        """
        return await self._ask("stop")


class PausableAction(StoppableAction[Terminal]):
    """An operation that can be paused."""

    async def pause(self, behavior: str | None = None) -> dict[str, Any]:
        """Pause the operation.

        Args:
            behavior: For recordings: ``skip`` leaves the pause out of the file (the default), ``silence`` keeps it.

        Raises:
            IllegalCommandError: It is paused already, or has ended; nothing was sent.
            RelayError: The server refused; the operation goes on.
        """
        return await self._ask("pause", behavior=behavior or None)

    async def resume(self) -> dict[str, Any]:
        """Go on after a pause.

        Raises:
            IllegalCommandError: It is not paused; nothing was sent.
            RelayError: The server refused; it stays paused.
        """
        return await self._ask("resume")


class VolumeAction(PausableAction[Terminal]):
    """An operation whose loudness can be set."""

    async def volume(self, volume: float) -> dict[str, Any]:
        """Set the gain of the playback, from -40.0 to 40.0 dB.

        Raises:
            ValueError: The gain is out of range; nothing was sent.
            IllegalCommandError: The operation has ended; nothing was sent.
            RelayError: The server refused.
        """
        return await self._ask("volume", volume=volume)


class PlayAction(VolumeAction[PlayEvent]):
    """Media that is being played; see `Call.play`."""


class RecordAction(PausableAction[RecordEvent]):
    """A recording under way; see `Call.record`. The file's address is ``result.url`` once it has ended.

    When the call ends first, the recording's last report is waited for a short time longer, so that the
    address is not lost.
    """


class CollectAction(VolumeAction[CollectEvent]):
    """A prompt and the input that it asks for; see `Call.play_and_collect`. Ends with the input, not with the prompt."""

    async def start_input_timers(self) -> dict[str, Any]:
        """Let the time limit for the first input run from now on."""
        return await self._ask("start_input_timers")


class StandaloneCollectAction(StoppableAction[CollectEvent]):
    """Input that is being collected; see `Call.collect`."""

    async def start_input_timers(self) -> dict[str, Any]:
        """Let the time limit for the first input run from now on."""
        return await self._ask("start_input_timers")


class DetectAction(StoppableAction[DetectEvent]):
    """A detector at work; see `Call.detect`. The first thing it hears ends the wait, and it goes on until stopped."""


class FaxAction(StoppableAction[FaxEvent]):
    """A fax under way; see `Call.send_fax` and `Call.receive_fax`.

    ``result.fax`` tells how it went; a fax that failed has ``success`` false in it. When the call ends
    first, its last report is waited for a short time longer.
    """


class TapAction(StoppableAction[TapEvent]):
    """The call's audio on its way to another place; see `Call.tap`."""


class StreamAction(StoppableAction[StreamEvent]):
    """The call's audio on its way to a WebSocket; see `Call.stream`."""


class PayAction(StoppableAction[PayEvent]):
    """A payment being taken; see `Call.pay`. ``result.params["result"]`` tells how it went."""


class TranscribeAction(StoppableAction[TranscribeEvent]):
    """A transcription under way; see `Call.transcribe`."""


class AIAction(StoppableAction[AIEvent]):
    """An AI agent on the call; see `Call.ai`. The server may never say that it has ended; the call's end does."""
