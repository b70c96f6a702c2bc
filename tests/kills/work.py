"""What goes on while processes are killed: a live import that is run again until it is done, and
people who send forms and calls until each has its receipt."""

import http.client
import http.cookiejar
import json
import random
import re
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from tests.config.homes import ACCORD, environment

MAP = """
[file]
source = "fair"

[columns]
mail = "email"
who = "name"
wants = "asks_for"
words = "need"
"""
FORMS = 16  # the form takes thirty of one address in ten minutes, tries that failed among them
A_PERSON_NEEDS = 3.5  # seconds; whoever is quicker is taken for a program
TROUBLE = (OSError, http.client.HTTPException)  # of a server that was killed, or is starting


@dataclass
class Ledger:
    """What was accepted: how often each address was, and who asked for us."""

    sent: dict[str, int] = field(default_factory=dict)
    raised: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, email: str, *, raises: bool) -> None:
        with self._lock:
            self.sent[email] = self.sent.get(email, 0) + 1
            if raises:
                self.raised.add(email)


class Importing(threading.Thread):
    """Brings in one file after the other, each by `accord import leads … --live`, which is run
    again and again until it is done."""

    def __init__(self, home: Path, folder: Path, *, rows: int, ledger: Ledger) -> None:
        super().__init__(daemon=True)
        self.home, self.folder, self.rows, self.ledger = home, folder, rows, ledger
        self.stop = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.map = folder / "map.toml"
        self.map.write_text(MAP)
        self.files = 0

    def run(self) -> None:
        while not self.stop.is_set():
            file = _write(self.folder, self.files, self.rows, self.ledger)
            self.files += 1
            while not self._is_done(file):
                time.sleep(0.2)

    def _is_done(self, file: Path) -> bool:
        with subprocess.Popen(
            [*ACCORD, "import", "leads", str(file), "--map", str(self.map), "--live"],
            env=environment(self.home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as self.process:
            return self.process.wait() == 0


def _write(folder: Path, number: int, rows: int, ledger: Ledger) -> Path:
    """A file in which every tenth row is about somebody named before, and every fourth asks."""
    lines = ["mail,who,wants,words\n"]
    for row in range(rows):
        person = row - 7 if row % 10 == 9 else row
        raises = row % 4 == 1
        email = f"row{person}@file{number}.example"
        lines.append(f"{email},Person {person},{'demo' if raises else ''},\n")
        ledger.note(email, raises=raises)
    path = folder / f"fair-{number}.csv"
    path.write_text("".join(lines))
    return path


class Calling(threading.Thread):
    """Sends leads to the API, each with a key of its own and until it has a receipt.

    Every fifth is somebody who stands in the first file too; every third asks for nothing.
    """

    def __init__(self, address: str, token: str, ledger: Ledger) -> None:
        super().__init__(daemon=True)
        self.address, self.token, self.ledger = address, token, ledger
        self.stop = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            email = f"row{number}@file0.example" if number % 5 == 0 else f"call{number}@api.example"
            body = {"email": email, "name": f"Caller {number}"}
            if number % 3:
                body["asks_for"] = "demo"
            while not self._is_accepted(body, f"call-{number}"):
                time.sleep(0.2)
            self.ledger.note(email, raises="asks_for" in body)
            number += 1
            time.sleep(0.05)

    def _is_accepted(self, body: dict[str, str], key: str) -> bool:
        call = urllib.request.Request(
            f"{self.address}api/v1/leads/",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(call, timeout=15) as answer:
                return bool(answer.status < 300)
        except TROUBLE:
            return False


class Filling(threading.Thread):
    """Fills in the hosted form, and sends it until it says that it was kept."""

    def __init__(self, address: str, ledger: Ledger) -> None:
        super().__init__(daemon=True)
        self.address, self.ledger = f"{address}f/contact/", ledger
        self.stop = threading.Event()
        self.kept = 0
        jar = http.cookiejar.CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def run(self) -> None:
        for number in range(FORMS):
            if self.stop.is_set():
                return
            fields = self._open()
            email = f"form{number}@web.example"
            fields |= {"email": email, "name": f"Visitor {number}", "asks_for": "contact"}
            time.sleep(A_PERSON_NEEDS)
            while not self._is_kept(fields):
                time.sleep(1)
            self.kept += 1
            self.ledger.note(email, raises=True)

    def _open(self) -> dict[str, str]:
        """The hidden fields of the form, opened until it opens."""
        while True:
            try:
                with self.browser.open(self.address, timeout=15) as answer:
                    page = answer.read().decode()
            except TROUBLE:
                time.sleep(0.2)
                continue
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', page)
            return dict(hidden)

    def _is_kept(self, fields: dict[str, str]) -> bool:
        try:
            with self.browser.open(
                self.address, urllib.parse.urlencode(fields).encode(), timeout=15
            ) as answer:
                return bool(answer.status == 200)
        except TROUBLE:
            return False


def shuffled(victims: list[str], kills: int, dice: random.Random) -> list[str]:
    """Whom to kill: each as often as the others, in any order."""
    order: list[str] = []
    while len(order) < kills:
        order += dice.sample(victims, len(victims))
    return order[:kills]
