"""Commands that ring somebody else."""

from callfsm.simulator import checks
from callfsm.simulator.bridging import Bridge
from callfsm.simulator.checks import RefusedError
from callfsm.simulator.commands.agent import no_agent
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.dialing import Dial
from callfsm.simulator.hunting import Destinations, Hunt
from callfsm.simulator.media import items
from callfsm.simulator.referring import Referral


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
    destinations = Destinations.read(asked.params, connect=True)
    ringback = checks.media(asked.params, "ringback") if asked.params.get("ringback") else []
    if leg.bridge is not None:
        raise RefusedError(409, "The call is connected, or being connected, already", unexpected=False)
    no_agent(leg)
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


def begin(asked: Asked) -> None:
    """Make an outbound call to one device; the reply tells its id. Superseded by dial."""
    asked.check()
    device = asked.params["device"]
    checks.check_device(device)
    limit = checks.number(asked.params, "max_duration", 0)
    call_id = asked.exchange.new_id()
    tag = asked.params.get("tag") or ""
    hunt = Hunt(
        asked, Destinations([[device]], 0, limit), won=_tell_nobody, lost=_tell_nobody, tag=tag, call_id=call_id
    )
    asked.accept("Call started", call_id=call_id, node_id=asked.exchange.node_id)
    hunt.start()


def _tell_nobody(_outcome: object) -> None:
    """The states of the leg tell it."""


def refer(asked: Asked) -> None:
    """Refer the far end of a SIP call to another endpoint."""
    leg = asked.leg
    asked.permitted(leg, "refer")
    asked.check()
    device = asked.params["device"]
    if leg.device["type"] != "sip":
        raise RefusedError(400, f"Only SIP calls can be referred, not one of type {leg.device['type']}")
    if device.get("type") != "sip":
        raise RefusedError(400, f"device must be of type sip, not {device!r}")
    target = checks.text(checks.structure(device, "params"), "to")
    asked.accept("Starting SIP REFER")
    Referral(leg, target).begin()
