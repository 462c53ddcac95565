"""What happens around each of the other clients' programs, and what is expected of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from acting import Program, caller, ring

Promise = tuple[str, object, object]
"""What is promised, what is expected, and what has come of it."""

Scene = Callable[[Program], Iterator[Promise]]
ENDED = {"ok": True, "state": "ended", "end_reason": "hangup"}


def bridge(program: Program) -> Iterator[Promise]:
    """A call is connected to somebody, and parted from them."""
    call_id = ring("bridge")
    yield "somebody else is on the line", "+15550100120", program.says("connected to")
    yield "and is not any more", "", program.says("disconnected")
    yield "the call ends", ENDED, caller("wait", call_id)


def record(program: Program) -> Iterator[Promise]:
    """A caller leaves a message."""
    call_id = ring("record")
    caller("hear", call_id, "after the tone")
    caller("say", call_id, "my message")
    caller("press", call_id, "#")
    yield "the recording is finished and has a file", "finished .mp3", program.says("recorded")
    yield "the call ends", ENDED, caller("wait", call_id)


def collect(program: Program) -> Iterator[Promise]:
    """A caller presses keys, and says a name."""
    call_id = ring("collect")
    caller("hear", call_id, "your number")
    caller("press", call_id, "42#")
    yield "the keys are taken", "42", program.says("digits")
    caller("hear", call_id, "your name")
    caller("say", call_id, "Ada")
    yield "the words are taken", "Ada", program.says("speech")
    yield "the call ends", ENDED, caller("wait", call_id)


def queue(program: Program) -> Iterator[Promise]:
    """Somebody waits in a queue, and somebody else takes them out of it."""
    ring("queue")
    program.says("waiting")
    agent = ring("queue")
    yield "whoever waits is picked up", True, {program.says(""), program.says("")} == {"dequeued", "connected"}
    yield "the call ends", ENDED, caller("wait", agent)


def conference(program: Program) -> Iterator[Promise]:
    """Two callers join a conference, and leave it."""
    ring("conference")
    yield "the first member is alone", "1", program.says("joined")
    second = ring("conference")
    yield "the second one is not", "2", program.says("joined")
    yield "the first one leaves the other alone", "1", program.says("left")
    yield "the second one leaves nobody", "0", program.says("left")
    yield "the call ends", ENDED, caller("wait", second)


def fax(program: Program) -> Iterator[Promise]:
    """A fax is taken, and another one sent."""
    caller("answers", "+15550100122", "--as", "fax")
    ring("fax", "--as", "fax", "--document", "https://files.example.test/in.pdf")
    yield "the fax has come", "True 2 https://files.example.test/in.pdf", program.says("received")
    yield "the fax has gone", "True 2", program.says("sent")
    yield "the call ends", "", program.says("ended")


def detect(program: Program) -> Iterator[Promise]:
    """An answering machine is told from a human."""
    caller("answers", "+15550100121", "--as", "machine")
    call_id = ring("detect")
    yield "the machine is detected", "MACHINE", program.says("detected")
    yield "and when it can be spoken to", "True", program.says("ready, beep")
    yield "the call ends", ENDED, caller("wait", call_id)


def pay(program: Program) -> Iterator[Promise]:
    """A caller pays by card."""
    call_id = ring("pay")
    for words, keys in (("card number", "4242424242424242#"), ("expiration", "1229"), ("security code", "123#")):
        caller("hear", call_id, words)
        caller("press", call_id, keys)
    yield "the payment is made", "success ************4242", program.says("paid")
    yield "the call ends", ENDED, caller("wait", call_id)


def message(program: Program) -> Iterator[Promise]:
    """A text message comes; one of the two that answer it arrives."""
    caller("undeliverable", "+15550100124", "--reason", "spam")
    caller("message", "is it ready?", "--context", "message")
    yield "the message has come", "is it ready?", program.says("received")
    yield "the answer arrives", "delivered", program.says("sent")
    yield "and one that cannot does not", "undelivered spam", program.says("sent")
    texts = caller("texts", "+15550100123")["texts"]
    yield "it says what it should", ["You said: is it ready?"], [text["body"] for text in texts]


def javascript(program: Program, way: str) -> Iterator[Promise]:
    """A call of the JavaScript client, in either direction: play, record, prompt, collect, digits, hang up."""
    if way == "inbound":
        program.says("listening")
        ring("javascript")
    call_id = program.says("answered")
    yield "the words are heard", True, caller("hear", call_id, "from JavaScript")["ok"]
    yield "the play ends", "finished", program.says("played")
    yield "the recording is finished and has a file", "finished .wav", program.says("recorded")
    caller("hear", call_id, "your number")
    caller("press", call_id, "42#")
    yield "the prompt takes keys", "42 #", program.says("prompt")
    caller("hear", call_id, "two digits more")
    caller("press", call_id, "77")
    yield "collect takes keys", "77", program.says("collected")
    yield "digits are sent", "", program.says("digits sent")
    yield "the program sees the call end", "ended", program.says("ended")
    yield "the call ends", ENDED, caller("wait", call_id)


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
