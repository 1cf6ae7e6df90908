"""MailHog's API."""
