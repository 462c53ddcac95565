"""Coroutine fixtures of a test that runs inside its relay: they are put off until its event loop runs."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any


class Deferred:
    """A coroutine fixture that has not run yet, in the place of its value."""

    def __init__(self, function: Callable[..., Any], arguments: dict[str, Any]) -> None:
        self._function = function
        self._arguments = arguments
        self._value: Any = None
        self._has_run = False

    async def value(self, stack: AsyncExitStack) -> Any:
        """Its value, found out once; what follows its ``yield`` runs as the stack is left."""
        if not self._has_run:
            arguments = await values(self._arguments, stack)
            self._has_run = True
            if inspect.isasyncgenfunction(self._function):
                self._value = await stack.enter_async_context(_opened(self._function, arguments))
            else:
                self._value = await self._function(**arguments)
        return self._value


async def values(arguments: dict[str, Any], stack: AsyncExitStack) -> dict[str, Any]:
    """The arguments of a test or fixture, with the values of those that were put off."""
    return {
        name: await value.value(stack) if isinstance(value, Deferred) else value for name, value in arguments.items()
    }


def is_coroutine(function: object) -> bool:
    """Whether a fixture is a coroutine, or one that goes on after the test."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def coroutine_of(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """The coroutine that a fixture is; ``None`` when it is a plain function.

    Earlier versions of pytest-asyncio, such as 0.23, make plain functions of coroutine fixtures as they are collected.
    """
    if getattr(function, "__globals__", {}).get("__name__", "").startswith("pytest_asyncio"):
        function = inspect.unwrap(function)
    return function if is_coroutine(function) else None


def deferring(function: Callable[..., Any], instance: object) -> Callable[..., Deferred]:
    """A plain fixture in the place of a coroutine fixture; its value is one that is yet to be found out.

    Args:
        function: The fixture.
        instance: The instance of the test's class, if it has one: a fixture that is a method is called on it.
    """
    owner = getattr(function, "__self__", None)
    if owner is not None and instance is not None and isinstance(instance, type(owner)):
        function = getattr(function, "__func__", function).__get__(instance)
    names = inspect.signature(function).parameters
    return lambda **given: Deferred(function, {name: value for name, value in given.items() if name in names})


def awaiting(
    test: Callable[..., Awaitable[None]], names: Iterable[str], fixtures: dict[str, Any]
) -> Callable[[], Coroutine[Any, Any, None]]:
    """A test together with the coroutine fixtures that were put off for it.

    Args:
        test: The test.
        names: Those of its fixtures that it is called with.
        fixtures: All of its fixtures.
    """

    async def everything() -> None:
        __tracebackhide__ = True
        async with AsyncExitStack() as stack:
            found = await values(fixtures, stack)
            await test(**{name: found[name] for name in names})

    return everything


@asynccontextmanager
async def _opened(function: Callable[..., AsyncIterator[Any]], arguments: dict[str, Any]) -> AsyncIterator[Any]:
    generator = function(**arguments)
    try:
        yield await anext(generator)
    finally:
        async for _ in generator:
            raise RuntimeError(f"the fixture {function.__name__} yields more than once")
