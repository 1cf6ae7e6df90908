"""What the settings mean to each room: a function a room, from Settings to the room's own options.

Rooms whose code is heavy are imported only when their options are asked for.
"""

import re
import ssl
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING

from catcher import __version__
from catcher.conf import (
    RelayRuleSettings,
    RelaySettings,
    Settings,
    SocketAddress,
    read_tags_file,
)
from catcher.errors import SettingError
from catcher.net.htpasswd import Htpasswd
from catcher.paths import database_file
from catcher.smtp import AuthPolicy, SmtpListener, SmtpOptions
from catcher.threads import Threads

if TYPE_CHECKING:
    from catcher.checks import Checker
    from catcher.checks.auth import Lookup
    from catcher.checks.filters import SpamService
    from catcher.faults import FaultRules
    from catcher.intake import Tagging
    from catcher.pop3 import Pop3Options
    from catcher.relay import RelayHost, Relays, Rule, WebhookSender
    from catcher.store import StoredSummary
    from catcher.store.labels.inbox_routing import InboxRouting
    from catcher.web import WebOptions

GENERATED = frozenset({"auto", "sans"})
"""What stands in a certificate's setting for one that is made here; names may follow, "auto:mail.test,10.0.0.1".

Mailpit writes "sans:", for the key too.
"""

EVERY_NETWORK = (ip_network("0.0.0.0/0"), ip_network("::/0"))

_HOST_NAME = re.compile(r"(\*\.)?[0-9A-Za-z_.:-]{1,253}", re.ASCII)


def smtp_options(settings: Settings) -> SmtpOptions:
    """For the SMTP server, with its listeners: SMTP first, then SMTP under TLS and LMTP. Raises SettingError."""
    listeners = [_listener(settings.smtp, implicit_tls=settings.smtp_require_tls)]
    if settings.smtps is not None:
        listeners.append(_listener(settings.smtps, implicit_tls=True))
    if settings.lmtp is not None:
        listeners.append(_listener(settings.lmtp, lmtp=True))
    return SmtpOptions(
        listeners=tuple(listeners),
        hostname=settings.smtp_hostname,
        label=settings.label,
        max_message_octets=settings.max_message_size,
        max_recipients=settings.smtp_max_recipients,
        allowed_recipients=re.compile(settings.smtp_allowed_recipients) if settings.smtp_allowed_recipients else None,
        drop_others=settings.smtp_ignore_rejected_recipients,
        max_connections=settings.smtp_max_connections,
        max_connections_per_address=settings.smtp_max_connections_per_address,
        max_errors=settings.smtp_max_errors,
        idle_seconds=settings.smtp_idle_timeout,
        data_seconds=settings.smtp_data_timeout,
        spool_directory=_directory("--spool-directory", settings.spool_directory),
        tls=_certificate(settings, settings.smtp_tls_cert, settings.smtp_tls_key),
        require_tls=settings.smtp_require_starttls,
        auth=_auth_policy(settings),
        trusted_proxies=settings.smtp_trusted_proxies,
    )


def pop3_options(settings: Settings) -> "Pop3Options":
    """For the POP3 server, whether it is to listen or not. Raises SettingError."""
    from catcher.pop3 import Pop3Options

    address = settings.pop3 or SocketAddress()
    return Pop3Options(
        host=address.host,
        port=address.port,
        path=address.path,
        mode=address.mode,
        label=settings.label,
        passwords=_passwords("pop3_auth", settings.pop3_auth_file, settings.pop3_auth),
        tls=_certificate(settings, settings.pop3_tls_cert, settings.pop3_tls_key),
        implicit_tls=settings.pop3_require_tls,
    )


def web_options(settings: Settings) -> "WebOptions":
    """For the site. Raises SettingError."""
    from catcher.web import WebOptions

    passwords = _passwords("ui_auth", settings.ui_auth_file, settings.ui_auth)
    return WebOptions(
        webroot=settings.webroot,
        hosts=settings.hosts,
        cors=settings.api_cors,
        passwords=passwords,
        send_passwords=_passwords("send_api_auth", settings.send_api_auth_file, settings.send_api_auth),
        accepts_any_sender=settings.send_api_auth_accept_any,
        needs_token=settings.require_token,
        is_compressed=not settings.disable_http_compression,
        bin=settings.bin,
        is_public=passwords is None
        and not settings.require_token
        and not settings.listen.is_loopback
        and not settings.container,
    )


def web_tls(settings: Settings) -> ssl.SSLContext | None:
    """The site's TLS context; None for plain HTTP. Raises SettingError."""
    provide = _certificate(settings, settings.ui_tls_cert, settings.ui_tls_key)
    return provide() if provide is not None else None


