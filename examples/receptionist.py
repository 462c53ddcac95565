"""A receptionist: connect the caller to an extension, and take them back when nobody answers there.

callfsm run examples/receptionist.py --simulate     # then, in another shell:
callfsm caller answers +15550100021
callfsm caller ring --context reception
"""

from callfsm import Call, CallEndedError, CollectEvent, ConnectEvent, RelayClient, digits, phone, tts

client = RelayClient(contexts=["reception"])

EXTENSIONS = {"21": "+15550100021", "22": "+15550100022"}
OPERATOR = "context:operator"


@client.on_call
async def receive(call: Call) -> None:
    """Ask for an extension, bridge, and hand over to the operator when that fails."""
    await call.answer()
    asked = await call.play_and_collect(
        [tts("Please enter the extension.")], {"digits": digits(2), "initial_timeout": 6.0}
    )
    event: CollectEvent = await asked.wait()
    number = EXTENSIONS.get(event.digits)
    try:
        if number is not None and await bridged(call, number):
            await call.wait_for(ConnectEvent, lambda each: each.connect_state == "disconnected")
            await call.hangup()
            return
    except CallEndedError:
        return  # The caller has hung up: there is nobody left to connect.
    sorry = await call.play_tts("Nobody is there. I connect you to the operator.")
    await sorry.wait()
    await call.transfer(OPERATOR)


async def bridged(call: Call, number: str) -> bool:
    """Ring an extension for twenty seconds; whether somebody picked up."""
    await call.connect([[phone(number, call.to_number, timeout=20)]])
    event = await call.wait_for(ConnectEvent, lambda each: each.connect_state in ("connected", "failed"))
    return event.connect_state == "connected"


if __name__ == "__main__":
    client.run()
