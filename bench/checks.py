"""Duration of checks of hostile HTML, and their effect on concurrent list requests."""

import contextlib
import smtplib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from bench.api import Api
from bench.servers import Recipe, Running, started
from bench.table import Options, Row, alternate

_HEAD = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: heavy\r\nContent-Type: text/html\r\n\r\n"
_ROW = '<tr><td style="color:#aaa;font-size:{0}px">hello <a href="http://e.com/{0}">x</a><img src="http://e.com/y"></td></tr>'
_RULE = ".a{0} p>b:hover{{padding:10px 20px;background:url(http://e.com/a.png) no-repeat;color:rgb(1,2,3)}}"
MAILS = {
    "2 MB of rows": "<table>\r\n" + "\r\n".join(_ROW.format(number) for number in range(18_000)),
    "100,000 nested elements": "<div>\r\n" * 100_000 + "x",
    "5 MB style sheet": "<style>\r\n" + "\r\n".join(_RULE.format(number) for number in range(55_000)) + "</style><p>x",
}


def checks(options: Options) -> Iterator[Row]:
    """Yield seconds and CPU seconds of the first HTML check, and of all checks on servers that have them.

    The list is requested concurrently; its slowest response is in ms.
    """
    yield from alternate(options.with_mailpit_api(), 1, _heavy)


def _heavy(recipe: Recipe) -> Mapping[str, float]:
    figures: dict[str, float] = {}
    for name, html in MAILS.items():
        with started(recipe) as server:
            store_id = _kept(server, html)
            for route in ("html-check", "checks"):
                # not every server has all of them
                with contextlib.suppress(RuntimeError):
                    before = server.cpu()
                    took, slowest = _timed(server, f"/api/v1/message/{store_id}/{route}")
                    figures[f"checks, {name}: {route}, s"] = took
                    figures[f"checks, {name}: {route}, CPU s, lists included"] = server.cpu() - before
                    figures[f"checks, {name}: slowest list meanwhile, ms"] = max(
                        slowest, figures.get(f"checks, {name}: slowest list meanwhile, ms", 0.0)
                    )
    return figures


def _kept(server: Running, html: str) -> str:
    with smtplib.SMTP(*server.smtp) as client:
        client.sendmail("a@example.com", ["b@example.com"], _HEAD + html.encode())
    with Api(server.http) as api:
        store_id: str = api.get("/api/v1/messages?limit=1")["messages"][0]["ID"]
    return store_id


def _timed(server: Running, path: str) -> tuple[float, float]:
    """Return seconds of a request, and milliseconds of the slowest list during it."""
    with Api(server.http) as checked, Api(server.http) as lists, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(checked.get, path)
        slowest = 0.0
        while not answer.done():
            lists.get("/api/v1/messages?limit=50")
            slowest = max(slowest, lists.seconds)
        answer.result()
        return checked.seconds, slowest * 1000
