"""Text messages: every one that comes is answered, and the answer is followed until it has arrived.

callfsm run examples/texting.py --simulate
"""

from callfsm import Message, RelayClient

client = RelayClient(contexts=["texts"])

deliveries: list[str] = []


@client.on_message
async def reply(message: Message) -> None:
    """Say what was said, and wait until that is delivered, or is not."""
    answer = await client.send_message(
        to_number=message.from_number, from_number=message.to_number, body=f"You wrote: {message.body}"
    )
    await answer.wait(timeout=60)
    deliveries.append(answer.state)


if __name__ == "__main__":
    client.run()
