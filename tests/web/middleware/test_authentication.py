"""Login of the site: protected and open paths, and the refusal of wrong credentials. RFC 7617."""

import asyncio
import base64
import logging
import re
import smtplib
import threading
from collections.abc import Coroutine, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from catcher.net.htpasswd import Htpasswd
from catcher.net.password_verifier import (
    MAX_CONCURRENT,
    MAX_FAILURES,
    MAX_WAITING,
    PasswordVerifier,
    TooManyAttempts,
)
from catcher.testing import RunningCatcher, running_catcher
from catcher.threads import Threads
from catcher.web.middleware.authentication import read_basic

# The example of Apache's page "Password Formats": myPassword.
HASHED = "ann:$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/"
PLAIN = "bob:grüße"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCatcher]:
    """A catcher with a password file and a webroot."""
    file = tmp_path_factory.mktemp("passwords") / "htpasswd"
    file.write_text(f"# who may see\n{PLAIN}\ncarl:{{SHA}}5en6G6MezRroT3XKqkdPOmY/BfQ=\n", "utf-8")
    with running_catcher(ui_auth_file=str(file), webroot="/mail", api_cors=["app.test"]) as running:
        yield running


def get(site: RunningCatcher, path: str, **more: object) -> httpx2.Response:
    """GET of a path below the webroot."""
    return httpx2.get(site.url + path, timeout=30, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "api/v1/messages",
        "api/v1/info",
        "api/v1/openapi.json",
        "api/v1/ca.pem",
        "events",
        "static/app.css",
        "view/latest",
        "view/latest.html",
        "livez/",
        "livez/../api/v1/messages",
        "%6civez/x",
        "view/x/cid/1/more",
        "view/x%2Fy/cid/1",
        "nothing",
    ],
)
def test_every_path_needs_a_password(site: RunningCatcher, path: str) -> None:
    """Pages, API, event streams and static files alike, with the response that clients expect."""
    answer = get(site, path)
    assert answer.status_code == 401
    assert answer.text == "Unauthorized.\n"
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Login"'


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_every_method_needs_a_password(site: RunningCatcher, method: str) -> None:
    """Health checks and signed images are open for GET and HEAD alone."""
    for path in ("", "livez", "view/x/cid/1"):
        assert httpx2.request(method, site.url + path, timeout=30).status_code == 401


@pytest.mark.parametrize("path", ["livez", "readyz"])
def test_health_checks_need_no_password(site: RunningCatcher, path: str) -> None:
    """A container's health check has no password."""
    assert get(site, path).status_code == 200
    assert httpx2.get(site.url.removesuffix("mail/") + path, timeout=30).status_code == 401


@pytest.mark.parametrize("credentials", [("bob", "grüße"), ("carl", "secret")])
def test_the_right_password_is_accepted(site: RunningCatcher, credentials: tuple[str, str]) -> None:
    """Plain text and {SHA}, in UTF-8."""
    headers = {"Authorization": "Basic " + base64.b64encode(":".join(credentials).encode()).decode()}
    assert get(site, "api/v1/messages", headers=headers).status_code == 200
    assert get(site, "", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "field",
    [
        "",
        "Basic",
        "Basic !!!!",
        "Basic " + base64.b64encode(b"bob").decode(),
        "Basic " + base64.b64encode("bob:grüße2".encode()).decode(),
        "Basic " + base64.b64encode("eve:grüße".encode()).decode(),
        "Basic !" + base64.b64encode("bob:grüße".encode()).decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\x00").decode(),
        "Bearer " + base64.b64encode("bob:grüße".encode()).decode(),
        "Basic " + "A" * 20_000,
    ],
)
def test_invalid_credentials_are_refused(site: RunningCatcher, field: str) -> None:
    """A wrong password, an unknown user, another scheme and meaningless octets give 401, never 500."""
    assert get(site, "api/v1/messages", headers={"Authorization": field}).status_code == 401


