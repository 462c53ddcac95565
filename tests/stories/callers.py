"""What people on the phone do: one function each, whose docstring tells what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from callfsm.simulator import Caller as Phone
from callfsm.simulator import CallerError, Network, answering_machine
from callfsm.simulator.person import HUMAN, fax_machine
from stories.acting import PEOPLE
from stories.story import Act, Caller

if TYPE_CHECKING:
    from stories.scene import Scene

Acts = Callable[[Phone, Act], Awaitable[None]]

ACTS: Final[dict[str, Acts]] = {}
"""Every kind of act, by its name."""

PERSONS: Final = (HUMAN, HUMAN, HUMAN, answering_machine("Leave a message"), fax_machine("https://example.com/a.pdf"))


def act(acts: Acts) -> Acts:
    """Enter an act in the table under its own name."""
    ACTS[acts.__name__] = acts
    return acts


@act
async def press(phone: Phone, act: Act) -> None:
    """Press some keys."""
    await phone.press(("1", "22", "1#", "0*9")[act.choice % 4])


@act
async def speak(phone: Phone, _act: Act) -> None:
    """Say something."""
    await phone.says("sales please")


@act
async def listen(phone: Phone, _act: Act) -> None:
    """Wait until the call has been answered."""
    await phone.is_answered(10)


@act
async def stay_silent(phone: Phone, act: Act) -> None:
    """Do nothing for a while."""
    await phone.stays_silent(1.0 + act.choice)


@act
async def hang_up(phone: Phone, act: Act) -> None:
    """Hang up."""
    await phone.hangs_up(("hangup", "cancel", "busy", "decline")[act.choice % 4])


async def perform(phone: Phone, acts: tuple[Act, ...]) -> None:
    """Do these things, until the call is over."""
    try:
        for each in acts:
            await phone.stays_silent(each.after)
            await ACTS[each.kind](phone, each)
    except CallerError:
        pass  # The call has ended, or was never answered: there is nothing left to do.


async def call_in(scene: Scene, caller: Caller) -> None:
    """Call in, and do what this caller does."""
    await scene.wait(caller.at)
    person = PERSONS[caller.choice % len(PERSONS)]
    context = "shop" if caller.choice == 4 else "office"
    await perform(scene.board.call(context, person=person), caller.acts)


def people(network: Network) -> None:
    """Put somebody at each of the numbers that can be dialled."""

    async def talk(phone: Phone) -> None:
        await perform(phone, (Act("press", 1.0), Act("hang_up", 6.0)))

    network.answers(PEOPLE["answers"], after=0.5, then=talk)
    network.answers(PEOPLE["answers late"], after=8.0, then=talk)
    network.answers(PEOPLE["machine"], after=1.0, person=answering_machine("Leave a message"))
    network.busy(PEOPLE["busy"])
    network.declines(PEOPLE["declines"])
    network.no_answer(PEOPLE["no answer"])
    network.undeliverable(PEOPLE["busy"])
