"""The commands of a call, with the signatures of the official SDK.

Each body is one statement: the arguments are its ``locals()``, and `callfsm.core.wire` knows which field
each becomes. ``None`` is not sent. Every command may raise, besides what its docstring tells:

- `ValueError` for an argument that the server would refuse; nothing was sent;
- `IllegalCommandError` when the call machine forbids the command now; nothing was sent, no state moved;
- `RelayError` when the server refuses; every state stays as it was;
- `RequestTimeoutError` or `ConnectionLostError` when no reply came: the command may or may not have run.

On a call that is ending or has ended nothing is sent and nothing is raised: callers hang up at any moment,
and that is ordinary. A command then returns ``{}``, or an action that has ended already.

Source of the wire forms: the RELAY calling methods, https://developer.signalwire.com/.
"""

from typing import Any, Protocol, TypeVar

from callfsm.action import CollectAction, OnCompleted, PlayAction, RecordAction, StandaloneCollectAction
from callfsm.core.wire import media as media_item

ActionType = TypeVar("ActionType", PlayAction, RecordAction, CollectAction, StandaloneCollectAction)

Media = dict[str, Any]
"""``{"type": "tts" | "audio" | "silence" | "ringtone", "params": {...}}``."""

Device = dict[str, Any]
"""``{"type": "phone" | "sip" | ..., "params": {...}}``."""


class _Sender(Protocol):
    async def _send(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]: ...

    async def _hang_up(self, arguments: dict[str, Any]) -> dict[str, Any]: ...

    async def _start(self, action: type[ActionType], kind: str, arguments: dict[str, Any]) -> ActionType: ...


