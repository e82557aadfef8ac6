"""Every way in which a server can fail to answer, tried on 127.0.0.1: what is said, and what is tried again."""

from __future__ import annotations

import datetime as dt
import gzip
import socket
import threading
from email.utils import format_datetime

import pytest
from replay import Replay, Reply

from kunshan_gis.errors import DownloadError, ParameterError
from kunshan_gis.layers.web import Manners, Refusal, Server, endpoint

PAGE = b"<!DOCTYPE html><html><body>Please log in to the network</body></html>"
BUSY = b"<html><strong>Error</strong>: runtime error: open64: Dispatcher_Client::request_read_and_idx::timeout.</html>"


def ask(replay: Replay, **manners: object) -> bytes:
    server = Server(replay.url, replay.manners(**manners))
    try:
        return server.patiently(lambda: server.ask("interpreter", {"data": "q"}))
    finally:
        server.close()


@pytest.mark.parametrize(
    ("reply", "pauses"),
    [
        (Reply(status=429), [5.0]),
        (Reply(status=429, headers={"Retry-After": "37"}), [37.0]),
        (Reply(status=429, headers={"Retry-After": "soon"}), [5.0]),
        (Reply(status=429, headers={"Retry-After": "-5"}), [5.0]),
        (Reply(status=503, headers={"Retry-After": "0"}), [1.0]),
        (Reply(status=504, body=BUSY), [5.0]),
        (Reply(status=500), [5.0]),
        (Reply(b'{"elements": [', claims=5000), [5.0]),
        (Reply(b"not gzip", headers={"Content-Encoding": "gzip"}), [5.0]),
        (Reply(BUSY), [5.0]),
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again_after_a_pause(replay: Replay, reply: Reply, pauses: list[float]) -> None:
    replay.queue, replay.answer = [reply], lambda _: b"data"
    assert ask(replay) == b"data"
    assert replay.naps == pauses
    assert len(replay.asked) == 2


def test_pauses_double_up_to_two_minutes_and_tries_end(replay: Replay) -> None:
    replay.queue = [Reply(status=504)] * 20
    with pytest.raises(Refusal, match="too busy or broken"):
        ask(replay, retries=7)
    assert replay.naps == [5, 10, 20, 40, 80, 120, 120]
    assert len(replay.asked) == 8


def test_a_date_to_wait_for_is_understood(replay: Replay) -> None:
    then = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=90)
    replay.queue = [Reply(status=429, headers={"Retry-After": format_datetime(then, usegmt=True)})]
    ask(replay)
    assert 60 < replay.naps[0] <= 90


@pytest.mark.parametrize(
    ("reply", "what", "remedy"),
    [
        (Reply(status=429, headers={"Retry-After": "7200"}), "asks to wait 120 minutes", "run again then"),
        (Reply(PAGE), "a web page and not with data", "open the address in a browser"),
        (Reply(status=301, headers={"Location": "https://elsewhere.example/api?x=1"}),
         "sends us on to https://elsewhere.example, which was not followed", "name it with --endpoint"),
        (Reply(status=302), "which was not followed", "if you trust that address"),
        (Reply(status=400, body=PAGE), "refuses with status 400", "check the address"),
        (Reply(status=403), "refuses with status 403", "name another server with --endpoint"),
        (Reply(status=404), "refuses with status 404", "check the address"),
        (Reply(b"x" * 4000), "larger than 0 MB", "take a smaller area"),
        (Reply(b"x", claims=10**12), "larger than 0 MB", "take a smaller area"),
        (Reply(gzip.compress(b"x" * 10**6), headers={"Content-Encoding": "gzip"}), "larger than 0 MB", "smaller area"),
    ],
)  # fmt: skip
def test_what_will_not_pass_is_not_tried_again(replay: Replay, reply: Reply, what: str, remedy: str) -> None:
    replay.queue = [reply]
    with pytest.raises(Refusal) as refused:
        ask(replay, largest_bytes=3000)
    error = refused.value.error("maps.example", "--endpoint")
    assert isinstance(error, DownloadError)
    assert what in error.said("en")
    assert remedy in error.said("en")
    assert error.said("zh").startswith("maps.example：")
    assert error.said("zh").isascii() is False
    assert replay.naps == []
    assert len(replay.asked) == 1


def test_nobody_is_asked_but_the_server_that_was_named(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    real = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda to, *a, **k: called.append(to) or real(to, *a, **k))
    replay.queue = [Reply(status=307, headers={"Location": "http://elsewhere.example/"})]
    with pytest.raises(Refusal):
        ask(replay)
    assert replay.agents == {"kunshan-gis (regional spatial planning toolkit)"}
    assert {host for host, _ in called} <= {"127.0.0.1"}


def test_a_server_that_does_not_answer_in_time(replay: Replay) -> None:
    over = threading.Event()
    replay.queue = [Reply(waits_for=over)] * 3
    try:
        with pytest.raises(Refusal, match="did not answer in time") as refused:
            ask(replay, timeout_s=0.1)
    finally:
        over.set()
    assert "--timeout" in refused.value.remedy.en
    assert replay.naps == [5, 10]


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    naps: list[float] = []
    server = Server(f"http://127.0.0.1:{port}/api", Manners(retries=1, sleep=naps.append))
    with pytest.raises(Refusal, match="cannot be reached") as refused:
        server.patiently(lambda: server.ask("status"))
    assert "look at the network" in refused.value.remedy.en
    assert naps == [5]


@pytest.mark.parametrize(
    "url", ["maps.example/api", "ftp://maps.example", "https://user:pass@maps.example/api", "https:///api", "file:///x",
            "https://maps.example/api?key=1", "https://maps.example:99999/", "https://maps.example/a\nb"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ParameterError, match="KUNSHAN_GIS_X") as refused:
        endpoint(url, "--endpoint", "KUNSHAN_GIS_X", "https://maps.example/api")
    assert "pass@" not in str(refused.value)


def test_an_address_is_given_or_of_the_environment_or_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--endpoint", "KUNSHAN_GIS_X", "https://default.example")
    assert endpoint(None, *arguments) == "https://default.example"
    monkeypatch.setenv("KUNSHAN_GIS_X", "http://own.example:8080/api/")
    assert endpoint(None, *arguments) == "http://own.example:8080/api"
    assert endpoint("https://given.example/", *arguments) == "https://given.example"


@pytest.mark.parametrize("wrong", [{"timeout_s": 0}, {"timeout_s": float("nan")}, {"retries": -1}, {"retries": 21}])
def test_manners_that_are_none_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="give 1 to 3600 seconds and 0 to 20 tries"):
        Manners(**wrong)
