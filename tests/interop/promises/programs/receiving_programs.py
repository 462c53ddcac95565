"""Programs that hold a call while the server says odd things."""

from __future__ import annotations

from typing import Any

from telling import Relay, for_ever, program, serve, tell


def _hold(relay: Relay) -> None:
    """Answer and hold."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await for_ever()

    serve(relay, handle)


@program
def null_params(relay: Relay) -> None:
    """Hold a call."""
    _hold(relay)


@program
def wrong_types(relay: Relay) -> None:
    """Hold a call."""
    _hold(relay)


@program
def odd_frames(relay: Relay) -> None:
    """Hold a call."""
    _hold(relay)


@program
def unknown_event(relay: Relay) -> None:
    """Hold a call."""
    _hold(relay)


@program
def unknown_method(relay: Relay) -> None:
    """Hold a call."""
    _hold(relay)


@program
def ping_echoed(relay: Relay) -> None:
    """Hold a call."""
    _hold(relay)
