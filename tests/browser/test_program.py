"""Languages, architectures and files: from the menus to the gutter, the assembly and the call chain."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    C_HELLO,
    ELF_HELLO,
    EXIT,
    NASM_HELLO,
    by_id,
    expect_status,
    go_to,
    program,
    run_hello,
    run_to_end,
    write_source,
)

# Takes clang for ever.
ENDLESS = "#if __INCLUDE_LEVEL__ < 60\n" + '#include "program.c"\n' * 2 + "#endif\n"


def test_the_gutter_shows_what_each_line_became(page: Page) -> None:
    assert page.locator(".code-bytes").count() == 0, "an example is shown without it"
    write_source(page, program(*EXIT))
    # The first row only keeps the column as wide as it can become.
    row = page.locator(".code-bytes").nth(1)
    expect(row).to_have_text("1000 b83c000000", timeout=20_000)
    expect(row).to_have_attribute("title", "0x401000: b8 3c 00 00 00")
    by_id(page, "bytes").click()
    expect(page.locator(".code-bytes")).to_have_count(0)
    by_id(page, "bytes").click()
    expect(row).to_be_visible()


def test_a_mistake_is_marked_before_run_and_goes_when_it_is_mended(page: Page) -> None:
    write_source(page, program("mvo eax, 60", *EXIT))
    problems = by_id(page, "problems")
    expect(problems).to_contain_text("Line 4, column 1", timeout=20_000)
    expect(page.locator(".cm-lintRange-error")).to_have_text("mvo")
    expect_status(page, "ready")
    write_source(page, program(*EXIT))
    expect(problems).to_have_count(0, timeout=20_000)
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)


def test_the_wrong_dialect_is_one_click_from_the_right_one(page: Page) -> None:
    by_id(page, "language").select_option("gas")
    write_source(page, NASM_HELLO)
    by_id(page, "switch").click(timeout=20_000)
    expect(by_id(page, "language")).to_have_value("nasm")
    expect(by_id(page, "problems")).to_have_count(0, timeout=20_000)
    run_hello(page)


def test_the_dialect_that_was_found_is_shown(page: Page) -> None:
    write_source(page, NASM_HELLO)
    expect(by_id(page, "language").locator("option:checked")).to_have_text("Assembly: NASM", timeout=20_000)


def test_registers_rings_and_trap_follow_the_architecture(page: Page) -> None:
    by_id(page, "arch").select_option("riscv64")
    stage = by_id(page, "stage")
    for text in ("a7", "U mode", "S mode", "ecall"):
        expect(stage).to_contain_text(text)
    by_id(page, "arch").select_option("arm")
    for text in ("r7", "svc #0", "usr"):
        expect(stage).to_contain_text(text)
    by_id(page, "language").select_option("nasm")
    expect(by_id(page, "obstacle")).to_contain_text("NASM is not available for ARM")


@pytest.mark.parametrize("arch", ["x86_64", "i386", "arm", "aarch64", "riscv64"])
def test_c_on_every_architecture(page: Page, arch: str) -> None:
    by_id(page, "language").select_option("c")
    by_id(page, "arch").select_option(arch)
    write_source(page, C_HELLO)
    run_hello(page)
    expect(by_id(page, "terminal-text")).to_have_text("hi")
    by_id(page, "strace-row").first.click()
    expect(by_id(page, "own-chain")).to_have_text("mainsay")
    expect(by_id(page, "library")).to_contain_text("write")
    by_id(page, "to-start").click()
    go_to(page, "entry")
    by_id(page, "step-back").click()
    expect(by_id(page, "sentence")).to_contain_text("say (line 5) called write")
    expect(by_id(page, "editor").locator(".cm-running")).to_contain_text("write(1, text, size);")
    expect(by_id(page, "assembly").locator(".cm-running").first).to_be_visible()


def test_source_and_assembly_are_linked_both_ways(page: Page) -> None:
    by_id(page, "language").select_option("c")
    write_source(page, C_HELLO)
    assembly = by_id(page, "assembly")
    expect(assembly).to_contain_text("say:", timeout=20_000)
    call = assembly.locator(".cm-line", has_text=re.compile(r"callq?\s+say"))
    call.hover()
    expect(by_id(page, "editor").locator(".cm-linked")).to_contain_text('say("hi\\n", 3);')
    call.click()
    expect(by_id(page, "editor").locator(".cm-activeLine")).to_contain_text('say("hi\\n", 3);')
    by_id(page, "editor").locator(".cm-line", has_text="return 0;").hover()
    expect(assembly.locator(".cm-linked").first).to_be_visible()


def test_optimisation_changes_the_assembly(page: Page) -> None:
    by_id(page, "language").select_option("c")
    write_source(page, C_HELLO)
    expect(by_id(page, "assembly")).to_contain_text("say:", timeout=20_000)
    by_id(page, "optimize").select_option("2")
    expect(by_id(page, "assembly")).not_to_contain_text("say:", timeout=20_000)


def test_warnings_do_not_stop_a_run(page: Page) -> None:
    by_id(page, "language").select_option("c")
    write_source(page, C_HELLO.replace("return 0;", "char small = 300;\n    return small - 44;"))
    expect(by_id(page, "problems")).to_contain_text("Warning, line 11", timeout=20_000)
    run_hello(page)
    expect(by_id(page, "problems")).to_contain_text("300")


def test_the_status_is_not_that_of_the_run_before_while_a_program_is_compiled(page: Page) -> None:
    by_id(page, "language").select_option("c")
    write_source(page, C_HELLO)
    run_hello(page)
    write_source(page, ENDLESS + C_HELLO)
    by_id(page, "run").click()
    expect_status(page, "compiling")
    by_id(page, "stop").click()
    expect_status(page, "stopped by you")


def test_c_in_the_assembler_is_recognised(page: Page) -> None:
    write_source(page, C_HELLO)
    by_id(page, "switch").click(timeout=20_000)
    expect(by_id(page, "language")).to_have_value("c")
    expect(by_id(page, "problems")).to_have_count(0, timeout=20_000)


def test_an_elf_file_runs_with_its_arguments(page: Page) -> None:
    opened = {"name": "tiny", "mimeType": "application/octet-stream", "buffer": ELF_HELLO}
    by_id(page, "file").set_input_files(opened)
    expect(by_id(page, "elf")).to_contain_text("64-bit ELF for x86-64")
    by_id(page, "arguments").fill("one two")
    run_to_end(page)
    expect_status(page, "exited with status 0")
    expect(by_id(page, "terminal-text")).to_have_text("hi")
    page.get_by_role("button", name="Back to the editor").click()
    expect(by_id(page, "editor")).to_be_visible()
    run_hello(page)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [(ELF_HELLO[:70], "truncated"), (ELF_HELLO[:18] + b"\x08\0" + ELF_HELLO[20:], "MIPS|machine 8")],
    ids=["short", "foreign"],
)
def test_an_elf_file_that_cannot_run_says_why(page: Page, data: bytes, complaint: str) -> None:
    by_id(page, "file").set_input_files({"name": "odd", "mimeType": "application/octet-stream", "buffer": data})
    by_id(page, "run").click()
    expect(by_id(page, "problems")).to_be_visible(timeout=20_000)
    expect(by_id(page, "problems")).not_to_contain_text("column")
    assert re.search(complaint, by_id(page, "elf").inner_text() + by_id(page, "problems").inner_text())


def test_a_dropped_source_comes_into_the_editor(page: Page) -> None:
    page.evaluate(
        """text => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], "hello.c"));
          const panel = document.querySelector(".editor-panel");
          panel.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        C_HELLO,
    )
    expect(by_id(page, "language")).to_have_value("c")
    run_hello(page)


