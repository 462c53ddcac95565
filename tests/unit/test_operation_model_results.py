"""`callfsm.core.model.operation`: what settles a collect, a detector, a fax and a payment, and what does not."""

from typing import Any

import pytest
from core_wire import CONTROL_ID, Server, answered, only, started

from callfsm.core.effects import OperationSettled
from callfsm.event import CollectEvent


def result(kind: str, **more: Any) -> dict[str, Any]:
    """The params of a collect event with a result of one kind."""
    return {"result": {"type": kind, "params": {}}, **more}


@pytest.mark.parametrize("kind", ["collect", "play_and_collect"])
def test_last_words_of_a_collect(kind: str) -> None:
    """A collect that its call ended has the wire's own result for that."""
    server = Server()
    operation = started(server, answered(server), kind)
    server.state("ended")

    assert isinstance(operation.result, CollectEvent)
    assert operation.result.result == {"type": "finished"}


@pytest.mark.parametrize("kind", ["collect", "play_and_collect"])
@pytest.mark.parametrize("params", [result("start_of_input"), result("speech", final=False), {"state": "collecting"}])
def test_collect_goes_on(kind: str, params: dict[str, Any]) -> None:
    """What is no final result leaves a collect collecting, said once or twice."""
    server = Server()
    operation = started(server, answered(server), kind)
    server.operation("collect", **params)
    server.operation("collect", **params)

    assert (operation.state, operation.stale) == ("collecting", 0)


@pytest.mark.parametrize("word", ["digit", "no_input", "no_match"])
def test_continuous_collect(word: str) -> None:
    """A continuous collect listens again after each final result."""
    server = Server()
    operation = started(server, answered(server), "collect", continuous=True)
    server.operation("collect", **result(word))
    server.operation("collect", **result(word))

    assert operation.state == "collecting"


@pytest.mark.parametrize("word", ["finished", "error"])
def test_end_of_a_continuous_collect(word: str) -> None:
    """A continuous collect settles when the server says that it is over."""
    server = Server()
    operation = started(server, answered(server), "collect", continuous=True)
    server.operation("collect", state=word)

    assert operation.state == word


@pytest.mark.parametrize("word", ["finished", "error"])
def test_end_of_the_prompt(word: str) -> None:
    """The end of the prompt, good or bad, begins the collect phase, and settles nothing."""
    server = Server()
    operation = started(server, answered(server), "play_and_collect")
    server.operation("play", state="playing")
    server.operation("play", state=word)

    assert (operation.state, operation.result) == ("collecting", None)


def test_barge_in() -> None:
    """Input during the prompt settles a play_and_collect, and the prompt's end changes nothing after it."""
    server = Server()
    operation = started(server, answered(server), "play_and_collect")
    server.operation("play", state="playing")
    server.operation("collect", **result("digit"))
    server.operation("play", state="finished")

    assert operation.state == "finished"


def heard(event: str, kind: str = "machine") -> dict[str, Any]:
    """The params of a detect event."""
    return {"detect": {"type": kind, "params": {"event": event}}}


@pytest.mark.parametrize("event", ["HUMAN", "MACHINE", "UNKNOWN", "NOT_READY"])
def test_detected(event: str) -> None:
    """The first thing that a detector hears settles it, and it goes on."""
    server = Server()
    call = answered(server)
    detect = started(server, call, "detect")
    settled = only(OperationSettled, server.operation("detect", **heard(event)))

    assert ([each.operation for each in settled], detect.state) == ([detect], "detected")
    assert call.operations == {CONTROL_ID: detect}


def test_result_of_a_detector() -> None:
    """A detector's result is the first thing it heard; what follows reaches listeners only."""
    server = Server()
    detect = started(server, answered(server), "detect")
    server.operation("detect", **heard("MACHINE"))
    for event in ("NOT_READY", "READY", "finished"):
        server.operation("detect", **heard(event))

    assert detect.result is not None
    assert (detect.result.params["detect"]["params"]["event"], detect.state, detect.stale) == ("MACHINE", "finished", 0)


