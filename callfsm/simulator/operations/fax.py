"""A simulated fax, sent or taken."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.operations.operation import Lingering, Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.fax"
_PAGES: Final = 2
_NO_FAX: Final = (49, "The far end is not a fax machine")
_BROKEN_OFF: Final = (48, "The transmission was broken off")


class Fax(Lingering):
    """A fax: each ``page`` as it has gone through, then ``finished``, whether it went well or not."""

    def __init__(self, kind: str, leg: Leg, control_id: str, document: str = "") -> None:
        super().__init__(kind, leg, control_id)
        self._sends = kind == "send_fax"
        self._document = document
        self._through = 0

    def begin(self) -> None:
        """Shake hands, then let the pages through."""
        self.timers.start("page", self.settings.page_seconds, self._shake_hands)

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"stop": lambda _params: self.report_last()}

    def report_last(self) -> None:
        """Report that it was broken off."""
        self._finish(*_BROKEN_OFF)

    def _shake_hands(self) -> None:
        person = self.leg.person
        pages = (_PAGES if person.takes_fax else 0) if self._sends else person.pages
        if pages:
            self.timers.start("page", self.settings.page_seconds, partial(self._let_through, pages))
        else:
            self._finish(*_NO_FAX)

    def _let_through(self, left: int) -> None:
        self._through += 1
        self._report("page", {"direction": self._direction, "number": self._through})
        if left > 1:
            self.timers.start("page", self.settings.page_seconds, partial(self._let_through, left - 1))
        else:
            self._finish(0, "OK")

    @property
    def _direction(self) -> str:
        return "send" if self._sends else "receive"

    def _finish(self, result: int, why: str) -> None:
        self.halt()
        person, success = self.leg.person, result == 0
        self._report(
            "finished",
            {
                "direction": self._direction,
                "identity": self._number("to" if self.leg.direction == "inbound" else "from"),
                "remote_identity": self._number("from" if self.leg.direction == "inbound" else "to"),
                "document": self._document if self._sends else person.document,
                "format": "pdf",
                "pages": self._through,
                "success": success,
                "result": result,
                "result_text": why,
            },
        )

    def _number(self, end: str) -> str:
        device = self.leg.device["params"]
        return str(device.get(f"{end}_number", device.get(end, "")))

    def _report(self, word: str, params: dict[str, Any]) -> None:
        told: dict[str, Any] = {"fax": {"type": word, "params": params}}
        if word == "finished" and self.settings.states_in_results:
            told["state"] = word
        self.say(word, partial(self.tell, _EVENT, told))
