"""Text messages in a test: what arrives at somebody's number is waited for as what a caller hears is."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from callfsm.simulator import Network, Text
from callfsm.simulator.journal import FROM_RELAY

_A_MOMENT: Final = 1e-6
_LOST: Final = ("undelivered", "failed")


class NotReceivedError(AssertionError):
    """The text message has not arrived in time.

    Attributes:
        number: The number at which it was waited for.
        words: What was to stand in it.
        received: What has arrived instead, after the message that was waited for before.
    """

    def __init__(self, number: str, words: str, received: list[Text], seconds: float, others: list[str]) -> None:
        instead = ", ".join(f'"{text.body}"' for text in received) or "nothing"
        told = [f'"{words}" did not arrive at {number} within {seconds:g} s; arrived instead: {instead}', *others]
        super().__init__("\n".join(told))
        self.number = number
        self.words = words
        self.received = received


class Texting(Network):
    """A network on which people get text messages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._read: dict[str, Text] = {}

    async def receives_text(self, number: str, words: str = "", timeout: float = 30.0) -> Text:
        """Wait until a text message with these words has arrived at this number; it and those before it count as read.

        Args:
            number: Somebody's number.
            words: What stands in it, in whatever case and spacing; any message will do when left out.
            timeout: How long to wait, in simulated seconds.

        Returns:
            The message: its ``body``, ``from_``, ``media``, ``tags``, ``context``.

        Raises:
            NotReceivedError: It did not arrive in time.
        """
        clock = self.exchange.clock
        deadline = clock.now() + timeout
        wanted = _plain(words)
        while True:
            unread = self._unread(number)
            for text in unread:
                if wanted in _plain(text.body):
                    self._read[number] = text
                    return text
            remaining = deadline - clock.now()
            if remaining <= _A_MOMENT:
                raise NotReceivedError(number, words, unread, timeout, self._gone_elsewhere(number))
            await self._delivery(remaining)

    def _unread(self, number: str) -> list[Text]:
        texts, last = self.texts(number), self._read.get(number)
        # Two messages may say the same: it is known which of them was read.
        places = [place for place, text in enumerate(texts) if text is last]
        return texts[places[0] + 1 :] if places else texts

    async def _delivery(self, seconds: float) -> None:
        arrived = asyncio.Event()
        timer = self.exchange.clock.later(seconds, arrived.set)
        self.exchange.post.watchers.append(arrived.set)
        try:
            await arrived.wait()
        finally:
            self.exchange.post.watchers.remove(arrived.set)
            timer.cancel()

    def _gone_elsewhere(self, number: str) -> list[str]:
        told = [
            f'"{text.body}" arrived at {other}'
            for other in self.exchange.post.texts
            for text in self.texts(other)
            if other != number
        ]
        for entry in self.journal.entries():
            params = entry.frame.get("params", {}).get("params", {})
            if entry.direction == FROM_RELAY and params.get("message_state") in _LOST:
                why = f"{params['message_state']}: {params.get('reason')}"
                told.append(f'"{params["body"]}" to {params["to_number"]} did not arrive ({why})')
        return told


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
