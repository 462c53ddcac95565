"""Virtual time: an event loop whose clock jumps to the next timer when everybody waits.

1. A sleep of an hour takes no time, and timers go off in the order of their times, those of the same time in the
   order in which they were set: the same program gives the same run, every time.
2. Programs need no change: sleeps, timeouts, tasks, queues and threads work, and so do signals. Sockets do
   not, nor do subprocesses: what they would bring does not depend on this clock.
3. When nothing can happen any more, or timers only renew each other, the loop says so by a `DeadEndError`
   instead of waiting.
4. While a thread that was started with ``run_in_executor`` works, the clock stands still.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import heapq
import itertools
import signal
import threading
import weakref
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Executor
from contextvars import Context
from typing import Any, Final, ParamSpec, TypeVar, TypeVarTuple

from callfsm.testing.tidiness import noticing_forgotten, seldom_collecting
from callfsm.testing.timer import Timer
from callfsm.testing.waiting import waits

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
Given = TypeVarTuple("Given")

LIMIT: Final = 7_200.0
"""How many virtual seconds a program may take unless told otherwise; timers that renew each other never end."""

_WINDING_UP_SECONDS: Final = 600.0
"""How much longer than its limit a program may take once it has been told that it has come to a dead end."""

SPINNING: Final = 100_000
"""How many turns the loop may make without any time passing, before a program counts as spinning."""

_TURNS: Final = 20
"""How many turns of the loop whatever is ending may take before it counts as left behind."""


class DeadEndError(BaseException):
    """Nothing can happen any more, and the program is not done; no ``except Exception`` is to swallow it.

    Attributes:
        waiting: What each task was waiting for: its name, and the line of the program that it stood in.
    """

    def __init__(self, message: str, waiting: Iterable[str] = ()) -> None:
        self.waiting = list(waiting)
        super().__init__("\n  ".join([message, *self.waiting]))


class _Jumps:
    """Where another loop would wait for its sockets, this one lets time pass."""

    def __init__(self, pass_time: Callable[[float | None], None]) -> None:
        self._pass_time = pass_time

    def select(self, timeout: float | None) -> tuple[()]:
        """Nothing ever comes from outside."""
        self._pass_time(timeout)
        return ()


class VirtualTimeLoop(asyncio.BaseEventLoop):
    """An event loop in virtual time, which begins at 0.

    Args:
        limit: How many virtual seconds may pass before the program counts as waiting for ever.

    Attributes:
        failures: What another loop would have logged: exceptions that nobody has looked at, and the like.
        each_turn: Called after everything that was ready has run, and before time passes; may be ``None``.
    """

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, limit: float = LIMIT) -> None:
        super().__init__()
        self._selector = _Jumps(self._pass_time)
        self._now = 0.0
        self._limit = limit
        self._more = 0.0
        self._timers = itertools.count()
        self._turns = 0
        self._begun: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
        self._at_work = 0
        self._called = threading.Event()
        self._signals: dict[int, Any] = {}
        self.failures: list[str] = []
        self.each_turn: Callable[[], None] | None = None
        self.set_exception_handler(lambda _loop, context: self.failures.append(told(context)))

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now

    def call_at(
        self, when: float, callback: Callable[[*Given], object], *args: *Given, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call back at a time; of what is due at once, what was asked for first comes first."""
        if self.is_closed():
            raise RuntimeError("Event loop is closed")
        timer = Timer((when, next(self._timers)), callback, args, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def create_task(self, coro: Coroutine[Any, Any, Result], **options: Any) -> asyncio.Task[Result]:  # type: ignore[override]  # of each version of Python
        """Begin a task."""
        task: asyncio.Task[Result] = super().create_task(coro, **options)
        self._begun.add(task)
        return task

    def look_at_tasks(self) -> None:
        """Note what tasks have raised and nobody has looked at, also of those that somebody holds."""
        for task in sorted(self._begun, key=lambda task: task.get_name()):
            if task.done() and not task.cancelled() and getattr(task, "_log_traceback", False):
                self.failures.append(f"exception of a task was never retrieved: {task.exception()!r} {task}")

    def forget(self) -> None:
        """Note nothing any more: what is destroyed as the interpreter ends must not even be shown."""
        self.set_exception_handler(lambda _loop, _context: None)

    def block(self, seconds: float) -> None:
        """Let time pass as if what is running now had kept everybody else waiting for so long."""
        self._now += seconds

    def rewind(self) -> None:
        """Begin again at 0, so that another program runs as if the loop were new.

        Raises:
            RuntimeError: Something is still to happen.
        """
        left = self.scheduled
        if left or self._ready:
            raise RuntimeError(f"the clock goes back only when nothing is to happen: {left or list(self._ready)}")
        self._scheduled.clear()
        self._timer_cancelled_count = 0
        self._now = self._more = 0.0
        self._turns = 0

    @property
    def scheduled(self) -> list[asyncio.TimerHandle]:
        """The timers that have not gone off, without those that were cancelled."""
        return [timer for timer in self._scheduled if not timer.cancelled()]

    def _pass_time(self, timeout: float | None) -> None:
        if self.each_turn is not None:
            self.each_turn()
        self._turns = self._turns + 1 if timeout == 0 and not self._at_work else 0
        if self._turns > SPINNING:
            self._turns = 0
            raise self._dead_end(f"{SPINNING:,} turns of the event loop, and no time has passed: somebody spins")
        if timeout == 0:
            return
        if self._at_work:
            self._called.wait()
            self._called.clear()
        elif timeout is None:
            raise self._dead_end("everybody waits and nothing will ever happen")
        else:
            self._now += timeout
            if self._now > self._limit + self._more:
                passed = f"{self._limit:g} seconds have passed"
                raise self._dead_end(f"{passed}: timers renew each other, and the test waits for ever")

    def _dead_end(self, message: str) -> DeadEndError:
        # Whatever is cancelled now may need some time to end.
        self._more = max(self._now - self._limit, 0) + _WINDING_UP_SECONDS
        return DeadEndError(message, waits(asyncio.all_tasks(self)))

    def _process_events(self, event_list: tuple[()]) -> None:
        pass

    def _write_to_self(self) -> None:
        self._called.set()

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Given], Result], *args: *Given
    ) -> asyncio.Future[Result]:
        """Run a function in a thread; the clock stands still until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._at_work += 1
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: object) -> None:
        self._at_work -= 1

    async def shutdown_default_executor(self, *timeout: float | None) -> None:
        """Wait until the threads of ``run_in_executor`` have ended."""
        self._at_work += 1
        try:
            await super().shutdown_default_executor(*timeout)
        finally:
            self._at_work -= 1

    def add_signal_handler(self, sig: int, callback: Callable[[*Given], object], *args: *Given) -> None:
        """Call back on a signal, in the next turn.

        Raises:
            ValueError: This is not the main thread, or there is no such signal.
        """
        before = signal.signal(sig, lambda *_: self.call_soon_threadsafe(callback, *args))
        self._signals.setdefault(sig, before)

    def remove_signal_handler(self, sig: int) -> bool:
        """Let a signal mean what it meant before; whether it had a handler here."""
        if sig not in self._signals:
            return False
        signal.signal(sig, self._signals.pop(sig))
        return True

    def close(self) -> None:
        """Close the loop; signals mean what they meant before."""
        for sig in list(self._signals):
            self.remove_signal_handler(sig)
        super().close()


def told(context: dict[str, Any]) -> str:
    """What an event loop tells its exception handler, in one line."""
    return f"{context['message']}: {context.get('exception')!r} {context.get('task') or context.get('future') or ''}"


def run(main: Coroutine[Any, Any, Result], limit: float = LIMIT) -> Result:
    """Run a coroutine in virtual time, on a loop of its own.

    Args:
        main: What to run.
        limit: How many virtual seconds it may take.

    Raises:
        DeadEndError: Everybody waits and nothing will ever happen, or too much time has passed.
        AssertionError: Tasks were left running, or exceptions were left unseen.
    """
    __tracebackhide__ = True
    loop = VirtualTimeLoop(limit)
    try:
        with seldom_collecting(), noticing_forgotten(loop.failures.append):
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                result = runner.run(_alone(main))
            loop.look_at_tasks()
            gc.collect(1)
    except DeadEndError as error:
        # What was cancelled because of it may have come to another one, which tells less.
        raise _first(error) from None
    finally:
        loop.forget()

    # pytest shows nothing of what an assert compares outside a test: the text has to.
    assert not loop.failures, f"left unseen: {loop.failures}"
    return result


def _first(error: DeadEndError) -> DeadEndError:
    before = error.__context__
    return _first(before) if isinstance(before, DeadEndError) else error


async def _alone(main: Coroutine[Any, Any, Result]) -> Result:
    __tracebackhide__ = True
    result = await main
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}

    assert not left, f"still running: {left}"
    return result


def in_virtual_time(test: Callable[Arguments, Coroutine[Any, Any, None]]) -> Callable[Arguments, None]:
    """Make an asynchronous test a plain one that runs in virtual time."""

    @functools.wraps(test)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        run(test(*args, **kwargs))

    return wrapped


async def turns(count: int = _TURNS) -> None:
    """Let whatever is ready happen, without time passing."""
    for _ in range(count):
        await asyncio.sleep(0)
