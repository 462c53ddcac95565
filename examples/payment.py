"""A payment line: the server asks for the card, the program only hears how it went.

callfsm run examples/payment.py --simulate          # then, in another shell:
callfsm caller ring --context payments
"""

from callfsm import Call, PayEvent, RelayClient

client = RelayClient(contexts=["payments"])

outcomes: list[str] = []


@client.on_call
async def charge(call: Call) -> None:
    """Take a payment, and say how it went."""
    await call.answer()
    payment = await call.pay("https://payments.example.com/connector", charge_amount="19.90", currency="usd")
    event: PayEvent = await payment.wait()
    outcome = str(event.params.get("result", ""))
    outcomes.append(outcome)
    thanks = "Thank you, your payment was made." if outcome == "success" else "Sorry, your payment was not made."
    told = await call.play_tts(thanks)
    await told.wait()
    await call.hangup()


if __name__ == "__main__":
    client.run()
