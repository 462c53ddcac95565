"""What hostile frames are aimed at: a client with calls in every state, and everything that can run in them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from typing import Any, Final

from clock import turns
from scripted import TTS

from callfsm import Action, Call, Message, RelayError
from callfsm.builders import phone
from fuzz.corpus import ACTIONS, Aims
from fuzz.hostile_server import HostileServer

DEVICES: Final = [[phone("+15550100009", "+15550100001")]]
GOOD: Final = "good"
"""The context of calls that must work."""
_LASTING: Final = ("record", "send_fax", "receive_fax", "transcribe")
_MOST_TASKS: Final = 150


class World:
    """One client, joined to a hostile server.

    Attributes:
        broken: What has gone wrong in the program's own tasks.
        handled: The good calls whose handlers have returned, with how their play ended.
    """

    def __init__(self) -> None:
        self.server = HostileServer()
        self.client = self.server.client("office")
        self.calls: dict[str, Call] = {}
        self.operations: dict[str, list[tuple[str, str]]] = {}
        self.actions: list[Action[Any]] = []
        self.tags: list[str] = []
        self.broken: list[str] = []
        self.handled: dict[str, str] = {}
        self._messages: list[Message] = []
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._batch = 0
        self.client.on_call(self._handle)
        self.client.on_message(self._read)
        self._number(0)

    def _number(self, batch: int) -> None:
        # Ids are counted anew in each batch, so that one can be played again by itself.
        numbers = count(1)
        self._batch = batch
        self._names = count(1)
        session, pump = self.client._session, self.client._pump
        session._new_id = session.outbox._new_id = pump.new_id = lambda: f"ours-{batch}-{next(numbers)}"

    def aims(self) -> Aims:
        """What is live, and what lately was."""
        messages = list(self.client._session.messaging.messages)
        requests = [*self.server.outstanding, *list(self.client._session.outbox.pending)[:20]]
        return Aims(self.operations, self.tags, messages, [f"conference-{self._batch}"], requests)

    def look_around(self) -> None:
        """Take note of calls that frames have made."""
        for call in self.client.calls[-20:]:
            self.calls.setdefault(call.call_id, call)
            self.operations.setdefault(call.call_id, [])

    async def _handle(self, call: Call) -> None:
        self.calls[call.call_id] = call
        if call.context == GOOD:
            await call.answer()
            action = await call.play([TTS])
            ended = await action.wait()
            await call.hangup()
            await call.wait_for_ended()
            self.handled[call.call_id] = ended.state
        else:
            call.on("calling.call.play", self._heard)
            await call.wait_for_ended()

    async def _heard(self, _event: object) -> None:
        await asyncio.sleep(0)

    async def _read(self, message: Message) -> None:
        repr(message)

    def does(self, doing: Coroutine[Any, Any, Any]) -> asyncio.Task[None]:
        """Let the program do something; what a program has to expect is no fault."""
        task = asyncio.create_task(self._contained(doing), name="the program")
        self._tasks[task] = None
        task.add_done_callback(self._tasks.pop)
        task.add_done_callback(lambda _task: doing.close())  # it may have been cancelled before it began
        return task

    async def _contained(self, doing: Awaitable[Any]) -> None:
        try:
            done = await doing
        except (RelayError, TimeoutError):
            return
        except Exception as error:  # noqa: BLE001  # anything else is what is looked for
            self.broken.append(f"the program met {error!r}")
            return
        if isinstance(done, Action):
            self.actions.append(done)
            await self._contained(done.wait())
        elif isinstance(done, Message):
            self._messages.append(done)
            await self._contained(done.wait())
        elif isinstance(done, Call):
            self.calls[done.call_id] = done

    @property
    def waiting(self) -> list[str]:
        """What the program still does."""
        return [str(task.get_coro()) for task in self._tasks]

    async def populate(self, batch: int) -> None:
        """Bring about something in every state."""
        self._number(batch)
        self.server.obliging = True
        roles = "created ringing running requested ending lingering standing answering passing hanging"
        names = {role: f"{role}-{batch}" for role in roles.split()}
        for name in names.values():
            self.server.offers(name)
            self.operations[name] = []
        await turns()
        self.server.state("ringing", names["ringing"])
        for role in ("running", "requested", "ending", "lingering", "standing", "hanging"):
            self.does(self.calls[names[role]].answer())
        await self._converse(names)
        await self._dial_and_text(batch)
        self.server.obliging = False
        self._leave_open(names, batch)
        await turns()

    async def _converse(self, names: dict[str, str]) -> None:
        await turns()
        for role in ("running", "ending"):
            self._begin(names[role], ACTIONS)
        self._begin(names["lingering"], _LASTING)
        await turns()
        for kind, control in self.operations[names["running"]]:
            for event_type, said in ACTIONS[kind]["goes_on"][:1]:
                self._says(event_type, names["running"], control_id=control, **said)
        self._says(
            "calling.conference",
            names["standing"],
            conference_id=f"conference-{self._batch}",
            status="participant-join",
        )
        self._says("calling.call.queue", names["standing"], status="enqueue")
        self._says("calling.call.hold", names["standing"], state="hold")
        self._says("calling.call.connect", names["standing"], connect_state="connected")
        self.server.state("ending", names["ending"])
        self.server.state("ended", names["lingering"])
        for waited in (self.calls[names["ringing"]].wait_for_answered, self.calls[names["running"]].wait_for_ended):
            self.does(waited())
        for event_type in ("calling.call.play", "calling.call.collect", "calling.user_event"):
            self.does(self.calls[names["running"]].wait_for(event_type, lambda event: "never" in event.params))
        await turns()

    def _says(self, event_type: str, call_id: str, **params: Any) -> None:
        self.server.reports(event_type, node_id="node-1", call_id=call_id, **params)

    def _begin(self, call_id: str, kinds: Any) -> None:
        for kind in kinds:
            control = f"{call_id}-{kind}"
            told = ACTIONS[kind]
            begin: Callable[..., Coroutine[Any, Any, Any]] = getattr(self.calls[call_id], told["method"])
            self.does(begin(**told["arguments"], control_id=control))
            self.operations[call_id].append((kind, control))

    async def _dial_and_text(self, batch: int) -> None:
        dialling = [self._dials(f"{word}-{batch}") for word in ("dialing", "legs", "abandoned")]
        for number in range(3):
            self._texts(f"text-{batch}-{number}")
        await turns()
        for word in ("legs", "abandoned"):
            leg = f"{word}-leg-{batch}"
            self.operations[leg] = []
            self.server.state("created", leg, tag=f"{word}-{batch}", direction="outbound")
        await turns()
        dialling[-1].cancel()

    def _dials(self, tag: str) -> asyncio.Task[None]:
        self.tags.append(tag)
        return self.does(self.client.dial(DEVICES, tag=tag, dial_timeout=8.0))

    def _texts(self, body: str) -> None:
        self.does(self.client.send_message(to_number="+15550100002", from_number="+15550100001", body=body))

    def _leave_open(self, names: dict[str, str], batch: int) -> None:
        self._begin(names["requested"], ACTIONS)
        self.does(self.calls[names["answering"]].answer())
        self.does(self.calls[names["passing"]].pass_())
        self.does(self.calls[names["hanging"]].hangup())
        self._dials(f"requested-{batch}")
        self._texts("unanswered")
        self.does(self.client.execute("calling.answer", {"call_id": names["created"]}))

    def asks(self, number: int) -> None:
        """Let the program ask something; the number chooses what."""
        chance = random.Random(number)
        if len(self._tasks) > _MOST_TASKS:
            return
        call = chance.choice(list(self.calls.values()))
        name = f"{call.call_id}-{self._batch}-{next(self._names)}"
        kind = chance.choice(list(ACTIONS))
        wish = chance.choice((self._begin_one, self._command, self._command, self._control, self._more))
        wish(chance, call, kind, name)

    def _begin_one(self, _chance: random.Random, call: Call, kind: str, name: str) -> None:
        begin = getattr(call, ACTIONS[kind]["method"])
        self.operations.setdefault(call.call_id, []).append((kind, name))
        self.does(begin(**ACTIONS[kind]["arguments"], control_id=name))

    def _command(self, chance: random.Random, call: Call, _kind: str, _name: str) -> None:
        commands = (call.answer, call.hold, call.unhold, call.disconnect, call.user_event, call.hangup)
        self.does(chance.choice(commands)())

    def _control(self, chance: random.Random, _call: Call, _kind: str, _name: str) -> None:
        if self.actions:
            action = chance.choice(self.actions)
            control = getattr(action, chance.choice(("stop", "pause", "resume")), None)
            self.does(control() if control is not None else action.wait(1.0))

    def _more(self, chance: random.Random, call: Call, _kind: str, name: str) -> None:
        wish = chance.randrange(4)
        if wish == 0:
            self._dials(name)
        elif wish == 1:
            self._texts("unanswered")
        elif wish == 2:
            self.does(call.wait_for("calling.call.state", timeout=chance.choice((0.0, 1.0, None))))
        elif self._tasks:
            chance.choice(list(self._tasks)).cancel()

    def forget(self) -> None:
        """Let go of the batch that is over."""
        for held in (self.calls, self.operations, self.server.outstanding):
            held.clear()
        for listed in (self.actions, self.tags, self._messages):
            listed.clear()
