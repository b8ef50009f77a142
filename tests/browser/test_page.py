"""The page in a real browser, from typing to the last frame."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    BUFFER,
    EXIT,
    READ,
    by_id,
    expect_index,
    expect_status,
    program,
    run_hello,
    run_to_end,
    write_source,
)

EXAMPLES = {
    "hello": "exited with status 0",
    "greet": "waiting for the keyboard",
    "unknown-number": "exited with status 38",
    "bad-fd": "exited with status 0",
    "wild-pointer": "exited with status 0",
    "wild-jump": "killed by SIGSEGV",
    "privileged": "killed by SIGSEGV",
    "divide": "killed by SIGFPE",
    "files": "exited with status 0",
    "memory": "exited with status 0",
    "pipe": "exited with status 0",
    "fork": "exited with status 3",
    "pipe-between": "exited with status 0",
    "signal": "exited with status 0",
    "threads": "exited with status 0",
    "hello-att": "exited with status 0",
    "hello-nasm": "exited with status 0",
    "int80": "exited with status 0",
}


def test_a_typed_program_plays_from_the_first_event_to_the_last(page: Page) -> None:
    by_id(page, "editor").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    for line in program(
        "mov eax, 1", "mov edi, 1", "lea rsi, [rip + m]", "mov edx, 3", "syscall", *EXIT, r'm: .ascii "yo\n"'
    ).splitlines():
        page.keyboard.type(line)
        page.keyboard.press("Enter")
    by_id(page, "speed").select_option("8")
    page.keyboard.press("Control+Enter")
    expect(by_id(page, "terminal-text")).to_have_text("yo", timeout=20_000)
    expect_status(page, "exited with status 0")
    expect(by_id(page, "strace-row").first).to_contain_text(r'write(1, "yo\n", 3) = 3')
    stage = by_id(page, "stage")
    expect_index(page, int(stage.get_attribute("data-count") or 0) - 1)


def test_every_example_ends_as_it_says(page: Page) -> None:
    menu = by_id(page, "examples")
    offered = menu.locator("optgroup[label=Assembly] option").evaluate_all("options => options.map(o => o.value)")
    assert set(offered) == {*EXAMPLES, "loop"}
    for slug, status in EXAMPLES.items():
        menu.select_option(slug)
        run_to_end(page)
        expect_status(page, status)


def test_an_example_follows_the_architecture_until_it_is_changed(page: Page) -> None:
    by_id(page, "examples").select_option("fork")
    editor = by_id(page, "editor").locator(".cm-content")
    for arch, trap in (("aarch64", "svc #0"), ("i386", "int 0x80"), ("x86_64", "syscall"), ("arm", "svc #0")):
        by_id(page, "arch").select_option(arch)
        expect(editor).to_contain_text(trap)
    run_to_end(page)
    expect_status(page, EXAMPLES["fork"])
    write_source(page, "@ mine")
    by_id(page, "arch").select_option("aarch64")
    expect(by_id(page, "arch")).to_have_value("aarch64")
    expect(editor).to_have_text("@ mine")


def test_the_end_offers_something_to_try(page: Page) -> None:
    run_hello(page)
    page.get_by_role("button", name="Change the number").click()
    expect(page.locator(".cm-changed")).to_contain_text("9999")
    run_to_end(page)
    expect(by_id(page, "strace-row").first).to_contain_text("ENOSYS")
    by_id(page, "strace-row").first.click()
    row = by_id(page, "dispatcher-row")
    expect(row).to_have_attribute("data-state", "missing")
    expect(row).to_contain_text("9999")


def test_nothing_is_shown_before_its_event(page: Page) -> None:
    run_hello(page)
    by_id(page, "to-start").click()
    expect(by_id(page, "terminal-text")).to_have_text("")
    expect(by_id(page, "strace-row")).to_have_count(0)
    expect(by_id(page, "mode-lamp")).to_have_attribute("data-mode", "user")
    seen = []
    while by_id(page, "step-forward").is_enabled():
        by_id(page, "step-forward").click()
        place = by_id(page, "stage").get_attribute("data-place")
        mode = by_id(page, "mode-lamp").get_attribute("data-mode")
        shown = by_id(page, "terminal-text").inner_text().strip()
        rows = by_id(page, "strace-row").count()
        seen.append((place, mode, shown, rows))
    shows = next(i for i, (_, _, shown, _) in enumerate(seen) if shown)
    assert seen[shows] == ("device", "kernel", "hi", 0)
    assert all(not shown for _, _, shown, _ in seen[:shows])
    answer = next(i for i, (_, _, _, rows) in enumerate(seen) if rows)
    assert seen[answer][:2] == ("return", "kernel") and answer > shows
    way = [place for place, mode, _, _ in seen[: answer + 1] if mode == "kernel"]
    assert list(dict.fromkeys(way)) == ["entry", "dispatcher", "checks", "service", "device", "return"]


def test_steps_go_by_event_and_by_call_in_both_directions(page: Page) -> None:
    run_hello(page)
    by_id(page, "to-start").click()
    expect_index(page, -1)
    by_id(page, "step-forward").click()
    expect_index(page, 0)
    by_id(page, "step-back").click()
    expect_index(page, -1)
    sentence = by_id(page, "sentence")
    by_id(page, "call-forward").click()
    expect(sentence).to_contain_text("executes syscall")
    expect(sentence).to_contain_text("rax = 1:")
    by_id(page, "call-forward").click()
    expect(sentence).to_contain_text("rax = 60:")
    by_id(page, "call-back").click()
    expect(sentence).to_contain_text("rax = 1:")
    by_id(page, "call-back").click()
    expect_index(page, -1)


def test_scrubbing_shows_the_state_at_that_event(page: Page) -> None:
    run_hello(page)
    last = int(by_id(page, "stage").get_attribute("data-count") or 0) - 1
    scrubber = by_id(page, "scrubber")
    for index, shown in ((last, "hi"), (5, ""), (last - 3, "hi"), (-1, "")):
        scrubber.fill(str(index))
        expect_index(page, index)
        expect(by_id(page, "terminal-text")).to_have_text(shown)
    scrubber.focus()
    page.keyboard.press("ArrowRight")
    expect_index(page, 0)


def test_play_and_pause(page: Page) -> None:
    run_hello(page)
    by_id(page, "speed").select_option("0.25")
    play = by_id(page, "play")
    play.click()
    expect(play).to_have_accessible_name("Pause")
    expect(by_id(page, "stage")).not_to_have_attribute("data-index", "-1")
    play.click()
    expect(play).to_have_accessible_name("Play")
    expect_status(page, "paused")
    by_id(page, "speed").select_option("Infinity")
    play.click()
    expect_status(page, "exited with status 0")


def test_a_strace_line_leads_to_its_event(page: Page) -> None:
    run_hello(page)
    row = by_id(page, "strace-row").first
    row.click()
    expect(row).to_have_attribute("aria-current", "true")
    expect(by_id(page, "return-value")).to_have_text("3")
    expect(by_id(page, "dispatcher-row")).to_contain_text("write")
    expect(by_id(page, "check")).to_have_count(3)
    for check in by_id(page, "check").all():
        expect(check).to_have_attribute("data-ok", "true")


def test_the_running_line_is_marked(page: Page) -> None:
    run_hello(page)
    by_id(page, "to-start").click()
    by_id(page, "call-forward").click()
    expect(page.locator(".cm-running")).to_contain_text("syscall")
    by_id(page, "step-forward").click()
    expect(page.locator(".cm-running-kernel")).to_contain_text("syscall")


def test_the_program_waits_for_the_keyboard(page: Page) -> None:
    write_source(
        page,
        program(
            *READ, "mov edx, eax", "mov eax, 1", "mov edi, 1", "lea rsi, [rip + buf]", "syscall", *EXIT, *BUFFER
        ),
    )  # fmt: skip
    run_to_end(page)
    expect(by_id(page, "input-hint")).to_be_visible()
    by_id(page, "terminal").click()
    page.keyboard.type("ada ?")
    page.keyboard.press("Enter")
    expect_status(page, "exited with status 0")
    expect(by_id(page, "input-hint")).to_be_hidden()
    assert by_id(page, "terminal-text").inner_text().splitlines() == ["ada ?", "ada ?"]
    expect(page.locator("dialog")).to_be_hidden()


def test_the_end_of_input_is_a_button(page: Page) -> None:
    write_source(page, program(*READ, "mov edi, eax", "mov eax, 60", "syscall", *BUFFER))
    run_to_end(page)
    by_id(page, "input-hint").get_by_role("button", name="End of input").click()
    expect_status(page, "exited with status 0")


MISTAKES = [
    (("mov eax, 999", "syscall", *EXIT), "ENOSYS", "exited with status 0"),
    (("mov eax, 1", "mov edi, 9", "syscall", *EXIT), "EBADF", "exited with status 0"),
    (("mov eax, 1", "mov edi, 1", "mov esi, 16", "mov edx, 4", "syscall", *EXIT), "EFAULT", "exited with status 0"),
    (("xor eax, eax", "jmp rax"), "SIGSEGV", "killed by SIGSEGV"),
    (("hlt",), "SIGSEGV", "killed by SIGSEGV"),
    (("cli",), "SIGSEGV", "killed by SIGSEGV"),
    (("xor ecx, ecx", "mov eax, 1", "cdq", "div ecx"), "SIGFPE", "killed by SIGFPE"),
]
"""Program, what the strace list says first, and the status at the end."""


def test_mistakes_are_explained(page: Page) -> None:
    for lines, strace, status in MISTAKES:
        write_source(page, program(*lines))
        run_to_end(page)
        expect_status(page, status)
        expect(by_id(page, "strace-row").first).to_contain_text(strace)


def test_an_endless_loop_is_stopped_and_its_output_kept(page: Page) -> None:
    by_id(page, "examples").select_option("loop")
    run_to_end(page)
    expect_status(page, "stopped after the time limit")
    expect(by_id(page, "terminal-text")).to_have_text("round and round")


def test_a_wild_jump_stands_at_no_line(page: Page) -> None:
    by_id(page, "examples").select_option("wild-jump")
    run_to_end(page)
    expect_status(page, "SIGSEGV")
    by_id(page, "step-back").click()
    expect(page.locator(".snippet")).to_contain_text("0x666000")
    expect(page.locator(".cm-running-kernel")).to_have_count(0)


def test_a_misspelt_instruction_is_marked(page: Page) -> None:
    write_source(page, program("mov eax, 60", "  movv edi, 1", "syscall"))
    by_id(page, "run").click()
    problems = by_id(page, "problems")
    expect(problems).to_contain_text("movv")
    expect(problems).to_contain_text("Line 5, column 3")
    expect(page.locator(".cm-lintRange-error")).to_have_text("movv")
    expect_status(page, "not run: 1 mistake")
    problems.get_by_role("button").click()
    page.keyboard.press("Delete")
    expect(page.locator(".cm-activeLine")).to_have_text("  ovv edi, 1")
    write_source(page, program(*EXIT))
    run_to_end(page)
    expect_status(page, "exited with status 0")
    expect(problems).to_have_count(0)
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)


def test_stop_ends_a_run_that_waits(page: Page) -> None:
    write_source(page, program(*READ, *EXIT, *BUFFER))
    run_to_end(page)
    expect(by_id(page, "input-hint")).to_be_visible()
    by_id(page, "stop").click()
    expect_status(page, "stopped")


def test_the_theme_is_remembered(page: Page) -> None:
    look = "getComputedStyle(document.body).backgroundColor"
    page.get_by_role("button", name="Colours: as the system").click()
    light = page.evaluate(look)
    page.get_by_role("button", name="Colours: light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(look)
    assert light != dark
    page.reload()
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert page.evaluate(look) == dark


def test_a_program_travels_in_a_link(page: Page) -> None:
    text = program("# žluťoučký kůň", *EXIT)
    write_source(page, text)
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url and "#p1=" in link
    assert page.context.browser is not None
    elsewhere = page.context.browser.new_context()
    other = elsewhere.new_page()
    other.goto(link)
    expect(other.locator(".cm-line")).to_have_text(text.split("\n"))
    elsewhere.close()
    page.goto(link[:-20])
    page.reload()
    expect(by_id(page, "notice")).to_contain_text("link cannot be read")


def test_a_phone_shows_the_picture_of_a_run_that_starts_in_the_editor(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Program", exact=True).click()
    write_source(page, program(*EXIT))
    expect(by_id(page, "mode-lamp")).not_to_be_in_viewport()
    run_to_end(page)
    expect_status(page, "exited with status 0")
    expect(by_id(page, "mode-lamp")).to_be_in_viewport()
    write_source(page, program("movv eax, 1"))
    by_id(page, "run").click()
    expect(by_id(page, "problems")).to_be_in_viewport()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_overflows_at_any_size(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    write_source(page, program(*READ, *EXIT, *BUFFER))
    run_to_end(page)
    expect(by_id(page, "input-hint")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for name in ("run", "stop", "play", "step-forward", "step-back", "scrubber", "input-hint"):
        expect(by_id(page, name)).to_be_in_viewport(ratio=0.95)
    by_id(page, "stop").click()
    expect_status(page, "stopped")
    for tab in page.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