@pytest.mark.parametrize("field", ["Bearer", "bearer wrong", "Bearer catcher_unknown", "Bearer \xff"])
def test_an_invalid_token_is_refused_where_none_is_required(catcher: RunningCatcher, field: str) -> None:
    """A test with a misspelt token must not see everything: unknown and empty tokens are 401 for reads and changes."""
    headers = {"Authorization": field.encode("latin-1")}
    for method, path in (("GET", "api/v1/messages"), ("DELETE", "api/v1/messages"), ("GET", "")):
        answer = httpx2.request(method, catcher.url + path, headers=headers, timeout=30)  # type: ignore[arg-type]
        assert answer.status_code == 401
    assert httpx2.get(catcher.url + "livez", headers=headers, timeout=30).status_code == 200  # type: ignore[arg-type]


def test_two_authorization_fields_are_refused_where_none_is_required(catcher: RunningCatcher) -> None:
    """A request that carries a token is never served like one without a token. RFC 9110 §5.3."""
    token = ("Authorization", "Bearer catcher_unknown")
    for other in ("Bearer catcher_other", "Basic YW5uOnNlY3JldA=="):
        for headers in ([token, ("Authorization", other)], [("Authorization", other), token]):
            assert httpx2.get(catcher.url + "api/v1/messages", headers=headers, timeout=30).status_code == 401


def test_a_password_is_ignored_where_none_is_required(catcher: RunningCatcher) -> None:
    """Clients that are configured with a user for another server work as they do with Mailpit."""
    assert httpx2.get(catcher.url + "api/v1/messages", auth=("ann", "secret"), timeout=30).status_code == 200


def test_the_event_socket_needs_a_password_too(site: RunningCatcher) -> None:
    """A WebSocket is refused in its handshake."""
    url = site.url.replace("http://", "ws://") + "api/events"
    with pytest.raises(InvalidStatus) as caught, connect(url):
        pass
    assert caught.value.response.status_code == 401
    credentials = base64.b64encode("bob:grüße".encode()).decode()
    with connect(url, additional_headers={"Authorization": f"Basic {credentials}"}) as socket:
        assert "stats" in str(socket.recv(timeout=30))


