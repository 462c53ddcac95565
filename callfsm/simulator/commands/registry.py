"""Each method that clients can ask, with the function that serves it."""

from collections.abc import Callable
from typing import Final

from callfsm.simulator.commands import call, operation, routing, session
from callfsm.simulator.commands.asked import Asked

COMMANDS: Final[dict[str, Callable[[Asked], None]]] = {
    "signalwire.receive": session.receive,
    "signalwire.unreceive": session.unreceive,
    "signalwire.ping": session.ping,
    "signalwire.disconnect": session.disconnect,
    "calling.answer": call.answer,
    "calling.end": call.end,
    "calling.pass": call.pass_,
    "calling.send_digits": call.send_digits,
    "calling.clear_digit_bindings": call.clear_digit_bindings,
    "calling.dial": routing.dial,
    "calling.connect": routing.connect,
    "calling.disconnect": routing.disconnect,
    "calling.play": operation.play,
    "calling.record": operation.record,
    "calling.collect": operation.collect,
    "calling.play_and_collect": operation.play_and_collect,
    **operation.ORDERS,
}
