"""Creation of backends: the default one, one by dotted path, or one of `MAILERS`."""

from importlib import import_module
from typing import Any

from catcher.mail import settings
from catcher.mail.exceptions import InvalidMailer, MailerDoesNotExist

__all__ = ["DEFAULT_MAILER_ALIAS", "create_mailer", "get_connection", "select_connection"]

DEFAULT_MAILER_ALIAS = "default"
"""The default entry of MAILERS."""

_DJANGO = "django.core.mail."


def get_connection(backend: str | None = None, fail_silently: bool = False, **kwargs: Any) -> Any:
    """Create a backend of the class at the dotted path `backend`; the default is EMAIL_BACKEND, or MAILERS if set.

    Other arguments go to the class's constructor. Raises ImportError for an unknown module or class, and errors of the
    constructor; no connection is opened yet. Outside of Django the paths of Django's backends mean those of this
    library.
    """
    if backend is None and settings.MAILERS is not None:
        given = {name: value for name, value in kwargs.items() if value is not None}
        return create_mailer(DEFAULT_MAILER_ALIAS, **given, **({"fail_silently": True} if fail_silently else {}))
    return _class_at(backend or settings.EMAIL_BACKEND)(fail_silently=fail_silently, **kwargs)


def create_mailer(alias: str, **further: Any) -> Any:
    """Create a backend from the entry `alias` of MAILERS: its OPTIONS are constructor arguments, and so is `alias`.

    Raises MailerDoesNotExist for an unknown entry, InvalidMailer for an invalid one.
    """
    mailers = settings.MAILERS or {}
    if alias not in mailers:
        raise MailerDoesNotExist(alias=alias)
    options = dict(mailers[alias].get("OPTIONS") or {})
    if "alias" in options:
        raise InvalidMailer("OPTIONS must not define 'alias'.", alias=alias)
    path = mailers[alias].get("BACKEND", "catcher.mail.backends.smtp.EmailBackend")
    try:
        backend = _class_at(path)
    except ImportError as error:
        raise InvalidMailer(f"Could not find BACKEND {path!r}: {error}", alias=alias) from error
    return backend(alias=alias, **options | further)


def select_connection(using: str | None, *, connection: Any = None, fail_silently: bool = False, **kwargs: Any) -> Any:
    """Select the backend to send with: `using`, else `connection`, else a new default connection.

    Raises TypeError if `using` is combined with other connection arguments.
    """
    if using is None:
        return connection or get_connection(fail_silently=fail_silently, **kwargs)
    others = {"fail_silently": fail_silently, "connection": connection} | kwargs
    for name, value in others.items():
        if value:
            raise TypeError(
                f"{name!r} is not compatible with 'using'. It belongs into the OPTIONS of MAILERS[{using!r}]."
            )
    return create_mailer(using)


def _class_at(path: str) -> Any:
    if path.startswith(_DJANGO) and not settings.in_django(0):
        # Settings shared with a Django project: outside of Django its paths mean the backends of this library.
        path = f"catcher.mail.{path.removeprefix(_DJANGO)}"
    module_name, dot, class_name = path.rpartition(".")
    if not dot:
        raise ImportError(f"{path!r} is no dotted path of a class, such as package.module.EmailBackend")
    module = import_module(module_name)
    try:
        return getattr(module, class_name)
    except AttributeError:
        raise ImportError(f"module {module_name!r} has no {class_name!r}") from None
