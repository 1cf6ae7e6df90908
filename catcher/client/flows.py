"""Flows: operations without I/O, and how a client turns them into methods that block or that are awaited.

A flow is a generator that yields requests, is sent their responses, and returns a result. Everything that a client does
is written once as a flow; `run` of the client does the I/O.
"""

import functools
from collections.abc import Callable, Coroutine, Generator
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar, overload

from catcher.client.protocol import Request, Response

P = ParamSpec("P")
T = TypeVar("T")
Flow: TypeAlias = Generator[Request, Response, T]


class Blocking:
    """Base of the objects whose methods block."""

    def run(self, flow: Flow[T]) -> T:
        """Send the requests of a flow and return its result."""
        raise NotImplementedError


class Awaiting:
    """Base of the objects whose methods are awaited."""

    async def run(self, flow: Flow[T]) -> T:
        """Send the requests of a flow and return its result."""
        raise NotImplementedError


class ClientOperation(Generic[P, T]):
    """A function that returns a flow, as a method: it blocks or is awaited, like the object it is called on."""

    def __init__(self, flow: Callable[P, Flow[T]]) -> None:
        self._flow: Callable[..., Flow[T]] = flow
        self.__doc__ = flow.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Callable[P, Flow[T]]: ...
    @overload
    def __get__(self, instance: Blocking, owner: type[Any] | None = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: Awaiting, owner: type[Any] | None = None) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self._flow
        flow = self._bound(instance)

        @functools.wraps(flow)
        def call(*args: Any, **kwargs: Any) -> Any:
            return instance.run(flow(*args, **kwargs))

        return call

    def _bound(self, instance: Any) -> Callable[..., Flow[T]]:
        return self._flow


class ClientMethod(ClientOperation[P, T]):
    """A method that returns a flow, as one that blocks or is awaited."""

    def __init__(self, flow: Callable[Concatenate[Any, P], Flow[T]]) -> None:
        self._flow = flow
        self.__doc__ = flow.__doc__

    def _bound(self, instance: Any) -> Callable[..., Flow[T]]:
        return MethodType(self._flow, instance)
