"""Stories that have gone wrong once, kept in Hypothesis' own database of examples, and told first the next time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from callfsm.simulator import Person
from callfsm.testing.scripts import Act, Network, NetworkAct, Script, Story

if TYPE_CHECKING:
    from hypothesis.database import ExampleDatabase


class Kept:
    """The stories of one program that have gone wrong.

    Args:
        database: Where they are kept; ``None`` keeps nothing.
        name: What the program is called.
    """

    def __init__(self, database: ExampleDatabase | None, name: str) -> None:
        self._database = database
        self._key = hashlib.sha384(f"callfsm {name}".encode()).digest()

    def __iter__(self) -> Iterator[Story]:
        for told in sorted(self._database.fetch(self._key), key=len) if self._database is not None else ():
            try:
                yield _story(json.loads(told))
            except (ValueError, TypeError, KeyError, LookupError):
                self._forget(told)  # Another version has written it.

    def add(self, story: Story) -> None:
        """Keep a story."""
        if self._database is not None:
            self._database.save(self._key, _bytes(story))

    def remove(self, story: Story) -> None:
        """Keep a story no longer."""
        self._forget(_bytes(story))

    def _forget(self, told: bytes) -> None:
        if self._database is not None:
            self._database.delete(self._key, told)


def _bytes(story: Story) -> bytes:
    return json.dumps(asdict(story), sort_keys=True, default=sorted).encode()


def _story(told: dict[str, Any]) -> Story:
    acts = (
        NetworkAct(act["does"], tuple(act["arguments"]), act["at"], _script(act["then"]) if act["then"] else None)
        for act in told["network"]["acts"]
    )
    return Story(tuple(map(_script, told["callers"])), Network(tuple(acts)))


def _script(told: dict[str, Any]) -> Script:
    person = told["person"] | {"fax_tones": frozenset(told["person"]["fax_tones"])}
    acts = tuple(Act(**act) for act in told["acts"])
    return Script(**(told | {"acts": acts, "person": Person(**person)}))
