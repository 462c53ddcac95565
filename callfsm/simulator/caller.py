"""One simulated person at the end of a leg, scripted as a call is told: rings, hears, presses, hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callfsm.simulator.checks import REASONS
from callfsm.simulator.leg import Leg
from callfsm.simulator.media import speech_seconds
from callfsm.simulator.person import Person, answering_machine, fax_machine

_A_MOMENT = 1e-6


class CallerError(AssertionError):
    """What the person waited for has not come about.

    Attributes:
        caller: The person.
    """

    def __init__(self, caller: Caller, message: str) -> None:
        super().__init__(message)
        self.caller = caller


class NotHeardError(CallerError):
    """The words were not spoken in time.

    Attributes:
        words: What was listened for.
        heard: What was heard instead, after the words that were listened for before.
    """

    def __init__(self, caller: Caller, words: str, heard: list[str], seconds: float) -> None:
        instead = ", ".join(f'"{text}"' for text in heard) or "nothing"
        super().__init__(caller, f'"{words}" was not heard within {seconds:g} s; heard instead: {instead}')
        self.words = words
        self.heard = heard


class CallOverError(CallerError):
    """The call ended while the person still expected something of it.

    Attributes:
        end_reason: Why it ended.
    """

    def __init__(self, caller: Caller, hope: str) -> None:
        heard = ", ".join(f'"{text}"' for text in caller.heard) or "nothing"
        super().__init__(caller, f"the call ended ({caller.end_reason}) before {hope}; heard in it: {heard}")
        self.end_reason = caller.end_reason


class Caller:
    """One person on the phone; for an outbound call, the one who was called.

    Every wait is in simulated seconds, and every method may be cancelled: what was heard until then counts
    as not listened to.
    """

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.pressed = ""
        """The keys that have been pressed."""
        self._clock = leg.exchange.clock
        self._settings = leg.exchange.settings
        self._waiting: set[asyncio.Future[None]] = set()
        leg.watchers.append(self._noticed)

    def __repr__(self) -> str:
        return f"<Caller {self.call_id} {self.state}>"

    @property
    def call_id(self) -> str:
        """The call's id, as the client sees it."""
        return self.leg.call_id

    @property
    def state(self) -> str:
        """The state of the call."""
        return self.leg.state

    @property
    def end_reason(self) -> str:
        """Why the call ends or has ended; ``""`` while it is up."""
        return self.leg.end_reason

    @property
    def heard(self) -> list[str]:
        """Everything heard until now, each sound as far as it was heard."""
        return self.leg.ear.heard()

    def is_machine(self, greeting: str = "Please leave a message after the tone.", *, beep: bool = True) -> None:
        """Be an answering machine from now on: a detector hears its greeting, counted from the answer.

        Raises:
            ValueError: The greeting is empty.
        """
        self.leg.person = answering_machine(greeting, beep=beep)

    def is_fax(self) -> None:
        """Be a fax machine from now on, which gives both tones and neither sends nor takes anything."""
        self.leg.person = Person(fax_tones=frozenset({"CED", "CNG"}))

    def sends_fax(self, url: str, pages: int = 2) -> None:
        """Be a fax machine from now on, which sends this document to whoever receives."""
        self.leg.person = fax_machine(url, pages)

    def takes_fax(self) -> None:
        """Be a fax machine from now on, which takes what it is sent."""
        self.leg.person = fax_machine()

    async def hears(self, words: str, timeout: float = 30.0) -> None:
        """Listen until these words have been spoken; they and what came before them count as listened to.

        The words are looked for in each spoken text, and in addresses of audio files and names of ring tones,
        in whatever case and spacing.

        Raises:
            NotHeardError: They were not spoken in time.
            CallOverError: The call ended before.
        """
        deadline = self._clock.now() + timeout
        while True:
            left = self.leg.ear.until_heard(words)
            if left is not None and left <= _A_MOMENT:
                self.leg.ear.attend(words)
                return
            self._expect(f'"{words}" was heard')
            remaining = deadline - self._clock.now()
            if remaining <= _A_MOMENT:
                raise NotHeardError(self, words, self.leg.ear.unattended(), timeout)
            await self._change(min(remaining, remaining if left is None else left))

    async def press(self, keys: str) -> None:
        """Press these keys, one after the other.

        Raises:
            CallOverError: The call ended before the last one.
        """
        for index, key in enumerate(keys):
            if index:
                await self._pause(self._settings.key_seconds)
            self._expect(f"{key} was pressed")
            self.pressed += key
            self.leg.press(key)

    async def says(self, words: str) -> None:
        """Say this, which takes its time.

        Raises:
            CallOverError: The call ended before it was said.
        """
        self._expect(f'"{words}" was said')
        self.leg.begin_speaking()
        await self._pause(speech_seconds(words, self._settings))
        self._expect(f'"{words}" was said')
        self.leg.finish_speaking(words)

    async def stays_silent(self, seconds: float) -> None:
        """Do nothing for so long, or until the call ends."""
        await self._pause(seconds)

    async def hangs_up(self, reason: str = "hangup") -> None:
        """Hang up, and wait for the call's end. On a call that is over this does nothing.

        Raises:
            ValueError: The reason is none that the network knows.
        """
        if reason not in REASONS:
            raise ValueError(f"hangs_up(reason={reason!r}): must be one of {', '.join(REASONS)}")
        self.leg.person_hangs_up(reason)
        await self._until(lambda: self.state == "ended")

    async def is_answered(self, timeout: float = 30.0) -> None:
        """Wait until the call has been answered.

        Raises:
            CallOverError: It ended before, without ever having been answered.
            CallerError: It was not answered in time.
        """
        await self._until(lambda: self.leg.times["answer_time"] != 0 or self.state == "ended", timeout)
        if self.state == "ended" and not self.leg.times["answer_time"]:
            raise CallOverError(self, "it was answered")
        if not self.leg.times["answer_time"]:
            raise CallerError(self, f"the call was not answered within {timeout:g} s; it is {self.state}")

    async def is_over(self, timeout: float = 60.0) -> str:
        """Wait until the call has ended, and tell why.

        Raises:
            CallerError: It did not end in time.
        """
        await self._until(lambda: self.state == "ended", timeout)
        if self.state != "ended":
            raise CallerError(self, f"the call did not end within {timeout:g} s; it is {self.state}")
        return self.end_reason

    def _expect(self, hope: str) -> None:
        if not self.leg.up:
            raise CallOverError(self, hope)

    async def _pause(self, seconds: float) -> None:
        await self._until(lambda: not self.leg.up, seconds)

    async def _until(self, reached: Callable[[], bool], timeout: float | None = None) -> None:
        deadline = None if timeout is None else self._clock.now() + timeout
        while not reached():
            remaining = None if deadline is None else deadline - self._clock.now()
            if remaining is not None and remaining <= _A_MOMENT:
                return
            await self._change(remaining)

    async def _change(self, seconds: float | None) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        timer = None if seconds is None else self._clock.later(seconds, lambda: _wake(future))
        try:
            await future
        finally:
            self._waiting.discard(future)
            if timer is not None:
                timer.cancel()

    def _noticed(self) -> None:
        for future in self._waiting:
            _wake(future)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
