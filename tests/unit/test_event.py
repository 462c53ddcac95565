"""`callfsm.event`: an example of every event type, and junk in every field."""

import copy
import dataclasses
import inspect
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callfsm import event
from callfsm.event import (
    EVENT_CLASS_MAP,
    CallReceiveEvent,
    CallStateEvent,
    CollectEvent,
    ConnectionEvent,
    DetectEvent,
    GapEvent,
    PlayEvent,
    RecordEvent,
    RelayEvent,
    parse_event,
)

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "events.json").read_text())
TYPED = sorted(EVENT_CLASS_MAP)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
COMMON = {each.name for each in dataclasses.fields(RelayEvent)}


def own_fields(arrived: RelayEvent) -> dict[str, Any]:
    """What the class of an event adds to `RelayEvent`, by name."""
    facts = {each.name: getattr(arrived, each.name) for each in dataclasses.fields(arrived)}
    return {name: value for name, value in facts.items() if name not in COMMON}


def wire_name(event_type: str, name: str) -> str:
    """The key on the wire of an attribute."""
    renamed = {"queue_id": "id", "queue_name": "name"}
    return renamed.get(name, name) if event_type == "calling.call.queue" else name


@pytest.mark.parametrize("event_type", EXAMPLES)
def test_example_class(event_type: str) -> None:
    """Each event type arrives as its published class; those without one arrive as `RelayEvent`."""
    arrived = parse_event(EXAMPLES[event_type]["envelope"])

    assert EXAMPLES[event_type]["class"] == type(arrived).__name__


@pytest.mark.parametrize("event_type", EXAMPLES)
def test_example_fields(event_type: str) -> None:
    """Each published field of an event holds what the example frame tells."""
    assert EXAMPLES[event_type]["expected"] == own_fields(parse_event(EXAMPLES[event_type]["envelope"]))


@pytest.mark.parametrize("event_type", EXAMPLES)
def test_example_common_fields(event_type: str) -> None:
    """Type, params, call and the envelope's time are on every event."""
    envelope = EXAMPLES[event_type]["envelope"]
    params = envelope.get("params", {})
    arrived = parse_event(envelope)

    assert (event_type, params, params.get("call_id", ""), envelope["timestamp"]) == (
        arrived.event_type,
        arrived.params,
        arrived.call_id,
        arrived.timestamp,
    )


@pytest.mark.parametrize("event_type", TYPED)
def test_defaults(event_type: str) -> None:
    """A field that the server leaves out has its published default."""
    assert EXAMPLES[event_type]["defaults"] == own_fields(parse_event({"event_type": event_type}))


@pytest.mark.parametrize("event_type", TYPED)
@given(junk=JUNK)
def test_junk_in_every_field(event_type: str, junk: Any) -> None:
    """A value of another type than the field's never raises, and gives the default."""
    defaults = EXAMPLES[event_type]["defaults"]
    misfits = {name: value for name, value in defaults.items() if not _fits(junk, value)}
    arrived = parse_event({"event_type": event_type, "params": {wire_name(event_type, name): junk for name in misfits}})

    assert misfits == {name: own_fields(arrived)[name] for name in misfits}


def _fits(value: Any, default: Any) -> bool:
    if default is None or isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool | None)
    return isinstance(value, int | float if isinstance(default, float) else type(default))


@given(envelope=st.dictionaries(st.sampled_from(["event_type", "params", "timestamp"]), JUNK))
def test_junk_envelope(envelope: dict[str, Any]) -> None:
    """Any envelope at all makes an event whose params are a dict."""
    assert isinstance(parse_event(envelope).params, dict)


@pytest.mark.parametrize("event_type", TYPED)
def test_fresh_defaults(event_type: str) -> None:
    """No two events share a default that can be changed."""
    first, second = (own_fields(parse_event({"event_type": event_type})) for _ in range(2))
    shared = [name for name, value in first.items() if isinstance(value, dict | list) and value is second[name]]

    assert [] == shared


def test_params_by_reference() -> None:
    """An event's params are the frame's own, not a copy."""
    params = {"control_id": "ctl-1"}

    assert params is parse_event({"event_type": "calling.call.play", "params": params}).params


@pytest.mark.parametrize(
    ("wire", "constant"),
    [
        ("maxDuration", "max_duration"),
        ("max_duration", "max_duration"),
        ("notFound", "not_found"),
        ("not_found", "not_found"),
        ("noAnswer", "noAnswer"),
        (7, ""),
    ],
)
def test_end_reason_spellings(wire: object, constant: str) -> None:
    """Either spelling of an end reason arrives in that of the constants."""
    arrived = parse_event({"event_type": "calling.call.state", "params": {"end_reason": wire}})

    assert isinstance(arrived, CallStateEvent)
    assert constant == arrived.end_reason == event.end_reason({"end_reason": wire})


def test_context_of_older_servers() -> None:
    """An inbound call whose server names the context ``protocol`` has that as its context."""
    arrived = CallReceiveEvent.from_payload({"params": {"protocol": "office"}})

    assert arrived.context == "office"


