"""Commands that the simulator runs when keys are pressed."""

import pytest
from simulator_wire import TTS, Desk, Frame

from callfsm.simulator.leg import Leg


def bound(desk: Desk, digits: str = "*1", method: str = "calling.play", **more: object) -> Leg:
    """An answered call in which keys play something."""
    leg = desk.answered()
    assert bind(desk, leg, digits, method, **more)["code"] == "200"
    return leg


def bind(desk: Desk, leg: Leg, digits: str = "*1", method: str = "calling.play", **more: object) -> Frame:
    """Bind a play to keys."""
    return desk.ask(leg, "calling.bind_digit", digits=digits, bind_method=method, params={"play": [TTS]}, **more)


def press(leg: Leg, keys: str) -> None:
    """Press keys."""
    for key in keys:
        leg.press(key)


@pytest.mark.parametrize("method", ["calling.play", "play"])
def test_keys_run_what_is_bound_to_them(method: str) -> None:
    """The command runs as though the client had sent it, each time its keys are pressed."""
    desk = Desk()
    leg = bound(desk, method=method)
    press(leg, "5*1")
    press(leg, "*2*1")
    desk.clock.pass_(3)

    states = [event["state"] for event in desk.phone.events("calling.call.play")]
    assert ["playing", "playing", "finished", "finished"] == states


def test_a_binding_runs_so_often() -> None:
    """After max_triggers it runs no more."""
    desk = Desk()
    leg = bound(desk, max_triggers=1)
    press(leg, "*1*1")

    assert 1 == len(desk.phone.events("calling.call.play"))


@pytest.mark.parametrize(("realm", "runs"), [(None, 0), ("all", 0), ("menu", 0), ("default", 1)])
def test_bindings_are_cleared_by_realm(realm: str | None, runs: int) -> None:
    """Those of the realm are cleared; without a realm, every one."""
    desk = Desk()
    leg = bound(desk, realm="menu")
    desk.ask(leg, "calling.clear_digit_bindings", **({"realm": realm} if realm else {}))
    press(leg, "*1")

    assert runs == len(desk.phone.events("calling.call.play"))


def test_the_latest_binding_counts() -> None:
    """Keys that are bound twice run what they were bound to last."""
    desk = Desk()
    leg = bound(desk, "1")
    bind(desk, leg, "1", "calling.end")
    press(leg, "1")

    assert ("ending", []) == (leg.state, desk.phone.events("calling.call.play"))


def test_what_is_no_method_cannot_be_bound() -> None:
    """It gets 400."""
    desk = Desk()

    assert "400" == bind(desk, desk.answered(), method="calling.dance")["code"]


def test_a_bound_command_may_be_refused() -> None:
    """Nobody is told, but the journal holds it against the client."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.bind_digit", digits="1", bind_method="calling.play")
    press(leg, "1")

    assert ["play must be a list with at least one item, not None"] == desk.unexpected
