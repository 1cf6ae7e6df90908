"""Flows as methods: the same builders of requests for a client that blocks and for one that is awaited."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from catcher.client.operations import Flow

P = ParamSpec("P")
T = TypeVar("T")


class _Blocks(Protocol):
    def run(self, flow: Flow[T]) -> T: ...


class _IsAwaited(Protocol):
    async def run(self, flow: Flow[T]) -> T: ...


class Blocking(Generic[P, T]):
    """A flow as a method that returns what it returns."""

    def __init__(self, flow: Callable[P, Flow[T]]) -> None:
        self._flow = flow
        self.__doc__ = flow.__doc__

    def __get__(self, client: _Blocks, kind: type[Any] | None = None) -> Callable[P, T]:
        @functools.wraps(self._flow)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            return client.run(self._flow(*args, **kwargs))

        return call


class Awaited(Generic[P, T]):
    """A flow as a method that is awaited."""

    def __init__(self, flow: Callable[P, Flow[T]]) -> None:
        self._flow = flow
        self.__doc__ = flow.__doc__

    def __get__(self, client: _IsAwaited, kind: type[Any] | None = None) -> Callable[P, Awaitable[T]]:
        @functools.wraps(self._flow)
        def call(*args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
            return client.run(self._flow(*args, **kwargs))

        return call