def authority(settings: Settings) -> bytes:
    """The certificate of the CA behind generated certificates, as PEM; b"" when none is generated."""
    from catcher.net.tls import ca_certificate

    return (ca_certificate(_tls_directory(settings)) or b"") if _generated(settings) else b""


def relay(name: str, settings: RelaySettings) -> "RelayHost":
    """A way out, as its settings tell of it. Raises SettingError."""
    from catcher.relay import SMTP_BACKEND, RelayHost, pattern, smtp_options

    options = settings.options
    if settings.host:
        options = {
            **smtp_options(
                host=settings.host,
                port=settings.port,
                starttls=settings.starttls,
                tls=settings.tls,
                username=settings.username,
                password=settings.password,
                timeout=settings.timeout or None,
                verify=not settings.allow_insecure,
            ),
            **options,
        }
    return RelayHost(
        name=name,
        server=f"{settings.host}:{settings.port}" if settings.host else settings.backend,
        backend=settings.backend or SMTP_BACKEND,
        options=options,
        allowed=pattern(settings.allowed_recipients),
        blocked=pattern(settings.blocked_recipients),
        return_path=settings.return_path,
        override_from=settings.override_from,
        preserve_message_ids=settings.preserve_message_ids,
    )


def rule(settings: RelayRuleSettings, relays: "Relays") -> "Rule":
    """A rule for one of these relays, whose settings have been looked at together. Raises SettingError."""
    from catcher.relay import Rule, pattern

    relay = relays.named(settings.relay)
    assert relay is not None  # noqa: S101 - the settings were refused otherwise
    return Rule(
        relay=relay,
        query=settings.query,
        recipients=pattern(settings.recipients),
        to=settings.to,
        passes_errors=settings.forward_smtp_errors,
    )


def webhooks(settings: Settings, payload: "Callable[[StoredSummary], bytes]") -> "WebhookSender":
    """Who is told of new mail, and how. payload: makes the body. Raises SettingError."""
    from catcher.net import Fetcher
    from catcher.relay import WebhookEndpoint, WebhookSender

    found = [
        WebhookEndpoint(
            name=each.name,
            url=each.url,
            query=each.query,
            secret=each.secret,
            headers=each.headers,
            every=timedelta(seconds=each.every),
            delay=timedelta(seconds=each.delay),
            inbox=each.inbox,
        )
        for each in settings.all_webhooks
    ]
    # Their addresses come from the settings, not from mail: what they name may be reached, wherever it is.
    fetcher = Fetcher(internal=EVERY_NETWORK, timeout=5.0, deadline=10.0, agent=f"catcher/{__version__}")
    return WebhookSender(found, fetcher=fetcher, payload=payload, label=settings.label)


def tagging(settings: Settings) -> "Tagging":
    """Where tags come from. Raises SettingError."""
    from catcher.intake import Tagging, TagRule

    given = (
        *settings.tag,
        *settings.tag_rules,
        *(read_tags_file(settings.tags_config) if settings.tags_config else ()),
    )
    try:
        rules = tuple(TagRule(match=rule.match, tags=rule.tags) for rule in given)
    except ValueError as error:
        raise SettingError(f"--tag, --tag-rules, --tags-config: {error}") from error
    return Tagging(
        x_tags="x-tags" not in settings.tags_disable,
        plus_addresses="plus-addresses" not in settings.tags_disable,
        usernames=settings.tags_username,
        title_case=settings.tags_title_case,
        rules=rules,
    )


def sorting(settings: Settings) -> "InboxRouting":
    """What tells the inboxes of a message."""
    from catcher.store.labels.inbox_routing import InboxRouting

    return InboxRouting(
        sources=settings.inbox_from,
        domains=tuple(domain.lower() for domain in settings.inbox_domains),
        header=settings.inbox_header,
    )


def fault_rules(settings: Settings) -> "FaultRules":
    """The faults to begin with. Raises SettingError."""
    from catcher.faults import FaultRule, FaultRules
    from catcher.faults.chaos import read_triggers, set_triggers
    from catcher.hooks import Stage

    try:
        faults = [FaultRule(**{**asdict(fault), "stage": Stage(fault.stage)}) for fault in settings.faults]
        rules = FaultRules(faults, routing=sorting(settings))
    except ValueError as error:
        raise SettingError(f"--faults: {error}") from error
    if settings.chaos_triggers:
        set_triggers(rules, read_triggers(settings.chaos_triggers))
    return rules


