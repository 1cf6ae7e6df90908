"""`manage.py worker`: does the jobs, in a process of its own."""

import socketserver
from typing import Any

from django.core.management.base import BaseCommand

from shop.mails import welcome


class Job(socketserver.StreamRequestHandler):
    """One job: an address to welcome."""

    def handle(self) -> None:
        """Read it to its end, and do it."""
        welcome(self.rfile.read().decode())


class Command(BaseCommand):
    """Listens on a free port, which it prints."""

    def handle(self, **options: Any) -> None:
        """Work until the end."""
        with socketserver.TCPServer(("127.0.0.1", 0), Job) as server:
            self.stdout.write(str(server.server_address[1]))
            self.stdout.flush()
            server.serve_forever()
