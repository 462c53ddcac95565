"""The engine: a `transitions` machine whose triggers do what tables of ours use, and nothing else.

Definitions, validation, conditions, hooks, their order and `MachineError` are those of the library; a test holds
this machine against the library's own, on random machines and random triggers. Left out is what every trigger pays
for there and no table uses: hooks of the whole machine, a queue, event objects, and several lines for the log.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct
from transitions import Machine, MachineError
from transitions.core import Event, State, Transition

_TAKEN: Final = frozenset({"name", "states", "initial", "transitions", "on_final"})


class _Step(Struct):
    """One transition, as far as taking it goes. The lists are the library's own, so what is added later counts."""

    guards: list[Any]
    before: list[Any]
    leave: list[Any]
    dest: State | None
    name: str
    """That of the state it leads to; the library's states make theirs anew each time."""
    enter: list[Any]
    after: list[Any]


class EngineTransition(Transition):
    """A transition of an engine."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.prepare:
            raise ValueError(
                f"prepare={self.prepare!r}: an engine has no such hook; note it in a guard's place, or before"
            )


class EngineEvent(Event):
    """A trigger of an engine."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name, machine)
        self._steps: dict[str, list[_Step]] = {}

    def add_transition(self, transition: Transition) -> None:
        """Let the trigger do one thing more."""
        super().add_transition(transition)
        states = self.machine.states
        dest = states[transition.dest] if transition.dest is not None else None
        step = _Step(
            guards=transition.conditions,
            before=transition.before,
            leave=states[transition.source].on_exit,
            dest=dest,
            name=dest.name if dest is not None else "",
            enter=dest.on_enter if dest is not None else [],
            after=transition.after,
        )
        self._steps.setdefault(transition.source, []).append(step)

    def trigger(self, model: Any, payload: object) -> bool:
        """Take the first transition from the model's state whose guards all let it; false when none does.

        Raises:
            MachineError: No transition leads from this state.
        """
        if model.state not in self._steps:
            raise MachineError(f"{self.machine.name}Can't trigger event {self.name} from state {model.state}!")
        return self.offer(model, payload)

    def offer(self, model: Any, payload: object) -> bool:
        """As `trigger`, but false when no transition leads from this state."""
        for step in self._steps.get(model.state, ()):
            for guard in step.guards:
                if bool(getattr(model, guard.func)(payload)) != guard.target:
                    break
            else:
                for hook in step.before:
                    getattr(model, hook)(payload)
                if step.dest is not None:
                    self._move(step, step.dest, model, payload)
                for hook in step.after:
                    getattr(model, hook)(payload)
                return True
        return False

    def _move(self, step: _Step, dest: State, model: Any, payload: object) -> None:
        for hook in step.leave:
            getattr(model, hook)(payload)
        model.state = step.name
        for hook in step.enter:
            getattr(model, hook)(payload)
        if dest.final:
            for hook in self.machine.on_final:
                getattr(model, hook)(payload)


class Engine(Machine):
    """One machine for any number of subjects, which are handed to it with each trigger.

    Args:
        definition: ``name``, ``states``, ``initial``, ``transitions`` and ``on_final``, as `transitions.Machine` takes
            them; guards and hooks by the names of the subject's methods.

    Raises:
        ValueError: Something else of the library's machine is asked for, which an engine leaves out.
    """

    event_cls = EngineEvent
    events: dict[str, EngineEvent]  # type: ignore[assignment]  # the library says what it makes of any event_cls
    transition_cls = EngineTransition

    def __init__(self, **definition: Any) -> None:
        left_out = sorted(definition.keys() - _TAKEN)
        if left_out:
            raise ValueError(f"{', '.join(left_out)}: an engine takes {', '.join(sorted(_TAKEN))} only")
        super().__init__(model=None, auto_transitions=False, queued=False, **definition)
