"""The engine: a `transitions` machine whose triggers do what tables of ours use, and nothing else.

Definitions, validation, conditions, hooks, their order and `MachineError` are those of the library; a test holds
this machine against the library's own, on random machines and random triggers. Left out is what every trigger pays
for there and no table uses: hooks of the whole machine, a queue, event objects, and several lines for the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from transitions import Machine, MachineError
from transitions.core import Event, State, Transition

_TAKEN: Final = frozenset({"name", "states", "initial", "transitions", "on_final"})


class _Step(NamedTuple):
    """One transition, as far as taking it goes. The lists are the library's own, so what is added later counts."""

    guards: list[Any]
    before: list[Any]
    source: State
    dest: State | None
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
        step = _Step(transition.conditions, transition.before, states[transition.source], dest, transition.after)
        self._steps.setdefault(transition.source, []).append(step)

    def trigger(self, model: Any, *args: Any) -> bool:
        """Take the first transition from the model's state whose guards all let it; false when none does.

        Raises:
            MachineError: No transition leads from this state.
        """
        steps = self._steps.get(model.state)
        if steps is None:
            raise MachineError(f"{self.machine.name}Can't trigger event {self.name} from state {model.state}!")
        for step in steps:  # noqa: SIM110  # a generator would cost as much as the step
            if self._take(step, model, args):
                return True
        return False

    def _take(self, step: _Step, model: Any, args: tuple[Any, ...]) -> bool:
        for guard in step.guards:
            if bool(getattr(model, guard.func)(*args)) != guard.target:
                return False
        if step.before:
            _call(step.before, model, args)
        if step.dest is not None:
            self._move(step.source, step.dest, model, args)
        if step.after:
            _call(step.after, model, args)
        return True

    def _move(self, source: State, dest: State, model: Any, args: tuple[Any, ...]) -> None:
        _call(source.on_exit, model, args)
        self.machine.set_state(dest, model)
        _call(dest.on_enter, model, args)
        if dest.final:
            _call(self.machine.on_final, model, args)


def _call(hooks: Sequence[Any], model: Any, args: tuple[Any, ...]) -> None:
    for hook in hooks:
        getattr(model, hook)(*args)


class Engine(Machine):
    """One machine for any number of subjects, which are handed to it with each trigger.

    Args:
        definition: ``name``, ``states``, ``initial``, ``transitions`` and ``on_final``, as `transitions.Machine` takes
            them; guards and hooks by the names of the subject's methods.

    Raises:
        ValueError: Something else of the library's machine is asked for, which an engine leaves out.
    """

    event_cls = EngineEvent
    transition_cls = EngineTransition

    def __init__(self, **definition: Any) -> None:
        left_out = sorted(definition.keys() - _TAKEN)
        if left_out:
            raise ValueError(f"{', '.join(left_out)}: an engine takes {', '.join(sorted(_TAKEN))} only")
        super().__init__(model=None, auto_transitions=False, queued=False, **definition)
