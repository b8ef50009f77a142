"""Runs of several tasks: who is in view, who has the CPU, who waits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import by_id, expect_status, go_to, run_to_end


def play(page: Page, example: str, status: str) -> None:
    """Run an example to its end and go back to the start."""
    by_id(page, "examples").select_option(example)
    run_to_end(page)
    expect_status(page, status)
    by_id(page, "to-start").click()


def test_fork_shows_two_processes_and_who_has_the_cpu(page: Page) -> None:
    play(page, "fork", "exited with status 3")
    tasks = by_id(page, "tasks")
    scheduler = by_id(page, "scheduler")
    expect(by_id(page, "lanes")).to_have_attribute("data-lanes", "2")
    go_to(page, "scheduler")
    expect(by_id(page, "sentence")).to_have_text("Task 1000 sleeps: the scheduler gives the CPU to task 1001.")
    expect(by_id(page, "who")).to_have_text("1001child of 1000")
    expect(scheduler.locator(".queue-cpu")).to_contain_text("1001")
    expect(scheduler.locator(".chip-asleep")).to_contain_text("child 1000", use_inner_text=True)
    expect(tasks.locator("li li .row")).to_contain_text("1001")
    expect(tasks.locator("[aria-current]")).to_contain_text("1001")
    expect(by_id(page, "return-value")).to_have_text("0")
    expect(page.get_by_role("heading", name="Descriptors")).to_contain_text("of 1001")
    go_to(page, "scheduler")
    expect(by_id(page, "who")).to_have_text("1000the first process")
    expect(tasks).to_contain_text("exited, status 3")
    expect(by_id(page, "strace-row").filter(has_text="exit_group(3)")).to_contain_text("1001")


def test_a_sleeper_waits_in_sight_while_the_other_runs(page: Page) -> None:
    play(page, "pipe-between", "exited with status 0")
    sleeper = by_id(page, "scheduler").locator(".chip-asleep")
    go_to(page, "scheduler", 2)
    expect(by_id(page, "who")).to_contain_text("1000")
    for _ in range(5):
        by_id(page, "step-forward").click()
        expect(sleeper).to_have_text("pipe1001")


def test_threads_share_memory(page: Page) -> None:
    play(page, "threads", "exited with status 0")
    go_to(page, "scheduler")
    expect(page.get_by_role("heading", name="Memory map")).to_contain_text("of 1000 and 1001")
    expect(by_id(page, "who")).to_contain_text("thread of 1000")
    expect(by_id(page, "scheduler").locator(".chip-asleep")).to_have_text("futex1000")


def test_a_signal_goes_to_its_handler_and_back(page: Page) -> None:
    play(page, "signal", "exited with status 0")
    expect(by_id(page, "scheduler")).to_have_count(0)
    expect(by_id(page, "lanes")).to_have_count(0)
    go_to(page, "signal")
    expect(by_id(page, "signal")).to_contain_text("SIGUSR1 goes to its handler at 0x")
    expect(page.locator(".room-device")).to_contain_text("User stack")
    by_id(page, "step-forward").click()
    expect(by_id(page, "mode-lamp")).to_have_attribute("data-mode", "user")
    expect(page.locator(".snippet [aria-current]")).to_contain_text("mov eax, 1")


def test_the_story_says_whose_step_it_was(page: Page) -> None:
    play(page, "fork", "exited with status 3")
    by_id(page, "tab-story").click()
    go_to(page, "scheduler")
    by_id(page, "step-forward").click()
    steps = by_id(page, "story").get_by_role("listitem")
    expect(steps.last).to_contain_text("1001")
    expect(page.locator("[aria-live=polite]").last).to_contain_text("Task 1001: ")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_rooms_have_their_place_at_any_size(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    play(page, "threads", "exited with status 0")
    go_to(page, "scheduler")
    rooms = page.locator(".room").evaluate_all(
        "rooms => rooms.map(r => r.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"
    )
    assert len(rooms) == 7
    for i, (left, top, right, bottom) in enumerate(rooms):
        assert right <= size[0] and bottom - top >= 30
        for other in rooms[i + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
    expect(by_id(page, "scheduler")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
