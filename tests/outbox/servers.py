"""A mail server of the test's own, on a free port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from socket import socket

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Server:
    """Keeps the mails it got; `refuse` is what it answers instead, for so many mails.

    `nobody` is what it answers to an address, again and again.
    """

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refuse: list[str] = []
        self.nobody: dict[str, str] = {}
        with socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.nobody:
            return self.nobody[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse.pop(0)
        self.mails.append(message_from_bytes(bytes(envelope.content or b"")))
        return "250 OK"


@contextmanager
def mail_server(settings: object) -> Iterator[Server]:
    """A server that Django sends to while it runs."""
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 5
    try:
        yield server
    finally:
        controller.stop()
