"""What happens around each of the other clients' programs, and what is expected of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from acting import Program, act, end_of, ring

Promise = tuple[str, object, object]
"""What is promised, what is expected, and what has come of it."""

Scene = Callable[[Program], Iterator[Promise]]
ENDED = ("ended", "hangup")


def bridge(program: Program) -> Iterator[Promise]:
    """A call is connected to somebody, and parted from them."""
    call_id = ring("bridge")
    yield "somebody else is on the line", "+15550100120", program.says("connected to")
    yield "and is not any more", "", program.says("disconnected")
    yield "the call ends", ENDED, end_of(call_id)


def record(program: Program) -> Iterator[Promise]:
    """A caller leaves a message."""
    call_id = ring("record")
    act("hear", call_id, text="after the tone")
    act("say", call_id, text="my message")
    act("press", call_id, digits="#")
    yield "the recording is finished and has a file", "finished .mp3", program.says("recorded")
    yield "the call ends", ENDED, end_of(call_id)


def collect(program: Program) -> Iterator[Promise]:
    """A caller presses keys, and says a name."""
    call_id = ring("collect")
    act("hear", call_id, text="your number")
    act("press", call_id, digits="42#")
    yield "the keys are taken", "42", program.says("digits")
    act("hear", call_id, text="your name")
    act("say", call_id, text="Ada")
    yield "the words are taken", "Ada", program.says("speech")
    yield "the call ends", ENDED, end_of(call_id)


def queue(program: Program) -> Iterator[Promise]:
    """Somebody waits in a queue, and somebody else takes them out of it."""
    ring("queue")
    program.says("waiting")
    agent = ring("queue")
    yield "whoever waits is picked up", True, {program.says(""), program.says("")} == {"dequeued", "connected"}
    yield "the call ends", ENDED, end_of(agent)


def conference(program: Program) -> Iterator[Promise]:
    """Two callers join a conference, and leave it."""
    ring("conference")
    yield "the first member is alone", "1", program.says("joined")
    second = ring("conference")
    yield "the second one is not", "2", program.says("joined")
    yield "the first one leaves the other alone", "1", program.says("left")
    yield "the second one leaves nobody", "0", program.says("left")
    yield "the call ends", ENDED, end_of(second)


def fax(program: Program) -> Iterator[Promise]:
    """A fax is taken, and another one sent."""
    act("answers", number="+15550100122", **{"as": "fax"})
    ring("fax", document="https://files.example.test/in.pdf")
    yield "the fax has come", "True 2 https://files.example.test/in.pdf", program.says("received")
    yield "the fax has gone", "True 2", program.says("sent")
    yield "the call ends", "", program.says("ended")


def detect(program: Program) -> Iterator[Promise]:
    """An answering machine is told from a human."""
    act("answers", number="+15550100121", **{"as": "machine"})
    call_id = ring("detect")
    yield "the machine is detected", "MACHINE", program.says("detected")
    yield "and when it can be spoken to", "True", program.says("ready, beep")
    yield "the call ends", ENDED, end_of(call_id)


def pay(program: Program) -> Iterator[Promise]:
    """A caller pays by card."""
    call_id = ring("pay")
    for words, keys in (("card number", "4242424242424242#"), ("expiration", "1229"), ("security code", "123#")):
        act("hear", call_id, text=words)
        act("press", call_id, digits=keys)
    yield "the payment is made", "success ************4242", program.says("paid")
    yield "the call ends", ENDED, end_of(call_id)


def message(program: Program) -> Iterator[Promise]:
    """A text message comes; one of the two that answer it arrives."""
    act("undeliverable", number="+15550100124", reason="spam")
    act("message", body="is it ready?", context="message")
    yield "the message has come", "is it ready?", program.says("received")
    yield "the answer arrives", "delivered", program.says("sent")
    yield "and one that cannot does not", "undelivered spam", program.says("sent")
    texts = act("texts", number="+15550100123")["texts"]
    yield "it says what it should", ["You said: is it ready?"], [text["body"] for text in texts]


def javascript(program: Program, way: str) -> Iterator[Promise]:
    """A call of the JavaScript client, in either direction: play, record, prompt, collect, digits, hang up."""
    if way == "inbound":
        program.says("listening")
        ring("javascript")
    call_id = program.says("answered")
    yield "the words are heard", True, act("hear", call_id, text="from JavaScript")["ok"]
    yield "the play ends", "finished", program.says("played")
    yield "the recording is finished and has a file", "finished .wav", program.says("recorded")
    act("hear", call_id, text="your number")
    act("press", call_id, digits="42#")
    yield "the prompt takes keys", "42 #", program.says("prompt")
    act("hear", call_id, text="two digits more")
    act("press", call_id, digits="77")
    yield "collect takes keys", "77", program.says("collected")
    yield "digits are sent", "", program.says("digits sent")
    yield "the program sees the call end", "ended", program.says("ended")
    yield "the call ends", ENDED, end_of(call_id)


OFFICIAL: dict[str, Scene] = {
    "bridge": bridge,
    "record": record,
    "collect": collect,
    "queue": queue,
    "conference": conference,
    "fax": fax,
    "detect": detect,
    "pay": pay,
    "message": message,
}
"""What happens around the official client's program of each family."""

JAVASCRIPT: dict[str, Scene] = {
    "inbound": lambda program: javascript(program, "inbound"),
    "dial": lambda program: javascript(program, "dial"),
}
"""What happens around the JavaScript client's program in each direction."""