@pytest.mark.parametrize(("params", "state"), [(heard("finished"), "finished"), ({"state": "error"}, "error")])
def test_detector_that_heard_nothing(params: dict[str, Any], state: str) -> None:
    """A detector that ends without having heard anything settles with its end."""
    server = Server()
    detect = started(server, answered(server), "detect")
    settled = only(OperationSettled, server.operation("detect", **params))

    assert (len(settled), detect.state, detect.call.operations) == (1, state, {})


def test_detector_that_is_stopped_by_the_call() -> None:
    """What a detector hears while its call is ending settles it too, once, and it is over with the call."""
    server = Server()
    detect = started(server, answered(server), "detect")
    effects = server.state("ending")
    effects += server.operation("detect", **heard("HUMAN"))
    effects += server.operation("detect", **heard("READY"))
    effects += server.state("ended")

    assert (len(only(OperationSettled, effects)), detect.state) == (1, "hung_up")


def test_detector_of_an_ended_call() -> None:
    """A detector that has told what it heard settles nobody again when its call ends."""
    server = Server()
    detect = started(server, answered(server), "detect")
    server.operation("detect", **heard("HUMAN"))
    settled = only(OperationSettled, server.state("ended"))

    assert (settled, detect.state, server.session.calls) == ([], "hung_up", {})


def test_stop_of_a_detector() -> None:
    """A detector that has told what it heard can still be stopped."""
    server = Server()
    detect = started(server, answered(server), "detect")
    server.operation("detect", **heard("HUMAN"))

    assert detect.ask("stop", {}) is not None


@pytest.mark.parametrize("kind", ["send_fax", "receive_fax"])
@pytest.mark.parametrize(
    ("params", "state"),
    [
        ({"fax": {"type": "page"}}, "page"),
        ({"fax": {"type": "finished"}}, "finished"),
        ({"fax": {"type": "error"}}, "error"),
        ({"state": "finished"}, "finished"),
        ({"state": "error"}, "error"),
    ],
)
def test_fax(kind: str, params: dict[str, Any], state: str) -> None:
    """A fax is over by its state or by its kind of event; a page is on the way."""
    server = Server()
    fax = started(server, answered(server), kind)
    settled = only(OperationSettled, server.operation("fax", **params))

    assert (fax.state, bool(settled)) == (state, state != "page")


@pytest.mark.parametrize(
    ("params", "state"),
    [
        ({"for": "security-code"}, "progress"),
        ({"result": "success"}, "finished"),
        ({"result": "caller-interrupted-with-star"}, "finished"),
        ({"state": "finished"}, "finished"),
        ({"state": "error"}, "error"),
    ],
)
def test_pay(params: dict[str, Any], state: str) -> None:
    """A payment is over by its state or by its result; what is asked meanwhile is on the way."""
    server = Server()
    pay = started(server, answered(server), "pay")
    settled = only(OperationSettled, server.operation("pay", **params))

    assert (pay.state, bool(settled)) == (state, state != "progress")


@pytest.mark.parametrize(("kind", "event"), [("send_fax", "fax"), ("receive_fax", "fax"), ("transcribe", "transcribe")])
def test_last_report_after_the_call(kind: str, event: str) -> None:
    """What leaves something behind takes its last report, with the address of it, also after the call has ended."""
    server = Server()
    operation = started(server, answered(server), kind)
    server.state("ended")
    (settled,) = only(OperationSettled, server.operation(event, state="finished", url="https://files.invalid/1"))

    assert (operation.state, settled.event.params["url"]) == ("finished", "https://files.invalid/1")


@pytest.mark.parametrize(
    ("kind", "word"), [("tap", "tapping"), ("stream", "streaming"), ("transcribe", "transcribing")]
)
def test_under_way(kind: str, word: str) -> None:
    """A service that is reported under way, said once or twice, goes on."""
    server = Server()
    operation = started(server, answered(server), kind)
    server.operation(kind, state=word)
    server.operation(kind, state=word)

    assert (operation.state, operation.stale, operation.result) == (word, 0, None)


def test_agent_of_an_ended_call() -> None:
    """An AI agent of which the server never says that it has ended settles with its call."""
    server = Server()
    agent = started(server, answered(server), "ai")
    server.state("ended")

    assert (agent.state, agent.result is not None) == ("hung_up", True)
