"""Rules for every request: host, origin, cross-origin access, header fields, sizes."""

import gzip
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from catcher.intake import deliver_now
from catcher.testing import RunningCatcher, running_catcher
from tests.web.api.mails import envelope

LIST = "/api/v1/messages"


@pytest.fixture(scope="module")
def site() -> Iterator[RunningCatcher]:
    """One catcher for tests that change nothing; it lists one foreign origin and one public name."""
    with running_catcher(api_cors=["app.test:3000", "https://other.test"], hosts=["mail.example.com"]) as running:
        yield running


@pytest.fixture
def client(site: RunningCatcher) -> Iterator[httpx2.Client]:
    """An HTTP client of the site."""
    with httpx2.Client(base_url=site.url, timeout=30) as opened:
        yield opened


def exchange(url: str, request: bytes) -> bytes:
    """The response to these octets on a new connection."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def test_a_name_that_could_be_rebound_is_refused(client: httpx2.Client) -> None:
    """DNS must not make this server the origin of a public page: on every path, also for reading."""
    for path in ("/", "/api/v1/messages", "/view/x.html", "/view/x/cid/1", "/static/app.css", "/nothing"):
        answer = client.get(path, headers={"Host": "evil.example:8025"})
        assert answer.status_code == 403
        assert "evil.example" in answer.text
    assert client.delete(LIST, headers={"Host": "evil.example", "Origin": "http://evil.example"}).status_code == 403
    assert client.get(LIST, headers={"Host": "mail.example.com"}).status_code == 200
    assert client.get(LIST, headers={"Host": "catcher"}).status_code == 200
    assert client.get(LIST, headers={"Host": "a b"}).status_code == 400


def test_a_refused_name_comes_with_the_setting_that_accepts_it(
    client: httpx2.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A page for browsers, a problem below the API, text for others, and one line in the log for each name."""
    host = {"Host": "shop.example.net:8025"}
    page = client.get("/", headers={**host, "Accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<pre>--hosts shop.example.net\nCATCHER_HOSTS=shop.example.net</pre>" in page.text
    problem = client.get(LIST, headers={**host, "Accept": "text/html,*/*"})
    assert problem.json()["error"]["code"] == "unknown-host"
    assert "CATCHER_HOSTS=shop.example.net" in problem.json()["error"]["message"]
    text = client.get("/view/latest.txt", headers=host)
    assert text.headers["content-type"].startswith("text/plain")
    assert "--hosts shop.example.net" in text.text
    lines = [record.message for record in caplog.records if "shop.example.net" in record.message]
    assert lines == ["requests for shop.example.net refused: unknown host name; set --hosts or CATCHER_HOSTS to use it"]


def test_health_checks_pass_under_every_name(client: httpx2.Client) -> None:
    """Probes of proxies and orchestrators use names of their own; a health check has no content to protect."""
    for path in ("/livez", "/readyz"):
        assert client.get(path, headers={"Host": "evil.example"}).status_code == 200


def test_valid_credentials_are_accepted_under_every_name() -> None:
    """Browsers send no credentials to a name that an attacker chose, so a shared server works behind any proxy."""
    host = {"Host": "mail.example.com"}
    with running_catcher(ui_auth="ann:secret") as running, httpx2.Client(base_url=running.url) as client:
        assert client.get("/", headers=host, auth=("ann", "secret")).status_code == 200
        assert client.get(LIST, headers=host, auth=("ann", "secret")).status_code == 200
        asked = client.get("/", headers=host)
        assert (asked.status_code, asked.headers["www-authenticate"]) == (401, 'Basic realm="Login"')
        assert client.get("/", headers=host, auth=("ann", "wrong")).status_code == 401


def test_a_token_is_accepted_under_every_name_where_none_is_required(catcher: RunningCatcher) -> None:
    """Without the token the request is refused, as a page after DNS rebinding could make it."""
    host = {"Host": "mail.example.com"}
    with httpx2.Client(base_url=catcher.url) as client:
        secret = client.post("/api/v1/tokens", json={"name": "ci", "scope": "read"}).json()["secret"]
        assert client.get(LIST, headers={**host, "Authorization": f"Bearer {secret}"}).status_code == 200
        assert client.get(LIST, headers={**host, "Authorization": "Bearer x"}).status_code == 401
        assert client.get(LIST, headers=host, auth=("ann", "secret")).status_code == 403
        assert client.get(LIST, headers=host).status_code == 403


def test_two_host_fields_are_refused(site: RunningCatcher) -> None:
    """A proxy may have judged the other one. RFC 9112 §3.2."""
    for path in (b"/", b"/livez", b"/api/v1/messages"):
        request = b"GET %b HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n" % path
        assert exchange(site.url, request).split(b" ", 2)[1] == b"400"


BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux)", "Accept-Language": "en", "Host": "192.168.1.5:8025"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Referer": "http://192.168.1.5:3000/"}, 403),
        ({**BROWSER, "Referer": "http://evil.example/"}, 403),
        (BROWSER, 403),
        ({**BROWSER, "Referer": "http://192.168.1.5:8025/view/x"}, 404),
        ({**BROWSER, "Sec-Fetch-Site": "none"}, 404),
        ({**BROWSER, "Sec-Fetch-Site": "same-origin", "Referer": "http://public.example/"}, 404),
        ({"User-Agent": "Mozilla/5.0 (Windows NT) WindowsPowerShell/5.1"}, 404),
        ({}, 404),
    ],
)
@pytest.mark.parametrize("name", ["checks", "link-check"])
def test_only_own_pages_and_programs_start_checks(
    client: httpx2.Client, headers: dict[str, str], status: int, name: str
) -> None:
    """A page on another port, or one that suppresses its Referer on plain HTTP, makes the server send nothing."""
    path = f"/api/v1/message/{'1' * 22}/{name}"
    assert client.get(path, headers=headers).status_code == status


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "http://evil.example/"},
    ],
)
@pytest.mark.parametrize(
    "path", ["/view/{id}", "/view/{id}.html", "/view/{id}.txt", "/api/v1/message/{id}", "/view/latest.txt"]
)
def test_a_foreign_page_sets_no_read_mark(path: str, headers: dict[str, str]) -> None:
    """It can send any GET, although it may not read the response."""
    with running_catcher() as running:
        content = b"Subject: x\r\nContent-Type: text/html\r\n\r\n<p>x"
        (store_id,) = deliver_now(running.store, [(envelope(), content)])
        url = running.url.rstrip("/") + path.format(id=store_id)
        assert httpx2.get(url, headers=headers, timeout=30).status_code == 200
        assert not running.store.summary(store_id).is_read
        assert httpx2.get(url, timeout=30).status_code == 200
        assert running.store.summary(store_id).is_read


