"""Waits that end in any way, in any order: each gets what it is due, and nobody notices the others."""

import asyncio
from functools import partial

from clock import run, turns
from hypothesis import given
from hypothesis import strategies as st

from callfsm.waits import Waits

FATES = ("gets it", "times out", "is cancelled", "wants another")


def wants(fate: str, thing: str) -> bool:
    """Whether a wait with this fate wants a thing."""
    return (thing == "other") == (fate == "wants another")


async def fates(wanted: list[str], *, fails: bool) -> list[str]:
    """Let waits end as they are meant to, and tell how each one did."""
    waits: Waits[str] = Waits()
    tasks = [asyncio.create_task(waits.wait(partial(wants, fate), fate == "times out" or None)) for fate in wanted]
    await turns()
    for task, fate in zip(tasks, wanted, strict=True):
        if fate == "is cancelled":
            task.cancel()
    await asyncio.sleep(2)
    waits.offer("it")
    if fails:
        waits.fail(lambda: RuntimeError("over"))
    else:
        waits.offer("other")
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert len(waits) == 0
    return [result if isinstance(result, str) else type(result).__name__ for result in results]


@given(st.lists(st.sampled_from(FATES)), st.booleans())
def test_every_wait_gets_its_due(wanted: list[str], fails: bool) -> None:  # noqa: FBT001  # drawn by Hypothesis
    """Whoever else times out, is cancelled or fails, each wait ends as if it had been alone."""
    due = {
        "gets it": "it",
        "times out": "TimeoutError",
        "is cancelled": "CancelledError",
        "wants another": "RuntimeError" if fails else "other",
    }

    assert [due[fate] for fate in wanted] == run(fates(wanted, fails=fails))
