"""Hostile frames: the client stays connected, counts and logs the bad one once, and the next good call works."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from itertools import product
from typing import Any, Final

import pytest
from core_wire import Server, answered, dialled, started
from fuzz.corpus import Aims
from fuzz.hostility import FAMILIES, MUTATIONS, Hostility
from fuzz.keeping import kept, shrink
from fuzz.oracle import Figures
from fuzz.play import FailedError, again, life, seeded
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core import frames
from callfsm.core.effects import Send, Unheard
from callfsm.core.session import Session

FRAMES: Final = 4_900
LIVES: Final = [(f"quiet-{number}", FRAMES, logging.WARNING) for number in range(10)] + [("loud", 1_000, logging.DEBUG)]
"""Fifty thousand frames; at debug each is written to the log besides, which takes its time."""
KEPT: Final = kept()

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["call-1", "ctl-1", "tag-1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
EVENT_TYPES = st.sampled_from(["calling.call.state", "calling.call.receive", "calling.call.dial", "calling.call.play"])
MESSAGES = st.one_of(
    st.text(),
    st.binary(),
    JSON.map(json.dumps),
    st.builds(lambda key, told: json.dumps({"id": key, "method": "signalwire.event", "params": told}), JSON, JSON),
    st.builds(lambda key, told: json.dumps({"id": key, "result": told}), JSON, JSON),
    st.builds(
        lambda kind, told: json.dumps(
            {"id": "1", "method": "signalwire.event", "params": {"event_type": kind, "params": told}}
        ),
        EVENT_TYPES,
        st.dictionaries(
            st.sampled_from(["call_id", "control_id", "tag", "call_state", "dial_state", "state", "call", "device"]),
            JSON,
        ),
    ),
)


@pytest.mark.parametrize(("seed", "frames", "level"), LIVES)
def test_no_hostile_frame_harms_the_client(seed: str, frames: int, level: int) -> None:
    """Whatever arrives, the client stays connected, counts and logs it once, and the next good call works."""
    figures = Figures()
    life(seed, frames, figures, level)

    assert frames == figures.tried.total()


def test_every_mutation_is_tried_on_every_family() -> None:
    """Frames are spoilt in every way there is, whatever they speak of."""
    aims = Aims({"call-1": [("play", "ctl-1")]}, ["tag-1"], ["msg-1"], ["conference-1"], ["id-1"])
    hostility = Hostility(seeded("mutations"), lambda: aims)
    messages = [hostility.message() for _ in range(FRAMES)]

    assert set(product(FAMILIES, MUTATIONS)) == {(each.family, each.mutation) for each in messages}


@pytest.mark.parametrize("name", KEPT)
def test_what_once_broke_the_client_breaks_it_no_more(name: str) -> None:
    """A failure that was found and kept does not come back."""
    assert "" == again(*KEPT[name])


@given(MESSAGES)
def test_any_message_can_be_parsed(message: str | bytes) -> None:
    """Telling what a message is never raises."""
    assert type(frames.parse(message)) in (frames.ServerRequest, frames.Reply, frames.Malformed)


@given(st.lists(MESSAGES, max_size=8))
def test_a_session_takes_any_message(messages: list[str | bytes]) -> None:
    """A session with a call, an operation and a dial stays online whatever it receives, and raises nothing."""
    server = Server()
    started(server, answered(server))
    dialled(server)
    for message in messages:
        server.session.receive(message)

    assert "online" == server.session.connection.state


Receive = Callable[[Session, str | bytes], None]
RECEIVE: Final[Receive] = Session.receive


def raises(session: Session, message: str | bytes) -> None:
    """A session that a binary message is too much for."""
    if isinstance(message, bytes):
        raise TypeError("bytes")
    RECEIVE(session, message)


def counts_twice(session: Session, message: str | bytes) -> None:
    """A session that counts what is malformed twice."""
    RECEIVE(session, message)
    session.effects += [each for each in session.effects if isinstance(each, Unheard)]


def counts_nothing(session: Session, message: str | bytes) -> None:
    """A session that keeps quiet about what it could not hear."""
    RECEIVE(session, message)
    session.effects = [each for each in session.effects if not isinstance(each, Unheard)]


def closes(session: Session, message: str | bytes) -> None:
    """A session that leaves the line on what is malformed."""
    RECEIVE(session, message)
    if any(isinstance(each, Unheard) and each.why == "malformed frame" for each in session.effects):
        session.connection.fire("closed")


def answers_twice(session: Session, message: str | bytes) -> None:
    """A session that acknowledges everything twice."""
    RECEIVE(session, message)
    session.effects += [each for each in session.effects if isinstance(each, Send) and each.request is None]


def goes_deaf(session: Session, message: str | bytes) -> None:
    """A session that takes no call after it has once been told nonsense."""
    if isinstance(message, bytes):
        session.settings.takes_calls = False
    RECEIVE(session, message)


def hoards(session: Session, message: str | bytes) -> None:
    """A session that keeps something of every message."""
    vars(session).setdefault("hoard", []).append(message)
    RECEIVE(session, message)


def strays(session: Session, message: str | bytes) -> None:
    """A session whose calls end up where no table knows."""
    RECEIVE(session, message)
    for call in session.calls.values():
        call.state = "lost in space"


@pytest.mark.parametrize(
    ("mutant", "why"),
    [
        (raises, "receive raised"),
        (counts_twice, "counted otherwise"),
        (counts_nothing, "counted otherwise"),
        (closes, "the line was left"),
        (answers_twice, "answered otherwise"),
        (goes_deaf, "the next good call did not work"),
        (hoards, "something has grown"),
        (strays, "a machine is in no state of its table"),
    ],
)
def test_the_oracle_finds_a_faulty_session(mutant: Receive, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that breaks the oracle's sentence is found, and told which part of it was broken."""
    monkeypatch.setattr(Session, "receive", mutant)
    with pytest.raises(FailedError) as failed:
        life("mutant", 600, Figures(), logging.WARNING, noise=0)

    assert why == failed.value.why


def test_a_failure_is_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a failure is one step, the frame that breaks it."""
    monkeypatch.setattr(Session, "receive", raises)
    with pytest.raises(FailedError) as failed:
        life("small", 600, Figures(), logging.WARNING, noise=0)
    steps: list[Any] = shrink(failed.value)

    assert [bytes] == [type(step.message) for step in steps]