def test_a_listed_origin_has_preflight_responses_and_can_read_a_401(site: RunningCatcher) -> None:
    """Browsers send preflight requests without credentials, and show a page only responses that name its origin."""
    headers = {"Origin": "http://app.test", "Access-Control-Request-Method": "GET"}
    asked = httpx2.options(site.url + "api/v1/messages", headers=headers, timeout=30)
    assert asked.status_code == 200
    refused = get(site, "api/v1/messages", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "http://app.test"


def test_an_image_of_the_frame_needs_only_its_signed_address() -> None:
    """The sandboxed frame sends no credentials: its addresses have a signature, and all others need a login."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "picture"
    message.set_content('<p>look <img src="cid:one@x"></p>', subtype="html")
    message.add_related(b"GIF89a\x01\0\x01\0\0\0\0;", "image", "gif", cid="<one@x>")
    with running_catcher(ui_auth="ann:pw") as running:
        with smtplib.SMTP(running.smtp_host, running.smtp_port, timeout=30) as client:
            client.send_message(message)
        store_id = running.store.page().messages[0].store_id
        frame = httpx2.get(f"{running.url}view/{store_id}/frame", auth=("ann", "pw"), timeout=30).text
        found = re.search(r'src="([^"]*/cid/\d+\?t=[^"]+)"', frame)
        assert found is not None, frame
        address = running.url.rstrip("/") + "/" + found[1].removeprefix("/")
        picture = httpx2.get(address, timeout=30)
        assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/gif")
        assert httpx2.get(address.partition("?")[0], timeout=30).status_code == 403
        assert httpx2.get(address[:-1] + ("0" if address[-1] != "0" else "1"), timeout=30).status_code == 403
        assert httpx2.get(f"{running.url}view/{store_id}/part/2", timeout=30).status_code == 401


def test_a_failed_attempt_is_logged_without_its_password(
    site: RunningCatcher, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the user, never the password; a request without credentials is not logged."""
    with caplog.at_level(logging.WARNING, "catcher.web"):
        get(site, "")
        assert caplog.records == []
        get(site, "", auth=("bob", "correct-horse"))
    assert [record.__dict__["user"] for record in caplog.records] == ["bob"]
    assert not any("correct-horse" in str(record.__dict__) for record in caplog.records)


class Slow(Htpasswd):
    """A password file whose hashes wait for an event; it counts them and the concurrent ones."""

    def __init__(self) -> None:
        super().__init__({"ann": "pw"})
        self.done = threading.Event()
        self.lock = threading.Lock()
        self.calls = self.running = self.most = 0

    def verify(self, user: str, password: str) -> bool:
        with self.lock:
            self.calls += 1
            self.running += 1
            self.most = max(self.most, self.running)
        assert self.done.wait(30)
        with self.lock:
            self.running -= 1
        return super().verify(user, password)


def test_slow_hashes_are_computed_once_and_few_at_a_time() -> None:
    """A burst of a browser costs one hash, guessing takes two threads, and more than a hundred attempts get 503.

    A password that was valid before is accepted meanwhile.
    """

    async def crowd() -> None:
        threads, slow = Threads(8), Slow()
        try:
            verifier = PasswordVerifier(slow, threads)

            def guess(number: int) -> Coroutine[Any, Any, bool]:
                return verifier.verify("ann", f"guess{number}", address=f"192.0.2.{number}")

            right = [asyncio.create_task(verifier.verify("ann", "pw", address="192.0.2.200")) for _ in range(20)]
            wrong = [
                asyncio.create_task(verifier.verify("ann", f"guess{n}", address=f"192.0.2.{n}"))
                for n in range(MAX_WAITING - 20)
            ]
            await asyncio.sleep(0)
            with pytest.raises(TooManyAttempts):
                await verifier.verify("ann", "one too many", address="192.0.2.200")
            slow.done.set()
            assert all(await asyncio.gather(*right))
            assert not any(await asyncio.gather(*wrong))
            assert slow.most <= MAX_CONCURRENT
            assert slow.calls <= MAX_WAITING - 20 + MAX_CONCURRENT
            # The places of the crowd are free again.
            assert not await verifier.verify("ann", "later guess", address="192.0.2.200")
            # A cached password is its user's alone: "ann" and "pw" are not "annp" and "w".
            assert not await verifier.verify("annp", "w", address="192.0.2.201")
            slow.done.clear()
            wrong = [
                asyncio.create_task(verifier.verify("ann", f"guess{n}", address=f"192.0.2.{n}"))
                for n in range(MAX_WAITING)
            ]
            await asyncio.sleep(0)
            before = slow.calls
            assert await verifier.verify("ann", "pw", address="192.0.2.200")
            assert slow.calls == before
            slow.done.set()
            assert not any(await asyncio.gather(*wrong))
        finally:
            slow.done.set()
            threads.close()

    asyncio.run(crowd())


def test_an_address_that_guesses_passwords_is_slowed_down_and_valid_users_go_on() -> None:
    """After thirty wrong passwords the response is 429, without a look at the password; a known one is accepted."""
    with running_catcher(ui_auth="ann:secret") as running:

        def log_in(user: str, password: str) -> httpx2.Response:
            return httpx2.get(f"{running.url}api/v1/info", auth=(user, password), timeout=30)

        assert log_in("ann", "secret").status_code == 200
        statuses = [log_in("ann", f"guess{n}").status_code for n in range(3 * MAX_FAILURES)]
        assert set(statuses[:MAX_FAILURES]) == {401}
        assert statuses.count(429) > MAX_FAILURES
        refused = log_in("bob", "secret")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
        assert log_in("ann", "secret").status_code == 200


def test_an_empty_password_file_does_not_lock_everybody_out(tmp_path: Path) -> None:
    """The start fails, and the message names the flag and the file."""
    file = tmp_path / "empty"
    file.write_text("# nobody\n")
    with pytest.raises(ValueError, match="no users found") as caught, running_catcher(ui_auth_file=str(file)):
        pass
    assert "--ui-auth-file" in str(caught.value)


def test_a_hash_of_apache_is_understood() -> None:
    """The site reads the same files as SMTP and POP3 do."""
    passwords = Htpasswd.parse(HASHED)
    assert passwords.verify("ann", "myPassword")
    assert read_basic(b"basic " + base64.b64encode(b"ann:my:pass")) == ("ann", "my:pass")
