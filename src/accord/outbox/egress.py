"""The one way out: every HTTP request that Accord makes of its own goes through here.

Whoever can name an address must not reach into this network by it. So a name is resolved once,
each of its addresses must be a public one, and the connection is made to the very address that
was looked at: what a name means a moment later does not matter. Ports 80 and 443 only, no
redirects, no proxies out of the environment, ten seconds and a megabyte at most. ACCORD_EGRESS
names networks that may be reached all the same, at any port.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.outbox.addresses import Address, Network, is_public

SECONDS = 10.0
MOST_BYTES = 1_000_000
PORTS = {"http": 80, "https": 443}


class NotSent(Exception):
    """The request did not get an answer. `sentence` says why and holds no part of the address.

    `is_final`: trying again would not help.
    """

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.is_final = is_final


@dataclass(frozen=True)
class Answer:
    """What the other side said; of a long answer, the first megabyte. Names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def check(url: str) -> str:
    """The address, if it can be posted to as it is written. Raises Invalid with a sentence.

    Where the name leads is looked at when it is used, each time.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = parts.hostname
    except ValueError:
        parts, port, host = urlsplit(""), None, None
    if parts.scheme not in PORTS or not host or not url.strip().isascii() or len(url) > 2_000:
        raise Invalid(
            _("This is no address that can be posted to; it begins with https://."), field="url"
        )
    if parts.username is not None or parts.password is not None:
        raise Invalid(_("An address with a password in it is not taken."), field="url")
    if port not in {None, *PORTS.values()} and not _networks():
        raise Invalid(_("Only the ports 80 and 443 are posted to."), field="url")
    return url.strip()


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send it and read the answer, whatever its status. Raises NotSent."""
    try:
        check(url)
    except Invalid as refusal:
        raise NotSent(refusal.sentence, is_final=True) from None
    way = _Way(time.perf_counter() + SECONDS)
    sent: dict[Any, Any] = {"user-agent": "Accord", "accept": "*/*", **headers}
    try:
        with (
            httpcore.ConnectionPool(
                network_backend=way, ssl_context=ssl.create_default_context(), retries=0
            ) as pool,
            pool.stream(
                "POST", url.strip(), headers=sent, content=body, extensions=_WITHIN
            ) as answer,
        ):
            return _read(answer)
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
        OSError,
    ) as error:
        raise NotSent(
            _("The other side could not be reached: %(what)s.") % {"what": type(error).__name__}
        ) from None  # what the library says may hold the address


_WITHIN = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}


def _read(answer: httpcore.Response) -> Answer:
    read = bytearray()
    for part in answer.iter_stream():
        read += part
        if len(read) >= MOST_BYTES:
            break
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers
    }
    return Answer(answer.status, headers, bytes(read[:MOST_BYTES]))


class _Way(httpcore.NetworkBackend):
    """Connects to addresses that may be reached, and lets nothing last longer than its end."""

    def __init__(self, ends: float) -> None:
        self.ends = ends

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """To the first address of the name; its name stays the one that the certificate is for."""
        address = where(host, port)
        stream = httpcore.SyncBackend().connect_tcp(str(address), port, timeout=_left(self.ends))
        return _Stream(stream, self.ends)


class _Stream(httpcore.NetworkStream):
    """A connection that ends at a moment, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self.stream, self.ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, timeout=_left(self.ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout=_left(self.ends))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secure = self.stream.start_tls(ssl_context, server_hostname, timeout=_left(self.ends))
        return _Stream(secure, self.ends)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(ends: float) -> float:
    left = ends - time.perf_counter()
    if left <= 0:
        raise httpcore.ReadTimeout("The time is over.")
    return left


def where(host: str, port: int) -> Address:
    """The address to connect to. Raises NotSent unless every address of the name may be reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(_("The name of the other side is not known.")) from None
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for address in addresses:
        if not (_is_allowed(address) or (is_public(address) and port in PORTS.values())):
            raise NotSent(
                _("Its name leads into a network that is not public, so nothing was sent."),
                is_final=True,
            )
    return addresses[0]


def _is_allowed(address: Address) -> bool:
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return any((inner or address) in network for network in _networks())


def _networks() -> list[Network]:
    """The networks that may be reached although they are not public."""
    return [ipaddress.ip_network(each) for each in settings.EGRESS]
