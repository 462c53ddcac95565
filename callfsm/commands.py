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

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from callfsm.action import (
    Action,
    AIAction,
    CollectAction,
    DetectAction,
    FaxAction,
    OnCompleted,
    PayAction,
    PlayAction,
    RecordAction,
    StandaloneCollectAction,
    StreamAction,
    TapAction,
    TranscribeAction,
)
from callfsm.core.wire import item

if TYPE_CHECKING:
    from callfsm.shapes import (
        AIMessageReset,
        AIPrompt,
        Collect,
        CollectDigits,
        CollectSpeech,
        Detect,
        Device,
        Media,
        PayParameter,
        PayPrompt,
        RecordAudio,
        ReferDevice,
        StreamParams,
        Tap,
        TapDevice,
        TranscribeOrder,
        TranslateOrder,
    )

ActionType = TypeVar("ActionType", bound=Action[Any])


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
        devices: Sequence[Sequence[Device]],
        *,
        ringback: Sequence[Media] | None = None,
        tag: str | None = None,
        max_duration: int | None = None,
        max_price_per_minute: float | None = None,
        status_url: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Bridge the call to one or more destinations; follow it by ``calling.call.connect`` events.

        An AI agent on the call has to be gone first: the server refuses with 409 until its action has ended.

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
        media: Sequence[Media],
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
            [item("tts", locals(), "text", "language", "gender", "voice")],
            volume=volume,
            on_completed=on_completed,
        )

    async def play_audio(
        self, url: str, *, volume: float | None = None, on_completed: OnCompleted | None = None
    ) -> PlayAction:
        """Play a sound file (an http or https address) into the call; otherwise as `play`."""
        return await self.play([item("audio", locals(), "url")], volume=volume, on_completed=on_completed)

    async def play_silence(self, duration: float, *, on_completed: OnCompleted | None = None) -> PlayAction:
        """Play silence for ``duration`` seconds; otherwise as `play`."""
        return await self.play([item("silence", locals(), "duration")], on_completed=on_completed)

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
            [item("ringtone", locals(), "name", "duration")], volume=volume, on_completed=on_completed
        )

    async def record(
        self,
        audio: RecordAudio | None = None,
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
        digits: CollectDigits | None = None,
        speech: CollectSpeech | None = None,
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
        media: Sequence[Media],
        collect: Collect,
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
        collect: Collect,
        *,
        language: str | None = None,
        gender: str | None = None,
        voice: str | None = None,
        volume: float | None = None,
        on_completed: OnCompleted | None = None,
    ) -> CollectAction:
        """Speak a prompt and take the answer; arguments as for `play_tts` and `play_and_collect`."""
        return await self.play_and_collect(
            [item("tts", locals(), "text", "language", "gender", "voice")],
            collect,
            volume=volume,
            on_completed=on_completed,
        )

    async def prompt_audio(
        self,
        url: str,
        collect: Collect,
        *,
        volume: float | None = None,
        on_completed: OnCompleted | None = None,
    ) -> CollectAction:
        """Play a sound file as a prompt and take the answer; otherwise as `play_and_collect`."""
        return await self.play_and_collect(
            [item("audio", locals(), "url")], collect, volume=volume, on_completed=on_completed
        )

    async def send_digits(self, digits: str, *, control_id: str | None = None) -> dict[str, Any]:
        """Send tones to the far end; ``calling.call.send_digits`` tells when they are out.

        Args:
            digits: ``0-9 * # A-D``; ``w`` pauses half a second, ``W`` one second.
            control_id: An id of your own for the operation; a new one is made when left out.
        """
        return await self._send("send_digits", locals())

    async def detect(
        self,
        detect: Detect,
        *,
        timeout: float | None = None,
        control_id: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> DetectAction:
        """Listen for a person, an answering machine, a fax or keys; the first thing heard ends the wait.

        Args:
            detect: What to listen for; an answering machine when it tells no type.
            timeout: The longest run of the detector, in seconds; 30 when left out.
            control_id: An id of your own for the operation; a new one is made when left out.
            on_completed: Called once, with the first thing heard, or with the detector's end.
            kwargs: Also ``status_url``.
        """
        return await self._start(DetectAction, "detect", locals())

    async def detect_digit(
        self, *, digits: str | None = None, timeout: float | None = None, on_completed: OnCompleted | None = None
    ) -> DetectAction:
        """Listen for keys, those in ``digits`` or any, for ``timeout`` seconds; otherwise as `detect`."""
        return await self.detect(item("digit", locals(), "digits"), timeout=timeout, on_completed=on_completed)

    async def detect_answering_machine(
        self,
        *,
        initial_timeout: float | None = None,
        end_silence_timeout: float | None = None,
        machine_voice_threshold: float | None = None,
        machine_words_threshold: int | None = None,
        detect_interruptions: bool | None = None,
        detect_message_end: bool | None = None,
        timeout: float | None = None,
        on_completed: OnCompleted | None = None,
    ) -> DetectAction:
        """Tell an answering machine from a person; otherwise as `detect`.

        Args:
            initial_timeout: Seconds to wait for the first voice; 4.5 when left out.
            end_silence_timeout: Seconds of silence that end the greeting; 1.
            machine_voice_threshold: Seconds of unbroken voice that mean a machine; 1.25.
            machine_words_threshold: How many words mean a machine; 6.
            detect_interruptions: Whether to report ``NOT_READY`` when the voice comes back.
            detect_message_end: Whether to wait for the beep, or the end of the greeting.
            timeout: The longest run of the detector, in seconds; 30.
            on_completed: Called once, with the verdict.
        """
        return await self.detect(
            item(
                "machine",
                locals(),
                "initial_timeout",
                "end_silence_timeout",
                "machine_voice_threshold",
                "machine_words_threshold",
                "detect_interruptions",
                "detect_message_end",
            ),
            timeout=timeout,
            on_completed=on_completed,
        )

    async def detect_fax(
        self, *, tone: str | None = None, timeout: float | None = None, on_completed: OnCompleted | None = None
    ) -> DetectAction:
        """Listen for a fax machine (``CED``, the answering tone, or ``CNG``, the calling one); otherwise as `detect`."""
        return await self.detect(item("fax", locals(), "tone"), timeout=timeout, on_completed=on_completed)

    async def refer(self, device: ReferDevice, *, status_url: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Refer a SIP call to another endpoint (RFC 3515); ``calling.call.refer`` events tell how it goes."""
        return await self._send("refer", locals())

    async def pay(
        self,
        payment_connector_url: str,
        *,
        control_id: str | None = None,
        input_method: str | None = None,
        status_url: str | None = None,
        payment_method: str | None = None,
        timeout: str | None = None,
        max_attempts: str | None = None,
        security_code: str | None = None,
        postal_code: str | None = None,
        min_postal_code_length: str | None = None,
        token_type: str | None = None,
        charge_amount: str | None = None,
        currency: str | None = None,
        language: str | None = None,
        voice: str | None = None,
        description: str | None = None,
        valid_card_types: str | None = None,
        parameters: Sequence[PayParameter] | None = None,
        prompts: Sequence[PayPrompt] | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> PayAction:
        """Take a payment from the caller. Numbers and flags travel as strings.

        Args:
            payment_connector_url: The service that processes the payment.
            control_id: An id of your own for the operation; a new one is made when left out.
            input_method: ``dtmf`` (the default) or ``voice``.
            status_url: A webhook for status events.
            payment_method: ``credit-card``.
            timeout: Seconds to wait for the next digit; "5".
            max_attempts: How often the caller may try; "1".
            security_code: "true" asks for the card's code.
            postal_code: "true" asks for the postcode; or a postcode that is known.
            min_postal_code_length: The fewest characters of a postcode; "0".
            token_type: ``reusable`` (the default) or ``one-time``.
            charge_amount: A decimal amount without currency sign; "0.00".
            currency: A currency code; ``usd``.
            language: A language tag for the prompts; ``en-US``.
            voice: The voice of the prompts.
            description: What is paid for.
            valid_card_types: Card brands, separated by blanks; "visa mastercard amex".
            parameters: ``{"name": ..., "value": ...}`` pairs for the connector.
            prompts: Prompts of your own, each ``for`` a step of the payment.
            on_completed: Called once with the outcome.
            kwargs: Also ``bank_account_type`` and ``say_voice``.
        """
        return await self._start(PayAction, "pay", locals())

    async def send_fax(
        self,
        document: str,
        *,
        identity: str | None = None,
        header_info: str | None = None,
        control_id: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> FaxAction:
        """Send a document (the address of a PDF) as a fax.

        Args:
            document: The address of the document.
            identity: What the far end's machine shows.
            header_info: The header of each page; ``""`` for none.
            control_id: An id of your own for the operation; a new one is made when left out.
            on_completed: Called once with the terminal event.
            kwargs: Also ``status_url``.
        """
        return await self._start(FaxAction, "send_fax", locals())

    async def receive_fax(
        self, *, control_id: str | None = None, on_completed: OnCompleted | None = None, **kwargs: Any
    ) -> FaxAction:
        """Take a fax; the document's address is in the terminal event's ``fax``."""
        return await self._start(FaxAction, "receive_fax", locals())

    async def tap(
        self,
        tap: Tap,
        device: TapDevice,
        *,
        control_id: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> TapAction:
        """Copy the call's audio to another place, over RTP or a WebSocket, until stopped."""
        return await self._start(TapAction, "tap", locals())

    async def stream(
        self,
        url: str,
        *,
        name: str | None = None,
        codec: str | None = None,
        track: str | None = None,
        status_url: str | None = None,
        status_url_method: str | None = None,
        authorization_bearer_token: str | None = None,
        custom_parameters: dict[str, Any] | None = None,
        control_id: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> StreamAction:
        """Stream the call's audio to a WebSocket (a wss address) until stopped.

        Args:
            url: Where to.
            name: A label for the stream.
            codec: Such as ``PCMU`` or ``L16@16000h``.
            track: ``inbound_track`` (the default), ``outbound_track`` or ``both_tracks``.
            status_url: A webhook for status events.
            status_url_method: ``POST`` (the default) or ``GET``.
            authorization_bearer_token: Sent when the WebSocket is opened.
            custom_parameters: Sent when the stream starts.
            control_id: An id of your own for the operation; a new one is made when left out.
            on_completed: Called once with the terminal event.
            kwargs: Further fields.
        """
        return await self._start(StreamAction, "stream", locals())

    async def transfer(self, dest: str, **kwargs: Any) -> dict[str, Any]:
        """Hand the call over to other instructions: an SWML address, ``context:<name>``, or SWML itself.

        A handler that raises after this does not hang the call up: it is somebody else's.
        """
        return await self._send("transfer", locals())

    async def join_conference(
        self,
        name: str,
        *,
        muted: bool | None = None,
        beep: str | None = None,
        start_on_enter: bool | None = None,
        end_on_exit: bool | None = None,
        wait_url: str | None = None,
        max_participants: int | None = None,
        record: str | None = None,
        region: str | None = None,
        trim: str | None = None,
        coach: str | None = None,
        status_callback: str | None = None,
        status_callback_event: str | None = None,
        status_callback_event_type: str | None = None,
        status_callback_method: str | None = None,
        recording_status_callback: str | None = None,
        recording_status_callback_event: str | None = None,
        recording_status_callback_event_type: str | None = None,
        recording_status_callback_method: str | None = None,
        stream_obj: StreamParams | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Join a conference; the reply's ``conference_id`` is what `leave_conference` takes.

        Args:
            name: The conference; made when there is none of this name.
            muted: Whether to join muted.
            beep: ``true`` (the default), ``false``, ``onEnter`` or ``onExit``.
            start_on_enter: Whether joining starts the conference; true when left out.
            end_on_exit: Whether leaving ends it.
            wait_url: What is heard until it starts.
            max_participants: 1 to 250.
            record: ``do-not-record`` (the default) or ``record-from-start``.
            region: ``global`` (the default), ``us``, ``eu`` or ``ch``.
            trim: ``trim-silence`` (the default) or ``do-not-trim``.
            coach: The call id of the member to coach.
            status_callback: A webhook for conference events.
            status_callback_event: Which ones, separated by blanks.
            status_callback_event_type: ``relay`` (the default), ``cxml`` or ``laml``.
            status_callback_method: ``POST`` (the default) or ``GET``.
            recording_status_callback: A webhook for recording events.
            recording_status_callback_event: Which ones, separated by blanks.
            recording_status_callback_event_type: ``relay`` (the default), ``cxml`` or ``laml``.
            recording_status_callback_method: ``POST`` (the default) or ``GET``.
            stream_obj: An audio stream to attach.
            kwargs: Further fields.
        """
        return await self._send("join_conference", locals())

    async def leave_conference(self, conference_id: str, **kwargs: Any) -> dict[str, Any]:
        """Leave a conference."""
        return await self._send("leave_conference", locals())

    async def hold(self) -> dict[str, Any]:
        """Put the call on hold. Servers need not know this command."""
        return await self._send("hold", locals())

    async def unhold(self) -> dict[str, Any]:
        """Take the call off hold. Servers need not know this command."""
        return await self._send("unhold", locals())

    async def denoise(self) -> dict[str, Any]:
        """Take noise out of the call; the server refuses (409) when it does so already."""
        return await self._send("denoise", locals())

    async def denoise_stop(self) -> dict[str, Any]:
        """Leave noise in the call again; the server refuses (409) when it does so already."""
        return await self._send("denoise_stop", locals())

    async def transcribe(
        self,
        *,
        control_id: str | None = None,
        status_url: str | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> TranscribeAction:
        """Transcribe the call until stopped; the text goes to ``status_url``. One at a time."""
        return await self._start(TranscribeAction, "transcribe", locals())

    async def echo(
        self, *, timeout: float | None = None, status_url: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Let the caller hear themselves for ``timeout`` seconds (5 to 120, 60 when left out)."""
        return await self._send("echo", locals())

    async def bind_digit(
        self,
        digits: str,
        bind_method: str,
        *,
        bind_params: dict[str, Any] | None = None,
        realm: str | None = None,
        max_triggers: int | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Let the server run a calling method whenever the caller presses a sequence of keys.

        Args:
            digits: The keys.
            bind_method: The method, such as ``calling.play``.
            bind_params: Its params.
            realm: A name for a group of bindings; ``default``.
            max_triggers: How often it may fire.
            kwargs: Further fields.
        """
        return await self._send("bind_digit", locals())

    async def clear_digit_bindings(self, *, realm: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Take away the bindings of a realm: ``default`` when left out, every one with ``all``."""
        return await self._send("clear_digit_bindings", locals())

    async def live_transcribe(self, action: TranscribeOrder, **kwargs: Any) -> dict[str, Any]:
        """Start, stop or summarise a live transcription: ``{"start": {...}}``, ``"stop"`` or ``{"summarize": {...}}``.

        A start needs ``lang`` and ``direction``, a list of ``local-caller`` and ``remote-caller``.
        """
        return await self._send("live_transcribe", locals())

    async def live_translate(
        self, action: TranslateOrder, *, status_url: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Start, stop, summarise or speak into a live translation, by an object with one such key.

        A ``start`` needs ``from_lang``, ``to_lang`` and ``direction`` (a list, as for `live_transcribe`); an
        ``inject`` needs ``message`` and ``direction`` (one of them). ``"stop"`` and ``"summarize"`` stand alone too.
        """
        return await self._send("live_translate", locals())

    async def join_room(self, name: str, *, status_url: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Join a room; ``calling.call.room`` events tell how it goes."""
        return await self._send("join_room", locals())

    async def leave_room(self, **kwargs: Any) -> dict[str, Any]:
        """Leave the room that the call is in."""
        return await self._send("leave_room", locals())

    async def ai(
        self,
        *,
        control_id: str | None = None,
        agent: str | None = None,
        prompt: AIPrompt | None = None,
        post_prompt: AIPrompt | None = None,
        post_prompt_url: str | None = None,
        post_prompt_auth_user: str | None = None,
        post_prompt_auth_password: str | None = None,
        global_data: dict[str, Any] | None = None,
        pronounce: list[dict[str, Any]] | None = None,
        hints: list[str] | None = None,
        languages: list[dict[str, Any]] | None = None,
        SWAIG: dict[str, Any] | None = None,  # noqa: N803  # the wire's own name
        ai_params: dict[str, Any] | None = None,
        on_completed: OnCompleted | None = None,
        **kwargs: Any,
    ) -> AIAction:
        """Let an AI agent take the call; it ends when stopped, by itself, or with the call.

        Args:
            control_id: An id of your own for the operation; a new one is made when left out.
            agent: The id of a stored agent; or give a prompt.
            prompt: ``{"text": ..., "temperature": ..., ...}``.
            post_prompt: What the agent is asked when the conversation is over.
            post_prompt_url: A webhook for its answer.
            post_prompt_auth_user: The user for that webhook.
            post_prompt_auth_password: The password for it.
            global_data: Data that the agent's functions share.
            pronounce: How words are to be pronounced.
            hints: Words to expect.
            languages: The languages that are spoken.
            SWAIG: The functions that the agent may call.
            ai_params: Settings of the engine.
            on_completed: Called once with the terminal event.
            kwargs: Further fields.
        """
        return await self._start(AIAction, "ai", locals())

    async def amazon_bedrock(
        self,
        *,
        prompt: Any | None = None,
        SWAIG: dict[str, Any] | None = None,  # noqa: N803  # the wire's own name
        ai_params: dict[str, Any] | None = None,
        global_data: dict[str, Any] | None = None,
        post_prompt: AIPrompt | None = None,
        post_prompt_url: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Let an agent of Amazon Bedrock take the call; ``calling.ai.*`` events tell how it goes."""
        return await self._send("amazon_bedrock", locals())

    async def ai_message(
        self,
        *,
        message_text: str | None = None,
        role: str | None = None,
        reset: AIMessageReset | None = None,
        global_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Say something to the agent on the call, as ``system``, ``user`` or ``assistant``; or reset it."""
        return await self._send("ai_message", locals())

    async def ai_hold(self, *, timeout: str | None = None, prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Let the agent wait, for at most ``timeout`` seconds (a string; "300")."""
        return await self._send("ai_hold", locals())

    async def ai_unhold(self, *, prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Let the agent go on."""
        return await self._send("ai_unhold", locals())

    async def user_event(self, *, event: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Send an event of your own, with whatever goes along, to those who listen on the call."""
        return await self._send("user_event", locals())

    async def queue_enter(
        self, queue_name: str, *, control_id: str | None = None, status_url: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Put the call into a queue; made when there is none of this name.

        Extra arguments: ``wait_url``, ``wait_time`` (seconds), ``execute_after_queue``, ``whisper_url``.
        """
        return await self._send("queue_enter", locals())

    async def queue_leave(
        self,
        queue_name: str,
        *,
        control_id: str | None = None,
        queue_id: str | None = None,
        status_url: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Take the call out of a queue."""
        return await self._send("queue_leave", locals())
