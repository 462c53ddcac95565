"""The far end of a simulated SIP call, referred to another endpoint."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.refer"
_ACCEPTED: Final = "202"
_OUTCOMES: Final = {
    # how a number answers: what is reported, and the response code that the far end notifies
    "answered": ("success", "200"),
    "busy": ("busy", "486"),
    "noAnswer": ("noAnswer", "480"),
    "decline": ("cancel", "603"),
}


class Referral:
    """A referral: ``inProgress``, then what has come of it. After a ``success`` the far end leaves the call."""

    def __init__(self, leg: Leg, target: str) -> None:
        self._leg = leg
        self._told = {"sip_refer_to": target, "sip_refer_response_code": _ACCEPTED}
        self._manner = leg.exchange.people.manner(target)

    def begin(self) -> None:
        """Report ``inProgress``."""
        self._leg.stand(_EVENT, "inProgress", {"state": "inProgress"} | self._told)
        self._leg.timers.start("refer", self._manner.after, self._conclude)

    def _conclude(self) -> None:
        word, code = _OUTCOMES[self._manner.outcome]
        self._leg.stand(_EVENT, word, {"state": word, "sip_notify_response_code": code} | self._told)
        if word == "success":
            leaving = partial(self._leg.end, "hangup", self._leg.direction)
            self._leg.timers.start("referred", self._leg.exchange.settings.ending_seconds, leaving)
