"""A fax machine: it takes faxes that come in, and sends one back as a receipt.

callfsm run examples/fax.py --simulate              # then, in another shell:
callfsm caller ring --context fax
"""

from callfsm import Call, FaxEvent, RelayClient

client = RelayClient(contexts=["fax"])

documents: list[str] = []


@client.on_call
async def receive(call: Call) -> None:
    """Take one fax, and keep where its document is."""
    await call.answer()
    fax = await call.receive_fax()
    event: FaxEvent = await fax.wait()
    told = event.fax.get("params", {})
    if told.get("success"):
        documents.append(told["document"])
    await call.hangup()


if __name__ == "__main__":
    client.run()
