"""A real Chromium with the network off, that notes every request, console error and dialogue."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PAYLOADS = {
    "script": "<script>window.ran=1</script>",
    "close_script": "</script><script>window.ran=1</script>",
    "image": "<img src=x onerror=window.ran=1>",
    "attribute": '"><svg onload=window.ran=1>',
    "single_quote": "' onmouseover='window.ran=1' x='",
    "template_literal": "${window.ran=1}",
    "backtick": "`+(window.ran=1)+`",
    "price": "门票 ${price} 元",
    "jinja_sum": "{{7*7}}",
    "jinja_shell": "{{ cycler.__init__.__globals__.os.system('touch RAN') }}",
    "jinja_block": "{% for x in 'ab' %}x{% endfor %}",
    "jinja_comment": "{# unfinished",
    "style": "</style><style>body{display:none}</style>",
    "css": "red;background:url(https://example.org/x)",
    "scheme": "javascript:window.ran=1",
    "entity": "&lt;img src=x onerror=window.ran=1&gt; &amp;",
    "backslash": "\\u003cscript\\u003e \\'); window.ran=1; //",
    "separators": "行\u2028分\u2029隔",
    "bidi": "公园\u202egnol\u2066x\u2069",
    "control": "a\x00b\x1bc",
    "emoji": "🏞️ 👨‍👩‍👧‍👦 𠮷",
    "long": "长" * 65536,
    "quotes": "\"双\" '单' `反`",
}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("no Chromium found; install Debian's package `chromium` to run the browser tests")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open HTML from a file with the network off; the page carries its `trouble`: requests, errors, dialogues."""
    contexts = []

    def opened(html: str, *, width: int = 1280, height: int = 800, phone: bool = False, name: str = "page.html") -> Any:
        file = tmp_path / name
        file.write_text(html, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": width, "height": height}, is_mobile=phone, has_touch=phone, reduced_motion="reduce"
        )
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        trouble: list[str] = []
        page.trouble = trouble
        page.on(
            "console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: (trouble.append("dialogue"), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None if request.url == file.as_uri() or request.url.startswith("data:") else trouble.append(request.url)
            ),
        )
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def pixels() -> Callable[..., np.ndarray]:
    """A screenshot as an array (rows, columns, red-green-blue)."""

    def taken(page: Any, selector: str = ".map-frame") -> np.ndarray:
        import warnings

        from rasterio.errors import NotGeoreferencedWarning
        from rasterio.io import MemoryFile

        page.wait_for_selector("[data-painted]", timeout=10_000)
        page.wait_for_timeout(120)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with MemoryFile(page.locator(selector).screenshot()) as file, file.open() as image:
                return np.moveaxis(image.read()[:3].astype(int), 0, -1)

    return taken


@pytest.fixture(params=PAYLOADS, scope="session")
def payload(request: pytest.FixtureRequest) -> str:
    return PAYLOADS[request.param]