@pytest.mark.parametrize("is_secure", [False, True])
def test_cookies_are_secure_under_tls(is_secure: bool) -> None:
    """Also where a proxy on this machine terminates it. RFC 6265 §4.1.2.5."""
    headers = {"X-Forwarded-Proto": "https"} if is_secure else {}
    with running_catcher() as running:
        (store_id,) = deliver_now(running.store, [(envelope(), b"Subject: x\r\n\r\n<p>x")])
        for path, field in (("settings", "theme"), (f"view/{store_id}/trust", "trust")):
            answer = httpx2.post(running.url + path, data={field: "1"}, headers=headers, timeout=30)
            assert ("secure" in answer.headers["Set-Cookie"].lower()) == is_secure


def test_a_request_without_host_passes(site: RunningCatcher) -> None:
    """HTTP/1.0 without Host passes: DNS rebinding needs a browser, and browsers send one."""
    assert b" 200 " in exchange(site.url, b"GET /livez HTTP/1.0\r\n\r\n").split(b"\r\n")[0]


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", LIST),
        ("PUT", LIST),
        ("POST", "/api/v1/send"),
        ("DELETE", "/api/v1/search?query=x"),
        ("POST", "/actions"),
        ("POST", "/settings"),
        ("POST", "/nothing"),
        ("DELETE", "/%61pi/v1/messages"),
        ("DELETE", "/api%2fv1/messages"),
        ("DELETE", "/api/v1/../v1/messages"),
        ("DELETE", "//api/v1/messages"),
        ("GET", "/api/v1/message/x/checks"),
        ("GET", "/api/v1/message/x/link-check"),
        ("GET", "/api/v1/message/x/sa-check"),
        ("GET", "/view/x/checks"),
        ("GET", "/view/x/links"),
    ],
)
def test_a_foreign_page_changes_nothing(client: httpx2.Client, method: str, path: str, headers: dict[str, str]) -> None:
    """Nor does it make the server send requests. Decided by the decoded path, on every path, before any handler."""
    answer = client.request(method, path, headers=headers)
    assert (answer.status_code, answer.text) == (403, "Blocked due to CORS violation\n")


