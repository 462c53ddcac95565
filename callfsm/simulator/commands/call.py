"""Commands about a call as a whole."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from callfsm.simulator import checks
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.journal import CALLER_HEARS

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_PAUSES: Final = {"w": 0.5, "W": 1.0, "p": 0.5, "P": 1.0, ",": 0.5}
_MAX_DURATION: Final = "maxDuration"


def answer(asked: Asked) -> None:
    """Answer an inbound call."""
    leg = asked.leg
    asked.permitted(leg, "answer")
    max_duration = checks.number(asked.params, "max_duration", 0)
    asked.accept("Answering")
    leg.timers.cancel("ring")
    leg.report("answered")
    leg.known = leg.state
    limit(leg, max_duration)


def limit(leg: Leg, max_duration: float) -> None:
    """End a call when it has lasted so long; 0 is no limit."""
    if max_duration:
        leg.timers.start("max_duration", max_duration, partial(leg.end, _MAX_DURATION))


def end(asked: Asked) -> None:
    """Hang up."""
    leg = asked.leg
    asked.permitted(leg, "hangup")
    reason = checks.hangup_reason(asked.params)
    asked.accept("Ending")
    leg.end(reason)
    leg.known = leg.state


def pass_(asked: Asked) -> None:
    """Let the call be offered to the next client."""
    leg = asked.leg
    asked.permitted(leg, "pass_")
    asked.accept("Passing", call_id=leg.call_id)
    asked.exchange.offer(leg)


def send_digits(asked: Asked) -> None:
    """Let the far end hear digits."""
    leg = asked.leg
    asked.permitted(leg, "send_digits")
    control_id = checks.text(asked.params, "control_id")
    digits = checks.digits(asked.params)
    asked.accept("Sending", call_id=leg.call_id, control_id=control_id)
    seconds = sum(_PAUSES.get(digit, leg.exchange.settings.key_seconds) for digit in digits)
    leg.ear.begin("digits", "".join(digit for digit in digits if digit not in _PAUSES), seconds)
    params = {"control_id": control_id, "state": "finished"}
    done = partial(leg.stand, "calling.call.send_digits", "finished", params)
    leg.timers.start(f"digits {control_id}", seconds, done)


def transfer(asked: Asked) -> None:
    """Hand the call over: it goes on elsewhere for a while, and ends there."""
    leg = asked.leg
    asked.permitted(leg, "transfer")
    asked.check()
    asked.accept("Transferring", call_id=leg.call_id)
    leg.transferred = True
    destination = asked.params["dest"]
    where = destination if isinstance(destination, str) else "other instructions"
    leg.exchange.note(CALLER_HEARS, leg.call_id, "transfer", f"goes on at {where}")
    leg.timers.start("transferred", leg.exchange.settings.transfer_seconds, partial(leg.end, "hangup"))


def user_event(asked: Asked) -> None:
    """Tell the call's program something."""
    leg = asked.leg
    asked.permitted(leg, "user_event")
    asked.check()
    asked.accept("Event sent", call_id=leg.call_id)
    told = leg.address()
    leg.tell("calling.user_event", {name: value for name, value in asked.params["event"].items() if name not in told})
