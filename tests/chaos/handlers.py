"""The programs that answer while everything fails: several of the usual kinds, written as anybody would."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from callfsm import Call, ConnectEvent, ConnectionLostError, RelayClient, RelayError, RequestTimeoutError
from callfsm.builders import collect, digits, phone, tts

EXTENSION: Final = "+15550100021"
OUTSIDE: Final = "+15550100022"
SECONDS: Final = 5.0
"""How long a handler waits for what a bad network may have swallowed."""


async def ivr(call: Call, _client: RelayClient) -> None:
    """Ask for four digits, and say them."""
    await call.answer()
    asked = await call.play_and_collect([tts("Your PIN, please.")], collect(digits=digits(4), initial_timeout=3.0))
    event = await asked.wait()
    await (await call.play_tts(f"You pressed {event.digits or 'nothing'}.")).wait()
    await call.hangup()


async def voicemail(call: Call, _client: RelayClient) -> None:
    """Take a message."""
    await call.answer()
    await (await call.play_tts("Please leave a message.")).wait()
    recording = await call.record({"beep": True, "initial_timeout": 3.0, "end_silence_timeout": 1.0})
    await recording.wait()
    await call.hangup()
    await call.wait_for_ended()


async def bridge(call: Call, _client: RelayClient) -> None:
    """Connect the caller to an extension, for a while."""
    await call.answer()
    await call.connect([[phone(EXTENSION, call.to_number)]])
    await call.wait_for(ConnectEvent, lambda event: event.connect_state in ("connected", "failed"), SECONDS)
    await (await call.play_tts("That is all.")).wait()
    await call.hangup()


async def outbound(call: Call, client: RelayClient) -> None:
    """Call somebody back while the caller waits, and tell them both."""
    await call.answer()
    other = await client.dial([[phone(OUTSIDE, call.to_number)]], dial_timeout=SECONDS)
    try:
        await (await other.play_tts("Somebody is on the other line.")).wait()
    finally:
        await hung_up(other)
    await call.hangup()


async def hung_up(call: Call) -> None:
    """Hang up a call of one's own, and do so again when the line dropped before the server had heard it."""
    while call.state != "ended":
        with contextlib.suppress(ConnectionLostError, RequestTimeoutError):
            await call.hangup()
            return


async def texts(call: Call, client: RelayClient) -> None:
    """Send a text message, and say what became of it."""
    await call.answer()
    message = await client.send_message(to_number=call.from_number, from_number=call.to_number, body="hello")
    await message.wait(SECONDS)
    await (await call.play_tts(f"Your message is {message.state}.")).wait()
    await call.hangup()


async def listens(call: Call, _client: RelayClient) -> None:
    """Run several things at once, and leave it to the caller to hang up."""
    await call.answer()
    await call.record()
    await call.play_tts("hello " * 20)
    await (await call.collect(digits=digits(20), initial_timeout=5.0, start_input_timers=True)).wait()
    await call.wait_for_ended()


HANDLERS: Final[dict[str, Callable[[Call, RelayClient], Awaitable[None]]]] = {
    handler.__name__: handler for handler in (ivr, voicemail, bridge, outbound, texts, listens)
}
"""By the context whose calls they take."""


class Desk:
    """Handles every call of one client by its context, and counts how the handlers end.

    Attributes:
        began: How often each handler has begun.
        ends: How often each has ended how: ``returned``, or the error that it raised.
        running: How many have not ended.
    """

    def __init__(self, client: RelayClient) -> None:
        self.client = client
        self.began: Counter[str] = Counter()
        self.ends: Counter[tuple[str, str]] = Counter()
        self.running = 0

    async def __call__(self, call: Call) -> None:
        """Handle a call; what the network has broken is told to the client, whose business it is to hang up."""
        end = "returned"
        self.began[call.context] += 1
        self.running += 1
        try:
            await HANDLERS[call.context](call, self.client)
        except (RelayError, TimeoutError) as error:
            end = type(error).__name__
            raise
        except BaseException:
            end = "unexpected"
            raise
        finally:
            self.running -= 1
            self.ends[call.context, end] += 1
