"""Settings. Mail goes to the catcher of the developer's machine, and to an inbox of the tests when they run."""

import os

import catcher.django

SECRET_KEY = "not a secret"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["shop"]
ROOT_URLCONF = "shop.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
STATIC_URL = "static/"
USE_TZ = True
DEFAULT_FROM_EMAIL = "shop@example.com"

globals().update(catcher.django.settings(os.environ.get("CATCHER_MAILBOX", "smtp://localhost:1025")))
