"""Commands that are refused before anything is sent."""

import re

import pytest
from clock import turns
from memory import Frame
from scripted import answered


async def refused(command: str, arguments: Frame, place: str, value: object, allowed: str) -> None:
    """A command is refused with an error that names the argument, the value and what is allowed; nothing is sent."""
    async with answered() as (call, server):
        with pytest.raises(ValueError, match=re.escape(f"({place}={value!r}): must be ")) as caught:
            await getattr(call, command)(**arguments)
        await turns()

        assert (True, True, []) == (allowed in str(caught.value), server.silent, call.actions)
