"""A simulated AI agent: it greets, listens, and answers everything in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from callfsm.simulator.media import Item, Player, speech_seconds
from callfsm.simulator.operations.operation import Operation, Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg


class Agent(Operation):
    """An AI agent. What happens in its session is told of the call; that it was stopped, of the agent itself.

    When the call ends with the agent on it, nothing more is told.
    """

    def __init__(self, leg: Leg, control_id: str, *, summary: bool, named: bool = True) -> None:
        super().__init__("ai", leg, control_id)
        self._summary = summary
        self._named = named
        self._began = 0
        self._turns = 0
        self._on_hold = False
        self._player: Player | None = None
        self._speaking = ""

    def begin(self) -> None:
        """Greet."""
        self._began = self._microseconds()
        self._tell_session("start")
        self._speak(self.settings.agent_greeting)

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"stop": lambda _params: self.report_last()}

    def halt(self) -> None:
        """Fall silent."""
        super().halt()
        self._fall_silent()

    def report_last(self) -> None:
        """Tell that the session is over, and report ``finished``."""
        self.halt()
        self._tell_session("stop", start_time=self._began, end_time=self._microseconds())
        if self._summary:
            self._tell_session("post_prompt", summary=f"The caller has spoken {self._turns} times.")
        # An agent that was begun without a control id has none under which its end could be told.
        tell = partial(self.tell, "calling.call.ai", {"state": "finished"}) if self._named else _say_nothing
        self.say("finished", tell)

    def speech_begins(self) -> None:
        """The caller speaks, and so interrupts it."""
        if self._on_hold:
            return
        self._tell_session("user_speaking")
        if self._speaking:
            self._fall_silent()
            self._tell_session("completion", text=self.leg.ear.heard()[-1], type="barged")

    def speech_ends(self, words: str) -> None:
        """The caller has said this, and gets an answer."""
        if self._on_hold:
            return
        self._tell_session("speech_detect", text=words)
        self.hear_words(words)

    def hear_words(self, words: str) -> None:
        """Answer this."""
        self._turns += 1
        self.halt()
        self._speak(self.settings.agent_answer.format(words=words))

    def hold(self, prompt: str, seconds: float) -> None:
        """Fall silent and deaf, after a last word; for good when no time is given."""
        self.halt()
        self._on_hold = True
        if prompt:
            self._speak(prompt)
        if seconds:
            self.timers.start("hold", seconds, partial(self.unhold, ""))

    def unhold(self, prompt: str) -> None:
        """Listen again."""
        self.timers.cancel("hold")
        self._on_hold = False
        if prompt:
            self._speak(prompt)

    def _fall_silent(self) -> None:
        assert self._player is not None, "an agent speaks as soon as it begins"
        self._player.stop()
        self._speaking = ""

    def _speak(self, words: str) -> None:
        self._tell_session("begin_speaking")
        self._speaking = words
        item = Item("tts", words, speech_seconds(words, self.settings))
        self._player = Player(self.leg.exchange.clock, self.leg.ear, [item], done=self._spoken)
        self._player.start()

    def _spoken(self) -> None:
        words, self._speaking = self._speaking, ""
        self._tell_session("response_utterance", utterance=words)
        self._tell_session("response", response=words)
        self._tell_session("completion", text=words, type="normal")

    def _tell_session(self, event: str, **params: Any) -> None:
        self.leg.tell(f"calling.ai.{event}", params, about=self)

    def _microseconds(self) -> int:
        return self.leg.exchange.milliseconds() * 1000


def _say_nothing() -> None:
    """Nobody could hear it."""
