"""Machines as pictures: as they run, with what is known of a call, or of many, laid over them.

Pictures are written as Mermaid, DOT, PlantUML and SVG, and as a Markdown table. Nothing has to be installed for
any of them, SVG included: see `callfsm.diagrams.layout`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from callfsm.core import diagram as _machines
from callfsm.core import drawing
from callfsm.core.picture import Picture, Taken, picture
from callfsm.core.system import SYSTEM, system
from callfsm.core.tables import TABLES
from callfsm.diagrams.overlay import marks

__all__ = ["FILE_ENDINGS", "FORMATS", "SYSTEM", "Taken", "diagram", "drawn", "pictured"]


def _svg(shown: Picture) -> str:
    from callfsm.diagrams.svg import svg  # noqa: PLC0415  # it lays out by itself, and few programs draw

    return svg(shown)


_WRITERS: Final[dict[str, Callable[[Picture], str]]] = {
    "mermaid": drawing.mermaid,
    "dot": drawing.dot,
    "plantuml": drawing.plantuml,
    "svg": _svg,
}
_MARKDOWN: Final = "markdown"

FORMATS: Final = ("mermaid", "dot", _MARKDOWN, "plantuml", "svg")
"""Each form in which a machine can be written."""

FILE_ENDINGS: Final = {**_machines.FILE_ENDINGS, "svg": ".svg"}
"""How the name of a file in each form ends."""


def diagram(
    machine: str = "call",
    form: str = "mermaid",
    *,
    current: str = "",
    path: Iterable[Taken] = (),
    counts: Mapping[Taken, int] | None = None,
) -> str:
    """A machine as a picture, read from the engine as it runs.

    Args:
        machine: ``call``, ``play``, ``record``, ..., ``dial``, ``message`` or ``connection``; ``system`` for how a
            call that ends takes what runs in it along.
        form: ``mermaid``, ``dot``, ``markdown``, ``plantuml`` or ``svg``.
        current: The state to mark as the one that something is in.
        path: What was heard, in order, as ``(source, trigger, dest)``: numbered, and drawn apart from the rest. Where
            the state stayed, ``dest`` is ``source``.
        counts: How often each was heard; edges that are left out are marked as never taken.

    Raises:
        ValueError: There is no such machine, form, state or edge.
    """
    if machine == SYSTEM:
        if current or counts is not None or [*path]:
            raise ValueError("the picture of the system shows all calls at once: nothing can be laid over it")
        return drawn(system(), form)
    if machine not in TABLES:
        raise ValueError(f"there is no machine {machine!r}; there are {', '.join(TABLES)} and {SYSTEM}")
    laid_over = marks(machine, current, path, counts)
    if form == _MARKDOWN:
        return _machines.markdown(machine, laid_over)
    return drawn(picture(machine, laid_over), form)


def drawn(shown: Picture, form: str) -> str:
    """A picture in one of the `FORMATS`; Markdown tells its arrows.

    Raises:
        ValueError: There is no such form.
    """
    if form == _MARKDOWN:
        return _machines.arrows_markdown(shown)
    if form not in _WRITERS:
        raise ValueError(f"there is no format {form!r}; there are {', '.join(FORMATS)}")
    return _WRITERS[form](shown)


def pictured(
    machine: str, current: str = "", path: Iterable[Taken] = (), counts: Mapping[Taken, int] | None = None
) -> Picture:
    """A machine as a picture that is not written yet; see `diagram`."""
    return picture(machine, marks(machine, current, path, counts))
