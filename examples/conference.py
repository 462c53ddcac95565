"""A conference: whoever rings joins the same room of voices, the first one starts it.

callfsm run examples/conference.py --simulate       # then, in another shell, more than once:
callfsm caller ring --context meeting
"""

from callfsm import Call, ConferenceEvent, RelayClient

client = RelayClient(contexts=["meeting"])

log: list[str] = []


@client.on_call
async def join(call: Call) -> None:
    """Join, write down who comes and goes, and stay until the caller hangs up."""
    await call.answer()
    call.on(ConferenceEvent, lambda event: log.append(event.status))
    welcome = await call.play_tts("You are joining the weekly meeting.")
    await welcome.wait()
    await call.join_conference("weekly", beep="onEnter", end_on_exit=False)
    await call.wait_for_ended()


if __name__ == "__main__":
    client.run()