class CallCommands(_Sender, Protocol):
    """What can be asked of a call."""

    async def answer(self, **kwargs: Any) -> dict[str, Any]:
        """Answer the inbound call; it is ``answered`` when this returns.

        Known extra arguments: ``codecs`` (list of names) and ``max_duration`` (seconds).
        """
        return await self._send("answer", locals())

    async def hangup(self, reason: str = "hangup") -> dict[str, Any]:
        """End the call; it is ``ending`` when this returns, and whatever runs in it stops by itself.

        A second hang-up sends nothing: it gets the reply of the first, or ``{}`` when the call is over.

        Args:
            reason: ``hangup``, ``cancel``, ``busy``, ``noAnswer``, ``decline`` or ``error``.
        """
        return await self._hang_up(locals())

    async def pass_(self) -> dict[str, Any]:
        """Give the inbound call back, to be offered elsewhere; it is over here (``end_reason`` "passed")."""
        return await self._send("pass_", locals())

    async def connect(
        self,
        devices: list[list[Device]],
        *,
        ringback: list[Media] | None = None,
        tag: str | None = None,
        max_duration: int | None = None,
        max_price_per_minute: float | None = None,
        status_url: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Bridge the call to one or more destinations; follow it by ``calling.call.connect`` events.

        Args:
            devices: Tried in turn; the devices of one inner list ring together, and the first to answer wins.
            ringback: What the caller hears meanwhile.
            tag: A label that the new leg's events carry.
            max_duration: Longest bridged time, in seconds.
            max_price_per_minute: Destinations that cost more are skipped.
            status_url: A webhook for status events.
            kwargs: Also ``timeout`` (ring time, seconds) and ``send_digits`` (sent after the answer).
        """
        return await self._send("connect", locals())

    async def disconnect(self) -> dict[str, Any]:
        """Take the bridge apart; both legs stay up."""
        return await self._send("disconnect", locals())

    async def play(
        self,
        media: list[Media],
        *,
        volume: float | None = None,
        direction: str | None = None,
        loop: int | None = None,
        control_id: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> PlayAction:
        """Play media into the call; returns when the server has begun, not when the media has ended.

        Args:
            media: What to play, in order.
            volume: Gain, from -40.0 to 40.0 dB.
            direction: Who hears it: ``listen`` (the far end, the default), ``speak`` or ``both``.
            loop: How often; 0 is for ever, 1 the default.
            control_id: An id of your own for the operation; a new one is made when left out.
            on_completed: Called once with the terminal event.
            kwargs: Also ``status_url``, ``language``, ``voice`` and ``gender``.
        """
        return await self._start(PlayAction, "play", locals())

    async def play_tts(
        self,
        text: str,
        *,
        language: str | None = None,
        gender: str | None = None,
        voice: str | None = None,
        volume: float | None = None,
        on_completed: OnCompleted | None = None,
    ) -> PlayAction:
        """Speak a text (or SSML) into the call; otherwise as `play`.

        Args:
            text: What to say.
            language: A language tag, ``en-US`` when left out.
            gender: ``male`` or ``female``.
            voice: A named voice; it beats language and gender.
            volume: Gain, from -40.0 to 40.0 dB.
            on_completed: Called once with the terminal event.
        """
        return await self.play(
            [media_item("tts", locals(), "text", "language", "gender", "voice")],
            volume=volume,
            on_completed=on_completed,
        )

    async def play_audio(
        self, url: str, *, volume: float | None = None, on_completed: OnCompleted | None = None
    ) -> PlayAction:
        """Play a sound file (an http or https address) into the call; otherwise as `play`."""
        return await self.play([media_item("audio", locals(), "url")], volume=volume, on_completed=on_completed)

    async def play_silence(self, duration: float, *, on_completed: OnCompleted | None = None) -> PlayAction:
        """Play silence for ``duration`` seconds; otherwise as `play`."""
        return await self.play([media_item("silence", locals(), "duration")], on_completed=on_completed)

    async def play_ringtone(
        self,
        name: str,
        *,
        duration: float | None = None,
        volume: float | None = None,
        on_completed: OnCompleted | None = None,
    ) -> PlayAction:
        """Play a country's ringing tone (``us``, ``uk``, ``de``, ...) for ``duration`` seconds; otherwise as `play`."""
        return await self.play(
            [media_item("ringtone", locals(), "name", "duration")], volume=volume, on_completed=on_completed
        )

    async def record(
        self,
        audio: dict[str, Any] | None = None,
        *,
        control_id: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> RecordAction:
        """Record the call; the file's address is in the terminal event, also when the caller hangs up.

        Args:
            audio: Settings such as ``format``, ``stereo``, ``direction``, ``terminators``,
                ``initial_timeout`` and ``end_silence_timeout`` (seconds).
            control_id: An id of your own for the operation; a new one is made when left out.
            on_completed: Called once with the terminal event.
            kwargs: Also ``status_url``.
        """
        return await self._start(RecordAction, "record", locals())

    async def collect(
        self,
        *,
        digits: dict[str, Any] | None = None,
        speech: dict[str, Any] | None = None,
        initial_timeout: float | None = None,
        partial_results: bool | None = None,
        continuous: bool | None = None,
        send_start_of_input: bool | None = None,
        start_input_timers: bool | None = None,
        control_id: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> StandaloneCollectAction:
        """Take digits or speech from the caller, without a prompt.

        The action ends with the first final result; with ``continuous``, with the collector.

        Args:
            digits: ``max``, ``terminators`` and ``digit_timeout`` (seconds).
            speech: ``language``, ``hints``, ``end_silence_timeout`` and the like.
            initial_timeout: Seconds to wait for the first input, once the timers run.
            partial_results: Whether interim results are wanted too.
            continuous: Whether to go on after each result.
            send_start_of_input: Whether to be told when input begins.
            start_input_timers: Whether ``initial_timeout`` runs from the start; see also
                `StandaloneCollectAction.start_input_timers`.
            control_id: An id of your own for the operation; a new one is made when left out.
            on_completed: Called once with the terminal event.
            kwargs: Also ``status_url``.
        """
        return await self._start(StandaloneCollectAction, "collect", locals())

    async def play_and_collect(
        self,
        media: list[Media],
        collect: dict[str, Any],
        *,
        volume: float | None = None,
        control_id: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> CollectAction:
        """Play a prompt and take digits or speech; input during the prompt ends the prompt.

        Args:
            media: The prompt.
            collect: ``digits``, ``speech`` and ``initial_timeout`` as for `collect`.
            volume: Gain of the prompt, from -40.0 to 40.0 dB.
            control_id: An id of your own for the operation; a new one is made when left out.
            on_completed: Called once with the terminal event.
            kwargs: Also ``status_url``.
        """
        return await self._start(CollectAction, "play_and_collect", locals())

    async def prompt_tts(
        self,
        text: str,
        collect: dict[str, Any],
        *,
        language: str | None = None,
        gender: str | None = None,
        voice: str | None = None,
        volume: float | None = None,
        on_completed: OnCompleted | None = None,
    ) -> CollectAction:
        """Speak a prompt and take the answer; arguments as for `play_tts` and `play_and_collect`."""
        return await self.play_and_collect(
            [media_item("tts", locals(), "text", "language", "gender", "voice")],
            collect,
            volume=volume,
            on_completed=on_completed,
        )

    async def prompt_audio(
        self,
        url: str,
        collect: dict[str, Any],
        *,
        volume: float | None = None,
        on_completed: OnCompleted | None = None,
    ) -> CollectAction:
        """Play a sound file as a prompt and take the answer; otherwise as `play_and_collect`."""
        return await self.play_and_collect(
            [media_item("audio", locals(), "url")], collect, volume=volume, on_completed=on_completed
        )

    async def send_digits(self, digits: str, *, control_id: str | None = None) -> dict[str, Any]:
        """Send tones to the far end; ``calling.call.send_digits`` tells when they are out.

        Args:
            digits: ``0-9 * # A-D``; ``w`` pauses half a second, ``W`` one second.
            control_id: An id of your own for the operation; a new one is made when left out.
        """
        return await self._send("send_digits", locals())
