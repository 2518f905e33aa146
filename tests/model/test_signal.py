"""Listeners hear everything, in order, and one that fails costs the others nothing."""

import pytest

from app.model.signal import Signal


def test_listeners_hear_the_values_in_the_order_of_connection() -> None:
    heard: list[tuple[str, int]] = []
    signal: Signal[int] = Signal()
    signal.connect(lambda value: heard.append(("first", value)))
    signal.connect(lambda value: heard.append(("second", value)))
    signal.emit(7)
    assert heard == [("first", 7), ("second", 7)]


def test_a_disconnected_listener_hears_no_more_even_within_one_emission() -> None:
    heard: list[int] = []
    signal: Signal[int] = Signal()
    signal.connect(lambda _value: disconnect())
    disconnect = signal.connect(heard.append)
    signal.emit(1)
    disconnect()
    assert heard == []


def test_a_failing_listener_keeps_no_other_from_hearing_and_its_error_is_seen() -> None:
    heard: list[int] = []
    signal: Signal[int] = Signal()

    def fail(_value: int) -> None:
        raise ValueError("mine")

    signal.connect(fail)
    signal.connect(heard.append)
    with pytest.raises(ValueError, match="mine"):
        signal.emit(3)
    assert heard == [3]