def test_record_facts_at_top_level() -> None:
    """A recording's facts are found beside ``record`` when they are not within it."""
    params = {"url": "https://files.invalid/1", "duration": 3, "record": {"size": 12}}
    arrived = RecordEvent.from_payload({"params": params})

    assert (arrived.url, arrived.duration, arrived.size) == ("https://files.invalid/1", 3.0, 12)


def test_timestamp_of_the_params() -> None:
    """Where the envelope tells no time, that of the params counts."""
    assert RelayEvent.from_payload({"params": {"timestamp": 17}}).timestamp == 17.0


@pytest.mark.parametrize("stamp", [2**63, -(2**63), True, "17", None])
def test_timestamp_out_of_reason(stamp: object) -> None:
    """A time that no clock could tell counts as not told."""
    assert RelayEvent.from_payload({"timestamp": stamp}).timestamp == 0.0


@pytest.mark.parametrize(
    ("params", "digits", "text", "confidence"),
    [
        ({"digits": "12"}, "12", "", 0.0),
        ({"text": "sales", "confidence": 83.5}, "", "sales", 83.5),
        ({"confidence": 83}, "", "", 83.0),
        (None, "", "", 0.0),
        ({"digits": 12, "text": [], "confidence": "high"}, "", "", 0.0),
    ],
)
def test_collected_details(params: object, digits: str, text: str, confidence: float) -> None:
    """What the caller gave can be read off a collect event, whatever is missing."""
    arrived = CollectEvent.from_payload({"params": {"result": {"type": "digit", "params": params}}})

    assert (arrived.digits, arrived.text, arrived.confidence) == (digits, text, confidence)


def test_every_event_class_documented() -> None:
    """Every event class says when it is fired."""
    silent = [each.__name__ for each in EVENT_CLASS_MAP.values() if not (each.__doc__ or "").startswith("Fired ")]

    assert [] == silent


def test_equality() -> None:
    """Two events of the same envelope are equal."""
    envelope = {"params": {"detect": {"type": "machine"}}}

    assert DetectEvent.from_payload(envelope) == DetectEvent.from_payload(envelope)


def fresh() -> Any:
    """An event class that nobody has made an event of, made as those of the module are."""

    @event._event
    class RungEvent(RelayEvent):
        times: int = 0
        notes: list[str] = dataclasses.field(default_factory=list)

    return RungEvent


def test_constructor_of_a_dataclass() -> None:
    """The constructor of an event class is that of a dataclass, before and after its first use."""

    @dataclasses.dataclass
    class Alike(RelayEvent):
        times: int = 0
        notes: list[str] = dataclasses.field(default_factory=list)

    made = fresh()
    before = str(inspect.signature(made))
    made("rung", {})

    assert (str(inspect.signature(Alike)),) * 2 == (before, str(inspect.signature(made)))


@pytest.mark.parametrize("event_class", sorted({*EVENT_CLASS_MAP.values(), ConnectionEvent, GapEvent}, key=repr))
def test_constructors(event_class: Any) -> None:
    """Every event class takes its fields, in their order, by position and by name."""
    names = [each.name for each in dataclasses.fields(event_class)]
    facts: dict[str, Any] = {each: object() for each in names}

    assert [*facts.values()] == [getattr(event_class(*facts.values()), each) for each in names]
    assert event_class(**facts) == event_class(*facts.values())


def test_arguments_that_are_missing() -> None:
    """What is made without its type and params is refused, and the error names the class."""
    with pytest.raises(TypeError, match=r"RungEvent.__init__\(\) missing 2 required positional arguments"):
        fresh()()


def test_default_of_its_own() -> None:
    """No two events share a default that can be changed, whoever makes them."""
    made = fresh()

    assert made("rung", {}).notes is not made("rung", {}).notes


def test_class_of_a_program() -> None:
    """A program may derive an event class that calls the constructor of ours."""
    derived: Any = fresh()

    class Counted(derived):  # type: ignore[misc]  # checked by what happens
        def __init__(self, *facts: Any, **named: Any) -> None:
            super().__init__(*facts, **named)
            self.counted = True

    both = Counted("rung", {}, times=2), derived("rung", {}, times=3)

    assert [(2, True), (3, False)] == [(each.times, hasattr(each, "counted")) for each in both]


@pytest.mark.parametrize("take", [copy.deepcopy, dataclasses.replace, lambda each: pickle.loads(pickle.dumps(each))])  # noqa: S301  # it is our own
def test_copies(take: Any) -> None:
    """Events can be copied, replaced and pickled, as dataclasses can."""
    arrived = parse_event({"event_type": "calling.call.play", "params": {"state": "playing"}})

    assert arrived == take(arrived)


def test_matching() -> None:
    """An event is matched by position, as dataclasses are."""
    match parse_event({"event_type": "calling.call.play", "params": {"call_id": "call-1", "state": "paused"}}):
        case PlayEvent(_, _, call_id, _, _, state):
            assert ("call-1", "paused") == (call_id, state)
        case _:
            raise AssertionError
