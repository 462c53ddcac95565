"""Commands that are bound to keys: pressed by the person, they run as though the client had sent them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from callfsm.core.frames import ServerRequest
from callfsm.simulator.attending import Attendant
from callfsm.simulator.session import Client

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_REMEMBERED: Final = 40
EVERY_REALM: Final = "all"
DEFAULT_REALM: Final = "default"


@dataclass
class Binding:
    """One command, and the keys that run it."""

    digits: str
    method: str
    params: dict[str, Any]
    realm: str
    left: int
    """How often it may still run; less than 0 is without limit."""


class _Nobody:
    """A link without a client: a command that keys have run has nobody who waits for its reply."""

    def send(self, _text: str) -> None:
        """Link: drop it."""

    def close(self) -> None:
        """Link: nothing is open."""


class Bindings(Attendant):
    """The bindings of one leg."""

    def __init__(self, leg: Leg) -> None:
        self._leg = leg
        self._bound: list[Binding] = []
        self._pressed = ""

    def bind(self, binding: Binding) -> None:
        """Bind a command; the latest binding of the same keys is the one that runs."""
        self._bound.insert(0, binding)

    def clear(self, realm: str) -> None:
        """Unbind the commands of a realm."""
        self._bound = [bound for bound in self._bound if realm not in (EVERY_REALM, bound.realm)]

    def press(self, digit: str) -> None:
        """A key: it may complete the keys of a binding."""
        self._pressed = (self._pressed + digit)[-_REMEMBERED:]
        for binding in self._bound:
            if self._pressed.endswith(binding.digits):
                self._pressed = ""
                self._run(binding)
                return

    def _run(self, binding: Binding) -> None:
        binding.left -= 1
        if binding.left == 0:
            self._bound.remove(binding)
        exchange = self._leg.exchange
        client = Client("a bound key", _Nobody())
        client.session = self._leg.session
        address = {"node_id": exchange.node_id, "call_id": self._leg.call_id}
        params = {"control_id": exchange.new_id(), **binding.params, **address}
        exchange.perform(client, ServerRequest(None, binding.method, params))
