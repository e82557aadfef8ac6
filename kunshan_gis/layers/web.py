"""Asking a server politely: one address, bounded answers, few tries, pauses as it asks for them, no redirects.

Nothing else in the package asks a web server. What goes wrong on the way is a `Refusal`, which says whether asking
again may help; after the last try it becomes a `DownloadError`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from kunshan_gis.errors import DownloadError, ParameterError
from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.model import Progress, silent

T = TypeVar("T")

USER_AGENT = "kunshan-gis (regional spatial planning toolkit)"
FIRST_PAUSE_S = 5.0
LONGEST_BACK_OFF_S = 120.0
LONGEST_PAUSE_S = 600.0
"""A server that asks for more than this is left alone: the user runs the command again later."""

_CHUNK = 64 * 1024
_LATER = Text("稍后再试，或用 {option} 换一个服务器", "try later, or name another server with {option}")
_NETWORK = Text(
    "检查网络与途中的代理，或用 {option} 换一个服务器",
    "look at the network and the proxy in between, or name another server with {option}",
)


@dataclass(frozen=True)
class Manners:
    """How a server is asked.

    Attributes
    ----------
    timeout_s : float
        Seconds to wait for an answer to begin; the whole of it must be there in twice the time.
    retries : int
        Further tries after the first, where they may help.
    largest_bytes : int
        Of one answer, unpacked.
    sleep : callable
        Called with seconds.
    """

    timeout_s: float = 180.0
    retries: int = 4
    largest_bytes: int = 256 * 1024 * 1024
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s <= 3600 or not 0 <= self.retries <= 20:
            raise ParameterError(
                Text(
                    f"--timeout {self.timeout_s:g}、--retries {self.retries} 超出范围；应为 1 至 3600 秒、0 至 20 次",
                    f"--timeout {self.timeout_s:g} or --retries {self.retries} is out of range; give 1 to 3600 "
                    "seconds and 0 to 20 tries",
                )
            )


class Refusal(Exception):  # noqa: N818 - becomes a DownloadError once nothing more is tried
    """Why there is no answer: what happened and the remedy; whether to ask again, and after how long.

    `too_much` is true where a smaller question might be answered.
    """

    def __init__(
        self, what: Text, remedy: Text, *, again: bool = False, wait_s: float | None = None, too_much: bool = False
    ) -> None:
        super().__init__(what.en)
        self.what, self.remedy = what, remedy
        self.again, self.wait_s, self.too_much = again, wait_s, too_much

    def error(self, host: str, option: str, done: Text = NOTHING) -> DownloadError:
        """The refusal as the user reads it: the server's name, the option that names another, what is kept already."""
        remedy = self.remedy.format(option=option)
        said = Text(f"{host}：{self.what.zh}", f"{host}: {self.what.en}")
        return DownloadError(said, Text(remedy.zh + done.zh, remedy.en + done.en))


def endpoint(given: str | None, option: str, variable: str, default: str) -> str:
    """The address to ask: as given, else of the environment variable, else the default; without a closing slash.

    Raises
    ------
    ParameterError
        Not http or https, no host, or a user name and password in it.
    """
    url = (given or os.environ.get(variable) or default).strip().rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment or re.search(r"[\x00-\x20\x7f]", url):
        raise ParameterError(
            Text(
                f"服务器地址须为 http 或 https，不含用户名、密码和参数；请改正 {option} 或环境变量 {variable}，"
                f"例如 {default}",
                "a server's address begins with http or https and holds no user name, password or parameters; correct "
                f"{option} or the environment variable {variable}, for example {default}",
            )
        )
    return url


def host_of(url: str) -> str:
    """Host, and port where the address names one."""
    return urlsplit(url).netloc


class Server:
    """One server, asked over one connection that is kept, so that its answers come from one machine."""

    def __init__(self, url: str, manners: Manners, *, progress: Progress = silent) -> None:
        self.url, self.host, self.manners, self._progress = url, host_of(url), manners, progress
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT

    def ask(self, path: str, data: Mapping[str, str] | None = None) -> bytes:
        """One request (POST where there is data), one answer.

        Raises
        ------
        Refusal
            There is no answer that can be used.
        """
        with refusals():
            response = self._session.request(
                "GET" if data is None else "POST",
                f"{self.url}/{path}",
                data=data,
                timeout=self.manners.timeout_s,
                stream=True,
                allow_redirects=False,
            )
            return checked(response, self.manners).content

    def patiently(self, attempt: Callable[[], T]) -> T:
        """What `attempt` gives, tried again after a pause where that may help.

        Raises
        ------
        Refusal
            The last one.
        """
        tries = self.manners.retries + 1
        for number in range(tries):
            try:
                return attempt()
            except Refusal as refusal:
                if not refusal.again or refusal.too_much or number == tries - 1:
                    raise
                back_off = min(FIRST_PAUSE_S * 2**number, LONGEST_BACK_OFF_S)
                self.pause(back_off if refusal.wait_s is None else refusal.wait_s)
        raise AssertionError(tries)

    def pause(self, seconds: float) -> None:
        """Wait, and show it."""
        self._progress("waiting_for_server", 0, round(seconds))
        self.manners.sleep(seconds)
        self._progress("waiting_for_server", round(seconds), round(seconds))

    def close(self) -> None:
        """Give the connection up."""
        self._session.close()


