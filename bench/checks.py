"""Duration of checks of hostile HTML, and their effect on concurrent list requests."""

import contextlib
import smtplib
import threading

from bench.api import Api
from bench.servers import Recipe, Running, started

_HEAD = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: heavy\r\nContent-Type: text/html\r\n\r\n"
_ROW = '<tr><td style="color:#aaa;font-size:{0}px">hello <a href="http://e.com/{0}">x</a><img src="http://e.com/y"></td></tr>'
_RULE = ".a{0} p>b:hover{{padding:10px 20px;background:url(http://e.com/a.png) no-repeat;color:rgb(1,2,3)}}"
MAILS = {
    "2 MB of rows": "<table>\r\n" + "\r\n".join(_ROW.format(number) for number in range(18_000)),
    "100,000 nested elements": "<div>\r\n" * 100_000 + "x",
    "5 MB style sheet": "<style>\r\n" + "\r\n".join(_RULE.format(number) for number in range(55_000)) + "</style><p>x",
}


def heavy(recipe: Recipe) -> dict[str, float]:
    """Return seconds and CPU seconds of the first HTML check, and of all checks on servers that have them.

    The list is requested concurrently; its slowest response is in ms.
    """
    figures: dict[str, float] = {}
    for name, html in MAILS.items():
        with started(recipe) as server:
            store_id = _kept(server, html)
            for route in ("html-check", "checks"):
                # not every server has all of them
                with contextlib.suppress(RuntimeError):
                    before = server.cpu()
                    took, slowest = _timed(server, f"/api/v1/message/{store_id}/{route}")
                    figures[f"{name}: {route}, s"] = took
                    figures[f"{name}: {route}, CPU s, lists included"] = server.cpu() - before
                    figures[f"{name}: slowest list meanwhile, ms"] = max(
                        slowest, figures.get(f"{name}: slowest list meanwhile, ms", 0.0)
                    )
    return figures


def _kept(server: Running, html: str) -> str:
    with smtplib.SMTP(*server.smtp) as client:
        client.sendmail("a@example.com", ["b@example.com"], _HEAD + html.encode())
    store_id: str = Api(server.http).get("/api/v1/messages?limit=1")["messages"][0]["ID"]
    return store_id


def _timed(server: Running, path: str) -> tuple[float, float]:
    checks, lists = Api(server.http), Api(server.http)
    failed: list[RuntimeError] = []

    def check() -> None:
        try:
            checks.get(path)
        except RuntimeError as error:
            failed.append(error)

    asking = threading.Thread(target=check)
    asking.start()
    slowest = 0.0
    while asking.is_alive():
        lists.get("/api/v1/messages?limit=50")
        slowest = max(slowest, lists.seconds)
    asking.join()
    if failed:
        raise failed[0]
    return checks.seconds, slowest * 1000
