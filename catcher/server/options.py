"""Options of each room, derived from the settings: one function for each room or collaborator."""

import re
import ssl
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from socket import gethostname

from catcher import __version__, checks, extract, faults, intake, net, pop3, relay, store, web
from catcher.conf import (
    RelayRuleSettings,
    RelaySettings,
    Settings,
    SocketAddress,
    read_tags_file,
)
from catcher.errors import SettingError
from catcher.hooks import Stage
from catcher.net import tls
from catcher.net.htpasswd import Htpasswd
from catcher.paths import database_file
from catcher.smtp import AuthPolicy, SmtpListener, SmtpOptions
from catcher.threads import Threads

GENERATED = frozenset({"auto", "sans"})
"""Values of a certificate setting that ask for a generated one; names may follow, as in "auto:mail.test,10.0.0.1".

"sans:" is Mailpit's, which wants it for the key as well.
"""

EVERY_NETWORK = (ip_network("0.0.0.0/0"), ip_network("::/0"))

CHECK_THREADS = 2

_HOST_NAME = re.compile(r"(\*\.)?[0-9A-Za-z_.:-]{1,253}", re.ASCII)


def smtp_options(settings: Settings) -> SmtpOptions:
    """Return the options of the SMTP server; its listeners are SMTP, SMTP over TLS, LMTP. Raises SettingError."""
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
        tls=_tls_provider(settings, settings.smtp_tls_cert, settings.smtp_tls_key),
        require_tls=settings.smtp_require_starttls,
        auth=_auth_policy(settings),
        trusted_proxies=settings.smtp_trusted_proxies,
    )


def pop3_options(settings: Settings) -> "pop3.Pop3Options":
    """Return the options of the POP3 server, whether it is enabled or not. Raises SettingError.

    Where reading needs a login on the site, POP3 needs one: of its own users, else of those of the site, or a token.
    """
    site_passwords = _passwords("ui_auth", settings.ui_auth_file, settings.ui_auth)
    address = settings.pop3 or SocketAddress()
    return pop3.Pop3Options(
        host=address.host,
        port=address.port,
        path=address.path,
        mode=address.mode,
        label=settings.label,
        passwords=_passwords("pop3_auth", settings.pop3_auth_file, settings.pop3_auth) or site_passwords,
        needs_login=site_passwords is not None or settings.require_token,
        tls=_tls_provider(settings, settings.pop3_tls_cert, settings.pop3_tls_key),
        implicit_tls=settings.pop3_require_tls,
    )


def web_options(settings: Settings) -> "web.WebOptions":
    """Return the options of the site. Raises SettingError."""
    passwords = _passwords("ui_auth", settings.ui_auth_file, settings.ui_auth)
    return web.WebOptions(
        webroot=settings.webroot,
        hosts=settings.hosts,
        cors=settings.api_cors,
        passwords=passwords,
        send_passwords=_passwords("send_api_auth", settings.send_api_auth_file, settings.send_api_auth),
        accepts_any_sender=settings.send_api_auth_accept_any,
        needs_token=settings.require_token,
        is_compressed=not settings.disable_http_compression,
        views_remote=settings.view_remote,
        bin=settings.bin,
        is_public=passwords is None
        and not settings.require_token
        and not settings.listen.is_loopback
        and not settings.container,
    )


def web_tls(settings: Settings) -> ssl.SSLContext | None:
    """Return the site's TLS context; None for plain HTTP. Raises SettingError."""
    provide = _tls_provider(settings, settings.ui_tls_cert, settings.ui_tls_key)
    return provide() if provide is not None else None


def ca_certificate(settings: Settings) -> bytes:
    """Return the CA certificate of generated certificates, as PEM; b"" when none is generated."""
    return (tls.ca_certificate(_tls_directory(settings)) or b"") if _certificate_names(settings) else b""


