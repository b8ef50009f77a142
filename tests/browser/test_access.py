"""The page without a mouse, without sight, without motion."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import (
    C_HELLO,
    ELF_HELLO,
    NASM_HELLO,
    by_id,
    expect_index,
    expect_status,
    go_to,
    run_hello,
    write_source,
)
from tests.support.live import REPOSITORY, LiveServer

AXE = REPOSITORY / "static/node_modules/axe-core/axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm install in static/")
    return Path(AXE).read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core finds, one line each."""
    found = page.evaluate("levels => axe.run(document, { runOnly: levels })", LEVELS)
    assert len(found["passes"]) > 10
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_wcag_in_light_and_dark(browser: Browser, server: LiveServer, axe: str, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("body[data-connected=true]")
    page.evaluate(axe)
    by_id(page, "examples").select_option("bad-fd")
    run_hello(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    by_id(page, "call-back").click()
    by_id(page, "call-back").click()
    while by_id(page, "stage").get_attribute("data-place") != "return":
        by_id(page, "step-forward").click()
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    context.close()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_wcag_with_several_tasks(browser: Browser, server: LiveServer, axe: str, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("body[data-connected=true]")
    page.evaluate(axe)
    by_id(page, "examples").select_option("pipe-between")
    run_hello(page)
    if size[0] < 1360:
        by_id(page, "tab-machine").click()
    by_id(page, "to-start").click()
    go_to(page, "scheduler")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    context.close()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_wcag_with_c_mistakes_and_files(browser: Browser, server: LiveServer, axe: str, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("body[data-connected=true]")
    page.evaluate(axe)

    def check() -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]

    if size[0] < 940:
        by_id(page, "tab-program").click()
    write_source(page, NASM_HELLO)
    by_id(page, "language").select_option("gas")
    expect(by_id(page, "switch")).to_be_visible(timeout=20_000)
    check()
    by_id(page, "language").select_option("c")
    write_source(page, C_HELLO)
    run_hello(page)
    if size[0] < 940:
        by_id(page, "tab-program").click()
    if size[0] < 1360:
        by_id(page, "show-assembly").click()
    expect(by_id(page, "assembly")).to_contain_text("main:")
    by_id(page, "to-start").dispatch_event("click")
    go_to(page, "checks")
    expect(by_id(page, "library")).to_contain_text("syscall")
    check()
    by_id(page, "file").set_input_files({"name": "tiny", "mimeType": "application/octet-stream", "buffer": ELF_HELLO})
    expect(by_id(page, "elf")).to_be_visible()
    check()
    context.close()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_wcag_of_a_comparison(browser: Browser, server: LiveServer, axe: str, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("body[data-connected=true]")
    page.evaluate(axe)
    if size[0] < 940:
        by_id(page, "tab-program").click()
    by_id(page, "examples").select_option("divide")
    by_id(page, "speed").select_option("Infinity")
    by_id(page, "compare-with").select_option("aarch64")
    expect(by_id(page, "compare-summary")).to_be_visible(timeout=30_000)
    by_id(page, "compare-row").first.get_by_role("button").press("Enter")
    expect(by_id(page, "compare-row").first).to_have_attribute("aria-current", "step")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    context.close()


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.locator("body").press("Control+Enter")
    stage = by_id(page, "stage")
    expect(stage).not_to_have_attribute("data-count", "0")
    expect(by_id(page, "stop")).to_have_count(0)
    last = int(stage.get_attribute("data-count") or 0) - 1
    page.keyboard.press("End")
    expect_index(page, last)
    page.keyboard.press("ArrowLeft")
    expect_index(page, last - 1)
    page.keyboard.press("ArrowRight")
    expect_index(page, last)
    page.keyboard.press("Home")
    expect_index(page, -1)
    page.keyboard.press("Shift+ArrowRight")
    expect(stage).to_have_attribute("data-place", "registers")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(stage).to_have_attribute("data-place", "registers")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_shortcuts_leave_the_editor_alone(page: Page) -> None:
    run_hello(page)
    index = int(by_id(page, "stage").get_attribute("data-index") or 0)
    content = by_id(page, "editor").locator(".cm-content")
    content.click()
    page.keyboard.press("Control+Home")
    for key in ("ArrowRight", "ArrowLeft", "Home", "Space", "?"):
        page.keyboard.press(key)
    expect_index(page, index)
    expect(page.locator("dialog")).to_be_hidden()
    expect(content.locator(".cm-line").first).to_contain_text(" ?#")
    page.keyboard.press("Tab")
    expect(content).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(content).not_to_be_focused()


def test_everything_that_takes_the_focus_shows_it(page: Page) -> None:
    run_hello(page)
    by_id(page, "to-start").click()
    by_id(page, "call-forward").click()
    page.get_by_role("link", name="Trapgate").focus()
    seen: list[str] = []
    while len(seen) < 60:
        page.keyboard.press("Tab")
        name, ringed = page.evaluate(
            """() => {
              let node = document.activeElement;
              if (node === document.body) return ["", true];
              if (node.closest(".cm-content")) return ["editor", true];
              const name = node.dataset.testid || node.getAttribute("aria-label") || node.textContent;
              for (let at = node; at; at = at.parentElement) {
                const style = getComputedStyle(at);
                if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 1) return [name, true];
                if (at.classList.contains("panel")) break;
              }
              return [name, false];
            }"""
        )
        assert ringed, f"{name} shows no focus"
        if name == "" and seen:
            break
        if name == "editor":
            page.keyboard.press("Escape")
        seen.append(name)
    for name in ("run", "editor", "play", "step-forward", "scrubber", "speed", "tab-strace"):
        assert name in seen


def test_the_story_says_what_the_picture_shows(page: Page) -> None:
    run_hello(page)
    by_id(page, "tab-strace").focus()
    page.keyboard.press("ArrowRight")
    expect(by_id(page, "tab-story")).to_be_focused()
    count = int(by_id(page, "stage").get_attribute("data-count") or 0)
    sentences = by_id(page, "story").get_by_role("listitem")
    expect(sentences).to_have_count(count)
    text = by_id(page, "story").inner_text()
    told = [
        "rax = 1: it asks the kernel",
        "switches to kernel mode",
        "Row 1 of the table is write",
        "Descriptor 1 is open",
        "“hi\\n” appears on the terminal",
        "rax becomes 3",
        "switches back to user mode",
        "exit status 0",
    ]
    places = [text.find(part) for part in told]
    assert -1 not in places and places == sorted(places), dict(zip(told, places, strict=True))
    by_id(page, "step-back").click()
    expect(sentences).to_have_count(count - 1)
    expect(page.locator("[aria-live=polite]").last).to_have_text(by_id(page, "sentence").inner_text())


def test_nothing_moves_for_those_who_asked_for_stillness(page: Page) -> None:
    run_hello(page)
    by_id(page, "to-start").click()
    by_id(page, "speed").select_option("1")
    while by_id(page, "step-forward").is_enabled():
        by_id(page, "step-forward").click()
        moving = "document.getAnimations().filter(a => a.effect.getComputedTiming().duration > 1).length"
        assert page.evaluate(moving) == 0
    expect_status(page, "exited with status 0")
