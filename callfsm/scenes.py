"""The calls of the demonstration: who rings, and what they do. Each reads like the call it makes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from callfsm.simulator import Caller, Simulator


@dataclass(frozen=True)
class Scene:
    """One inbound call that is shown as a ladder."""

    title: str
    context: str
    script: Callable[[Caller], Awaitable[None]]


async def presses_a_key(caller: Caller) -> None:
    """The ordinary caller."""
    await caller.hears("Press 1 for sales")
    await caller.press("1")
    await caller.hears("Our sales desk is closed")
    await caller.is_over()


async def hangs_up_in_the_prompt(caller: Caller) -> None:
    """Somebody who has dialled the wrong number."""
    await caller.hears("Welcome to Example Motors")
    await caller.hangs_up()


async def presses_a_wrong_key(caller: Caller) -> None:
    """Somebody whose first choice is none."""
    await caller.hears("Press 2 for service")
    await caller.press("9")
    await caller.hears("That is not a choice")
    await caller.hears("Press 2 for service")
    await caller.press("2")
    await caller.hears("Our service desk is closed")
    await caller.is_over()


async def stays_silent(caller: Caller) -> None:
    """A line on which nobody speaks."""
    for _ in range(3):
        await caller.hears("We did not hear you")
    await caller.hears("Goodbye")
    await caller.is_over()


async def says_it(caller: Caller) -> None:
    """Somebody who speaks rather than presses."""
    await caller.hears("say what you need")
    await caller.says("I need a service appointment")
    await caller.hears("Our service desk is closed")
    await caller.is_over()


async def leaves_a_message(caller: Caller) -> None:
    """A message that is ended with the hash key."""
    await caller.hears("after the tone")
    await caller.stays_silent(3)
    await caller.says("It is about the blue car. Please call me back.")
    await caller.press("#")
    await caller.hears("Thank you")
    await caller.is_over()


async def hangs_up_while_recording(caller: Caller) -> None:
    """A message whose speaker just hangs up; its file must not be lost."""
    await caller.hears("hang up")
    await caller.stays_silent(0.5)
    await caller.says("Never mind, I will write.")
    await caller.hangs_up()


SCENES: Final = (
    Scene("A caller presses 1", "ivr", presses_a_key),
    Scene("A caller hangs up in the middle of the prompt", "ivr", hangs_up_in_the_prompt),
    Scene("A caller presses a wrong key, then a right one", "ivr", presses_a_wrong_key),
    Scene("A caller stays silent", "ivr", stays_silent),
    Scene("A caller says what they need", "ivr", says_it),
    Scene("A caller leaves a message", "voicemail", leaves_a_message),
    Scene("A caller hangs up while being recorded", "voicemail", hangs_up_while_recording),
)
"""The calls that are shown as ladders."""

PATIENT: Final = "+15550100010"
IMPATIENT: Final = "+15550100011"
BUSY: Final = "+15550100012"
NOBODY: Final = "+15550100013"
DECLINES: Final = "+15550100014"

DIALLED: Final = {
    PATIENT: "reminded",
    IMPATIENT: "hung up early",
    BUSY: "busy",
    NOBODY: "noAnswer",
    DECLINES: "decline",
}
"""Whom the dialer calls, and how that must end."""


async def _listens(callee: Caller) -> None:
    await callee.is_over()


async def _cuts_it_short(callee: Caller) -> None:
    await callee.hears("Your appointment")
    await callee.hangs_up()


def people(simulator: Simulator) -> None:
    """Put the people whom the dialer calls beside their phones."""
    simulator.answers(PATIENT, after=2.0, then=_listens)
    simulator.answers(IMPATIENT, after=1.0, then=_cuts_it_short)
    simulator.busy(BUSY)
    simulator.no_answer(NOBODY)
    simulator.declines(DECLINES)
