"""Client for the measured requests of Mailpit's API, on one persistent connection."""

import http.client
import json
import time
from typing import Any


class Api:
    """A client with one connection that records the duration of each request."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._connection = http.client.HTTPConnection(*address, timeout=120)
        self.seconds = 0.0

    def get(self, path: str) -> Any:
        """Return the JSON at the path. Raises unless the status is 200."""
        started = time.perf_counter()
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        body = answer.read()
        self.seconds = time.perf_counter() - started
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status} {body[:200]!r}")
        return json.loads(body)

    def delete(self, path: str, body: Any) -> None:
        """Send a DELETE with a JSON body. Raises unless the status is 200."""
        started = time.perf_counter()
        self._connection.request("DELETE", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        answer.read()
        self.seconds = time.perf_counter() - started
        if answer.status != 200:
            raise RuntimeError(f"DELETE {path}: {answer.status}")

    def count(self) -> int:
        """Return the number of stored messages."""
        total: int = self.get("/api/v1/messages?limit=1")["total"]
        return total

    def has(self, store_id: str) -> bool:
        """Whether the newest message is this one."""
        newest = self.get("/api/v1/messages?limit=1")["messages"]
        return bool(newest) and newest[0]["ID"] == store_id

    def timed(self, path: str, times: int) -> list[float]:
        """Return the seconds of each of `times` GETs of the path."""
        seconds = []
        for _ in range(times):
            self.get(path)
            seconds.append(self.seconds)
        return seconds