@pytest.mark.parametrize(
    "path", [LIST, "/api/v1/info", "/%61pi/v1/messages", "/api/nothing", "/view/latest.html?embed=1", "/view/x.txt"]
)
def test_a_foreign_page_reads_nothing_of_the_api(client: httpx2.Client, path: str) -> None:
    """403 with the text that clients expect, with or without a query. Mailpit compatibility: HTTP."""
    answer = client.get(path, headers={"Origin": "http://evil.example"})
    assert (answer.status_code, answer.text) == (403, "Blocked due to CORS violation\n")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_foreign_page_opens_no_socket(site: RunningCatcher, headers: dict[str, str]) -> None:
    """CORS does not apply to WebSockets: the server has to refuse them. RFC 6455 §10.2."""
    with pytest.raises(InvalidStatus) as refused, connect(f"ws{site.url[4:]}api/events", additional_headers=headers):
        pass
    assert refused.value.response.status_code == 403


def test_the_own_origin_and_no_origin_pass(client: httpx2.Client) -> None:
    """Pages of this server, and programs, which send none. Letter case does not count."""
    own = f"http://{client.base_url.netloc.decode()}"
    for headers in ({}, {"Origin": own}, {"Origin": own.upper()}, {"Sec-Fetch-Site": "same-origin", "Origin": own}):
        assert client.get(LIST, headers=headers).status_code == 200
        assert client.put(LIST, json={"Read": True, "IDs": ["x"]}, headers=headers).status_code == 200
    other_port = own.rpartition(":")[0] + ":1"
    assert client.get(LIST, headers={"Origin": other_port}).status_code == 403


