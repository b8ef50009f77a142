"""Bad input, hasty hands and a broken connection: a clear message each time, and the next run works."""

from __future__ import annotations

import sys

from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import BUFFER, EXIT, READ, by_id, expect_status, paste_source, program, run_hello, run_to_end
from tests.support.live import LiveServer

BAD_SOURCES = [
    ("# " + "x" * 65535, "notice", "65537 bytes"),
    ("# " + "y" * 1_000_000 + "\n" + program(*EXIT), "notice", "the limit is 65536"),
    (program("# a\0b", *EXIT), "notice", "Line 4 holds a NUL byte"),
    ("".join(map(chr, range(1, 256))), "problems", "control character U+0001"),
    (program(",", *EXIT), "problems", "Line 4, column 1"),
    (program('.incbin "/etc/passwd"', *EXIT), "problems", ".incbin"),
    (program(".rept 100000000", "nop", ".endr", *EXIT), "problems", "statements"),
    ("", "problems", "no instructions"),
]
"""Source, the element that must answer, and what it says."""


def test_bad_source_gets_a_clear_message(page: Page) -> None:
    for source, where, says in BAD_SOURCES:
        paste_source(page, source)
        by_id(page, "run").click()
        expect(by_id(page, where)).to_contain_text(says)
        paste_source(page, program(*EXIT))
        run_to_end(page)
        expect_status(page, "exited with status 0")
        expect(by_id(page, where)).to_have_count(0)


def test_run_pressed_again_and_again_runs_the_last(page: Page) -> None:
    for status in range(8):
        paste_source(page, program("again: jmp again") if status < 7 else program("mov edi, 7", *EXIT[:1], "syscall"))
        by_id(page, "run").click()
    expect(by_id(page, "stop")).to_have_count(0, timeout=20_000)
    run_to_end(page)
    expect_status(page, "exited with status 7")
    expect(by_id(page, "notice")).to_have_count(0)


def test_tabs_have_their_own_runs(page: Page, server: LiveServer) -> None:
    paste_source(page, program(*READ, *EXIT, *BUFFER))
    run_to_end(page)
    expect(by_id(page, "input-hint")).to_be_visible()
    other = page.context.new_page()
    other.goto(server.url)
    other.wait_for_selector("body[data-connected=true]")
    by_id(other, "examples").select_option("hello")
    run_hello(other)
    expect(by_id(other, "terminal-text")).to_have_text("hi")
    other.close()
    expect(by_id(page, "input-hint")).to_be_visible()
    page.keyboard.press("Enter")
    expect_status(page, "exited with status 0")


def test_hostile_output_stays_in_the_terminal(page: Page) -> None:
    text = r"\033[31mred\033[0m\033]0;title\007 <img src=x onerror=alert(1)> \377\376 end\n"
    paste_source(
        page,
        program(
            "mov eax, 1", "mov edi, 1", "lea rsi, [rip + m]", "mov edx, offset n", "syscall", *EXIT,
            f'm: .ascii "{text}"', ".set n, . - m",
        ),
    )  # fmt: skip
    title = page.title()
    run_to_end(page)
    expect_status(page, "exited with status 0")
    expect(by_id(page, "terminal-text")).to_have_text("red <img src=x onerror=alert(1)> \ufffd\ufffd end")
    expect(page.locator(".xterm-rows")).to_contain_text("red <img src=x")
    assert page.title() == title


def test_much_output_and_many_events(page: Page) -> None:
    loop = ("again: mov eax, 1", "mov edi, 1", "lea rsi, [rip + m]")
    data = ("m:", ".rept 64", f'.ascii "{"0123456789abcdef" * 4}"', ".endr")
    paste_source(page, program("mov ebx, 50", *loop, "mov edx, 4096", "syscall", "dec ebx", "jnz again", *EXIT, *data))
    run_to_end(page)
    expect_status(page, "exited with status 0")
    assert len(by_id(page, "terminal-text").inner_text()) == 50 * 4096
    paste_source(page, program("mov ebx, 9000", *loop, "mov edx, 1", "syscall", "dec ebx", "jnz again", *EXIT, *data))
    run_to_end(page)
    expect_status(page, "largest number of events")
    stage = by_id(page, "stage")
    last = int(stage.get_attribute("data-count") or 0) - 1
    assert last >= 20_000
    expect(stage).to_have_attribute("data-index", str(last))
    for index in (last // 2, 7, last - 1):
        by_id(page, "scrubber").fill(str(index))
        expect(stage).to_have_attribute("data-index", str(index))
    expect(by_id(page, "strace-row").last).to_be_in_viewport()
    assert by_id(page, "strace-row").count() < 100


def test_the_server_goes_and_comes_back(browser: Browser) -> None:
    command = [sys.executable, "-m", "app", "serve", "--port"]
    first = LiveServer([*command, "0"])
    page = browser.new_page(reduced_motion="reduce")
    try:
        page.goto(first.url)
        page.wait_for_selector("body[data-connected=true]")
        by_id(page, "examples").select_option("greet")
        run_to_end(page)
        expect(by_id(page, "input-hint")).to_be_visible()
    finally:
        first.close()
    expect(by_id(page, "notice")).to_contain_text("connection to the server was lost")
    expect(by_id(page, "terminal-text")).to_contain_text("What is your name?")
    expect(by_id(page, "input-hint")).to_have_count(0)
    by_id(page, "run").click()
    expect(by_id(page, "notice")).to_contain_text("no connection")
    second = LiveServer([*command, first.url.rpartition(":")[2].rstrip("/")])
    try:
        page.wait_for_selector("body[data-connected=true]")
        expect(by_id(page, "notice")).to_have_count(0)
        run_to_end(page)
        expect(by_id(page, "input-hint")).to_be_visible()
        page.keyboard.type("Ada")
        page.keyboard.press("Enter")
        expect_status(page, "exited with status 0")
        expect(by_id(page, "terminal-text")).to_contain_text("Hello, Ada")
    finally:
        page.close()
        second.close()
