"""What a visitor does with the page, for the tests."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from app.toolchain.assemble import assemble
from app.toolchain.elf import write_elf

EXIT = ("mov eax, 60", "xor edi, edi", "syscall")
READ = ("xor eax, eax", "xor edi, edi", "lea rsi, [rip + buf]", "mov edx, 64", "syscall")
BUFFER = (".bss", "buf: .skip 64")


NASM_HELLO = """section .text
global _start
_start:
    mov eax, 1
    mov edi, 1
    mov rsi, msg
    mov edx, 3
    syscall
    mov eax, 60
    xor edi, edi
    syscall
section .data
msg: db "hi", 10
"""
C_HELLO = """#include "syscall.h"

static void say(const char *text, long size)
{
    write(1, text, size);
}

int main(void)
{
    say("hi\\n", 3);
    return 0;
}
"""
ELF_HELLO = write_elf(assemble(NASM_HELLO, language="nasm"))


def program(*lines: str) -> str:
    """A whole program of these lines."""
    return "\n".join([".intel_syntax noprefix", ".globl _start", "_start:", *lines, ""])


def by_id(page: Page, name: str) -> Locator:
    """The element with this test id."""
    return page.get_by_test_id(name)


def write_source(page: Page, text: str) -> None:
    """Replace the editor's text, by the keyboard."""
    by_id(page, "editor").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def paste_source(page: Page, text: str) -> None:
    """Replace the editor's text by pasting, which takes any character and any length."""
    by_id(page, "editor").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
          );
        }""",
        text,
    )


def run_to_end(page: Page) -> None:
    """Press Run and jump to the last frame there is by then; playback goes on from there."""
    by_id(page, "speed").select_option("Infinity")
    by_id(page, "run").click()
    expect(by_id(page, "stage")).not_to_have_attribute("data-count", "0")
    by_id(page, "to-end").dispatch_event("click")


def run_hello(page: Page) -> None:
    """Run the hello program and wait for its last frame."""
    run_to_end(page)
    expect_status(page, "exited with status 0")


def expect_status(page: Page, text: str) -> None:
    """Wait for the status line to say this."""
    expect(by_id(page, "status")).to_contain_text(text, ignore_case=True, timeout=20_000)


def expect_index(page: Page, index: int) -> None:
    """The stage shows this event."""
    expect(by_id(page, "stage")).to_have_attribute("data-index", str(index))


def go_to(page: Page, place: str, times: int = 1) -> None:
    """Step forward until the stage has stood at this place so many times."""
    stage = by_id(page, "stage")
    forward = by_id(page, "step-forward")
    while times:
        assert forward.is_enabled(), f"the run has no more {place}"
        forward.click()
        times -= stage.get_attribute("data-place") == place
