"""Commands that change where a call stands: on hold, without noise, echoed, bound to keys."""

from __future__ import annotations

from typing import Any

from callfsm.simulator.bindings import DEFAULT_REALM, EVERY_REALM, Binding, Bindings
from callfsm.simulator.checks import RefusedError
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.echoing import Echo
from callfsm.simulator.leg import Leg

_ECHO_SECONDS = (5.0, 60.0, 120.0)
"""The least, the usual and the most."""


def hold(asked: Asked) -> None:
    """Put the call on hold."""
    _switch(asked, "hold", "calling.call.hold", "hold", {"state": "hold"})


def unhold(asked: Asked) -> None:
    """Take the call off hold."""
    leg = asked.leg
    if leg.up and leg.standing("calling.call.hold").state != "hold":
        raise RefusedError(409, "The call is not on hold", unexpected=False)
    _switch(asked, "unhold", "calling.call.hold", "unhold", {"state": "unhold"})


def denoise(asked: Asked) -> None:
    """Take the noise out."""
    _switch(asked, "denoise", "calling.call.denoise", "on", {"denoised": True})


def denoise_stop(asked: Asked) -> None:
    """Leave the noise in."""
    leg = asked.leg
    if leg.up and leg.standing("calling.call.denoise").state != "on":
        raise RefusedError(409, "The noise is not being taken out", unexpected=False)
    _switch(asked, "denoise_stop", "calling.call.denoise", "off", {"denoised": False})


def _switch(asked: Asked, command: str, event_type: str, word: str, told: dict[str, Any]) -> None:
    leg = asked.leg
    asked.permitted(leg, command)
    if leg.standing(event_type).state == word:
        raise RefusedError(409, f"{command} has been done already", unexpected=False)
    asked.accept("OK", call_id=leg.call_id)
    leg.stand(event_type, word, told)


def echo(asked: Asked) -> None:
    """Let the caller hear themselves for a while."""
    leg = asked.leg
    asked.permitted(leg, "echo")
    asked.check()
    if "echo" in leg.attendants:
        raise RefusedError(409, "The caller is being echoed", unexpected=False)
    least, usual, most = _ECHO_SECONDS
    seconds = min(max(float(asked.params.get("timeout") or usual), least), most)
    asked.accept("Echoing", call_id=leg.call_id)
    Echo(leg, seconds).begin()


def bind_digit(asked: Asked) -> None:
    """Bind a command to keys."""
    leg = asked.leg
    asked.permitted(leg, "bind_digit")
    asked.check()
    params = asked.params
    method = f"calling.{params['bind_method'].removeprefix('calling.')}"
    if not asked.exchange.serves(method):
        raise RefusedError(400, f"bind_method must be a calling method, not {params['bind_method']!r}")
    asked.accept("Digit binding created", call_id=leg.call_id)
    realm, triggers = params.get("realm") or DEFAULT_REALM, params.get("max_triggers") or 0
    _bindings(leg).bind(Binding(params["digits"], method, params.get("params") or {}, realm, triggers or -1))


def clear_digit_bindings(asked: Asked) -> None:
    """Unbind what is bound in a realm; without one, everything."""
    leg = asked.leg
    asked.permitted(leg, "clear_digit_bindings")
    asked.check()
    asked.accept("Digit bindings cleared", call_id=leg.call_id)
    _bindings(leg).clear(asked.params.get("realm") or EVERY_REALM)


def _bindings(leg: Leg) -> Bindings:
    known = leg.attendants.get("bindings")
    if not isinstance(known, Bindings):
        known = leg.attendants["bindings"] = Bindings(leg)
    return known