def checker(settings: Settings, threads: Threads) -> "Checker":
    """The checks. Raises SettingError; without any of their settings there is nothing to raise it for."""
    from catcher.checks import CHECKS, Checker, CheckOptions
    from catcher.checks.features.caniemail import knowledge
    from catcher.net import Fetcher

    try:
        knowledge().select(settings.check_clients)
    except ValueError as error:
        raise SettingError(f"--check-clients: {error}") from error
    options = CheckOptions(
        threads=threads,
        clients=settings.check_clients,
        fetcher=Fetcher(internal=settings.internal_networks),
        spam=_spam_filter(settings),
    )
    return Checker(CHECKS, options, lookup=_lookup(settings))


def _spam_filter(settings: Settings) -> "SpamService | None":
    from catcher.checks.filters import Rspamd, Spamd

    if settings.spamassassin:
        return Spamd(settings.spamassassin)
    return Rspamd(settings.rspamd) if settings.rspamd else None


def _lookup(settings: Settings) -> "Callable[[], Lookup] | None":
    """Makes what gives DNS records for one message. A zone file is read once, and asks nobody."""
    from catcher.checks.auth import DnsLookup, ZoneLookup

    if not settings.zone_file:
        return partial(DnsLookup, settings.dns_servers)
    try:
        zone = ZoneLookup.from_file(Path(settings.zone_file))
    except ImportError as error:
        raise SettingError(f"--zone-file: expected the package {error.name}; the extra “auth” brings it") from error
    return lambda: zone


def _listener(address: SocketAddress, *, implicit_tls: bool = False, lmtp: bool = False) -> SmtpListener:
    return SmtpListener(
        host="" if address.host == "::" else address.host,  # every address: of IPv4 too
        port=address.port,
        path=address.path,
        mode=address.mode,
        implicit_tls=implicit_tls,
        lmtp=lmtp,
    )


def _auth_policy(settings: Settings) -> AuthPolicy:
    passwords = _passwords("smtp_auth", settings.smtp_auth_file, settings.smtp_auth)
    if passwords is None:
        return AuthPolicy()
    return AuthPolicy(passwords=passwords, required=True, needs_tls=not settings.smtp_auth_allow_insecure)


def _passwords(name: str, file: str, inline: str) -> Htpasswd | None:
    """From a file or from the setting itself; None without either. One that names nobody would lock everybody out."""
    flag = "--" + name.replace("_", "-")
    if file:
        flag, known = f"{flag}-file={file!r}", Htpasswd.load(Path(file).expanduser())
    elif inline:
        known = Htpasswd.parse("\n".join(inline.split()), name=flag)
    else:
        return None
    if not len(known):
        raise SettingError(f"{flag}: nobody is in it, expected lines of user:hash")
    return known


def _certificate(settings: Settings, certificate: str, key: str) -> Callable[[], ssl.SSLContext] | None:
    """What makes the TLS context, from files or with a certificate made here; None without one."""
    if not certificate:
        return None
    from catcher.net.tls import context_from_files, generated_context

    if _is_generated(certificate):
        return lambda: generated_context(_tls_directory(settings), _generated(settings))
    return lambda: context_from_files(Path(certificate).expanduser(), Path(key).expanduser() if key else None)


def _is_generated(certificate: str) -> bool:
    return certificate.partition(":")[0] in GENERATED


def _generated(settings: Settings) -> list[str]:
    """The names that the generated certificate is for: one serves all listeners, so that it need not be made twice."""
    given = (settings.smtp_tls_cert, settings.ui_tls_cert, settings.pop3_tls_cert)
    asked = [certificate.partition(":")[2] for certificate in given if _is_generated(certificate)]
    if not asked:
        return []
    own = [settings.smtp_hostname or gethostname(), "localhost", "127.0.0.1", "::1"]
    public = [name for name in settings.hosts if _HOST_NAME.fullmatch(name)]
    names = [name.strip() for names in asked for name in names.split(",") if name.strip()]
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise SettingError(f"certificate {name!r}: expected host names and IP addresses, in ASCII")
    return list(dict.fromkeys([*names, *own, *public]))


def _tls_directory(settings: Settings) -> Path:
    """Beside the database file, and without one in the user's data directory."""
    is_file = not settings.ephemeral and "://" not in settings.database
    return database_file(settings.database if is_file else "").parent / "catcher-tls"


def _directory(flag: str, given: str) -> Path | None:
    if not given:
        return None
    path = Path(given).expanduser()
    if not path.is_dir():
        raise SettingError(f"{flag}={given!r}: expected a directory that exists")
    return path
