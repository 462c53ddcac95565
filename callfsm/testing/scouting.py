"""First runs of a flow, from which it is learned what it listens for: somebody answers whatever they are asked."""

from __future__ import annotations

from collections import Counter
from typing import Final

from callfsm.simulator import Caller, CallerError
from callfsm.simulator.journal import TO_RELAY
from callfsm.simulator.leg import Leg
from callfsm.simulator.operations.collect import Collector
from callfsm.testing.scripts import Act
from callfsm.testing.vocabulary import Vocabulary, ending_of, keys_spoken, spoken

SCOUTS: Final = 12
"""How many first runs there are at most."""
_SPEAKING: Final = ("calling.play", "calling.play_and_collect")
_ANSWERS: Final = 8
_LONGEST: Final = 60.0
_PAUSE: Final = 0.5
_UNOFFERED: Final = 3
"""How much rarer a key is tried that a prompt does not name."""


class Scout:
    """Somebody who gives an answer to every prompt.

    Args:
        number: Which answers they prefer; number 0 says nothing.
        vocabulary: What is known of the flow.
        tried: How often each answer was given to each prompt by those who came before; it is counted on.
    """

    def __init__(self, number: int, vocabulary: Vocabulary, tried: Counter[tuple[str, Act]]) -> None:
        self._number = number
        self._tried = tried
        self._vocabulary = vocabulary
        self._route: list[Act] = []

    @property
    def route(self) -> tuple[Act, ...]:
        """What they have done, as anybody could do it again."""
        return tuple(self._route)

    async def acts_on(self, caller: Caller) -> None:
        """Answer until nothing more is asked."""
        try:
            await caller.is_answered()
            for _ in range(_ANSWERS if self._number else 0):
                if not await self._is_asked(caller):
                    break
                await self._answers(caller)
            if self._number % 2:
                await self._does(caller, Act("says", "hello there"))
        except CallerError:
            return
        await caller.stays_silent(_LONGEST)

    async def _is_asked(self, caller: Caller) -> bool:
        waited = 0.0
        while waited < _LONGEST and caller.leg.up:
            if _asks(caller.leg):
                return True
            await caller.stays_silent(_PAUSE)
            waited += _PAUSE
        return False

    async def _answers(self, caller: Caller) -> None:
        asks = _asks(caller.leg)[0]
        keys = self._vocabulary.keys if asks.wanted.digits is not None else ()
        words = self._vocabulary.words if asks.wanted.speech is not None else ()
        choices = [*(("press", key) for key in keys), *(("says", word) for word in words)]
        if not choices:
            await caller.stays_silent(asks.wanted.initial_timeout)
            return
        texts = _told(caller)
        prompt, offered = " ".join(texts), {key for text in texts for key in keys_spoken(text)}

        def times(act: Act) -> float:
            # What a prompt offers leads further than what it does not, but now and then it is the other that does.
            tried = self._tried[prompt, act]
            return tried if str(act.argument)[:1] in offered else tried * _UNOFFERED + 0.5

        chosen = min((Act(*choice) for choice in choices), key=times)
        self._tried[prompt, chosen] += 1
        await self._does(caller, chosen)
        await caller.stays_silent(_PAUSE)

    async def _does(self, caller: Caller, act: Act) -> None:
        self._route += [Act("hears", ending_of(text)) for text in _told(caller)[-1:]] + [act]
        await act.happens(caller)


def _told(caller: Caller) -> list[str]:
    """The texts of what the program lets be spoken now."""
    asked = [
        entry
        for entry in caller.leg.exchange.journal.entries(caller.call_id)
        if entry.direction == TO_RELAY and entry.name in _SPEAKING
    ]
    return list(spoken(asked[-1].frame["params"])) if asked else []


def _asks(leg: Leg) -> list[Collector]:
    return [operation for operation in leg.open_operations if isinstance(operation, Collector)]
