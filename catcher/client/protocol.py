"""Requests and responses as values, without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from catcher.schema.problems import ProblemResponse

T = TypeVar("T")
Method = Literal["GET", "PUT", "POST", "DELETE"]
Value = str | int | None
Parameters = tuple[tuple[str, str], ...]


def given(parameters: Mapping[str, Value]) -> Parameters:
    """Return the parameters that are not None, as text."""
    return tuple((name, str(value)) for name, value in parameters.items() if value is not None)


_REFUSALS: dict[int, type[Refused]] = {
    400: BadRequest, 401: NotAllowed, 403: NotAllowed, 404: Missing, 409: Conflict, 413: BadRequest,
}  # fmt: skip
_MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Request:
    """A request. path: relative to `api/v1/`, or with a leading slash to the catcher's URL.

    expects: statuses besides 2xx that are no errors. waits: seconds that the server may take on purpose.
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
        """The path relative to the catcher's URL, without a leading slash."""
        return self.path.removeprefix("/") if self.path.startswith("/") else f"api/v1/{self.path}"

    @classmethod
    def get(
        cls, path: str, parameters: Parameters = (), *, expects: tuple[int, ...] = (), waits: float = 0.0
    ) -> "Request":
        """Return a GET request."""
        return cls("GET", path, parameters=parameters, expects=expects, waits=waits)

    @classmethod
    def with_json(
        cls,
        method: Method,
        path: str,
        value: Any,
        parameters: Parameters = (),
        *,
        expects: tuple[int, ...] = (),
        waits: float = 0.0,
    ) -> "Request":
        """Return a request with a value as its JSON body."""
        body, kind = msgspec.json.encode(value), "application/json"
        return cls(method, path, parameters, body=body, content_type=kind, expects=expects, waits=waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response."""

    status: int
    content_type: str
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether the media type is JSON."""
        return self.content_type.partition(";")[0].strip().lower() == "application/json"

    @property
    def text(self) -> str:
        """The body, decoded."""
        return self.body.decode("utf-8", "replace")

    def refusal(self) -> Refused:
        """Return the error that the response stands for."""
        code, message = "", self.text.strip()
        if self.is_json:
            code, message = _problem_of(self.body) or (code, message)
        kind = _REFUSALS.get(self.status) or (Unavailable if self.status >= 500 else Refused)
        return kind(message[:_MAX_TEXT] or f"status {self.status}", status=self.status, code=code)


def expected(request: Request, response: Response) -> Response:
    """Return the response if its status is a success or expected. Raises Refused."""
    if 200 <= response.status < 300 or response.status in request.expects:
        return response
    raise response.refusal()


def read(response: Response, kind: type[T]) -> T:
    """Return the response's JSON as a value. Raises Unreadable."""
    return _decoded(response.body, kind)


def read_lines(response: Response, kind: type[T]) -> tuple[T, ...]:
    """Return the response's lines of JSON as values. Raises Unreadable."""
    return tuple(_decoded(line, kind) for line in response.body.splitlines() if line.strip())


def _decoded(octets: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(octets, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable(f"expected the response of a catcher: {error}") from error


def _problem_of(body: bytes) -> tuple[str, str] | None:
    """Return code and message of either error format, None for any other body."""
    try:
        problem = msgspec.json.decode(body, type=ProblemResponse).error
    except msgspec.MsgspecError:
        pass
    else:
        return problem.code, problem.message
    try:
        return "", msgspec.json.decode(body, type=dict[str, Any])["Error"]
    except (msgspec.MsgspecError, LookupError):
        return None
