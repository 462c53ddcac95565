"""Commands that ring somebody else."""

from callfsm.simulator import checks
from callfsm.simulator.bridging import Bridge
from callfsm.simulator.checks import RefusedError
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.dialing import Dial
from callfsm.simulator.hunting import Destinations
from callfsm.simulator.media import items


def dial(asked: Asked) -> None:
    """Make an outbound call."""
    tag = checks.text(asked.params, "tag")
    destinations = Destinations.read(asked.params)
    if tag in asked.session.dials:
        raise RefusedError(409, f"tag {tag} is taken by a dial that is under way")
    started = asked.session.dials[tag] = Dial(asked, tag, destinations)
    asked.accept("Dialing")
    started.begin()


def connect(asked: Asked) -> None:
    """Bridge the call to somebody else; one bridge at a time."""
    leg = asked.leg
    asked.permitted(leg, "connect")
    destinations = Destinations.read(asked.params)
    ringback = checks.media(asked.params, "ringback") if asked.params.get("ringback") else []
    if leg.bridge is not None:
        raise RefusedError(409, "The call is connected, or being connected, already", unexpected=False)
    bridge = Bridge(asked, leg, destinations, items(ringback, asked.exchange.settings))
    asked.accept("Connecting")
    bridge.begin()


def disconnect(asked: Asked) -> None:
    """Part the call from the one it is bridged to."""
    leg = asked.leg
    asked.permitted(leg, "disconnect")
    if leg.bridge is None:
        raise RefusedError(409, "The call is not connected to another", unexpected=False)
    asked.accept("Disconnecting")
    leg.bridge.disconnect()
