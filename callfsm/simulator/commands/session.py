"""Commands about the connection and its contexts."""

from callfsm.simulator import checks
from callfsm.simulator.commands.asked import Asked


def receive(asked: Asked) -> None:
    """Subscribe to contexts."""
    added = checks.contexts(asked.params)
    asked.session.contexts = list(dict.fromkeys([*asked.session.contexts, *added]))
    asked.accept("Receiving")


def unreceive(asked: Asked) -> None:
    """Unsubscribe from contexts."""
    removed = checks.contexts(asked.params)
    asked.session.contexts = [context for context in asked.session.contexts if context not in removed]
    asked.accept("No longer receiving")


def ping(asked: Asked) -> None:
    """Echo what the client sent."""
    asked.answer({name: asked.params[name] for name in ("timestamp", "payload") if name in asked.params})


def disconnect(asked: Asked) -> None:
    """Close the link; the session waits for its client as after any drop."""
    asked.answer({})
    asked.client.link.close()
