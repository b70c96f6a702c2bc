"""No address that somebody names leads into a network that is not theirs."""

import socket
import time

import pytest

from accord.base.errors import Invalid
from accord.outbox import egress
from tests.outbox.receivers import LOOPBACK, receiver

INSIDE = [
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0177.0.0.1",
    "2130706433",
    "localhost",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[fe80::1]",
    "[fd00::1]",
    "[ff02::1]",
    "[2002:7f00:1::]",
    "[64:ff9b::127.0.0.1]",
    "[2001:db8::1]",
]


def names(monkeypatch, *answers):
    """Every question for a name gets the next of the answers; how often it was asked."""
    asked, real = [], socket.getaddrinfo

    def getaddrinfo(host, port, *args, **more):
        if not host.endswith(".example"):
            return real(host, port, *args, **more)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


class TestWhere:
    @pytest.mark.parametrize("host", INSIDE)
    def test_addresses_within_are_refused(self, host):
        with pytest.raises(egress.NotSent) as refused:
            egress.post(f"http://{host}/x", body=b"", headers={})
        assert refused.value.is_final or "not known" in refused.value.sentence

    @pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
    def test_public_addresses_are_taken(self, host):
        assert egress.where(host, 443)

    def test_a_name_with_one_address_within_is_refused(self, monkeypatch):
        names(monkeypatch, ["8.8.8.8", "10.0.0.1"])
        with pytest.raises(egress.NotSent, match="not public"):
            egress.where("both.example", 443)

    def test_a_name_is_asked_once_and_that_address_is_connected_to(self, monkeypatch, settings):
        settings.EGRESS = LOOPBACK
        with receiver() as there:
            asked = names(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
            url = f"http://rebinding.example:{there.port}/x"
            assert egress.post(url, body=b"hello", headers={}).status == 200
        assert asked == ["rebinding.example"]
        assert there.headers[0]["host"] == f"rebinding.example:{there.port}"

    def test_a_name_that_moves_inside_is_refused_when_it_is_used_again(self, monkeypatch, settings):
        settings.EGRESS = LOOPBACK
        with receiver() as there:
            names(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
            url = f"http://rebinding.example:{there.port}/x"
            egress.post(url, body=b"1", headers={})
            with pytest.raises(egress.NotSent, match="not public"):
                egress.post(url, body=b"2", headers={})
        assert there.bodies == [b"1"]

    def test_what_an_admin_allows_may_be_reached(self, settings):
        settings.EGRESS = LOOPBACK
        assert egress.where("127.0.0.1", 8080)
        assert egress.where("::ffff:127.0.0.1", 8080)
        with pytest.raises(egress.NotSent):
            egress.where("10.0.0.1", 80)

    def test_a_public_address_is_reached_at_its_usual_ports_alone(self, settings):
        settings.EGRESS = LOOPBACK
        with pytest.raises(egress.NotSent):
            egress.where("8.8.8.8", 22)


class TestWhatIsWritten:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "hooks.slack.com/x",
            "ftp://hooks.slack.com/x",
            "file:///etc/passwd",
            "gopher://8.8.8.8/",
            "https://",
            "https://user:secret@hooks.slack.com/x",
            "https://hooks.slack.com:22/x",
            "https://hooks.slack.com:x/",
            "https://hööks.example/x",
            "https://[::1",
            f"https://hooks.slack.com/{'x' * 2_000}",
        ],
    )
    def test_other_addresses_are_refused_as_they_are_given(self, url):
        with pytest.raises(Invalid):
            egress.check(url)

    def test_spaces_around_it_do_not_matter(self):
        assert egress.check(" https://hooks.slack.com/x\n") == "https://hooks.slack.com/x"


class TestAnswers:
    @pytest.fixture(autouse=True)
    def _allowed(self, settings):
        settings.EGRESS = LOOPBACK

    def test_a_redirect_is_an_answer_and_is_not_followed(self):
        with receiver() as there, receiver() as elsewhere:
            there.answers = [(302, {"location": elsewhere.url})]
            assert egress.post(there.url, body=b"", headers={}).status == 302
        assert elsewhere.bodies == []

    @pytest.mark.parametrize("how", ["hang", "drip"])
    def test_it_lasts_no_longer_than_it_may(self, how, monkeypatch):
        monkeypatch.setattr(egress, "SECONDS", 0.5)
        with receiver() as there:
            there.answers = [how]
            began = time.perf_counter()
            with pytest.raises(egress.NotSent, match="could not be reached"):
                egress.post(there.url, body=b"", headers={})
        assert time.perf_counter() - began < 3

    def test_of_an_answer_without_end_a_megabyte_is_read(self):
        with receiver() as there:
            there.answers = ["flood"]
            assert len(egress.post(there.url, body=b"", headers={}).body) == egress.MOST_BYTES

    def test_nobody_there_is_said_without_the_address(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with pytest.raises(egress.NotSent) as failed:
            egress.post(f"http://127.0.0.1:{port}/secret", body=b"", headers={})
        assert "secret" not in failed.value.sentence
        assert not failed.value.is_final

    def test_no_proxy_is_taken_from_the_environment(self, monkeypatch):
        with receiver() as there, receiver() as proxy:
            monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
            assert egress.post(there.url, body=b"x", headers={}).status == 200
        assert (there.bodies, proxy.bodies) == ([b"x"], [])
