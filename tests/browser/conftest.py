"""Fixtures: the real server, and Chromium with the page open."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.live import LiveServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]

FORGET = "if (!sessionStorage.getItem('seen')) { localStorage.clear(); sessionStorage.setItem('seen', 'yes'); }"
"""What an earlier visit left behind is gone at a tab's first page, and only there."""


@pytest.fixture(scope="session")
def server() -> Iterator[LiveServer]:
    live = LiveServer(
        [sys.executable, "-m", "app", "serve", "--port", "0"], max_run_cpu_seconds="1", build_c_library="false"
    )
    yield live
    live.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, chromium_sandbox=os.getuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile, so that the page's files are fetched once."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext, server: LiveServer) -> Iterator[Page]:
    """The page, connected; fails the test when the page logs an error or asks a third party for something."""
    page = visitor.new_page()
    page.add_init_script(FORGET)
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((server.url, "ws", "data:", "blob:"))
            else trouble.append(f"third party: {request.url}")
        ),
    )
    page.goto(server.url)
    page.wait_for_selector("body[data-connected=true]")
    yield page
    page.close()
    assert not trouble
