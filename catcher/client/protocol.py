"""Requests and answers as values, without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import msgspec

from catcher.client.errors import (
    BadRequest,
    Conflict,
    Missing,
    NotAllowed,
    Refused,
    Unavailable,
    Unreadable,
)
from catcher.client.shapes import ProblemAnswer

T = TypeVar("T")
Method = Literal["GET", "PUT", "POST", "DELETE"]
Value = str | int | None
Parameters = tuple[tuple[str, str], ...]


def given(parameters: Mapping[str, Value]) -> Parameters:
    """Those that are not None, as they are sent."""
    return tuple((name, str(value)) for name, value in parameters.items() if value is not None)


_REFUSALS: dict[int, type[Refused]] = {
    400: BadRequest, 401: NotAllowed, 403: NotAllowed, 404: Missing, 409: Conflict, 413: BadRequest,
}  # fmt: skip
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent. path: below `api/v1/`, or with a slash first, below the catcher's address.

    expects: statuses besides 2xx that whoever asks can deal with. waits: seconds that the server may take on purpose.
    """

    method: Method
    path: str
    parameters: Parameters = ()
    body: bytes | None = None
    content_type: str = ""
    expects: tuple[int, ...] = ()
    waits: float = 0.0

    @property
    def target(self) -> str:
        """The path below the catcher's address, without a slash first."""
        return self.path.removeprefix("/") if self.path.startswith("/") else f"api/v1/{self.path}"

    @classmethod
    def get(
        cls, path: str, parameters: Parameters = (), *, expects: tuple[int, ...] = (), waits: float = 0.0
    ) -> "Request":
        """A GET."""
        return cls("GET", path, parameters=parameters, expects=expects, waits=waits)

    @classmethod
    def sent(
        cls,
        method: Method,
        path: str,
        value: Any,
        parameters: Parameters = (),
        *,
        expects: tuple[int, ...] = (),
        waits: float = 0.0,
    ) -> "Request":
        """A request with a value as JSON."""
        body, kind = msgspec.json.encode(value), "application/json"
        return cls(method, path, parameters, body=body, content_type=kind, expects=expects, waits=waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether the body says that it is JSON."""
        return self.content_type.partition(";")[0].strip().lower() == "application/json"

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def refusal(self) -> Refused:
        """The error that this answer is."""
        code, message = "", self.text.strip()
        if self.is_json:
            code, message = _told(self.body) or (code, message)
        kind = _REFUSALS.get(self.status) or (Unavailable if self.status >= 500 else Refused)
        return kind(message[:_SHOWN] or f"status {self.status}", status=self.status, code=code)


def expected(request: Request, answer: Answer) -> Answer:
    """The answer, when it is one that whoever asked can deal with. Raises Refused."""
    if 200 <= answer.status < 300 or answer.status in request.expects:
        return answer
    raise answer.refusal()


def read(answer: Answer, kind: type[T]) -> T:
    """The answer's JSON as a value. Raises Unreadable."""
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable(f"expected the answer of a catcher: {error}") from error


def read_lines(answer: Answer, kind: type[T]) -> tuple[T, ...]:
    """The answer's lines of JSON as values. Raises Unreadable."""
    lines = (line for line in answer.body.splitlines() if line.strip())
    return tuple(read(replace(answer, body=line), kind) for line in lines)


def _told(body: bytes) -> tuple[str, str] | None:
    """Code and message of either error shape; None when it is another."""
    try:
        problem = msgspec.json.decode(body, type=ProblemAnswer).error
    except msgspec.MsgspecError:
        pass
    else:
        return problem.code, problem.message
    try:
        return "", msgspec.json.decode(body, type=dict[str, Any])["Error"]
    except (msgspec.MsgspecError, LookupError):
        return None