@pytest.mark.parametrize("origin", ["http://app.test:3000", "http://other.test", "https://other.test"])
def test_a_listed_origin_may_use_the_api(client: httpx2.Client, origin: str) -> None:
    """Responses name the origin, and caches keep them by origin (Vary). Fetch standard, CORS protocol."""
    answer = client.put(LIST, json={"Read": True, "IDs": ["x"]}, headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers
    assert "Origin" in client.get(LIST).headers["vary"]
    for page in ("/", "/view/latest"):
        assert "access-control-allow-origin" not in client.get(page, headers={"Origin": origin}).headers


def test_preflight_requests_are_answered(client: httpx2.Client) -> None:
    """`OPTIONS` below the API is 200 without content; a foreign origin is refused. Mailpit compatibility: HTTP."""
    asked = {"Origin": "http://app.test:3000", "Access-Control-Request-Method": "DELETE"}
    answer = client.options("/api/v1/whatever", headers=asked)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["access-control-allow-methods"] == "GET, POST, DELETE, PUT, OPTIONS"
    assert answer.headers["access-control-allow-headers"] == "*, Authorization"
    assert client.options(LIST, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.options("/view/latest.html", headers=asked).status_code == 405


@pytest.mark.parametrize("path", [LIST, "/api/v1/message/x", "/api/nothing", "/livez", "/nothing", "/view/x.txt"])
def test_every_answer_has_safe_header_fields(client: httpx2.Client, path: str) -> None:
    """Nothing runs, no type is sniffed, no address leaks, errors included."""
    answer = client.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "sandbox" in answer.headers["content-security-policy"]
    if path.startswith("/api"):
        assert answer.headers["cache-control"] == "no-store"


def test_a_page_has_a_policy_of_its_own(client: httpx2.Client) -> None:
    """The default header fields replace none of a handler's."""
    policy = client.get("/").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "sandbox" not in policy
    assert "no-store" not in client.get("/static/app.css").headers.get("cache-control", "")


def test_unknown_paths_and_methods_have_the_texts_that_clients_expect(client: httpx2.Client) -> None:
    """404 with a text of its own below the API, 405 with Allow. Mailpit compatibility: HTTP."""
    for path, text in (
        ("/api/v1/nothing", "File not found\n"),
        ("/api/", "File not found\n"),
        ("/no", "404 page not found\n"),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (404, text)
    answer = client.patch(LIST)
    assert (answer.status_code, answer.text) == (405, "Method Not Allowed\n")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, PUT"
    assert client.post("/api/v1/message/x").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/api/v1/message/x/thumb", "/proxy?data=x"])
def test_routes_that_are_not_supported_give_404(client: httpx2.Client, path: str) -> None:
    """Clients see at once that Mailpit's thumbnails and proxy are missing."""
    assert client.get(path).status_code == 404


def test_large_responses_are_compressed_on_request(client: httpx2.Client) -> None:
    """gzip for clients that accept it, except for small responses."""
    large = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in large.headers["vary"]
    plain = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == large.json()
    with client.stream("GET", "/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"}) as answer:
        assert gzip.decompress(b"".join(answer.iter_raw())) == plain.content
    assert "content-encoding" not in client.get("/api/v1/tags", headers={"Accept-Encoding": "gzip"}).headers


def test_a_body_over_the_limit_is_refused_unread(site: RunningCatcher) -> None:
    """413 for the declared length, before an octet of the body was sent."""
    answer = exchange(
        site.url,
        b"PUT /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n",
    )
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert answer.endswith(b"http: request body too large")


def test_a_body_of_undeclared_length_has_the_same_limit(site: RunningCatcher) -> None:
    """413 at the octet that exceeds 5 MiB, the limit of JSON."""
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    head = (
        b"PUT /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    assert b" 413 " in exchange(site.url, head + 5 * piece + b"1\r\n \r\n").split(b"\r\n")[0]
    whole = exchange(site.url, head + 5 * piece + b"0\r\n\r\n")
    assert b" 413 " not in whole.split(b"\r\n")[0]


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"+5", b"9" * 400, b"\xb2"])
def test_an_invalid_length_is_refused(site: RunningCatcher, length: bytes) -> None:
    """With 4xx, never 500."""
    answer = exchange(
        site.url,
        b"PUT /api/v1/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + length + b"\r\n\r\n{}",
    )
    assert answer.split(b" ")[1].startswith(b"4")


def test_a_request_with_half_a_body_changes_nothing(catcher: RunningCatcher, api_put: Callable[[], str]) -> None:
    """A DELETE whose client disconnects is not taken for one without a body, which deletes everything."""
    store_id = api_put()
    where = urlsplit(catcher.url)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(b"DELETE /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
        connection.shutdown(socket.SHUT_WR)
        assert b" 200 " not in connection.recv(65536)
    with httpx2.Client(base_url=catcher.url) as client:
        assert client.get(f"/api/v1/message/{store_id}").status_code == 200


@pytest.fixture
def api_put(catcher: RunningCatcher) -> Callable[[], str]:
    """A function that sends a message and returns its store id."""

    def put() -> str:
        body = {"From": {"Email": "a@b.test"}, "To": [{"Email": "c@d.test"}]}
        with httpx2.Client(base_url=catcher.url) as client:
            store_id: str = client.post("/api/v1/send", json=body).json()["ID"]
        return store_id

    return put


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("//view/x.html", "/view/x.html"),
        ("/api//v1///messages?limit=1", "/api/v1/messages?limit=1"),
        ("//evil.example//x", "/evil.example/x"),
        ("//%2f%2fevil.example", "/%2f%2fevil.example"),
        ("//a%0d%0ab", "/a%0d%0ab"),
    ],
)
def test_doubled_slashes_redirect_to_the_clean_path(catcher: RunningCatcher, path: str, target: str) -> None:
    """As Go's servers do, which clients of Mailpit rely on; never to another host, never with a line break."""
    with socket.create_connection((catcher.smtp_host, int(catcher.url.rstrip("/").rpartition(":")[2]))) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = raw.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 301")
    assert f"\r\nlocation: {target}\r\n" in answer


def test_only_reading_is_redirected_to_the_clean_path(site: RunningCatcher) -> None:
    """Clients would repeat another request without its body, as a GET."""
    request = b"POST //api/v1/send HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    assert exchange(site.url, request).startswith(b"HTTP/1.1 404")
