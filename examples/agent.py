"""An AI agent takes the call; the program listens along, and ends it when the caller has had enough.

callfsm run examples/agent.py --simulate            # then, in another shell:
callfsm caller ring --context agent
"""

from callfsm import AISpeechDetectEvent, Call, CallEndedError, RelayClient

client = RelayClient(contexts=["agent"])

heard: list[str] = []


@client.on_call
async def converse(call: Call) -> None:
    """Start the agent, write down what the caller says, stop at "goodbye"."""
    await call.answer()
    call.on(AISpeechDetectEvent, lambda event: heard.append(event.text))
    agent = await call.ai(prompt={"text": "You are the friendly receptionist of Example Motors."})
    try:
        await call.wait_for(AISpeechDetectEvent, lambda event: "goodbye" in event.text.lower())
    except CallEndedError:
        return  # The caller has hung up, and the agent has stopped with the call.
    await agent.stop()
    await agent.wait()
    await call.hangup()


if __name__ == "__main__":
    client.run()
