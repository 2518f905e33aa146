"""The rows of the queue: what they tell, and how they change places."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.model.document import Document
from app.model.job import Job, JobState, NodeFacts
from app.model.waiting import QueueRow, moved, queue_rows, time_left


def job(number: int, state: JobState = JobState.WAITING, seconds: float | None = 4.0) -> Job:
    expected = {} if seconds is None else {"solve": seconds}
    facts = {"solve": NodeFacts()}
    return Job(
        number, Document(), None, f"number\n{number}", (number,), (64, 48), state=state, nodes=facts, expected=expected
    )  # fmt: skip


def test_a_row_tells_what_will_come() -> None:
    half = replace(job(1, JobState.RUNNING), nodes={"solve": NodeFacts(running=True, done=1, total=2)})
    rows = queue_rows([job(9, JobState.DONE), half, job(2), replace(job(3), seeds=(5, 6, 7), prompt="")])
    assert [row.job for row in rows] == [1, 2, 3]
    assert rows[0] == QueueRow(1, "number 1", "Seed 1 · 64 × 48", "Running", 0.5, 2.0, False, "1")
    assert (rows[1].fraction, rows[1].movable) == (None, True)
    assert (rows[2].prompt, rows[2].about) == ("Without a sentence", "3 seeds from 5 · 64 × 48")
    assert time_left(rows) == 10.0
    assert time_left(queue_rows([half, job(2, seconds=None)])) is None
    assert time_left([]) is None


@given(waiting=st.integers(1, 6), running=st.integers(0, 1), data=st.data())
def test_a_row_is_put_before_another(waiting: int, running: int, data: st.DataObject) -> None:
    states = [JobState.RUNNING] * running + [JobState.WAITING] * waiting
    rows = queue_rows([job(number, state) for number, state in enumerate(states)])
    chosen = data.draw(st.sampled_from([row.job for row in rows]))
    place = data.draw(st.integers(0, len(rows)))
    order = moved(rows, chosen, place)
    before = [row.job for row in rows if row.movable]
    if not rows[chosen].movable or place in (chosen, chosen + 1) or place < running == chosen:
        assert order is None
    else:
        assert order is not None
        assert [each for each in order if each != chosen] == [each for each in before if each != chosen]
        assert order.index(chosen) + running == (place if place <= chosen else place - 1) or place < running
