"""What one caller did, and the text of the test that does it again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any, Final

from callfsm.core.words import nested, text
from callfsm.simulator.media import speech_seconds
from callfsm.simulator.settings import Settings

NOTICED: Final = 0.2
"""A pause that is shorter makes no difference to anybody."""
_WORDS: Final = 6
"""How many of a prompt's last words are listened for."""


@dataclass
class Running:
    """An operation of the program's, as the caller meets it."""

    kind: str
    params: dict[str, Any]
    began: float = 0.0
    heard: bool = False
    over: bool = False
    ended: float = 0.0
    """When what is played was at its end."""
    noticed: float = 0.0
    """When the caller had last done or heard anything before that."""

    def hurried(self, at: float, share: float) -> bool:
        """Whether it was ended by what the caller did then, when less than this share of it can have been spoken."""
        return self.heard and at - self.ended < NOTICED and self.ended - self.began < share * self.seconds

    @property
    def words(self) -> str:
        """What is spoken or played last, if anything can be listened for."""
        media = self.params.get("play")
        spoken = [_spoken(item) for item in media] if isinstance(media, list) else []
        return " ".join(next((words for words in reversed(spoken) if words), "").split()[-_WORDS:])

    @property
    def seconds(self) -> float:
        """How long it is heard on the simulated network."""
        media = self.params.get("play")
        spoken = [_spoken(item) for item in media] if isinstance(media, list) else []
        return sum(speech_seconds(words, Settings()) for words in spoken if words)


def _spoken(item: object) -> str:
    params = nested(item, "params") if isinstance(item, dict) else {}
    return text(params, "text") or text(params, "url") or text(params, "name")


@dataclass
class RecordedCaller:
    """What one caller did."""

    context: str = ""
    numbers: dict[str, str] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    running: dict[str, Running] = field(default_factory=dict)
    asked: dict[str, tuple[str, str]] = field(default_factory=dict)
    since: float = 0.0
    answered: bool = False
    ending: bool = False
    hung_up: bool = False
    """Whether the program has asked for the end."""
    refused: list[str] = field(default_factory=list)
    outbound: bool = False
    others: list[str] = field(default_factory=list)
    """Commands in which somebody else has a part, whom the test does not play."""
    line_up: bool = True
    alone: bool = False

    def act(self, statement: str, at: float) -> None:
        """The caller does something."""
        self.acts.append(statement)
        self.since = at

    def unhear(self) -> bool:
        """Take back that a prompt was heard to its end, when that was the last thing."""
        if not self.acts or not self.acts[-1].startswith("await caller.hears("):
            return False
        self.acts.pop()
        return True

    def pause(self, at: float, most: float = float("inf")) -> None:
        """Nothing is done until then."""
        seconds = min(at - self.since, most)
        if seconds >= NOTICED:
            self.acts.append(f"await caller.stays_silent({seconds:.1f})")

    def prepare(self, statement: str) -> None:
        """Something is in the way of what the program does next, which is when the caller has done what was told last."""
        if self.acts:
            self.acts.insert(len(self.acts) - 1, statement)
        else:
            self.before.append(statement)


def written(caller: RecordedCaller, call_id: str, handler: str, findings: list[str], source: str) -> str:
    """The text of a test in which this caller calls a handler, and what should have been is demanded."""
    module, name = importable(handler)
    acts = list(caller.acts)
    if caller.alone and acts and acts[-1].startswith("await caller.hangs_up"):
        # Whoever was left alone has waited long enough: it is the program that has to end the call.
        acts.pop()
        if acts and acts[-1].startswith("await caller.stays_silent"):
            acts.pop()
    if not any("hangs_up" in act for act in acts) or caller.alone:
        acts.append("await caller.is_over(timeout=600)")
    if caller.refused:
        acts.append("assert [] == [effect for effect in relay.effects if isinstance(effect, Refused)]")
    what = findings or ["the call ends, and the handler returns without an error"]
    numbers = "".join(f", {argument}={number!r}" for argument, number in caller.numbers.items())
    body = [
        '"""A recorded call, played again."""',
        "",
        *(["from callfsm.core.effects import Refused"] if caller.refused else []),
        f"from {module} import {name}",
        "",
        "",
        f"async def test_call_{re.sub('[^0-9a-z]+', '_', call_id.lower())[:8].strip('_')}(relay):",
        f'    """Call {_safe(call_id)} of {_safe(source)}: {_safe("; ".join(what))[:300]}."""',
        *_others(caller.others),
        f"    await relay.serves({name}, {caller.context!r})",
        *(f"    {statement}" for statement in caller.before),
        f"    caller = relay.call({caller.context!r}{numbers})",
        *(f"    {statement}" for statement in acts),
    ]
    return "\n".join(body) + "\n"


def _others(methods: list[str]) -> list[str]:
    if not methods:
        return []
    named = ", ".join(method.removeprefix("calling.") for method in methods)
    return [
        f"    # Not played again: what others did in {named}. They do here what the simulator lets them do by itself."
    ]


def importable(handler: str) -> tuple[str, str]:
    """The module and the name of ``module:name``; the name is ``client`` when it is left out.

    Raises:
        ValueError: Python could not import that.
    """
    module, _, name = handler.partition(":")
    parts = [*module.split("."), name or "client"]
    if module.endswith(".py") or not all(part.isidentifier() and not iskeyword(part) for part in parts):
        raise ValueError(
            f"--handler {handler!r}: say it as Python imports it, such as office:greet for greet in office.py"
        )
    return module, name or "client"


def _safe(words: str) -> str:
    # Call ids and errors are the server's and the program's words, and stand within a string here.
    return "".join(each if each.isprintable() and each not in '"\\' else "?" for each in words)
