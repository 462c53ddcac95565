"""A call as a picture: its machine, with the state that it is in and the way that it took."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from callfsm.core.model import CallModel
    from callfsm.core.picture import Taken


_WAYS: Final[dict[tuple[Taken, ...], tuple[Taken, ...]]] = {}
"""Each way that any call has gone, once: there are as many as the call machine has."""


class CallPicture:
    """What can be drawn of a call. See `callfsm.Call`."""

    _model: CallModel
    # A call moves three times at most, since its state never goes back; so nothing has to be bounded.
    _way: tuple[Taken, ...] = ()

    def _walk(self, step: Taken) -> None:
        way = (*self._way, step)
        self._way = _WAYS.setdefault(way, way)

    def diagram(self, form: str = "mermaid") -> str:
        """The call machine as a picture: the state that this call is in is marked, and its way there is numbered.

        In a notebook a call is shown as this picture.

        Args:
            form: ``mermaid``, ``dot``, ``markdown``, ``plantuml`` or ``svg``.

        Raises:
            ValueError: There is no such form.
        """
        from callfsm.diagrams import diagram  # noqa: PLC0415  # few programs draw

        return diagram("call", form, current=self._model.state, path=self._way)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        from callfsm.secrecy import printable  # noqa: PLC0415  # few programs draw

        left_out = set(exclude or ())
        # Its id is the server's, and must neither end the line nor the marks round it.
        told = printable(repr(self))
        marked = told.replace("`", "'")
        forms: dict[str, Callable[[], str]] = {
            "image/svg+xml": lambda: self.diagram("svg"),
            "text/markdown": lambda: f"`{marked}`\n\n```mermaid\n{self.diagram()}```\n",
            "text/plain": lambda: told,
        }
        wanted = set(include or forms) - left_out
        return {form: write() for form, write in forms.items() if form in wanted}
