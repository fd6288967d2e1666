"""Waiting for a command to take effect."""

from concurrent.futures import ThreadPoolExecutor

from hub.feed.progress import CommandProgress
from tests.rig.waiting import eventually


def test_a_waiting_thread_wakes_when_its_command_is_done() -> None:
    progress = CommandProgress()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(progress.wait, "harbour", 3, within_s=10)
        progress.advance({"harbour": 2, "riverside": 9})
        assert not waiting.done()
        progress.advance({"harbour": 3})
        assert waiting.result(10) is True


def test_what_is_done_needs_no_waiting_and_never_becomes_undone() -> None:
    progress = CommandProgress()
    progress.advance({"harbour": 5})
    progress.advance({"harbour": 4})
    assert progress.wait("harbour", 5, within_s=0)
    assert not progress.wait("harbour", 6, within_s=0)


def test_when_too_many_wait_the_next_is_sent_away_at_once() -> None:
    progress = CommandProgress(most_waiting=2)
    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(progress.wait, "harbour", 1, within_s=30) for _ in range(3)]
        eventually(lambda: any(done.done() for done in waiting), what="one is sent away")
        progress.advance({"harbour": 1})
        assert sorted(done.result(10) for done in waiting) == [False, True, True]
    assert progress.wait("harbour", 1, within_s=0), "there is room again"
