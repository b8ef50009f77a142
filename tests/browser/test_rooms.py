"""What the rooms of the stage hold: nothing is cut off, and what has changed is marked, on every architecture."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import C_HELLO, EXIT, by_id, go_to, program, run_hello, write_source

HELLO = {
    "i386": program("mov eax, 1", "xor ebx, ebx", "int 0x80"),
    "arm": ".globl _start\n_start:\nmov r7, #1\nmov r0, #0\nsvc #0\n",
    "aarch64": ".globl _start\n_start:\nmov x8, #93\nmov x0, #0\nsvc #0\n",
    "riscv64": ".globl _start\n_start:\nli a7, 93\nli a0, 0\necall\n",
}
SAVED = {
    "i386": ["eip", "cs", "eflags", "esp", "ss"],
    "arm": ["lr_svc", "spsr_svc"],
    "aarch64": ["elr_el1", "spsr_el1", "esr_el1"],
    "riscv64": ["sepc", "scause", "sstatus"],
}
MAP_AND_UNMAP = program(
    *("mov eax, 9", "xor edi, edi", "mov esi, 4096", "mov edx, 3", "mov r10d, 0x22", "mov r8, -1", "xor r9d, r9d"),
    *("syscall", "mov rdi, rax", "mov eax, 11", "syscall"),
    *EXIT,
)


def holds(element: Locator) -> bool:
    """Nothing of the element is outside of it."""
    return bool(element.evaluate("e => e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 1"))


@pytest.mark.parametrize("arch", list(HELLO))
def test_every_saved_register_has_room(page: Page, arch: str) -> None:
    by_id(page, "arch").select_option(arch)
    write_source(page, HELLO[arch])
    run_hello(page)
    by_id(page, "to-start").click()
    go_to(page, "dispatcher")
    saved = page.get_by_label("Saved registers")
    assert saved.locator("dt").all_inner_texts() == SAVED[arch]
    assert holds(saved)
    machine = by_id(page, "machine")
    assert machine.evaluate("e => e.scrollWidth <= e.clientWidth"), "the registers panel is too wide"
    value = saved.locator("dd").last.inner_text()
    expect(machine.locator("tr", has_text=SAVED[arch][-1])).to_contain_text(value)


def test_the_region_that_a_call_changed_stays_marked(page: Page) -> None:
    write_source(page, MAP_AND_UNMAP)
    run_hello(page)
    by_id(page, "to-start").click()
    marked = by_id(page, "regions").locator(".new")
    go_to(page, "device")
    expect(marked).to_contain_text("anonymous")
    expect(by_id(page, "machine").locator(".memory .new")).to_contain_text("anonymous")
    go_to(page, "return")
    expect(marked).to_contain_text("anonymous")
    go_to(page, "device")
    expect(marked).to_contain_text("unmapped")
    expect(by_id(page, "machine").locator(".memory")).not_to_contain_text("anonymous")


def test_the_screen_on_the_stage_shows_the_end_of_the_text(page: Page) -> None:
    text = "0123456789" * 30
    write_source(
        page,
        program("mov eax, 1", "mov edi, 1", "lea rsi, [rip + text]", "mov edx, 303", "syscall", *EXIT)
        + f'text: .ascii "{text}end"\n',
    )
    run_hello(page)
    by_id(page, "to-start").click()
    go_to(page, "device")
    screen, cursor = page.locator(".screen").bounding_box(), page.locator(".screen .cursor").bounding_box()
    assert screen and cursor
    assert screen["y"] <= cursor["y"] and cursor["y"] + cursor["height"] <= screen["y"] + screen["height"]


def test_a_program_without_a_c_library_has_none_on_the_stage(page: Page) -> None:
    by_id(page, "language").select_option("c")
    write_source(page, C_HELLO)
    run_hello(page)
    by_id(page, "strace-row").first.click()
    library = by_id(page, "library")
    expect(library).to_have_attribute("aria-label", "syscall.h")
    assert library.get_by_role("listitem").all_inner_texts() == ["write"]
    by_id(page, "to-end").click()
    expect(library).to_have_attribute("aria-label", "start-up code")


@pytest.mark.parametrize("depth", [3, 9])
def test_the_innermost_name_of_a_chain_is_never_cut_off(page: Page, depth: int) -> None:
    names = [f"step_{number}_of_a_long_chain" for number in range(depth)]
    functions = [
        f"static void {name}(void) {{ {inner} }}"
        for name, inner in zip(
            reversed(names), ['write(1, "hi\\n", 3);', *(f"{name}();" for name in reversed(names[1:]))], strict=True
        )
    ]
    by_id(page, "language").select_option("c")
    write_source(page, "\n".join(['#include "syscall.h"', *functions, f"int main(void) {{ {names[0]}(); return 0; }}"]))
    run_hello(page)
    by_id(page, "strace-row").first.click()
    chain = by_id(page, "own-chain")
    last = chain.get_by_role("listitem").last
    expect(last).to_have_text(names[-1])
    inner, outer = last.bounding_box(), page.locator(".program-library").bounding_box()
    assert inner and outer
    assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]


def test_the_panel_says_that_it_takes_the_file_over_it(page: Page) -> None:
    fire = """([kind, files]) => {
      const dataTransfer = new DataTransfer();
      if (files) dataTransfer.items.add(new File(["nop"], "nop.s"));
      else dataTransfer.setData("text/plain", "nop");
      const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector(".editor-panel").dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    here = by_id(page, "drop-here")
    assert page.evaluate(fire, ["dragover", False]) is False
    expect(here).to_have_count(0)
    assert page.evaluate(fire, ["dragover", True]) is True
    expect(here).to_be_visible()
    page.evaluate(fire, ["dragleave", True])
    expect(here).to_have_count(0)
    page.evaluate(fire, ["dragover", True])
    page.evaluate(fire, ["drop", True])
    expect(here).to_have_count(0)
    expect(by_id(page, "editor")).to_contain_text("nop")


def test_the_gutter_keeps_to_its_lines_in_a_long_source(page: Page) -> None:
    by_id(page, "bytes").click()
    lines = [f"mov eax, {number}" for number in range(2000)]
    write_source(page, program(*lines, "movabs rax, 0x1122334455667788", *EXIT))
    expect(page.locator(".code-bytes").nth(5)).to_be_attached(timeout=20_000)
    page.keyboard.press("Control+End")
    wide = page.locator(".code-bytes", has_text="48b8887766…")
    expect(wide).to_be_visible()
    assert (wide.get_attribute("title") or "").endswith("48 b8 88 77 66 55 44 33 22 11")
    line = by_id(page, "editor").locator(".cm-line", has_text="movabs")
    place, own = line.bounding_box(), wide.bounding_box()
    assert place and own
    assert abs(place["y"] - own["y"]) < place["height"] / 2
