"""The page in a real browser, from typing to the last frame."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect


def by_id(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


def write_source(page: Page, text: str) -> None:
    """Replace the editor's text, by the keyboard."""
    by_id(page, "editor").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def run_to_end(page: Page) -> None:
    """Press Run and jump to the last frame once the run is over."""
    by_id(page, "run").click()
    stage = by_id(page, "stage")
    expect(stage).not_to_have_attribute("data-count", "0")
    by_id(page, "to-end").click()


def program(*lines: str) -> str:
    return "\n".join([".intel_syntax noprefix", ".globl _start", "_start:", *lines, ""])


EXIT = ("mov eax, 60", "xor edi, edi", "syscall")


def test_hello_plays_from_the_first_event_to_the_last(page: Page) -> None:
    by_id(page, "speed").select_option("8")
    by_id(page, "run").click()
    expect(by_id(page, "terminal-text")).to_have_text("hi", timeout=30_000)
    expect(by_id(page, "status")).to_contain_text("exited with status 0", ignore_case=True, timeout=30_000)
    expect(by_id(page, "strace-row").first).to_contain_text('write(1, "hi\\n", 3) = 3')
    stage = by_id(page, "stage")
    assert int(stage.get_attribute("data-index") or -1) == int(stage.get_attribute("data-count") or 0) - 1


def test_ctrl_enter_runs(page: Page) -> None:
    by_id(page, "editor").locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(by_id(page, "stage")).not_to_have_attribute("data-count", "0")


def test_nothing_is_shown_before_its_event(page: Page) -> None:
    run_to_end(page)
    expect(by_id(page, "status")).to_contain_text("exited with status 0", ignore_case=True)
    by_id(page, "to-start").click()
    expect(by_id(page, "terminal-text")).to_have_text("")
    expect(by_id(page, "strace-row")).to_have_count(0)
    expect(by_id(page, "mode-lamp")).to_have_attribute("data-mode", "user")
    by_id(page, "call-forward").click()
    for _ in range(60):
        if by_id(page, "terminal-text").inner_text().strip() == "hi":
            break
        by_id(page, "step-forward").click()
    expect(by_id(page, "mode-lamp")).to_have_attribute("data-mode", "kernel")
    by_id(page, "step-back").click()
    expect(by_id(page, "terminal-text")).to_have_text("")


def test_a_crossing_shows_dispatcher_checks_and_answer(page: Page) -> None:
    run_to_end(page)
    expect(by_id(page, "strace-row")).not_to_have_count(0)
    by_id(page, "strace-row").first.click()
    seen: list[str] = []
    while (step := by_id(page, "step-back")).is_enabled() and "check" not in seen:
        if by_id(page, "check").count():
            seen.append("check")
        step.click()
    assert "check" in seen
    expect(by_id(page, "dispatcher-row").first).to_contain_text("write")


def test_the_program_waits_for_the_keyboard(page: Page) -> None:
    write_source(
        page,
        program(
            "xor eax, eax", "xor edi, edi", "lea rsi, [rip + buf]", "mov edx, 64", "syscall",
            "mov edx, eax", "mov eax, 1", "mov edi, 1", "lea rsi, [rip + buf]", "syscall",
            *EXIT, ".bss", "buf: .skip 64",
        ),
    )  # fmt: skip
    run_to_end(page)
    expect(by_id(page, "input-hint")).to_be_visible()
    by_id(page, "terminal").click()
    page.keyboard.type("ada")
    page.keyboard.press("Enter")
    expect(by_id(page, "input-hint")).to_be_hidden(timeout=15_000)
    by_id(page, "to-end").click()
    expect(by_id(page, "status")).to_contain_text("exited with status 0", ignore_case=True)
    assert by_id(page, "terminal-text").inner_text().split() == ["ada", "ada"]


@pytest.mark.parametrize(
    ("lines", "strace", "status"),
    [
        (("mov eax, 999", "syscall", *EXIT), "ENOSYS", "exited with status 0"),
        (("mov eax, 1", "mov edi, 9", "syscall", *EXIT), "EBADF", "exited with status 0"),
        (("mov eax, 1", "mov edi, 1", "mov esi, 16", "mov edx, 4", "syscall", *EXIT), "EFAULT", "exited with status 0"),
        (("xor eax, eax", "jmp rax"), None, "SIGSEGV"),
        (("hlt",), None, "SIGSEGV"),
        (("cli",), None, "SIGSEGV"),
        (("xor ecx, ecx", "mov eax, 1", "cdq", "div ecx"), None, "SIGFPE"),
        (("again: jmp again",), None, "time limit"),
    ],
    ids=["unknown-number", "bad-fd", "wild-pointer", "wild-jump", "hlt", "cli", "division-by-zero", "endless-loop"],
)
def test_mistakes_are_explained(page: Page, lines: tuple[str, ...], strace: str | None, status: str) -> None:
    write_source(page, program(*lines))
    by_id(page, "run").click()
    expect(by_id(page, "stop")).to_be_hidden(timeout=20_000)
    by_id(page, "to-end").click()
    expect(by_id(page, "status")).to_contain_text(status, ignore_case=True)
    if strace:
        expect(by_id(page, "strace-row").first).to_contain_text(strace)


def test_a_misspelt_instruction_is_marked(page: Page) -> None:
    write_source(page, program("mov eax, 60", "  movv edi, 1", "syscall"))
    by_id(page, "run").click()
    expect(by_id(page, "problems")).to_contain_text("movv")
    expect(by_id(page, "problems")).to_contain_text("5")
    expect(page.locator(".cm-lintRange-error")).to_have_text("movv")
    write_source(page, program(*EXIT))
    run_to_end(page)
    expect(by_id(page, "status")).to_contain_text("exited with status 0", ignore_case=True)
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)


def test_stop_ends_a_run_that_waits(page: Page) -> None:
    write_source(page, program("xor eax, eax", "xor edi, edi", "mov rsi, rsp", "mov edx, 8", "syscall", *EXIT))
    run_to_end(page)
    expect(by_id(page, "input-hint")).to_be_visible()
    by_id(page, "stop").click()
    expect(by_id(page, "status")).to_contain_text("stopped", ignore_case=True, timeout=15_000)


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_at_any_size(page: Page, size: tuple[int, int], scheme: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    run_to_end(page)
    expect(by_id(page, "status")).to_contain_text("exited with status 0", ignore_case=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for name in ("run", "play", "step-forward", "step-back", "scrubber"):
        expect(by_id(page, name)).to_be_in_viewport()
