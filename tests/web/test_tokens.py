"""Tests of API tokens: made and revoked by API and command, what each scope reaches, and that only digests are kept."""

import base64
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from catcher.intake import deliver_now
from catcher.store import Store
from catcher.store.records.tokens import Scope
from catcher.testing import RunningCatcher, running_catcher
from tests.served import command
from tests.web.api.mails import envelope, plain

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningCatcher]:
    """A catcher that lets nobody in without a token or Ann's password."""
    with running_catcher(
        require_token=True, ui_auth="ann:secret", database=str(tmp_path / "mail.db"), webroot="m"
    ) as running:
        deliver_now(running.store, [(envelope(), plain(1))])
        yield running


def made(site: RunningCatcher, scope: Scope) -> str:
    """The secret of a new token."""
    return site.store.tokens.make("test", scope, now=datetime.now(UTC))[1]


def ask(site: RunningCatcher, method: str, path: str, secret: str, **more: object) -> httpx2.Response:
    """A request with a token."""
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx2.request(method, site.url + path, headers=headers, timeout=30, **more)  # type: ignore[arg-type]


REQUESTS = [
    ("GET", "api/v1/messages", Scope.READ),
    ("HEAD", "api/v1/messages", Scope.READ),
    ("GET", "", Scope.READ),
    ("GET", "view/latest.txt", Scope.READ),
    ("GET", "metrics", Scope.READ),
    ("PUT", "api/v1/messages", Scope.WRITE),
    ("PUT", "api/v1/faults", Scope.WRITE),
    ("POST", "actions", Scope.WRITE),
    ("OPTIONS", "", Scope.WRITE),
    ("GET", "api/v1/tokens", Scope.ADMIN),
    ("POST", "api/v1/tokens", Scope.ADMIN),
    ("DELETE", "api/v1/tokens/999", Scope.ADMIN),
    ("DELETE", "api/v1/messages", Scope.WRITE),
]


@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_reaches_as_far_as_it_says(site: RunningCatcher, scope: Scope) -> None:
    """Each scope may do what those below it may, and no more; 403 names what would be needed. RFC 6750 §3.1."""
    secret = made(site, scope)
    for method, path, needed in REQUESTS:
        answer = ask(site, method, path, secret)
        if scope.covers(needed):
            assert answer.status_code not in (401, 403), (method, path)
        else:
            assert answer.status_code == 403, (method, path)
            assert f'scope="{needed}"' in answer.headers["www-authenticate"]


def test_a_token_serves_as_a_password_too(site: RunningCatcher) -> None:
    """Clients that know Basic alone give it as the password, with any user; Ann's password still opens everything."""
    secret = made(site, Scope.READ)
    assert httpx2.get(f"{site.url}api/v1/messages", auth=("anybody", secret)).status_code == 200
    assert httpx2.delete(f"{site.url}api/v1/messages", auth=("anybody", secret)).status_code == 403
    assert httpx2.get(f"{site.url}api/v1/tokens", auth=("ann", "secret")).status_code == 200


@pytest.mark.parametrize(
    "field",
    [
        "",
        "Bearer",
        "Bearer x",
        "Bearer catcher_",
        "Bearer catcher_" + "x" * 5000,
        "Bearer cat\xffcher_",
        "Token catcher_x",
        "Basic " + base64.b64encode(b"ann:wrong").decode(),
        "Basic " + base64.b64encode(b"catcher_x:").decode(),
    ],
)
def test_nothing_else_opens(site: RunningCatcher, field: str) -> None:
    """401, on pages, API, streams and sockets."""
    for path in ("", "api/v1/messages", "events", "static/app.css"):
        answer = httpx2.get(site.url + path, headers={b"Authorization": field.encode("latin-1")}, timeout=30)
        assert answer.status_code == 401


