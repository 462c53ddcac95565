"""Commands that begin what the server does for a call: detect, fax, tap, stream, transcribe, pay."""

from callfsm.simulator.checks import RefusedError
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.commands.operation import begin, start
from callfsm.simulator.leg import Leg
from callfsm.simulator.operations import Detect, Fax, Pay, Transcribe, copying
from callfsm.simulator.operations.detect import Looked
from callfsm.simulator.operations.pay import Payment


def detect(asked: Asked) -> None:
    """Tell a human from an answering machine, hear a fax, or hear keys."""
    leg, control_id = start(asked, "detect")
    begin(asked, Detect(leg, control_id, Looked.read(asked.params)), "Detecting")


def send_fax(asked: Asked) -> None:
    """Send a document; nothing else may run on the leg."""
    leg, control_id = start(asked, "send_fax")
    _alone(leg)
    begin(asked, Fax("send_fax", leg, control_id, asked.params["document"]), "Sending fax")


def receive_fax(asked: Asked) -> None:
    """Take a document; nothing else may run on the leg."""
    leg, control_id = start(asked, "receive_fax")
    _alone(leg)
    begin(asked, Fax("receive_fax", leg, control_id), "Receiving fax")


def tap(asked: Asked) -> None:
    """Copy the call's audio to another place."""
    leg, control_id = start(asked, "tap")
    operation = copying.tap(leg, control_id, asked.params)
    source = {"type": "rtp", "params": {"addr": "192.0.2.1", "port": 4000, "codec": "PCMU", "ptime": 20, "rate": 8000}}
    begin(asked, operation, "Tapping", source_device=source)


def stream(asked: Asked) -> None:
    """Stream the call's audio over a WebSocket."""
    leg, control_id = start(asked, "stream")
    begin(asked, copying.stream(leg, control_id, asked.params), "Starting stream")


def transcribe(asked: Asked) -> None:
    """Transcribe the call; one at a time."""
    leg, control_id = start(asked, "transcribe")
    _only(leg, "transcribe")
    operation = Transcribe(leg, control_id, asked.params.get("status_url") or "")
    begin(asked, operation, "Transcribing", url=operation.url)


def pay(asked: Asked) -> None:
    """Take a payment; one at a time."""
    leg, control_id = start(asked, "pay")
    payment = Payment.read(asked.params)
    _only(leg, "pay")
    begin(asked, Pay(leg, control_id, payment), "Processing payment")


def _only(leg: Leg, kind: str) -> None:
    if any(operation.machine == kind for operation in leg.open_operations):
        raise RefusedError(409, f"Another {kind} is running", unexpected=False)


def _alone(leg: Leg) -> None:
    if leg.open_operations or leg.bridge is not None:
        raise RefusedError(409, "A fax needs the call for itself", unexpected=False)
