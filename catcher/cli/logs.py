"""The format of the log: text lines, or JSON lines with the facts as fields."""

import json
import logging
import sys
from datetime import UTC, datetime

from catcher.conf import Settings
from catcher.errors import SettingError

_OWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def facts(record: logging.LogRecord) -> dict[str, object]:
    """Return the fields that the caller gave with `extra=`."""
    return {name: value for name, value in vars(record).items() if name not in _OWN}


class TextFormatter(logging.Formatter):
    """Text lines: `19:23:44 INFO catcher.intake caught store_id=… size=1634`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, followed by the traceback if there is one."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        fields = "".join(f" {name}={value}" for name, value in facts(record).items())
        line = f"{at} {record.levelname} {record.name} {record.getMessage()}{fields}"
        line = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """JSON lines: an object with at, level, logger, message and the facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, whatever the values are."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **facts(record),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def configure_logging(settings: Settings) -> None:
    """Log to standard error or a file: everything if verbose, errors only if quiet, else a line per message.

    Raises SettingError for a file that cannot be written.
    """
    try:
        handler = logging.FileHandler(settings.log_file) if settings.log_file else logging.StreamHandler(sys.stderr)
    except OSError as error:
        raise SettingError(
            f"--log-file={settings.log_file!r}: {error.strerror}, expected a file to append to"
        ) from error
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else TextFormatter())
    level = logging.DEBUG if settings.verbose else logging.ERROR if settings.quiet else logging.INFO
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("catcher").setLevel(level)
    for name in ("mail.log", "mail.debug"):  # of aiosmtpd, which would log the dialogue again
        logging.getLogger(name).setLevel(logging.ERROR)
