"""Queues of the simulator, and those who are connected out of them."""

from typing import Any

from simulator_wire import PHONE, Desk, Frame, to

from callfsm.simulator.leg import Leg


def enter(desk: Desk, **more: Any) -> Leg:
    """An answered call that waits in the queue."""
    leg = desk.answered()
    assert desk.ask(leg, "calling.queue.enter", control_id="q", queue_name="support", **more)["code"] == "200"
    return leg


def take(desk: Desk, **more: Any) -> Leg:
    """An answered call that is connected to whoever is first in the queue."""
    leg = desk.answered()
    devices = [[{"type": "queue", "params": {"node_id": "n", "queue_name": "support"}}]]
    assert desk.ask(leg, "calling.connect", devices=devices, **more)["code"] == "200"
    return leg


def told(desk: Desk, leg: Leg) -> list[tuple[str, int, int]]:
    """How a call was told to stand in the queue: status, position and size."""
    events = desk.phone.events("calling.call.queue", call_id=leg.call_id)
    return [(event["status"], event["position"], event["size"]) for event in events]


def bridge(desk: Desk, leg: Leg) -> list[str]:
    """What was told of a call's bridge."""
    return [event["connect_state"] for event in desk.phone.events("calling.call.connect", call_id=leg.call_id)]


def test_whoever_comes_first_is_first() -> None:
    """Each is told their position, and how they stand when another leaves."""
    desk = Desk()
    first, second = enter(desk), enter(desk)
    reply = desk.ask(first, "calling.queue.leave", control_id="other", queue_name="support")

    assert ("200", [("enqueue", 1, 1), ("leave", 1, 1)], [("enqueue", 2, 2), ("stats", 1, 1)]) == (
        reply["code"],
        told(desk, first),
        told(desk, second),
    )


def test_the_first_is_connected() -> None:
    """Whoever is picked up is dequeued, and both are told of the bridge."""
    desk = Desk()
    waiting = enter(desk)
    desk.clock.pass_(10)
    agent = take(desk)

    (_, dequeued) = desk.phone.events("calling.call.queue")
    assert ("dequeue", 10_000_000, ["connecting", "connected"], ["connected"]) == (
        dequeued["status"],
        dequeued["dequeue_ts"] - dequeued["enqueue_ts"],
        bridge(desk, agent),
        bridge(desk, waiting),
    )


def test_an_agent_waits_for_somebody() -> None:
    """While the queue is empty an agent waits; whoever comes is connected at once."""
    desk = Desk()
    agent = take(desk)
    waiting = enter(desk)
    agent.finish_speaking("good day")

    assert (["connecting", "connected"], ["good day"]) == (bridge(desk, agent), waiting.ear.heard())


def test_an_agent_does_not_wait_for_ever() -> None:
    """When nobody comes in time, the bridge has failed."""
    desk = Desk()
    agent = take(desk, timeout=5)
    desk.clock.pass_(5)

    assert (["connecting", "failed"], {}) == (bridge(desk, agent), desk.exchange.queues)


def test_an_agent_who_hangs_up_waits_no_longer() -> None:
    """Nobody is connected to a call that is over; two may wait at once."""
    desk = Desk()
    agent, other = take(desk), take(desk)
    agent.person_hangs_up()
    enter(desk)

    assert (["connecting"], ["connecting", "connected"]) == (bridge(desk, agent), bridge(desk, other))


def test_the_agent_hangs_up() -> None:
    """Whoever was in the queue stays, and is told that the bridge is over."""
    desk = Desk()
    waiting, agent = enter(desk), take(desk)
    agent.person_hangs_up()
    desk.clock.pass_(1)

    assert ("answered", ["connected", "disconnected"]) == (waiting.state, bridge(desk, waiting))


def test_whoever_waited_hangs_up() -> None:
    """The agent stays, and is told that the bridge is over."""
    desk = Desk()
    waiting, agent = enter(desk), take(desk)
    waiting.person_hangs_up()
    desk.clock.pass_(1)

    assert ("answered", "disconnected") == (agent.state, bridge(desk, agent)[-1])


