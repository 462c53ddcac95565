"""What strategies draw: callers, networks and stories that shrink, and sequences that the machine of a call hears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from methods import COMMANDS
from methods import given as arguments

from callfsm import Call, IllegalCommandError, RelayError
from callfsm.core.tables import CALL, Speaker
from callfsm.testing import Act, Network, NetworkAct, Script, Story, run
from callfsm.testing import strategies as drawn
from callfsm.testing.sequences import Step, Walk
from callfsm.testing.virtual_time import turns
from callfsm.testing.vocabulary import Vocabulary

QUICKLY = settings(database=None, derandomize=True, max_examples=2_000, suppress_health_check=list(HealthCheck))
MENU = Vocabulary(
    keys=("1", "22#"),
    words=("sales",),
    prompts=("Press 1 for sales, please.",),
    numbers=("+15550100021",),
    methods=("calling.answer", "calling.play", "calling.play.stop", "calling.end"),
    events=("calling.call.play",),
    moments=(0.0, 2.5),
    routes=((Act("hears", "for sales, please."), Act("press", "1")),),
)

# Nobody answers or passes an outbound call, so there is no reply to that, and the report is no confirmation.
NEVER_OUTBOUND = {("created", "answer_accepted"), ("created", "pass_accepted"), ("answered", "answered")}


def least(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """The least that a strategy draws and that meets a condition."""
    return find(strategy, condition, settings=QUICKLY)


@pytest.mark.parametrize("does", ["is_answered", "press", "says", "stays_silent", "hangs_up"])
def test_least_caller(does: str) -> None:
    """A caller shrinks to whoever does nothing but what matters."""
    script = least(drawn.callers(), lambda script: any(act.does == does for act in script.acts))

    assert [does] == [act.does for act in script.acts if act.does != "is_answered" or does == "is_answered"]


def test_least_story() -> None:
    """A story shrinks to one caller, and a network that does nothing."""
    assert Story() == least(drawn.stories(), lambda story: not story.callers[0].acts)


def test_least_network() -> None:
    """A network shrinks to the one thing that matters."""
    network = least(drawn.networks(), lambda network: network.hurts)

    assert 1 == len(network.acts)


@pytest.mark.parametrize(
    "act",
    [
        Act("press", "22#"),
        Act("says", "sales"),
        Act("hears", "for sales, please."),
        Act("hears", "Press 1"),
        Act("stays_silent", 2.5),
    ],
)
def test_vocabulary(act: Act) -> None:
    """What matters to a flow is drawn."""
    assert act in least(drawn.callers(MENU), lambda script: act in script.acts).acts


@pytest.mark.parametrize(
    ("does", "arguments"),
    [
        ("replies", (404, "calling.play.stop")),
        ("replies", (500, "calling.play")),
        ("duplicates", ("calling.call.play", 3)),
        ("busy", ("+15550100021",)),
    ],
)
def test_vocabulary_of_networks(does: str, arguments: tuple[object, ...]) -> None:
    """A network does what it does with what the flow uses."""
    wanted = NetworkAct(does, arguments)  # type: ignore[arg-type]  # the cases are of several types

    assert wanted in least(drawn.networks(MENU), lambda network: wanted in network.acts).acts


@settings(max_examples=300)
@given(drawn.networks(MENU))
def test_no_lies(network: Network) -> None:
    """No server says that it does not know a call that is up, refuses to hang up, or loses frames on a line that holds."""
    refused = [act.arguments for act in network.acts if act.does == "replies"]

    assert not {(404, "calling.answer"), (404, "calling.play"), (500, "calling.end")} & set(refused)
    assert "loses" not in [act.does for act in network.acts]


def test_losses() -> None:
    """Frames are lost when that is asked for."""
    network = least(drawn.networks(losses=True), lambda network: any(act.does == "loses" for act in network.acts))

    assert ["loses"] == [act.does for act in network.acts]


@settings(max_examples=200)
@given(drawn.stories(MENU, at_once=3))
def test_own_numbers(story: Story) -> None:
    """Everybody who calls has a number of their own, and the first one calls at once."""
    assert len({script.from_ for script in story.callers}) == len(story.callers) <= 3
    assert 0.0 == story.callers[0].at


@settings(max_examples=50)
@given(drawn.stories(callers=st.just(Script((Act("hangs_up"),))), networks=st.just(Network()), at_once=1))
def test_strategies_of_ones_own(story: Story) -> None:
    """Callers and networks may be drawn by strategies of one's own."""
    assert Story((Script((Act("hangs_up"),)),)) == story


@settings(max_examples=300)
@given(drawn.legal_sequences())
def test_legal(steps: list[Step]) -> None:
    """A row takes every step of a legal sequence."""
    walk = Walk()

    assert [] == [step for step in steps if not walk.takes(step)]


@settings(max_examples=300)
@given(drawn.illegal_sequences())
def test_illegal(steps: list[Step]) -> None:
    """A row takes every step of an illegal sequence but the last, which leaves the call as it is."""
    walk = Walk()
    taken = [walk.takes(step) for step in steps[:-1]]
    before = walk.state

    assert all(taken)
    assert Speaker.ASK is steps[-1].speaker
    assert not walk.takes(steps[-1])
    assert before == walk.state


