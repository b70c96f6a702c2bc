"""Receivers on this machine that take what Slack, Teams and push services take, and no more."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = ["127.0.0.0/8"]


def slack_faults(body: bytes) -> list[str]:
    """What Slack would refuse of a message, or show in another way than meant."""
    said = json.loads(body)
    texts = [said["text"], *(block["text"]["text"] for block in said.get("blocks", []))]
    faults = ["longer than 3,000 characters" for text in texts if len(text) > 3_000 or not text]
    if len(said.get("blocks", [])) > 50 or sum(map(len, texts)) > 13_000:
        faults.append("msg_blocks_too_long")
    for text in texts:
        bare = re.sub(r"<https?://[^|<>\s]+(\|[^<>]+)?>", "", text)
        if re.search(r"[<>]|&(?!amp;|lt;|gt;)", bare):
            faults.append(f"not escaped: {bare[:80]}")
    return faults


def teams_faults(body: bytes) -> list[str]:
    """What a workflow of Teams would refuse of a card."""
    said = json.loads(body)
    (attachment,) = said["attachments"]
    card = attachment["content"]
    faults = [] if len(body) <= 28 * 1024 else ["larger than 28 KB"]
    if (said["type"], card["type"], card["version"]) != ("message", "AdaptiveCard", "1.4"):
        faults.append("no adaptive card 1.4")
    if attachment["contentType"] != "application/vnd.microsoft.card.adaptive":
        faults.append("another kind of attachment")
    if not all(block["type"] == "RichTextBlock" and block["inlines"] for block in card["body"]):
        faults.append("texts that could hold Markdown")
    return faults


class Receiver:
    """Keeps what was posted; `answers` is what it says instead of 200, one after the other."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[tuple[int, dict[str, str]] | str] = []
        self.done = threading.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/T0/B0/secret"

    def said(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies]


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's receiver is told to."""

    protocol_version = "HTTP/1.1"

    @property
    def kept(self) -> Receiver:
        return self.server.kept

    def do_POST(self) -> None:
        self.kept.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.kept.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = self.kept.answers.pop(0) if self.kept.answers else (200, {})
        if isinstance(answer, str):
            with suppress(OSError):
                getattr(self, answer)()
            return
        self.send_response(answer[0])
        for name, value in {"content-length": "0", **answer[1]}.items():
            self.send_header(name, value)
        self.end_headers()

    def hang(self) -> None:
        self.kept.done.wait(30)

    def drip(self) -> None:
        """One byte of the answer at a time, for ever."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.kept.done.wait(0.05):
            self.wfile.write(b"a")

    def flood(self) -> None:
        """An answer that does not end."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9000000000\r\n\r\n")
        while not self.kept.done.is_set():
            self.wfile.write(b"a" * 65_536)

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that runs for the length of the block."""
    kept = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.kept = kept
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        kept.done.set()
        server.shutdown()
        thread.join()
        server.server_close()