def relay_host(name: str, settings: RelaySettings) -> "relay.RelayHost":
    """Return a relay host. Raises SettingError."""
    options = settings.options
    if settings.host:
        options = {
            **relay.smtp_options(
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
    return relay.RelayHost(
        name=name,
        server=f"{settings.host}:{settings.port}" if settings.host else settings.backend,
        backend=settings.backend or relay.SMTP_BACKEND,
        options=options,
        allowed=relay.pattern(settings.allowed_recipients),
        blocked=relay.pattern(settings.blocked_recipients),
        return_path=settings.return_path,
        override_from=settings.override_from,
        preserve_message_ids=settings.preserve_message_ids,
    )


def relay_rule(settings: RelayRuleSettings, relays: "relay.Relays") -> "relay.Rule":
    """Return a rule for one of these relays. Raises SettingError."""
    host = relays.named(settings.relay)
    if host is None:
        raise SettingError(f"rule: there is no relay {settings.relay!r}")
    return relay.Rule(
        relay=host,
        query=settings.query,
        recipients=relay.pattern(settings.recipients),
        to=settings.to,
        passes_errors=settings.forward_smtp_errors,
    )


def webhook_sender(settings: Settings) -> "relay.WebhookSender":
    """Return the webhooks. Raises SettingError."""
    endpoints = [
        relay.WebhookEndpoint(
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
    # Their addresses come from the settings, not from mail: internal ones are allowed.
    fetcher = net.Fetcher(internal=EVERY_NETWORK, timeout=5.0, deadline=10.0, agent=f"catcher/{__version__}")
    return relay.WebhookSender(endpoints, fetcher=fetcher, payload=web.summary_json, label=settings.label)


def tag_options(settings: Settings) -> "intake.TagOptions":
    """Return the sources of tags. Raises SettingError."""
    given = (
        *settings.tag,
        *settings.tag_rules,
        *(read_tags_file(settings.tags_config) if settings.tags_config else ()),
    )
    try:
        rules = tuple(intake.TagRule(match=rule.match, tags=rule.tags) for rule in given)
    except ValueError as error:
        raise SettingError(f"--tag, --tag-rules, --tags-config: {error}") from error
    return intake.TagOptions(
        x_tags="x-tags" not in settings.tags_disable,
        plus_addresses="plus-addresses" not in settings.tags_disable,
        usernames=settings.tags_username,
        title_case=settings.tags_title_case,
        rules=rules,
    )


def extract_rules(settings: Settings) -> "tuple[extract.ExtractRule, ...]":
    """Return the rules of codes and links. Raises SettingError."""
    try:
        return tuple(
            extract.ExtractRule(
                match=rule.match,
                code=re.compile(rule.code) if rule.code else None,
                link=re.compile(rule.link) if rule.link else None,
            )
            for rule in settings.extract_rules
        )
    except ValueError as error:
        raise SettingError(f"--extract-rules: {error}") from error


def inbox_routing(settings: Settings) -> "store.InboxRouting":
    """Return the rules that route a message to inboxes."""
    return store.InboxRouting(
        sources=settings.inbox_from,
        domains=tuple(domain.lower() for domain in settings.inbox_domains),
        header=settings.inbox_header,
    )


def fault_rules(settings: Settings) -> "faults.FaultRules":
    """Return the initial fault rules. Raises SettingError."""
    try:
        given = [faults.FaultRule(**{**asdict(each), "stage": Stage(each.stage)}) for each in settings.faults]
        rules = faults.FaultRules(given, routing=inbox_routing(settings))
    except ValueError as error:
        raise SettingError(f"--faults: {error}") from error
    if settings.chaos_triggers:
        faults.set_triggers(rules, faults.read_triggers(settings.chaos_triggers))
    return rules


def checker(settings: Settings, threads: Threads) -> "checks.Checker":
    """Return the checks. Raises SettingError, but not for default settings."""
    try:
        checks.knowledge().select(settings.check_clients)
    except ValueError as error:
        raise SettingError(f"--check-clients: {error}") from error
    options = checks.CheckOptions(
        threads=threads,
        clients=settings.check_clients,
        fetcher=net.Fetcher(internal=settings.internal_networks),
        spam=_spam_filter(settings),
    )
    return checks.Checker(checks.CHECKS, options, lookup=_lookup(settings))


def _spam_filter(settings: Settings) -> "checks.SpamService | None":
    if settings.spamassassin:
        return checks.Spamd(settings.spamassassin)
    return checks.Rspamd(settings.rspamd) if settings.rspamd else None


def _lookup(settings: Settings) -> "Callable[[], checks.Lookup] | None":
    """Return the maker of DNS lookups, one for each message; a zone file is read once and replaces DNS."""
    if not settings.zone_file:
        return partial(checks.DnsLookup, settings.dns_servers)
    try:
        zone = checks.ZoneLookup.from_file(Path(settings.zone_file))
    except ImportError as error:
        raise SettingError(f"--zone-file: expected the package {error.name}; the extra “auth” brings it") from error
    return lambda: zone


def _listener(address: SocketAddress, *, implicit_tls: bool = False, lmtp: bool = False) -> SmtpListener:
    return SmtpListener(
        host="" if address.host == "::" else address.host,  # "" is every address of IPv4 too
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
    """Return users from a file or from the setting itself; None without either. An empty list is refused."""
    flag = "--" + name.replace("_", "-")
    if file:
        flag, known = f"{flag}-file={file!r}", Htpasswd.load(Path(file).expanduser())
    elif inline:
        known = Htpasswd.parse("\n".join(inline.split()), name=flag)
    else:
        return None
    if not len(known):
        raise SettingError(f"{flag}: no users found, expected lines of user:hash")
    return known


def _tls_provider(settings: Settings, certificate: str, key: str) -> Callable[[], ssl.SSLContext] | None:
    """Return the maker of a TLS context, from files or a generated certificate; None without a certificate."""
    if not certificate:
        return None
    if _is_generated(certificate):
        return lambda: tls.generated_context(_tls_directory(settings), _certificate_names(settings))
    return lambda: tls.context_from_files(Path(certificate).expanduser(), Path(key).expanduser() if key else None)


def _is_generated(certificate: str) -> bool:
    return certificate.partition(":")[0] in GENERATED


def _certificate_names(settings: Settings) -> list[str]:
    """Return the names for the generated certificate, which all listeners share; none when none is generated."""
    given = (settings.smtp_tls_cert, settings.ui_tls_cert, settings.pop3_tls_cert)
    requested = [certificate.partition(":")[2] for certificate in given if _is_generated(certificate)]
    if not requested:
        return []
    own = [settings.smtp_hostname or gethostname(), "localhost", "127.0.0.1", "::1"]
    public = [name for name in settings.hosts if _HOST_NAME.fullmatch(name)]
    names = [name.strip() for names in requested for name in names.split(",") if name.strip()]
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise SettingError(f"certificate {name!r}: expected host names and IP addresses, in ASCII")
    return list(dict.fromkeys([*names, *own, *public]))


def _tls_directory(settings: Settings) -> Path:
    """Return the directory beside the database file, or in the user's data directory without one."""
    is_file = not settings.ephemeral and "://" not in settings.database
    return database_file(settings.database if is_file else "").parent / "catcher-tls"


def _directory(flag: str, given: str) -> Path | None:
    if not given:
        return None
    path = Path(given).expanduser()
    if not path.is_dir():
        raise SettingError(f"{flag}={given!r}: expected a directory that exists")
    return path
