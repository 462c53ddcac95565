"""What a client asks of the server itself: any command, and the contexts whose calls it takes."""

from typing import Any

from callfsm import constants
from callfsm.core import checks
from callfsm.core.session import Session
from callfsm.pump import Pump


class Asking:
    """What can be asked of the server. See `callfsm.RelayClient`."""

    _pump: Pump
    _session: Session
    contexts: list[str]

    async def execute(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Send any RELAY command and wait for its reply.

        While the line is down the command waits for it, within the same time limit.

        Args:
            method: The full name, such as ``calling.answer``.
            params: What goes with it.

        Raises:
            RelayError: The server refused (its code is kept), or 500 commands wait for the line already.
            RequestTimeoutError: No reply within 10 s; nothing else is touched.
            ConnectionLostError: The line dropped meanwhile, and the command may or may not have run; or the
                client was closed before, and nothing was sent.
            TypeError, ValueError: The params cannot be told in JSON; nothing was sent.
        """
        with self._pump.performing():
            request = self._session.request(method, params)
        outcome = await self._pump.outcome(request)
        if outcome.error is not None:
            raise outcome.error
        return outcome.result

    async def receive(self, contexts: list[str]) -> None:
        """Take the inbound calls of more contexts, now and after every new login.

        Raises:
            ValueError: It is no list of texts; nothing was sent.
            RelayError: The server refused; the contexts are as before.
        """
        more = checks.texts("receive", "contexts", contexts or [])
        if more:
            await self.execute(constants.METHOD_SIGNALWIRE_RECEIVE, {"contexts": more})
            self.contexts += [context for context in more if context not in self.contexts]

    async def unreceive(self, contexts: list[str]) -> None:
        """Take the inbound calls of these contexts no longer.

        Raises:
            ValueError: It is no list of texts; nothing was sent.
            RelayError: The server refused; the contexts are as before.
        """
        fewer = checks.texts("unreceive", "contexts", contexts or [])
        if fewer:
            await self.execute(constants.METHOD_SIGNALWIRE_UNRECEIVE, {"contexts": fewer})
            self.contexts = [context for context in self.contexts if context not in fewer]
