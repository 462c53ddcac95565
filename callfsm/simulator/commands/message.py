"""The command that sends a text message."""

from callfsm.simulator.checks import RefusedError
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.messages import Delivery, Text


def send(asked: Asked) -> None:
    """Send a text message; its states are reported in the context that is given."""
    asked.check()
    params = asked.params
    if not params.get("body") and not params.get("media"):
        raise RefusedError(400, "a message needs a body, media or both")
    context = params.get("context") or asked.session.protocol
    media, tags = tuple(params.get("media") or ()), tuple(params.get("tags") or ())
    text = Text(params["to_number"], params["from_number"], params.get("body") or "", media, tags, context)
    delivery = Delivery(asked.exchange.post, asked.session, text)
    asked.accept("Message accepted", message_id=delivery.message_id)
    delivery.begin()