def test_a_file_that_is_neither_is_refused(page: Page) -> None:
    by_id(page, "file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG\0"})
    expect(by_id(page, "notice")).to_contain_text("a.png is neither an ELF file nor text")


def test_a_link_carries_language_architecture_and_level(page: Page) -> None:
    by_id(page, "language").select_option("c")
    by_id(page, "arch").select_option("aarch64")
    by_id(page, "optimize").select_option("1")
    write_source(page, C_HELLO)
    page.get_by_role("button", name="Share").click()
    expect(page).to_have_url(re.compile("#p1="))
    link = page.url
    for name, value in (("language", "auto"), ("arch", "x86_64")):
        by_id(page, name).select_option(value)
    page.goto(link)
    page.reload()
    expect(by_id(page, "language")).to_have_value("c")
    expect(by_id(page, "arch")).to_have_value("aarch64")
    expect(by_id(page, "optimize")).to_have_value("1")
    expect(by_id(page, "editor")).to_contain_text("static void say")


def test_an_example_brings_its_language_and_architecture(page: Page) -> None:
    menu = by_id(page, "examples")
    menu.select_option("vdso")
    expect(by_id(page, "language")).to_have_value("c")
    by_id(page, "arch").select_option("arm")
    expect(menu.locator("optgroup", has=page.locator("option[value=hello]"))).to_have_attribute("label", "Assembly")
    expect(menu.locator("optgroup", has=page.locator("option[value=vdso]"))).to_have_attribute("label", "For x86-64")
    expect(by_id(page, "editor")).to_contain_text("clock_gettime")
    menu.select_option("hello-nasm")
    expect(by_id(page, "language")).to_have_value("auto")
    expect(by_id(page, "arch")).to_have_value("x86_64")
    run_hello(page)
