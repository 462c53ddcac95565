"""What the simulator serves of RELAY, as a page: read from the tables that it runs on."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from callfsm.simulator import login
from callfsm.simulator.commands.registry import COMMANDS
from callfsm.simulator.events import EVENTS, NEVER
from callfsm.simulator.parameters import PARAMETERS, Param

_HEAD: Final = """# What the simulator serves

`callfsm simulate` answers every method that a RELAY client sends, for a client written in any language. What a
command reports comes from the same tables that callfsm itself runs on, so that no sequence can come which a client
of those tables would not understand. `callfsm caller` acts the people: it rings, presses, speaks, faxes, sends texts.

A command that is not in order is refused as the real server refuses it, and so told in the journal as *unexpected*
unless it was a race that the client could not see: 400 for wrong params, 404 for a call or an operation that does not
exist, 409 for a state that does not permit it, 410 for a call that is over, -32601 for a method that does not exist.
Params that are nested (media, devices, what is collected or detected) are checked as well.
"""


def coverage() -> str:
    """The page, in Markdown: each method with what it does and which params are checked, and each event."""
    methods = {"signalwire.connect": login.log_in, **COMMANDS}
    lines = [_HEAD, f"## Methods ({len(methods)})", "", "| method | what it does | params whose kinds are checked |"]
    lines += ["| --- | --- | --- |", *(_method(name, methods[name]) for name in sorted(methods))]
    lines += ["", f"## Events ({len(EVENTS)})", "", "| event | what it tells |", "| --- | --- |"]
    lines += [f"| `{name}` | {EVENTS[name]} |" for name in sorted(EVENTS)]
    lines += ["", "Events that it never sends:", "", *(f"- `{name}`: {why}" for name, why in NEVER.items())]
    return "\n".join(lines) + "\n"


def _method(name: str, serve: Callable[..., Any]) -> str:
    params = ", ".join(_param(param) for param in PARAMETERS.get(name, ()))
    return f"| `{name}` | {_about(serve)} | {params} |"


def _about(serve: Callable[..., Any]) -> str:
    if isinstance(serve, partial):
        kinds, command = serve.args
        return f"`{command}` of a running {' or '.join(kinds)}."
    return (serve.__doc__ or "").partition("\n")[0]


def _param(param: Param) -> str:
    needed = " (needed)" if param.required else ""
    allowed = f" ({', '.join(param.allowed)})" if param.allowed else ""
    return f"`{param.name}`{needed}{allowed}"
