"""The mail server, spoken to by SMTP (Django's back-end; time-out: the setting EMAIL_TIMEOUT)."""

from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage

_PERMANENT = 500  # RFC 5321 4.2.1: 4yz may work later, 5yz will not


class AddressRefused(Exception):
    """The server says that mail to this address will never be taken; it does not repeat it."""


def send(*, address: str, subject: str, body: str, message_id: str, language: str) -> None:
    """Hand one plain-text mail to the server.

    Raises AddressRefused when trying again is pointless, and what smtplib or the socket raises
    when it is not. That may be after the server took the mail: the Message-ID tells the copies.
    """
    headers = {
        "Message-ID": message_id,
        "Content-Language": language,
        "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies, please
    }
    mail = EmailMessage(subject=subject, body=body, to=[address], headers=headers)
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        if all(code >= _PERMANENT for code, _ in error.recipients.values()):
            raise AddressRefused("the mail server refuses the address for good") from None
        raise
