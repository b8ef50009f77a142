"""One program on two architectures: the same crossings side by side."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import BUFFER, EXIT, READ, by_id, expect_status, program, write_source


def compare(page: Page, example: str, arch: str, other: str) -> None:
    """Compare an example of `arch` with its run on `other`, and wait for the outcome."""
    by_id(page, "arch").select_option(arch)
    by_id(page, "examples").select_option(example)
    by_id(page, "speed").select_option("Infinity")
    by_id(page, "compare-with").select_option(other)
    expect(by_id(page, "compare-summary")).to_be_visible(timeout=30_000)


def sides(row: Locator) -> tuple[str, str]:
    """What a row says of either architecture."""
    left, right = (cell.inner_text() for cell in row.locator(".compare-cell").all())
    return left, right


def test_c_on_x86_64_and_aarch64(page: Page) -> None:
    compare(page, "printf", "x86_64", "aarch64")
    panel = by_id(page, "compare")
    for text in ("ring 3", "EL0", "EL1", "syscall", "svc #0", "rdi rsi rdx r10 r8 r9", "x0 x1 x2 x3 x4 x5"):
        expect(panel).to_contain_text(text)
    expect(by_id(page, "compare-summary")).to_contain_text("1 only on x86-64. Both print the same")
    rows = by_id(page, "compare-row")
    left, right = sides(rows.filter(has_text="arch_prctl"))
    assert "rax=158" in left
    assert "tpidr_el0" in right and "svc" not in right
    writes = rows.filter(has_text="writev")
    left, right = sides(writes)
    assert re.search(r"syscall\s+rax=20\s+writev\s+rdi 1\s.*= 10", left, re.DOTALL)
    assert re.search(r"svc #0\s+x8=66\s+writev\s+x0 1\s.*= 10", right, re.DOTALL)
    writes.get_by_role("button").click()
    expect(by_id(page, "sentence")).to_contain_text("syscall with rax = 20")
    expect(writes).to_have_attribute("aria-current", "step")
    expect(writes).to_contain_text("elr_el1")
    by_id(page, "call-forward").click()
    expect(rows.last).to_have_attribute("aria-current", "step")
    by_id(page, "compare-close").click()
    expect(by_id(page, "stage")).to_be_visible()
    expect(panel).to_have_count(0)


def test_other_names_for_the_same_request(page: Page) -> None:
    compare(page, "stdio-file", "x86_64", "aarch64")
    row = by_id(page, "compare-row").filter(has_text="AArch64 has no open: the C library uses openat.").first
    left, right = sides(row)
    assert "rax=2" in left and "x8=56" in right


def test_an_assembly_example_runs_as_it_is_written_for_the_other(page: Page) -> None:
    compare(page, "divide", "x86_64", "riscv64")
    fault = by_id(page, "compare-row").first
    left, right = sides(fault)
    assert "#DE divide error" in left and "SIGFPE" in left
    assert "the quotient is -1" in right
    expect(by_id(page, "compare-summary")).to_contain_text("x86-64 is killed by SIGFPE, RISC-V exits with 255")


def test_what_was_typed_is_typed_again(page: Page) -> None:
    by_id(page, "examples").select_option("greet")
    by_id(page, "speed").select_option("Infinity")
    by_id(page, "compare-with").select_option("arm")
    expect_status(page, "waiting for the keyboard")
    expect(by_id(page, "compare")).to_contain_text("When it is over, it runs on ARM too")
    page.locator(".xterm-helper-textarea").focus()
    page.keyboard.type("Ada\n")
    expect(by_id(page, "compare-summary")).to_contain_text("Both print the same", timeout=30_000)
    left, right = sides(by_id(page, "compare-row").filter(has_text="read").first)
    assert "= 4" in left and "= 4" in right


def test_assembly_of_ones_own_has_one_architecture(page: Page) -> None:
    write_source(page, program(*READ, *EXIT, *BUFFER))
    menu = by_id(page, "compare-with")
    expect(menu.locator("option:enabled")).to_have_count(0)
    expect(menu).to_contain_text("Assembly is for one architecture")


def test_a_link_carries_the_comparison(page: Page) -> None:
    compare(page, "hello", "x86_64", "i386")
    page.get_by_role("button", name="Share").click()
    expect(page).to_have_url(re.compile("#p1="))
    link = page.url
    by_id(page, "compare-close").click()
    page.goto(link)
    page.reload()
    expect(by_id(page, "compare")).to_contain_text("Press Run: the program runs on x86-64 first, then on i386.")
    by_id(page, "speed").select_option("Infinity")
    by_id(page, "run").click()
    expect(by_id(page, "compare-row").first).to_contain_text("int 0x80", timeout=30_000)
    expect(by_id(page, "compare-row").first).to_contain_text("eax=4")
