"""Mapping `mailers` from the aliases of the setting MAILERS to backends."""

from collections.abc import Iterator, Mapping
from typing import Any

from catcher.mail import settings
from catcher.mail.connections import DEFAULT_MAILER_ALIAS, create_mailer, get_connection

__all__ = ["MailersHandler", "mailers"]


class MailersHandler(Mapping[str, Any]):
    """Mapping whose look-ups create a new backend: `mailers["newsletters"]`; `in` and iteration create none.

    Without the setting, `mailers.default` follows EMAIL_BACKEND. An unknown alias raises MailerDoesNotExist,
    which is a KeyError, so that `mailers.get(alias)` works.
    """

    def __getitem__(self, alias: str) -> Any:
        if alias == DEFAULT_MAILER_ALIAS and settings.MAILERS is None:
            return get_connection()
        return create_mailer(alias)

    def __contains__(self, alias: object) -> bool:
        return alias in self._entries()

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries())

    def __len__(self) -> int:
        return len(self._entries())

    @property
    def default(self) -> Any:
        """A new backend of the default entry."""
        return self[DEFAULT_MAILER_ALIAS]

    @staticmethod
    def _entries() -> Mapping[str, Any]:
        return {DEFAULT_MAILER_ALIAS: {}} if settings.MAILERS is None else settings.MAILERS


mailers = MailersHandler()
