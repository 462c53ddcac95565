"""A message that the server has taken settles once: with the first last word, or when its session is lost."""

import json
from typing import Any

from core_wire import Server, only
from core_words import MESSAGE_WORDS, MESSAGES, TELLABLE
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core.effects import MessageSettled
from callfsm.core.messaging import SEND

LAST = {"delivered", "undelivered", "failed"}
RANK = {"queued": 0, "initiated": 1, "sent": 2} | dict.fromkeys(LAST, 3)
MORE: st.SearchStrategy[dict[str, Any]] = st.dictionaries(st.sampled_from(["reason", "context", "tag"]), TELLABLE)
STATES = st.lists(st.tuples(st.sampled_from([*MESSAGES, "msg-9"]), st.sampled_from(MESSAGE_WORDS), MORE), max_size=15)
States = list[tuple[str, str, dict[str, Any]]]


def take(server: Server) -> list[str]:
    """Send two messages; the frames in which the server takes them."""
    requests = [server.session.request("messaging.send", {}, SEND) for _ in MESSAGES]
    return [
        json.dumps({"id": request.id, "result": {"code": "200", "message_id": message_id}})
        for request, message_id in zip(requests, MESSAGES, strict=True)
    ]


def report(message_id: str, word: str, more: dict[str, Any]) -> str:
    """The frame of a state of a message."""
    params = more | {"message_id": message_id, "message_state": word}
    event = {"event_type": "messaging.state", "params": params}
    return json.dumps({"id": "event-1", "method": "signalwire.event", "params": event})


def words_of(message_id: str, states: States) -> list[str]:
    """What was said of one message, up to its last word."""
    said = [word for of, word, _ in states if of == message_id and word in RANK]
    last = next((place for place, word in enumerate(said) if word in LAST), len(said))
    return said[: last + 1]


@given(states=STATES)
def test_nothing_is_lost(states: States) -> None:
    """In one read with the replies to the commands, in any order, every state is heard and the last one settles."""
    server = Server()
    for frame in [*take(server), *(report(*state) for state in states)]:
        server.session.receive(frame)
    settled = {each.message.message_id: each.event.params for each in only(MessageSettled, server.take())}
    lasts = {message_id: (words_of(message_id, states) or [""])[-1] for message_id in MESSAGES}

    assert {message_id: word for message_id, word in lasts.items() if word in LAST} == {
        message_id: params["message_state"] for message_id, params in settled.items()
    }


@given(states=STATES)
def test_furthest_word(states: States) -> None:
    """A message is where the furthest word that was said of it has brought it: no word takes it back."""
    server = Server()
    for frame in take(server):
        server.session.receive(frame)
    messages = dict(server.session.messaging.messages)
    for state in states:
        server.session.receive(report(*state))
    furthest = {
        message_id: max(words_of(message_id, states), key=RANK.__getitem__, default="queued") for message_id in MESSAGES
    }

    assert furthest == {message_id: message.state for message_id, message in messages.items()}


@given(before=STATES, after=STATES, fresh=st.booleans())
def test_every_message_settles_once(before: States, after: States, fresh: bool) -> None:  # noqa: FBT001  drawn
    """Over drops and resumptions, up to the end of the session, a message settles exactly once."""
    server = Server()
    for frame in [*take(server), *(report(*state) for state in before)]:
        server.session.receive(frame)
    server.drop()
    server.log_in()
    for state in after:
        server.session.receive(report(*state))
    if fresh:
        server.drop()
        server.log_in("protocol-2")
    else:
        server.close()
    server.take()
    settled = [(each.message.message_id, each.message.state) for each in only(MessageSettled, server.done)]
    lasts = [(message_id, (words_of(message_id, [*before, *after]) or [""])[-1]) for message_id in MESSAGES]

    assert sorted((message_id, word if word in LAST else "lost") for message_id, word in lasts) == sorted(settled)