def possible(direction: str, *, early_media: bool) -> set[tuple[str, str]]:
    """Each state together with what is heard in it, as far as this direction and this setting let it happen."""
    shut = {"inbound"} - {direction} | ({"early_media"} if not early_media else set())
    rows = [row for row in CALL.rows if not shut & set(row.guards.split())]
    heard = {(state, row.trigger) for row in rows for state in row.sources.split()}
    return heard - (NEVER_OUTBOUND if direction == "outbound" else set())


@pytest.mark.parametrize("early_media", [False, True])
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_every_row(direction: str, early_media: bool) -> None:  # noqa: FBT001  # one of two settings
    """On all walks together, every row is legal that this direction and this setting let happen, and no other."""
    met: set[tuple[str, ...]] = set()
    taken: set[tuple[str, str]] = set()
    ahead: list[tuple[Step, ...]] = [()]
    while ahead:
        steps = ahead.pop(0)
        walk = Walk(direction, early_media=early_media)
        for step in steps:
            walk.takes(step)
        legal = walk.legal()
        taken |= {(walk.state, row.trigger) for row in legal}
        place = (walk.state, *sorted(walk._pending), *(row.trigger for row in legal))
        if place not in met:
            met.add(place)
            ahead += [(*steps, Step(row.speaker, row.trigger)) for row in legal]

    assert possible(direction, early_media=early_media) == taken


def test_most_rows() -> None:
    """A few hundred legal sequences have most rows in them."""
    taken: set[tuple[str, str]] = set()

    @settings(QUICKLY, max_examples=300, deadline=None, phases=[Phase.generate])
    @given(drawn.legal_sequences(max_steps=40))
    def walks(steps: list[Step]) -> None:
        walk = Walk()
        for step in steps:
            taken.add((walk.state, step.trigger))
            walk.takes(step)

    walks()

    assert len(taken) > 0.8 * len(possible("inbound", early_media=False))


@pytest.mark.parametrize(("direction", "command"), [("inbound", "play"), ("outbound", "answer")])
def test_directions(direction: str, command: str) -> None:
    """What is illegal depends on who has called whom, and on whether early media are wanted."""
    steps = least(drawn.illegal_sequences(direction), lambda steps: steps[-1].trigger == command)

    assert [Step(Speaker.ASK, command)] == steps


METHODS = {"answer_accepted": "calling.answer", "pass_accepted": "calling.pass", "hangup_accepted": "calling.end"}


class Server:
    """An executor that replies to answers, passes and hang-ups when it is told to, and to all else at once."""

    def __init__(self) -> None:
        self.pending: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def execute(self, method: str, _params: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command."""
        if method not in METHODS.values():
            return {"code": "200"}
        self.pending[method] = asyncio.get_running_loop().create_future()
        return await self.pending[method]

    def reply(self, trigger: str) -> None:
        """Reply as the step of a sequence tells."""
        future = self.pending.pop(METHODS.get(trigger) or next(iter(self.pending)))
        if trigger == "gone":
            future.set_exception(RelayError(410, "gone"))
        else:
            future.set_result({"code": "200"})


class Hand:
    """A call made by hand, which hears the steps of a sequence."""

    def __init__(self) -> None:
        self.server = Server()
        self.call = Call(self.server, "call-1", "node-1", "project", "office", direction="inbound")
        self.asked: list[asyncio.Task[Any]] = []

    async def hears(self, step: Step) -> None:
        """Let the call hear one step."""
        if step.speaker is Speaker.ASK:
            self.asked.append(asyncio.create_task(getattr(self.call, step.trigger)(**arguments(step.trigger))))
        elif step.speaker is Speaker.REPORT:
            told = {"call_id": "call-1", "call_state": step.trigger}
            self.call.receive({"event_type": "calling.call.state", "params": told})
        else:
            self.server.reply(step.trigger)
        await turns()

    async def ends(self) -> None:
        """Let the call end, and every command have its reply."""
        self.call.receive({"event_type": "calling.call.state", "params": {"call_id": "call-1", "call_state": "ended"}})
        for future in self.server.pending.values():
            future.set_result({"code": "200"})
        await asyncio.gather(*self.asked, return_exceptions=True)


def of_a_call(steps: list[Step]) -> bool:
    """Whether these steps can be told to a call made by hand: it has no line to lose, and the official methods only."""
    return all(
        step.speaker is not Speaker.LINE and (step.speaker is not Speaker.ASK or step.trigger in COMMANDS)
        for step in steps
    )


@settings(max_examples=150)
@given(drawn.legal_sequences().filter(of_a_call))
def test_legal_for_a_call(steps: list[Step]) -> None:
    """A call over `execute` hears a legal sequence as the core does, and raises nothing."""
    walk = Walk()
    for step in steps:
        walk.takes(step)

    async def heard() -> tuple[str, list[BaseException | None]]:
        hand = Hand()
        for step in steps:
            await hand.hears(step)
        state = hand.call.state
        await hand.ends()
        return state, [task.exception() for task in hand.asked]

    state, errors = run(heard())

    assert walk.state == state
    assert [] == [error for error in errors if error is not None]


@settings(max_examples=150)
@given(drawn.illegal_sequences().filter(lambda steps: of_a_call(steps) and steps[-1].trigger != "hangup"))
def test_illegal_for_a_call(steps: list[Step]) -> None:
    """A call over `execute` refuses the last step of an illegal sequence; a second hang-up waits for the first."""

    async def refused() -> BaseException | None:
        hand = Hand()
        for step in steps:
            await hand.hears(step)
        error = hand.asked[-1].exception() if hand.asked[-1].done() else None
        await hand.ends()
        return error

    assert isinstance(run(refused()), IllegalCommandError)
