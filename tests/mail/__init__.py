"""Tests of the mail library.

"Django docs: …" in a docstring cites a section of "Sending email" in Django's documentation
(https://docs.djangoproject.com/en/stable/topics/email/), where the tested behaviour is specified:

* Quick example
* send_mail()
* send_mass_mail()
* send_mass_mail() vs. send_mail()
* mail_admins()
* mail_managers()
* Examples
* Preventing header injection
* The EmailMessage class
* EmailMessage Objects
* Sending alternative content types
* Email backends
* Obtaining an instance of an email backend
* SMTP backend
* Console backend
* File backend
* In-memory backend
* Dummy backend
* Defining a custom email backend
* Sending multiple emails
* Configuring email for development
"""
