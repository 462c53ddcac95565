"""Sequences of what the machine of a call hears, drawn from its table.

Every sequence is walked on the real core while it is drawn, so what is legal is decided by the rows and guards that
run in every program.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Final, NamedTuple

from hypothesis import strategies as st

from callfsm.core import machine
from callfsm.core.effects import Transitioned
from callfsm.core.model import Settings
from callfsm.core.request import Request
from callfsm.core.session import Session
from callfsm.core.tables import CALL, REPLIES, Row, Speaker
from callfsm.errors import IllegalCommandError

MOST_STEPS: Final = 20
_FOLLOWING: Final = 8
"""A row weighs one more for so many that can follow it."""
_DUE: Final = 8
"""How much a reply weighs that somebody waits for."""
_OVER: Final = ("ending", "ended")
_GONE: Final = "gone"
_ACCEPTED: Final = {trigger: command for (command, word), trigger in REPLIES.items() if word == "accepted"}


@functools.cache
def _rows_of(state: str) -> tuple[Row, ...]:
    return tuple(row for row in CALL.rows if state in row.sources.split())


class Step(NamedTuple):
    """One thing that the machine of a call hears.

    Attributes:
        speaker: Who says it: ``ask``, ``reply``, ``report`` or ``line``.
        trigger: What is said: a command by its method's name, a reply or report by its name in the table.
    """

    speaker: Speaker
    trigger: str

    def __str__(self) -> str:
        return f"{self.speaker.value} {self.trigger}"


class Walk:
    """A call of the core, as it is walked along a sequence.

    The server replies at once to every command but answers, passes and hang-ups; to those it replies in a step.

    Args:
        direction: ``inbound`` or ``outbound``.
        early_media: Whether media commands are permitted before the call is answered.

    Attributes:
        model: The call.
    """

    def __init__(self, direction: str = "inbound", *, early_media: bool = False) -> None:
        numbers = count(1)
        self._session = Session(Settings(early_media=early_media), lambda: f"id-{next(numbers)}")
        for trigger in ("opening", "opened", "accepted"):
            self._session.connection.fire(trigger)
        self.model = self._session.embed({"call_id": "call-1", "node_id": "node-1", "direction": direction})
        self._pending: dict[str, Request] = {}

    @property
    def state(self) -> str:
        """Where the call stands."""
        return self.model.state

    def legal(self) -> list[Row]:
        """The rows that would be taken now."""
        return [row for row in _rows_of(self.state) if self._comes_about(row)]

    def illegal_asks(self) -> list[Step]:
        """What the program must not ask now; nothing once the call is over, when all asks are settled unasked."""
        permitted = machine.permitted("call", self.model)
        asks = () if self.model.over else CALL.triggers(Speaker.ASK)
        return [Step(Speaker.ASK, ask) for ask in asks if ask not in permitted]

    def takes(self, step: Step) -> bool:
        """Let the call hear a step; whether a row took it."""
        self._session.effects.clear()
        if step.speaker is Speaker.ASK:
            with suppress(IllegalCommandError):
                self._asks(step.trigger)
        elif step.speaker is Speaker.REPLY:
            self._hears_reply(step.trigger)
        elif step.speaker is Speaker.REPORT:
            self.model.report(step.trigger, {"call_state": step.trigger})
        else:
            self.model.lose()
        return any(
            isinstance(effect, Transitioned) and effect.subject is self.model and effect.trigger == step.trigger
            for effect in self._session.effects
        )

    def _comes_about(self, row: Row) -> bool:
        if row.speaker is Speaker.REPLY:
            pending = self._pending if row.trigger == _GONE else self._pending.keys() & {_ACCEPTED.get(row.trigger)}
            return bool(pending)
        payload = {"call_state": row.trigger}
        return all(getattr(self.model, guard)(payload) for guard in row.guards.split())

    def _asks(self, command: str) -> None:
        request = self.model.ask(command, {})
        if request is None:
            return
        if command in _ACCEPTED.values():
            self._pending[command] = request
        else:
            self._reply(request, 200)

    def _hears_reply(self, trigger: str) -> None:
        command = next(iter(self._pending)) if trigger == _GONE else _ACCEPTED[trigger]
        self._reply(self._pending.pop(command), 410 if trigger == _GONE else 200)

    def _reply(self, request: Request, code: int) -> None:
        self._session.receive(json.dumps({"jsonrpc": "2.0", "id": request.id, "result": {"code": str(code)}}))


def legal_sequences(
    direction: str = "inbound", *, early_media: bool = False, max_steps: int = MOST_STEPS
) -> st.SearchStrategy[list[Step]]:
    """Draw what the machine of a call may hear, in an order in which a row takes each step.

    The more rows can follow a row, the more often it is drawn, so that most calls do not end at once.

    Args:
        direction: ``inbound`` or ``outbound``.
        early_media: Whether media commands are permitted before the call is answered.
        max_steps: How many steps there are at most.
    """
    return _legal(direction, early_media, max_steps)


def illegal_sequences(
    direction: str = "inbound", *, early_media: bool = False, max_steps: int = MOST_STEPS
) -> st.SearchStrategy[list[Step]]:
    """Draw a legal sequence, and after it one ask that the table forbids: the call must refuse it, and stay as it is.

    Args:
        direction: ``inbound`` or ``outbound``.
        early_media: Whether media commands are permitted before the call is answered.
        max_steps: How many steps there are at most, the illegal one included.
    """
    return _illegal(direction, early_media, max_steps)


@st.composite
def _legal(draw: st.DrawFn, direction: str, early_media: bool, max_steps: int) -> list[Step]:  # noqa: FBT001
    walk = Walk(direction, early_media=early_media)
    return _drawn(draw, walk, max_steps, ())


@st.composite
def _illegal(draw: st.DrawFn, direction: str, early_media: bool, max_steps: int) -> list[Step]:  # noqa: FBT001
    walk = Walk(direction, early_media=early_media)
    steps = _drawn(draw, walk, max_steps - 1, _OVER)
    return [*steps, draw(st.sampled_from(walk.illegal_asks()))]


def _drawn(draw: st.DrawFn, walk: Walk, most: int, avoided: Sequence[str]) -> list[Step]:
    steps: list[Step] = []
    for _ in range(draw(st.integers(0, most))):
        rows = tuple(row for row in walk.legal() if row.dest not in avoided)
        if not rows:
            break
        row = draw(_weighted(rows, walk.state))
        steps.append(Step(row.speaker, row.trigger))
        walk.takes(steps[-1])
    return steps


@functools.lru_cache(maxsize=512)
def _weighted(rows: tuple[Row, ...], state: str) -> st.SearchStrategy[Row]:
    return st.sampled_from([row for row in rows for _ in range(_weight(row, state))])


@functools.cache
def _weight(row: Row, state: str) -> int:
    if row.speaker is Speaker.REPLY:
        return _DUE
    after = row.dest or state
    return 1 + sum(after in following.sources.split() for following in CALL.rows) // _FOLLOWING
