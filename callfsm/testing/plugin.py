"""The pytest plugin: what a test with the fixture `relay` is run and told by.

It needs no import: pytest finds it through `pytest_callfsm`, which has the options and the fixture.

1. A coroutine test that uses `relay` runs inside it, whatever other plugins for coroutines are there, marked or not.
2. So do the coroutine fixtures of the test's own scope that it uses: they run in the test's event loop, just before it,
   and what follows their ``yield`` just after it. No plain fixture can use their values.
3. A test that fails tells its calls as ladders, and the last transitions and refusals of the machines.
4. With ``--callfsm-cov`` and the like, everything that is taken of the machines is summed up, over all workers.
"""

from __future__ import annotations

import functools
import inspect
import random
import re
import traceback
from collections.abc import Callable, Coroutine, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from callfsm.testing.async_fixtures import Deferred, awaiting, coroutine_of, deferring
from callfsm.testing.failing import told
from callfsm.testing.options import number, setting
from callfsm.testing.relay import MemoryRelay, Relay, SocketRelay
from callfsm.testing.running import run_inside
from callfsm.testing.virtual_time import DeadEndError
from callfsm.testing.waiting import is_programs

if TYPE_CHECKING:
    from _pytest.fixtures import FuncFixtureInfo

WIDEST: Final = 140
NARROWEST: Final = 80
"""How many columns the ladders of a failed test may take, however wide the terminal is."""

_RELAY: Final = pytest.StashKey[Relay]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to sum up coverage when it is wanted; that is known as this module is loaded."""
    if any(setting(config, option) for option in ("cov", "cov-json", "cov-diagram", "cov-fail-under")):
        from callfsm.testing.coverage_plugin import CoveragePlugin  # noqa: PLC0415  # only then it is paid for

        config.pluginmanager.register(CoveragePlugin(config), "callfsm-coverage")


def relay_of(request: pytest.FixtureRequest) -> Iterator[Relay]:
    """Make the relay of one test, as the options tell."""
    made: Relay
    transport = setting(request.config, "transport")
    if transport == "socket":
        made = SocketRelay(speed=number(request.config, "speed"))
    elif transport == "memory":
        made = MemoryRelay()
    else:
        raise pytest.UsageError(f"callfsm_transport = {transport!r}: must be memory or socket")
    made.chance = random.Random(int(number(request.config, "seed")))  # noqa: S311  # the same ids in every run
    request.node.stash[_RELAY] = made
    yield made
    del request.node.stash[_RELAY]


def _is_ours(item: object) -> bool:
    """Whether a test is a coroutine that uses the fixture `relay` of this plugin."""
    if not isinstance(item, pytest.Function) or not inspect.iscoroutinefunction(item.obj):
        return False
    found = _information(item).name2fixturedefs.get("relay", ())
    return any(getattr(fixture.func, "__module__", "") == "pytest_callfsm" for fixture in found)


def _information(item: pytest.Function) -> FuncFixtureInfo:
    return item._fixtureinfo  # noqa: SLF001  # nothing else tells which fixtures the names of a test mean


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Put a coroutine fixture of a test of ours off until the test runs."""
    if not (fixturedef.scope == "function" and _is_ours(request.node)):
        return (yield)
    coroutine = coroutine_of(fixturedef.func)
    if coroutine is None:
        _refuse_deferred(fixturedef, request)
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        # Other plugins look at the function after this, and leave alone what is no coroutine.
        patch.setattr(fixturedef, "func", deferring(coroutine, request.instance))
        return (yield)


def _refuse_deferred(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    for name in fixturedef.argnames:
        if name != "request" and isinstance(request.getfixturevalue(name), Deferred):
            pytest.fail(
                f"the fixture {fixturedef.argname!r} is a plain function and uses {name!r}, which is a coroutine: "
                f"in a test with `relay` it runs with the test; write {fixturedef.argname!r} as a coroutine too",
                pytrace=False,
            )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Let a coroutine test with `relay` run inside it.

    Its own `runtest` is replaced, and not `pytest_pyfunc_call` answered: other plugins answer that first as well.
    """
    relay = item.stash.get(_RELAY, None)
    if relay is not None and isinstance(item, pytest.Function) and _is_ours(item):
        item.runtest = functools.partial(_run, item, item.obj, relay)  # type: ignore[method-assign]  # see above


def _run(item: pytest.Function, test: Callable[..., Coroutine[Any, Any, None]], relay: Relay) -> None:
    __tracebackhide__ = True
    everything = awaiting(test, _information(item).argnames, item.funcargs)
    limit, speed = number(item.config, "time-limit"), number(item.config, "speed")
    try:
        run_inside(relay, everything, item.name, limit=limit, speed=speed)
    except DeadEndError as dead_end:
        raise pytest.fail.Exception(str(dead_end), pytrace=False) from None
    except AssertionError as error:
        if any(is_programs(frame) for frame, _ in traceback.walk_tb(error.__traceback__)):
            raise
        # How what was left over came out of the event loop tells nobody anything; its cause does.
        raise error.with_traceback(None) from error.__cause__


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell a test that has failed by its calls."""
    report = yield
    relay = item.stash.get(_RELAY, None)
    if relay is not None and report.when == "call" and report.failed:
        error = call.excinfo.value if call.excinfo else None
        columns = item.config.get_terminal_writer().fullwidth
        report.sections.append(("calls", told(relay, error, width=min(max(columns, NARROWEST), WIDEST))))
        _save(item, told(relay, error, most_calls=None, width=WIDEST))
    return report


def _save(item: pytest.Item, text: str) -> None:
    folder = setting(item.config, "ladders")
    if folder:
        path = Path(item.config.invocation_params.dir, folder)
        path.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.\[\]-]+", "-", item.nodeid)
        path.joinpath(f"{name[:200]}.txt").write_text(f"{item.nodeid}\n\n{text}\n", encoding="utf-8")
