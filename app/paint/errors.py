"""What can go wrong in painting.

PaintError              a value is out of its range, or two of them do not fit
└── ExchangeError       a file that was to be read as painted layers is not one
"""


class PaintError(ValueError):
    """A value of a brush, a mask or a shape is out of its range; the message says which, and what to choose."""


class ExchangeError(PaintError):
    """A file cannot be read as painted layers; the message names it and says what to do."""


def require(condition: bool, message: str) -> None:
    """Raise `PaintError(message)` unless `condition` holds."""
    if not condition:
        raise PaintError(message)