def test_a_hang_up_leaves_the_queue() -> None:
    """Whoever hangs up leaves, and there is no queue without anybody."""
    desk = Desk()
    leg = enter(desk)
    leg.person_hangs_up()

    assert ([("enqueue", 1, 1), ("leave", 1, 0)], {}) == (told(desk, leg), desk.exchange.queues)


def test_a_wait_may_be_limited() -> None:
    """After wait_time nobody waits any longer."""
    desk = Desk()
    leg = enter(desk, wait_time=20)
    desk.clock.pass_(20)

    assert "leave" == told(desk, leg)[-1][0]


def test_a_call_waits_once() -> None:
    """A call that waits, or is connected, cannot enter a queue."""
    desk = Desk()
    leg = enter(desk)
    other = desk.answered()
    desk.ask(other, "calling.connect", devices=[to(PHONE)])
    codes = [desk.ask(call, "calling.queue.enter", control_id="r", queue_name="sales")["code"] for call in (leg, other)]

    assert (["409", "409"], []) == (codes, desk.unexpected)


def test_leaving_another_queue_is_not_found() -> None:
    """A queue in which the call does not wait, or another id than its own, gets 404."""
    desk = Desk()
    leg = enter(desk)
    queue_id = desk.phone.events("calling.call.queue")[0]["id"]

    def leave(**params: str) -> Frame:
        return desk.ask(leg, "calling.queue.leave", control_id="q", **params)

    replies = [
        leave(queue_name="sales"),
        leave(queue_name="support", queue_id="nonsense"),
        leave(queue_name="support", queue_id=queue_id),
        leave(queue_name="support"),
    ]
    assert ["404", "404", "200", "404"] == [reply["code"] for reply in replies]


def test_the_average_wait_is_told() -> None:
    """In whole seconds, over those who wait."""
    desk = Desk()
    enter(desk)
    desk.clock.pass_(10)
    second = enter(desk)

    (event,) = desk.phone.events("calling.call.queue", call_id=second.call_id)
    assert 5 == event["avg_time"]


def known(call_id: str) -> Frame:
    """The device of a call that is up."""
    return {"type": "call", "params": {"node_id": "n", "call_id": call_id}}


def test_a_call_that_is_up_is_connected() -> None:
    """Two calls that the client has can be bridged, and both are told."""
    desk = Desk()
    one, other = desk.answered(), desk.answered()
    desk.ask(one, "calling.connect", devices=[[known(other.call_id)]])
    desk.ask(one, "calling.disconnect")

    assert (["connecting", "connected", "disconnected"], ["connected", "disconnected"]) == (
        bridge(desk, one),
        bridge(desk, other),
    )


def test_a_call_that_is_not_up_cannot_be_connected() -> None:
    """The bridge fails at once, and with it nothing is left to be cancelled."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.connect", devices=[[known("nowhere")]])
    leg.person_hangs_up()

    assert ["connecting", "failed"] == bridge(desk, leg)


def test_a_stream_is_connected() -> None:
    """A stream answers like a person."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.connect", devices=[[{"type": "stream", "params": {"url": "wss://media.example.test"}}]])
    desk.clock.pass_(2)

    peer = desk.phone.events("calling.call.connect")[-1]["peer"]
    assert ("stream", "wss://media.example.test") == (peer["device"]["type"], peer["device"]["params"]["url"])


def test_a_queue_stands_alone() -> None:
    """A queue beside other devices gets 400; to be dialled it is no device at all."""
    desk = Desk()
    queue = {"type": "queue", "params": {"queue_name": "support"}}
    connect = desk.ask(desk.answered(), "calling.connect", devices=[[queue], to(PHONE)])
    dial = desk.phone.ask("calling.dial", tag="t", devices=[[queue]])

    assert ("400", "400") == (connect["code"], dial["code"])
