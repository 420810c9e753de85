"""Mail leaves here: by SMTP, or, until an operator names a server, into a folder or onto the console."""

import secrets
import smtplib
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path

from survey.settings import Mailing, MailWay

SECONDS = 20.0  # how long a mail server may keep us waiting


class NotSent(Exception):
    """A message that did not leave: why, in a sentence for staff. It may be sent again."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends messages in the way that an operator set (`survey.settings.Mailing`)."""

    mailing: Mailing

    def send(self, message: EmailMessage) -> None:
        """Send one message, with our address as its sender; raises NotSent.

        message: with To, Subject and its words; From, Date and Message-ID are put in where they are missing.
        """
        self._complete(message)
        ways: dict[MailWay, Callable[[EmailMessage], None]] = {
            MailWay.FILE: self._into_folder,
            MailWay.CONSOLE: _onto_console,
            MailWay.SMTP: self._by_smtp,
        }
        try:
            ways[self.mailing.way](message)
        except (OSError, smtplib.SMTPException) as wrong:
            raise NotSent(_why(wrong)) from wrong

    def _complete(self, message: EmailMessage) -> None:
        domain = parseaddr(self.mailing.sender)[1].rpartition("@")[2]
        usual = {
            "From": self.mailing.sender,
            "Date": formatdate(localtime=False),
            "Message-ID": make_msgid(domain=domain),
        }
        for name, value in usual.items():
            if name not in message:
                message[name] = value

    def _into_folder(self, message: EmailMessage) -> None:
        folder = Path(self.mailing.folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / f"{secrets.token_hex(8)}.eml").write_bytes(message.as_bytes(policy=SMTP))

    def _by_smtp(self, message: EmailMessage) -> None:
        told, context = self.mailing, ssl.create_default_context()
        if told.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(told.host, told.port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(told.host, told.port, timeout=SECONDS)
        with server:
            if told.tls == "starttls":
                server.starttls(context=context)
            if told.user:
                server.login(told.user, told.password)
            server.send_message(message)


def _onto_console(message: EmailMessage) -> None:
    print(message.as_string(), file=sys.stderr, flush=True)


def _why(wrong: Exception) -> str:
    """A sentence that names no address: server's words may repeat whom the message was for."""
    match wrong:
        case smtplib.SMTPRecipientsRefused():
            return "The mail server does not take mail for this address."
        case smtplib.SMTPAuthenticationError():
            return "The mail server does not know our name or password. Look at SMTP_USER and SMTP_PASSWORD."
        case smtplib.SMTPException():
            return "The mail server did not take the message."
    return "The mail server cannot be reached. Look at SMTP_HOST, SMTP_PORT and SMTP_TLS."
