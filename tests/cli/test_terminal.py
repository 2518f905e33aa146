"""The progress line, and characters that a terminal cannot show."""

import io

from hypothesis import given
from hypothesis import strategies as st

from app.cli.terminal import ProgressLine, progress_text, say


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_where_nobody_watches_nothing_is_drawn() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    line.show("Denoise", 1, 20)
    line.wipe()
    assert stream.getvalue() == ""


def test_a_line_is_drawn_in_place_and_leaves_no_trace() -> None:
    stream = Terminal()
    line = ProgressLine(stream)
    line.show("Denoise", 20, 20, "noise 0")
    line.wipe()
    assert "\n" not in stream.getvalue()
    assert "Denoise [########################] 20/20 noise 0" in stream.getvalue()
    assert stream.getvalue().endswith(" \r")


def test_a_line_is_not_drawn_more_often_than_can_be_seen() -> None:
    now = iter([1.0, 1.01, 1.02, 2.0])
    stream = Terminal()
    line = ProgressLine(stream, clock=lambda: next(now))
    for done in (1, 2, 3, 4):
        line.show("Denoise", done, 10)
    assert [f"{done}/10" in stream.getvalue() for done in (1, 2, 3, 4)] == [True, False, False, True]


@given(done=st.integers(0, 50), total=st.integers(0, 40))
def test_a_bar_is_always_as_wide(done: int, total: int) -> None:
    text = progress_text("Denoise", done, total, "x")
    assert total == 0 or text.index("]") - text.index("[") == 25


def test_a_poor_terminal_gets_question_marks() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    say("“fox” über", stream)
    stream.seek(0)
    assert stream.read() == "?fox? ?ber\n"
