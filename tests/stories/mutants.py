"""Faults put into the client on purpose: the stories have to find every one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest

from callfsm import handling
from callfsm.core import frames
from callfsm.core.effects import Lingers
from callfsm.core.model import CallModel, DialModel
from callfsm.core.outbox import Outbox
from callfsm.core.report import Report
from callfsm.core.session import Session
from callfsm.core.switchboard import Switchboard
from callfsm.hearing import CallEvents
from callfsm.pump import Pump
from callfsm.supervisor import Supervisor

Applies = Callable[[pytest.MonkeyPatch], None]


class Mutant(NamedTuple):
    """A fault of the client, and the promise that it breaks."""

    applies: Applies
    promise: str


MUTANTS: Final[dict[str, Mutant]] = {}
"""Every mutant, by its name."""


def breaks(promise: str) -> Callable[[Applies], Applies]:
    """Enter a mutant in the table."""

    def enter(applies: Applies) -> Applies:
        MUTANTS[applies.__name__] = Mutant(applies, promise)
        return applies

    return enter


def _nothing(*_arguments: Any) -> None:
    pass


@breaks("nothing goes out twice")
def pending_is_sent_again(patch: pytest.MonkeyPatch) -> None:
    """What was in flight when the line dropped is sent again after the next login."""

    def keep(outbox: Outbox) -> None:
        for request in outbox.pending.values():
            request.text = frames.request(request.id, request.method, request.params)
        outbox.queued.update(outbox.pending)
        outbox.pending.clear()

    patch.setattr(Outbox, "drop_pending", keep)


@breaks("nothing goes out after its caller was told that it failed")
def given_up_is_sent(patch: pytest.MonkeyPatch) -> None:
    """A command that waits for the line goes out although whoever asked was told that its time is over."""

    def conclude_only(session: Session, request: Any, seconds: float) -> None:
        queued = request.id in session.outbox.queued
        original(session, request, seconds)
        if queued:
            session.outbox.queued[request.id] = request

    original = Session.expire
    patch.setattr(Session, "expire", conclude_only)


@breaks("every call ends, or is reported lost")
def nothing_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The calls that are over are kept."""
    patch.setattr(Pump, "_forget", _nothing)


@breaks("nothing is left of a client that is disconnected")
def switchboard_keeps_calls(patch: pytest.MonkeyPatch) -> None:
    """The switchboard keeps the calls that are over."""
    patch.setattr(Switchboard, "forget", _nothing)


@breaks("an ended call owns nothing open")
def operations_outlive_calls(patch: pytest.MonkeyPatch) -> None:
    """What runs in a call is not settled when it ends."""

    def forget_at_once(call: CallModel) -> None:
        over, call.cascade = call.cascade == "call_ended", ""
        if over:
            call.line.effects.append(Lingers(call))

    patch.setattr(CallModel, "_run_cascade", forget_at_once)


@breaks("no state goes back")
def states_go_back(patch: pytest.MonkeyPatch) -> None:
    """A report that is behind moves the call back."""

    def hear(call: CallModel, report: Report) -> None:
        word = report.params.get("call_state")
        if report.event_type == "calling.call.state" and word in ("created", "ringing"):
            call.state = "created"
        original(call, report)

    original = CallModel.hear_event
    patch.setattr(CallModel, "hear_event", hear)


@breaks("what nobody holds is hung up")
def orphans_stay_up(patch: pytest.MonkeyPatch) -> None:
    """A leg that comes up for a dial that was given up stays up."""
    patch.setattr(DialModel, "_hang_up", _nothing)


@breaks("what nobody holds is hung up")
def failed_handlers_keep_calls(patch: pytest.MonkeyPatch) -> None:
    """The call of a handler that has raised stays up."""
    patch.setattr(handling, "_discard", _nothing)


@breaks("what nobody holds is hung up")
def hung_up_once_only(patch: pytest.MonkeyPatch) -> None:
    """A hang-up whose reply is lost is not asked again."""

    def resync(call: CallModel) -> None:
        if call.state != "ended" and call.not_hanging_up(None):
            call._ask_after("resync")

    patch.setattr(CallModel, "resync", resync)


@breaks("no task outlives its waits")
def replies_are_waited_for_for_ever(patch: pytest.MonkeyPatch) -> None:
    """A request has no time limit."""
    patch.setattr(Pump, "_expire", _nothing)


@breaks("no timer is left")
def time_limits_are_left_running(patch: pytest.MonkeyPatch) -> None:
    """The time limit of a request runs on when the reply has come."""

    def settle(pump: Pump, effect: Any) -> None:
        original(pump, effect)
        asyncio.get_running_loop().call_later(600, _nothing)

    original = Pump._settle_request
    patch.setattr(Pump, "_settle_request", settle)


@breaks("every call ends, or is reported lost")
def missed_ends_are_never_found(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks the server for calls of which nothing is heard."""
    patch.setattr(CallModel, "audit", _nothing)


@breaks("the line comes back")
def silence_is_not_noticed(patch: pytest.MonkeyPatch) -> None:
    """A line that looks open is taken to be."""

    async def watch(_supervisor: Supervisor) -> None:
        await asyncio.Event().wait()

    patch.setattr(Supervisor, "_watch", watch)


@breaks("no task outlives its waits")
def waits_outlive_calls(patch: pytest.MonkeyPatch) -> None:
    """A wait for an event is not told that its call is over."""
    patch.setattr(CallEvents, "_forgotten", _nothing)


@breaks("pump never raises")
def odd_events_raise(patch: pytest.MonkeyPatch) -> None:
    """An event without params stops the reading."""

    def hear(session: Session, request_id: Any, report: Report) -> None:
        if not report.params:
            raise KeyError("params")
        original(session, request_id, report)

    original = Session._hear_event
    patch.setattr(Session, "_hear_event", hear)


@breaks("every frame is legal")
def answers_twice(patch: pytest.MonkeyPatch) -> None:
    """The client answers each call that is offered, before its handler does."""

    def receive(session: Session, report: Report) -> None:
        original(session, report)
        params = report.params
        session.request("calling.answer", {"call_id": params.get("call_id"), "node_id": params.get("node_id")})

    original = Session._hear_receive
    patch.setattr(Session, "_hear_receive", receive)
