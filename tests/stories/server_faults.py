"""Faults of the server, of its other customers, and of the program itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from callfsm import RelayEvent
from stories.fault_table import fault
from stories.frame_faults import text_of
from stories.line import IN
from stories.line_faults import break_line
from stories.story import Fault

if TYPE_CHECKING:
    from stories.scene import Scene


@fault
def restart(scene: Scene, fault: Fault) -> None:
    """The server asks the client to connect again, to the same session or to a new one."""
    scene.board.exchange.ask_to_reconnect(restart=bool(fault.choice % 2))


@fault
def session_lost(scene: Scene, _fault: Fault) -> None:
    """The line breaks, and the server knows the session no more: its calls end, and the next login gets a new one."""
    sessions = list(scene.board.exchange.sessions.values())
    break_line(scene)
    for session in sessions:
        session.end()


@fault
def missed_while_away(scene: Scene, fault: Fault) -> None:
    """The line breaks, and what is reported until it is back is never told."""
    break_line(scene)
    for session in scene.board.exchange.sessions.values():
        session.acknowledges = False
    scene.wire.later(min(fault.seconds, 5.0), scene.forget_events)


@fault
def pings(scene: Scene, fault: Fault) -> None:
    """The server sends a burst of pings."""
    for _ in range(1 + fault.choice % 50):
        scene.board.exchange.ping()


def _says(scene: Scene, message: Any) -> None:
    line = scene.wire.line
    if line is not None:
        line.arrive(IN, message if isinstance(message, str | bytes) else text_of(message))


@fault
def unknown_event(scene: Scene, fault: Fault) -> None:
    """The server reports what nobody has heard of, of a call or of nothing."""
    calls: list[Any] = [*scene.board.exchange.legs, "no-such-call", None]
    params = {"call_id": calls[fault.choice % len(calls)], "node_id": "node", "state": "dancing"}
    envelope = {"event_type": ("calling.call.dance", "", "queuing.relay.tasks")[fault.choice % 3], "params": params}
    _says(scene, {"jsonrpc": "2.0", "id": f"odd-{fault.after}", "method": "signalwire.event", "params": envelope})


@fault
def unknown_request(scene: Scene, fault: Fault) -> None:
    """The server asks for what the client does not know."""
    _says(
        scene,
        {
            "jsonrpc": "2.0",
            "id": f"odd-{fault.choice}",
            "method": "signalwire.dance",
            "params": [None, {}][fault.choice % 2],
        },
    )


GARBAGE: Final[tuple[str | bytes, ...]] = (
    "",
    "{",
    "null",
    "[]",
    "[" * 500,
    '"text"',
    '{"id": 7}',
    '{"id": "nobody", "result": {}}',
    '{"jsonrpc": "2.0", "method": 5, "id": null}',
    '{"method": "signalwire.event", "id": {}, "params": []}',
    b"\x00\xff binary",
    '{"method": "signalwire.event", "params": 1e999}',
)


@fault
def garbage(scene: Scene, fault: Fault) -> None:
    """The server sends what is no frame at all."""
    _says(scene, GARBAGE[fault.choice % len(GARBAGE)])


@fault
def capacity_full(scene: Scene, fault: Fault) -> None:
    """The client takes one call at a time only, or two."""
    scene.client._settings.max_active_calls = 1 + fault.choice % 2


@fault
def no_handler(scene: Scene, _fault: Fault) -> None:
    """Nobody is there to handle inbound calls."""
    scene.client._settings.takes_calls = False


@fault
def exception(scene: Scene, _fault: Fault) -> None:
    """The program's handlers raise at their next step."""
    scene.raising += 1


@fault
def cancellation(scene: Scene, fault: Fault) -> None:
    """One of the program's tasks is cancelled."""
    tasks = [task for task in scene.tasks if not task.done()]
    if tasks:
        tasks[fault.choice % len(tasks)].cancel()


@fault
def blocked(scene: Scene, fault: Fault) -> None:
    """The program blocks the event loop."""
    scene.loop.block(fault.seconds)


@fault
def slow_listener(scene: Scene, fault: Fault) -> None:
    """A listener to every event of every call takes its time over each."""

    async def listen(_event: RelayEvent) -> None:
        await asyncio.sleep(min(fault.seconds, 2.0))

    for call in scene.client.calls:
        call.on(RelayEvent, listen)


@fault
def listener_raises(scene: Scene, _fault: Fault) -> None:
    """A listener to every event of every call raises."""

    def listen(_event: RelayEvent) -> None:
        raise RuntimeError("a listener's own fault")

    for call in scene.client.calls:
        call.on(RelayEvent, listen)


@fault
def hang_up(scene: Scene, fault: Fault) -> None:
    """Somebody hangs up just now."""
    legs = [leg for leg in scene.board.exchange.legs.values() if leg.up]
    if legs:
        legs[fault.choice % len(legs)].person_hangs_up()
