"""Tests of catcher.net.htpasswd."""

from pathlib import Path

import bcrypt
import pytest

from catcher.errors import SettingError
from catcher.net.htpasswd import Htpasswd


@pytest.mark.parametrize(
    ("proof", "password"),
    [
        ("plain text", "plain text"),
        ("{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "myPassword"),  # Apache's "Password Formats"
        ("{SSHA}cyy1DSsp8htHWuMRIU8YoBan9yBzYWx0", "x"),
        ("$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/", "myPassword"),  # Apache's "Password Formats"
        ("$apr1$5kFHCZ1I$8hLSJnEgtmxN2mMmJUEfd0", "pässwörd, longer than sixteen octets"),  # openssl passwd -apr1
        ("$1$saltsalt$fFhQNRZ9A4AYLdo7vOe8a0", "hello"),  # openssl passwd -1
    ],
)
def test_a_password_matches_its_hash_and_no_other_does(proof: str, password: str) -> None:
    """The formats that `htpasswd` and `openssl passwd` write."""
    file = Htpasswd.parse(f"ann:{proof}\n")
    assert file.verify("ann", password)
    assert not file.verify("ann", password + "x")
    assert not file.verify("ann", "")
    assert not file.verify("bob", password)


def test_a_file_is_read_line_by_line(tmp_path: Path) -> None:
    """Comments, blank lines and white space around a line are skipped; a password may contain a colon.

    Only plain text can be read back.
    """
    path = tmp_path / "htpasswd"
    path.write_text("# users\n  # more:users\n\n ann:a:b \nbob:{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=\n")
    file = Htpasswd.load(path)
    assert len(file) == 2
    assert file.plain("ann") == "a:b"
    assert file.plain("bob") is None
    assert file.plain("nobody") is None
    assert not file.is_plain


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ann", "line 1: expected user:hash"),
        (":x", "line 1: expected user:hash"),
        ("ann:$5$salt$hash", "this form of hash is not known"),
        ("ann:$6$salt$hash", "this form of hash is not known"),
        ("ann:{SHA}xyz", "expected base64"),
        ("ann:{SHA}VBPuJHI7uixaa6LQGWx4s+5G", "expected base64"),
        ("ann:{SHA}VBPuJHI7uixaa6LQ!GWx4s+5GKNE=", "expected base64"),
    ],
)
def test_a_line_that_cannot_be_used_stops_the_start(line: str, expected: str) -> None:
    """The message says what was expected and shows no hash."""
    with pytest.raises(SettingError, match=expected) as error:
        Htpasswd.parse(line)
    assert "hash" not in str(error.value).replace("user:hash", "").replace("form of hash", "")


def test_an_unreadable_file_stops_the_start(tmp_path: Path) -> None:
    """The message names the file and the reason."""
    with pytest.raises(SettingError, match=r"nowhere.*No such file"):
        Htpasswd.load(tmp_path / "nowhere")
    (tmp_path / "latin").write_bytes("ann:grüße".encode("latin-1"))
    with pytest.raises(SettingError, match=r"latin.*not UTF-8"):
        Htpasswd.load(tmp_path / "latin")


@pytest.mark.parametrize("prefix", ["$2a$", "$2b$", "$2y$"])
def test_bcrypt_is_checked_by_its_package(prefix: str) -> None:
    """A hash as written by `htpasswd -B` and its predecessors."""
    proof = bcrypt.hashpw("pässword".encode(), bcrypt.gensalt(4)).decode().replace("$2b$", prefix)
    file = Htpasswd.parse(f"ann:{proof}")
    assert file.verify("ann", "pässword")
    assert not file.verify("ann", "wrong")


def test_bcrypt_compares_72_octets() -> None:
    """`htpasswd -B` hashes that many of a longer password, which its user goes on typing as a whole."""
    proof = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    file = Htpasswd.parse(f"ann:{proof}")
    assert file.verify("ann", "x" * 80)
    assert not file.verify("ann", "x" * 71 + "y")


def test_an_unknown_user_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a reply does not tell which users exist."""
    computed: list[bytes] = []

    def record(password: bytes, proof: bytes) -> bool:
        computed.append(password)
        return False

    monkeypatch.setattr(bcrypt, "checkpw", record)
    Htpasswd.parse("ann:$2y$04$abcdefghijklmnopqrstuuWZrGGIgcXKkWxQ8z1YdS1M7qJ9N0Y3K").verify("bob", "guess")
    assert computed == [b"guess"]
    assert not Htpasswd.parse("").verify("bob", "guess")


def test_a_file_with_several_schemes_costs_the_same_for_every_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash of each scheme and cost, whether the user has the cheap one, the expensive one, or none."""
    computed: list[str] = []

    def record(password: bytes, proof: bytes) -> bool:
        computed.append(proof[:7].decode())
        return False

    monkeypatch.setattr(bcrypt, "checkpw", record)
    digest = "abcdefghijklmnopqrstuuWZrGGIgcXKkWxQ8z1YdS1M7qJ9N0Y3K"
    file = Htpasswd.parse(
        f"ann:$2y$04${digest}\nbob:plain\ncarl:$2b$05${digest}\ndan:{{SHA}}5en6G6MezRroT3XKqkdPOmY/BfQ="
    )
    for user in ("ann", "bob", "carl", "dan", "nobody"):
        computed.clear()
        assert file.verify(user, "plain") == (user == "bob")
        assert sorted(computed, key=lambda proof: proof[4:6]) == ["$2y$04$", "$2b$05$"]


def test_bcrypt_without_its_package_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingError, match="pip install bcrypt"):
        Htpasswd.parse("ann:$2y$05$abcdefghijklmnopqrstuuWZrGGIgcXKkWxQ8z1YdS1M7qJ9N0Y3K")


def test_a_malformed_md5_hash_matches_nothing() -> None:
    """The salt has at most eight characters, the digest 22; nothing is raised, for odd passwords neither."""
    for proof in ("$apr1$123456789$abc", "$apr1$", "$1$x"):
        assert not Htpasswd.parse(f"ann:{proof}").verify("ann", "x")
    for password in ("\ud800", "\0", "x" * 10_000):
        for proof in ("secret", "$1$saltsalt$fFhQNRZ9A4AYLdo7vOe8a0", "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE="):
            assert not Htpasswd.parse(f"ann:{proof}").verify("ann", password)