def test_the_socket_wants_a_token_too(site: RunningCatcher) -> None:
    """The stream of events is mail."""
    address = site.url.replace("http", "ws") + "api/events"
    with pytest.raises(InvalidStatus), connect(address):
        pass
    secret = made(site, Scope.READ)
    with connect(address, additional_headers={"Authorization": f"Bearer {secret}"}) as socket:
        assert socket.recv(timeout=10)


def test_tokens_are_made_listed_and_revoked_over_http(site: RunningCatcher) -> None:
    """The secret is told once; revoked it opens nothing, at once; an unknown number is 404 in our shape."""
    admin = made(site, Scope.ADMIN)
    new = ask(site, "POST", "api/v1/tokens", admin, json={"name": "ci", "scope": "read", "days": 7}).json()
    assert new["secret"].startswith("catcher_")
    assert ask(site, "GET", "api/v1/messages", new["secret"]).status_code == 200
    listed = ask(site, "GET", "api/v1/tokens", admin).json()["tokens"]
    assert [(each["name"], each["scope"]) for each in listed] == [("test", "admin"), ("ci", "read")]
    assert new["secret"] not in str(listed)
    assert listed[0]["expires_at"] is None
    assert ask(site, "DELETE", f"api/v1/tokens/{new['id']}", admin).status_code == 200
    assert ask(site, "GET", "api/v1/messages", new["secret"]).status_code == 401
    for unknown in (str(new["id"]), "x"):
        answer = ask(site, "DELETE", f"api/v1/tokens/{unknown}", admin)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")


@pytest.mark.parametrize("body", [{"scope": "god"}, {"days": 0}, {"days": "x"}, {"days": 10**9}, []])
def test_a_token_that_cannot_be_is_refused(site: RunningCatcher, body: object) -> None:
    """400 in our shape, and none is made."""
    answer = ask(site, "POST", "api/v1/tokens", made(site, Scope.ADMIN), json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert len(site.store.tokens.all()) == 1


def test_an_expired_token_opens_nothing(tmp_path: Path) -> None:
    """It is listed still, so that people see why."""
    with Store.open(f"sqlite:///{tmp_path / 'mail.db'}") as store:
        token, secret = store.tokens.make("old", Scope.READ, now=NOW, expires_at=NOW + timedelta(days=1))
        assert store.tokens.find(secret, now=NOW) == token
        assert store.tokens.find(secret, now=NOW + timedelta(days=1)) is None
        assert store.tokens.all() == [token]


@pytest.mark.sqlite
def test_the_database_gives_no_token_away(tmp_path: Path) -> None:
    """Only SHA-256 digests are kept."""
    path = tmp_path / "mail.db"
    with Store.open(f"sqlite:///{path}") as store:
        _, secret = store.tokens.make("x", Scope.READ, now=NOW)
    with closing(sqlite3.connect(path)) as database:
        dump = "\n".join(database.iterdump())
    assert "INSERT INTO" in dump
    assert secret not in dump
    assert secret.removeprefix("catcher_") not in dump


@pytest.mark.slow
def test_tokens_are_made_and_revoked_by_command(site: RunningCatcher, tmp_path: Path) -> None:
    """On the database of a running catcher, which knows of it at once."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command("token", *arguments, "-d", str(tmp_path / "mail.db")), capture_output=True, text=True, check=False
        )

    secret = run("create", "--name", "ci", "--scope", "read", "--days", "3").stdout.strip()
    assert ask(site, "GET", "api/v1/messages", secret).status_code == 200
    number, scope, _, name = run("list").stdout.strip().split("\t")
    assert (scope, name) == ("read", "ci")
    assert run("revoke", number).returncode == 0
    assert ask(site, "GET", "api/v1/messages", secret).status_code == 401
    wrong = run("revoke", number)
    assert wrong.returncode == 1
    assert "there is no token" in wrong.stderr


def test_without_being_asked_for_nobody_needs_a_token() -> None:
    """A catcher on loopback stays as open as before, whatever tokens there are."""
    with running_catcher() as catcher:
        made(catcher, Scope.READ)
        assert httpx2.delete(f"{catcher.url}api/v1/messages").status_code == 200
