"""People and programs who send leads, and reps who look at their pages: the load of `mixed`.

A process of its own, so that its share of the processor can be told. It speaks to this machine
alone and stops by itself. What it is to do comes as JSON on standard input, what happened goes
as JSON to standard output.

python -m accord.bench.crowd
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

HOST = "127.0.0.1"
FORM = "/f/contact/"
A_PERSON_NEEDS = 3.5  # seconds; whoever is quicker is taken for a program
OF_ONE_NETWORK = 25  # forms; from thirty on it is too often
LONGEST = 30.0  # seconds that anybody waits for an answer
MOST_AT_ONCE = 400
_HIDDEN = re.compile(rb'name="(csrfmiddlewaretoken|nonce)"[^>]* value="([^"]+)"')


@dataclass(frozen=True)
class Asked:
    """What the crowd is to do: `forms` and `calls` a second for so many seconds, and `looks`.

    `turn` tells its people from those of another crowd. `sessions` are those of reps who look
    at `pages` one after the other; `keys` open the API.
    """

    port: int
    turn: int
    seconds: float
    forms: float
    calls: float
    looks: float
    keys: list[str]
    sessions: list[str]
    pages: list[str]


@dataclass
class Happened:
    """When each lead was to be sent and was answered (by address), and how long pages took.

    Moments are those of a counter that all processes of a machine share.
    """

    sent: dict[str, tuple[float, float]] = field(default_factory=dict)
    looked: list[tuple[str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    cpu_seconds: float = 0.0


class Line:
    """A connection that is kept open, from an address of its own."""

    def __init__(self, port: int, source: str) -> None:
        self.port, self.source = port, source
        self.cookies = ""
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, bytes]:
        """Send a request and read its answer; a line that was hung up meanwhile is opened anew.

        Where that happens just as it is sent, it is sent again, as browsers do: whatever is sent
        here has a nonce or a key, or asks only.
        """
        if self._streams and self._streams[0].at_eof():
            self.close()
        if self._streams is None:
            return await self._ask(method, path, body, headers)
        try:
            return await self._ask(method, path, body, headers)
        except (ConnectionResetError, asyncio.IncompleteReadError):
            self.close()
            return await self._ask(method, path, body, headers)

    async def _ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                HOST, self.port, local_addr=(self.source, 0)
            )
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{self.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Cookie: {self.cookies}"] if self.cookies else []
        lines += [f"Content-Length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        answer = await self._read_body(reader, head)
        if any(line.lower() == "connection: close" for line in head):
            self.close()
        return int(head[0].split()[1]), answer

    async def _read_body(self, reader: asyncio.StreamReader, head: list[str]) -> bytes:
        length = 0
        for line in head[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "set-cookie" and "csrftoken" in value:
                self.cookies = value.strip().split(";")[0]
        return await reader.readexactly(length)

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


class Crowd:
    """Sends what it was asked to send, each thing at its moment, whatever came of the others."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.happened = asked, Happened()
        self.free: list[Line] = []

    async def run(self) -> None:
        """Send for so many seconds, and wait for the answers."""
        asked = self.asked
        await asyncio.gather(
            self._spread(asked.forms, self._fill_in, early=A_PERSON_NEEDS),
            self._spread(asked.calls, self._call),
            self._spread(asked.looks, self._look),
        )

    async def _spread(
        self, rate: float, do: Callable[[int, float], Awaitable[None]], early: float = 0.0
    ) -> None:
        """Begin `rate` of something a second, each `early` before the moment it is given."""
        began = time.perf_counter()
        tasks: set[asyncio.Task[None]] = set()
        for number in range(round(rate * self.asked.seconds)):
            moment = began + number / rate + A_PERSON_NEEDS
            await asyncio.sleep(max(moment - early - time.perf_counter(), 0))
            if len(tasks) >= MOST_AT_ONCE:
                self.happened.errors.append("too many wait for an answer")
                continue
            task = asyncio.create_task(self._tell_trouble(do(number, moment)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)

    async def _tell_trouble(self, doing: Awaitable[None]) -> None:
        try:
            await asyncio.wait_for(doing, LONGEST + A_PERSON_NEEDS)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as error:
            self.happened.errors.append(f"{type(error).__name__}: {error}"[:200])

    async def _fill_in(self, number: int, moment: float) -> None:
        """Open the form, fill it in, and send it at the moment."""
        network = number // OF_ONE_NETWORK
        turn = self.asked.turn
        line = Line(self.asked.port, f"127.{turn}.{network // 250}.{network % 250 + 1}")
        try:
            _status, page = await line.ask("GET", FORM)
            moment = max(moment, time.perf_counter() + A_PERSON_NEEDS)
            hidden = {name.decode(): value.decode() for name, value in _HIDDEN.findall(page)}
            email = f"form-{number}@visitors-{turn}-{number // 3}.example"
            person = _person(number, email, phone=20_000_000 + turn * 1_000_000)
            body = urlencode({**hidden, **person}).encode()
            await asyncio.sleep(max(moment - time.perf_counter(), 0))
            kind = "application/x-www-form-urlencoded"
            status, _page = await line.ask("POST", FORM, body, Content_Type=kind)
            self._note(email, moment, status, good=(200,))
        finally:
            line.close()

    async def _call(self, number: int, moment: float) -> None:
        """Send a lead to the API, on a line that is free."""
        line = self.free.pop() if self.free else Line(self.asked.port, HOST)
        turn = self.asked.turn
        email = f"call-{number}@callers-{turn}-{number // 3}.example"
        status, _answer = await line.ask(
            "POST",
            "/api/v1/leads/",
            json.dumps(_person(number, email, phone=40_000_000 + turn * 1_000_000)).encode(),
            Content_Type="application/json",
            Idempotency_Key=f"call-{turn}-{number}",
            Authorization=f"Bearer {self.asked.keys[number % len(self.asked.keys)]}",
        )
        self.free.append(line)
        self._note(email, moment, status, good=(200, 201, 202))

    async def _look(self, number: int, moment: float) -> None:
        """A rep opens a page."""
        line = Line(self.asked.port, HOST)
        line.cookies = f"sessionid={self.asked.sessions[number % len(self.asked.sessions)]}"
        page = self.asked.pages[number % len(self.asked.pages)]
        began = time.perf_counter()
        try:
            status, _page = await line.ask("GET", page)
        finally:
            line.close()
        if status != 200:
            self.happened.errors.append(f"{page}: {status}")
        self.happened.looked.append((page, time.perf_counter() - began))

    def _note(self, email: str, moment: float, status: int, good: Iterable[int]) -> None:
        if status in good:
            self.happened.sent[email] = (moment, time.perf_counter())
        else:
            self.happened.errors.append(f"{email}: {status}")


def _person(number: int, email: str, *, phone: int) -> dict[str, str]:
    return {
        "email": email,
        "name": f"Robin Walker {number}",
        "phone": f"+49 30 {phone + number}",
        "company": email.split("@")[1],
        "asks_for": "demo",
        "need": "A quote for forty seats.",
    }


def main() -> None:
    """Do what standard input asks for."""
    given: dict[str, Any] = json.load(sys.stdin)
    crowd = Crowd(Asked(**given))
    asyncio.run(crowd.run())
    crowd.happened.cpu_seconds = time.process_time()
    json.dump(asdict(crowd.happened), sys.stdout)


if __name__ == "__main__":
    main()
