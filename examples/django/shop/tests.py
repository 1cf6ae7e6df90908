"""The same with Django's own TestCase and `manage.py test`."""

import os
import subprocess
import sys
from unittest import mock
from urllib.request import urlopen

from django.core import mail
from django.test import LiveServerTestCase

from catcher.django import MailOutboxMixin


class SignUpTest(MailOutboxMixin, LiveServerTestCase):
    """Signing up on a live server with a worker."""

    @classmethod
    def setUpClass(cls) -> None:
        """Start the worker, which finds the tests' inbox by its settings."""
        super().setUpClass()
        command = [sys.executable, "manage.py", "worker"]
        process = cls.enterClassContext(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ))
        cls.addClassCleanup(process.kill)
        cls.worker = process.stdout.readline().strip()

    def test_the_server_welcomes_a_customer(self) -> None:
        """From the thread of the server."""
        urlopen(f"{self.live_server_url}/sign-up/", data=b"email=ann@example.com")
        self.assertEqual(len(mail.outbox), 1)
        self.assertEqual(mail.outbox[0].to, ["ann@example.com"])

    def test_the_worker_welcomes_a_customer(self) -> None:
        """From another process."""
        with mock.patch.dict(os.environ, SHOP_WORKER=self.worker):
            urlopen(f"{self.live_server_url}/sign-up/", data=b"email=bob@example.com")
        (message,) = self.mailoutbox.wait(1)
        self.assertEqual(message.subject, "Welcome to the shop")
        self.assertIs(mail.outbox, self.mailoutbox)
