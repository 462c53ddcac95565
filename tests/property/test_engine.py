"""`callfsm.core.engine`: it does what the library's own machine does, on random machines and random triggers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import Machine, MachineError

from callfsm.core.engine import Engine

STATES = ("a", "b", "c")
TRIGGERS = ("go", "stay", "back")
GUARDS = ("open_", "odd")
HOOKS = ("one", "two", "fails")

names = st.lists(st.sampled_from(HOOKS), max_size=2)
states = st.fixed_dictionaries({"on_enter": names, "on_exit": names, "final": st.booleans()})
transitions = st.fixed_dictionaries(
    {
        "trigger": st.sampled_from(TRIGGERS),
        "source": st.sampled_from(STATES),
        "dest": st.sampled_from((*STATES, None)),
        "conditions": st.lists(st.sampled_from(GUARDS), max_size=2),
        "unless": st.lists(st.sampled_from(GUARDS), max_size=1),
        "before": names,
        "after": names,
    }
)


class Model:
    """Something that an engine moves, and that remembers what was called."""

    def __init__(self) -> None:
        self.state = "a"
        self.called: list[tuple[str, str, object]] = []

    def __getattr__(self, name: str) -> Any:
        if name not in (*GUARDS, *HOOKS):
            raise AttributeError(name)

        def called(payload: object) -> bool:
            self.called.append((name, self.state, payload))
            if name == "fails" and len(self.called) % 3 == 0:
                raise LookupError(name)
            return name == "open_" or len(self.called) % 2 == 1

        return called


def lived(machine: Machine, triggers: list[str]) -> list[object]:
    """What a model goes through in a machine."""
    model = Model()
    told: list[object] = []
    for number, trigger in enumerate(triggers):
        event = machine.events.get(trigger)
        if event is not None:
            try:
                told.append(event.trigger(model, number))
            except (MachineError, LookupError) as error:
                told.append(str(error))
        told.append(model.state)
    return [*told, *model.called]


@given(
    st.tuples(*[states for _ in STATES]),
    st.lists(transitions, max_size=8),
    st.lists(st.sampled_from(TRIGGERS), max_size=8),
    names,
)
def test_same_as_the_library(
    kinds: tuple[dict[str, Any], ...], rows: list[dict[str, Any]], triggers: list[str], on_final: list[str]
) -> None:
    """Results, states, hooks in their order, and errors are those of the library."""
    definition: dict[str, Any] = {
        "name": "random",
        "states": [{"name": name, **kind} for name, kind in zip(STATES, kinds, strict=True)],
        "initial": "a",
        "transitions": rows,
        "on_final": on_final,
    }
    library = Machine(model=None, auto_transitions=False, queued=False, **definition)

    assert lived(library, triggers) == lived(Engine(**definition), triggers)


@pytest.mark.parametrize("option", ["queued", "send_event", "before_state_change", "model"])
def test_what_is_left_out(option: str) -> None:
    """What an engine leaves out of the library's machine cannot be asked of it."""
    with pytest.raises(
        ValueError, match=rf"{option}: an engine takes initial, name, on_final, states, transitions only"
    ):
        Engine(name="n", states=["a"], **{option: True})


def test_no_preparations() -> None:
    """A transition of an engine has no hook that runs before its guards."""
    with pytest.raises(ValueError, match=r"prepare=\['one'\]"):
        Engine(
            name="n",
            states=["a"],
            initial="a",
            transitions=[{"trigger": "go", "source": "a", "dest": "a", "prepare": "one"}],
        )
