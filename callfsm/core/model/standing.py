"""What the core remembers of where a call stands: bridged, queued, on hold, and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callfsm.core.effects import Params
from callfsm.core.model.subject import Subject
from callfsm.core.tables import STANDINGS
from callfsm.core.words import conference_word, denoise_word, text

if TYPE_CHECKING:
    from callfsm.core.model.call import CallModel


class StandingModel(Subject):
    """One thing that the server reports of a call without an operation."""

    __slots__ = ("call", "field", "machine")

    def __init__(self, event_type: str, call: CallModel) -> None:
        table, self.field = STANDINGS[event_type]
        self.machine = table.name
        super().__init__(call.line)
        self.call = call

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        return f"{self.machine} of {self.call.name}"

    def hear_event(self, params: Params) -> None:
        """Hear an event about it."""
        self.report(self._word(params), params)

    def _word(self, payload: object) -> str:
        assert isinstance(payload, dict), "only reports are asked for news"
        if self.field == "denoised":
            return denoise_word(payload)
        return conference_word(payload) if self.machine == "conference" else text(payload, self.field)
