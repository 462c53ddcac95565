"""What copies the call's audio: tap, stream and transcribe."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator import checks
from callfsm.simulator.operations.operation import Lingering, Operation, Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_BYTES_PER_SECOND: Final = 8_000
_DEVICES: Final = {"rtp": ("addr", "port"), "ws": ("uri",)}


class Copying(Operation):
    """A tap or a stream: the word for its being under way at once, then ``finished`` when it is stopped."""

    def __init__(self, kind: str, leg: Leg, control_id: str, *, word: str, told: dict[str, Any]) -> None:
        super().__init__(kind, leg, control_id)
        self._word = word
        self._told = told

    def begin(self) -> None:
        """Report that it is under way."""
        self._report(self._word)

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"stop": lambda _params: self.report_last()}

    def report_last(self) -> None:
        """Report ``finished``."""
        self._report("finished")

    def _report(self, word: str) -> None:
        self.say(word, partial(self.tell, f"calling.call.{self.machine}", {"state": word} | self._told))


def tap(leg: Leg, control_id: str, params: dict[str, Any]) -> Copying:
    """Make a tap.

    Raises:
        RefusedError: The server does not take the params.
    """
    tapped, device = params["tap"], params["device"]
    if tapped.get("type") != "audio" or not isinstance(tapped.get("params"), dict):
        raise checks.RefusedError(400, f'tap must be {{"type": "audio", "params": {{...}}}}, not {tapped!r}')
    kind = device.get("type")
    if not isinstance(kind, str) or kind not in _DEVICES:
        raise checks.RefusedError(400, f"device must have a type out of {', '.join(_DEVICES)}, not {device!r}")
    told = checks.structure(device, "params")
    missing = [name for name in _DEVICES[kind] if not told.get(name)]
    if missing:
        raise checks.RefusedError(400, f"a device of type {kind} needs {' and '.join(missing)}")
    return Copying("tap", leg, control_id, word="tapping", told={"tap": tapped, "device": device})


def stream(leg: Leg, control_id: str, params: dict[str, Any]) -> Copying:
    """Make a stream.

    Raises:
        RefusedError: The address is none of a WebSocket.
    """
    url = params["url"]
    if not url.startswith(("ws://", "wss://")):
        raise checks.RefusedError(400, f"url must be the address of a WebSocket, not {url!r}")
    told = {"url": url} | ({"name": params["name"]} if params.get("name") else {})
    return Copying("stream", leg, control_id, word="streaming", told=told)


class Transcribe(Lingering):
    """A transcription: ``transcribing``, then ``finished`` with where the recording is."""

    def __init__(self, leg: Leg, control_id: str, status_url: str) -> None:
        super().__init__("transcribe", leg, control_id)
        self._recording_id = leg.exchange.new_id()
        self._status_url = status_url
        self._began = 0.0
        self._seconds = 0.0
        self._halted = False

    @property
    def url(self) -> str:
        """Where the recording will be."""
        return f"https://files.simulator.invalid/{self._recording_id}.wav"

    def begin(self) -> None:
        """Report ``transcribing``."""
        self._began = self.leg.exchange.clock.now()
        self._report("transcribing", {})

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"stop": lambda _params: self.report_last()}

    def halt(self) -> None:
        """Listen no more."""
        super().halt()
        if not self._halted:
            self._halted = True
            self._seconds = self.leg.exchange.clock.now() - self._began

    def report_last(self) -> None:
        """Report ``finished``, and how long it was."""
        self.halt()
        beginning = self.settings.epoch + self._began
        times = {"start_time": round(beginning, 3), "end_time": round(beginning + self._seconds, 3)}
        size = int(self._seconds * _BYTES_PER_SECOND)
        self._report("finished", {"duration": round(self._seconds, 3), "size": size} | times)

    def _report(self, word: str, more: dict[str, Any]) -> None:
        told = {"state": word, "url": self.url, "recording_id": self._recording_id, "status_url": self._status_url}
        self.say(word, partial(self.tell, "calling.call.transcribe", told | more))
