"""People who fill in the public form, and do not give up before it is kept."""

import http.client
import re
import threading
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

FORM = "/f/contact/"
TRIES = 300


class Prospect:
    """One person at an address of their own, with the form in front of them."""

    def __init__(self, number: int, address: str) -> None:
        self.email = f"prospect{number}@form{number}.example"
        self.host = urlsplit(address).netloc
        self.source = f"127.0.1.{number % 200 + 1}"
        self.form = {"name": f"Prospect {number}", "email": self.email, "asks_for": "demo"}
        page = self._until_answered("GET", {}, {200})
        for name in ("csrfmiddlewaretoken", "nonce"):
            found = re.search(rf'name="{name}"[^>]* value="([^"]+)"', page)
            assert found, f"the form has no {name}"
            self.form[name] = found[1]

    def send(self) -> None:
        """Send the form again and again until Accord says that it is kept."""
        self._until_answered("POST", self.form, {200})

    def _until_answered(self, method: str, form: dict[str, str], good: set[int]) -> str:
        for _ in range(TRIES):
            try:
                status, text = self._ask(method, form)
            except (OSError, http.client.HTTPException):
                status, text = 0, ""
            if status in good:
                return text
            assert status == 0 or status >= 500, f"{status}: {text[-800:]}"
            time.sleep(0.2)
        raise AssertionError("Accord never answered.")

    def _ask(self, method: str, form: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection(
            self.host, timeout=20, source_address=(self.source, 0)
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if method == "POST":
            headers |= {"Cookie": self.cookies, "Origin": f"http://{self.host}"}
        try:
            connection.request(method, FORM, urlencode(form), headers)
            answer = connection.getresponse()
            if cookies := answer.headers.get_all("Set-Cookie"):
                jar = SimpleCookie("; ".join(cookie.split(";")[0] for cookie in cookies))
                self.cookies = "; ".join(f"{key}={jar[key].value}" for key in jar)
            return answer.status, answer.read().decode()
        finally:
            connection.close()


class Crowd(threading.Thread):
    """Sends the forms one after the other, a little apart."""

    def __init__(self, prospects: list[Prospect], seconds_apart: float) -> None:
        super().__init__()
        self.prospects, self.seconds_apart = prospects, seconds_apart
        self.trouble: Exception | None = None

    def run(self) -> None:
        try:
            for prospect in self.prospects:
                prospect.send()
                time.sleep(self.seconds_apart)
        except Exception as error:  # noqa: BLE001 - told to the main thread
            self.trouble = error
