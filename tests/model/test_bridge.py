"""What other threads tell arrives in the window's thread, in order and without piling up."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.client.events import ClientEvent
from app.qt.bridge import AsideWorker, EngineBridge
from engine.api.messages import JobStarted, Preview, Progress, QueueChanged


def progress(done: int, node: str = "solve") -> Progress:
    return Progress("job", node, 0, 1, done, 100, "")


def in_a_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_events_arrive_in_order_in_the_windows_thread(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    heard: list[tuple[ClientEvent, threading.Thread]] = []
    bridge.heard.connect(lambda event: heard.append((event, threading.current_thread())))
    events: list[ClientEvent] = [QueueChanged("job", ()), JobStarted("job", 2), progress(1), QueueChanged(None, ())]
    in_a_thread(lambda: deque(map(bridge.listen, events)))
    assert heard == []
    qtbot.waitUntil(lambda: len(heard) == len(events))
    assert [event for event, _ in heard] == events
    assert {thread for _, thread in heard} == {threading.main_thread()}


def test_a_window_that_was_held_up_gets_only_the_newest_progress_of_each_node(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    heard: list[ClientEvent] = []
    bridge.heard.connect(heard.append)
    picture = Preview("job", "solve", 0, 8, 8, b"")
    for done in range(1000):
        bridge.listen(progress(done))
        bridge.listen(progress(done, "other"))
        bridge.listen(picture)
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == [progress(999), progress(999, "other"), picture]
    bridge.listen(progress(5))
    qtbot.waitUntil(lambda: len(heard) == 4)


def test_progress_never_overtakes_what_came_between(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    heard: list[ClientEvent] = []
    bridge.heard.connect(heard.append)
    events: list[ClientEvent] = [progress(1), QueueChanged("job", ()), progress(2)]
    for event in events:
        bridge.listen(event)
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == events


def test_work_is_done_aside_one_piece_after_the_other_and_answered_here(qtbot: QtBot) -> None:
    worker = AsideWorker()
    threads: set[threading.Thread] = set()
    answers: list[int | str] = []

    def work(number: int) -> int:
        threads.add(threading.current_thread())
        return 10 // number

    for number in (5, 0, 2):
        worker(lambda number=number: work(number), answers.append, lambda error: answers.append(type(error).__name__))  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers == [2, "ZeroDivisionError", 5]
    assert len(threads) == 1
    assert threading.main_thread() not in threads
    worker.close()


def test_nothing_is_answered_after_the_window_has_closed(qtbot: QtBot) -> None:
    worker = AsideWorker()
    begun = threading.Event()
    worker(begun.set, lambda _none: pytest.fail("too late"), lambda _error: pytest.fail("too late"))
    assert begun.wait(30)
    worker.close()
    qtbot.wait(20)