def checked(response: requests.Response, manners: Manners) -> requests.Response:
    """The same answer, read whole; serves as a response hook of requests.

    Raises
    ------
    Refusal
        A status that is no answer, a redirect, more bytes than allowed, or slower than allowed.
    """
    try:
        _refuse_status(response)
        body = _body(response, manners)
    finally:
        response.close()
    whole = requests.Response()
    whole.status_code, whole.reason, whole.url = response.status_code, response.reason, response.url
    whole.encoding, whole.raw = "utf-8", BytesIO(body)
    _refuse_page(body)
    return whole


def json_of(content: bytes) -> Any:
    """What an answer in JSON says.

    Raises
    ------
    Refusal
        It is not whole.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        what = Text("回答不是完整的 JSON（可能中途断开）", "its answer is not whole JSON (it may have broken off)")
        raise Refusal(what, _LATER, again=True) from error


@contextmanager
def refusals() -> Iterator[None]:
    """What requests raises becomes a `Refusal`."""
    try:
        yield
    except requests.exceptions.Timeout as error:
        raise Refusal(
            Text("没有按时回答", "did not answer in time"),
            Text(
                "加大 --timeout，或用 {option} 换一个服务器",
                "allow more with --timeout, or name another server with {option}",
            ),
            again=True,
        ) from error
    except requests.exceptions.SSLError as error:
        raise Refusal(
            Text("加密连接无法建立（证书不被信任）", "no encrypted connection (its certificate is not trusted)"),
            Text("请网络管理员检查代理与证书", "ask whoever runs your network about its proxy and certificates"),
        ) from error
    except requests.exceptions.ContentDecodingError as error:
        raise Refusal(
            Text("回答的压缩格式与其声明不符", "its answer is not packed as it says"),
            _NETWORK,
            again=True,
        ) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise Refusal(Text("回答中途断开", "its answer broke off"), _LATER, again=True) from error
    except requests.exceptions.RequestException as error:
        late = "timed out" in str(error)  # while reading, requests calls it a connection error
        what = Text("没有按时回答", "did not answer in time") if late else Text("连接不上", "cannot be reached")
        raise Refusal(what, _NETWORK, again=True) from error


def _refuse_status(response: requests.Response) -> None:
    status = response.status_code
    if 200 <= status < 300:
        return
    said = Text(f"以状态 {status} 拒绝", f"refuses with status {status}")
    if 300 <= status < 400:
        to = urlsplit(urljoin(response.url, response.headers.get("Location", "")))
        there = f"{to.scheme}://{to.netloc}"[:200]
        raise Refusal(
            Text(f"要求转到 {there}，未跟随", f"sends us on to {there}, which was not followed"),
            Text("若信任该地址，请用 {option} 指明", "if you trust that address, name it with {option}"),
        )
    if status == 429:
        busy = Text("请求过多（429）", "has had too many requests (429)")
        raise Refusal(busy, _LATER, again=True, wait_s=_asked(response))
    if status >= 500:
        busy = Text(f"太忙或出错（{status}）", f"is too busy or broken ({status})")
        raise Refusal(busy, _LATER, again=True, wait_s=_asked(response))
    if status in (401, 403):
        raise Refusal(said, Text("用 {option} 换一个服务器", "name another server with {option}"))
    raise Refusal(said, Text("检查 {option} 给出的地址", "check the address that {option} gives"))


def _asked(response: requests.Response) -> float | None:
    """Seconds the server asks us to wait; None where it does not say."""
    said = response.headers.get("Retry-After", "").strip()
    try:
        wait = float(said) if re.fullmatch(r"\d{1,9}", said) else _until(said)
    except (ValueError, TypeError, OverflowError):
        return None
    if wait > LONGEST_PAUSE_S:
        minutes = int(-(-wait // 60))
        raise Refusal(
            Text(
                f"要求等待 {minutes} 分钟（{response.status_code}）",
                f"asks to wait {minutes} minutes ({response.status_code})",
            ),
            Text("届时再运行，或用 {option} 换一个服务器", "run again then, or name another server with {option}"),
        )
    return max(wait, 1.0)


def _until(moment: str) -> float:
    then = parsedate_to_datetime(moment)
    return (then.astimezone(dt.UTC) - dt.datetime.now(dt.UTC)).total_seconds()


def _body(response: requests.Response, manners: Manners) -> bytes:
    stated = response.headers.get("Content-Length", "")
    if stated.isdecimal() and int(stated) > manners.largest_bytes:
        raise _too_large(manners)
    parts, size, until = [], 0, time.monotonic() + 2 * manners.timeout_s
    for chunk in response.iter_content(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > manners.largest_bytes:
            raise _too_large(manners)
        if time.monotonic() > until:
            raise requests.exceptions.Timeout
    return b"".join(parts)


def _too_large(manners: Manners) -> Refusal:
    most = manners.largest_bytes / 1024**2
    return Refusal(
        Text(f"回答超过 {most:.0f} MB，未接收", f"its answer is larger than {most:.0f} MB and was not taken"),
        Text("缩小范围", "take a smaller area"),
        too_much=True,
    )


def _refuse_page(body: bytes) -> None:
    """A page for people where data was asked for: the server's own error page, or a login page of the network."""
    if body.lstrip()[:1] != b"<":
        return
    busy = re.search(rb"too busy|rate_limited|Dispatcher_Client|timeout occurred", body[:20_000]) is not None
    raise Refusal(
        Text("回答是网页而不是数据", "answers with a web page and not with data"),
        Text(
            "在浏览器中打开该地址：可能须先登录网络，或地址有误",
            "open the address in a browser: the network may want a login first, or the address is wrong",
        ),
        again=busy,
    )
