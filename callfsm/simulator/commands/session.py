"""Commands about the connection and its contexts."""

from callfsm.simulator import checks, login
from callfsm.simulator.commands.asked import Asked, Enclosed


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


def reauthenticate(asked: Asked) -> None:
    """Check the credentials once more."""
    login.authenticate(asked)
    told = login.describe(asked.session)
    asked.answer({"authorization": told["authorization"], "ice_servers": told["ice_servers"]})


def execute(asked: Asked) -> None:
    """Do what the command within this one asks; the reply to it stands in this one's."""
    asked.check()
    asked.exchange.serve(Enclosed(asked))


def configure(asked: Asked) -> None:
    """Tell a connector its configuration, which is empty."""
    asked.check()
    asked.accept("OK", configuration={})
