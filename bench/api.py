"""A client of the measured HTTP APIs, on one persistent connection."""

import http.client
import json
import time
from typing import Any, Self

LONG = 5.0
"""Seconds after which a request is not repeated any more."""


class Api:
    """A client with one connection that records the duration of each request in `seconds`."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._connection = http.client.HTTPConnection(*address, timeout=120)
        self.seconds = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str) -> Any:
        """Return the JSON at the path. Raises unless the status is 200."""
        return json.loads(self._get(path))

    def has(self, store_id: str) -> bool:
        """Whether the newest message is this one."""
        newest = self.get("/api/v1/messages?limit=1")["messages"]
        return bool(newest) and newest[0]["ID"] == store_id

    def timed(self, path: str, times: int) -> list[float]:
        """Return the seconds of each of `times` GETs of the path; of fewer, but three, if they take long."""
        self._connection.close()  # the server may have closed it meanwhile
        self._connection.connect()
        seconds = []
        for _ in range(times):
            self._get(path)
            seconds.append(self.seconds)
            if len(seconds) >= 3 and sum(seconds) > LONG:
                break
        return seconds

    def _get(self, path: str) -> bytes:
        started = time.perf_counter()
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        body = answer.read()
        self.seconds = time.perf_counter() - started
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status} {body[:200]!r}")
        return body
