"""Canary for a fault of the Qt binding.

PySide6 6.12 on Python 3.11 gives back one reference to None, True or False too many in ordinary calls, until the
interpreter aborts. So the count is taken in a process of its own, which the fault may take down.
"""

import sys

import pytest

from tests.support import run_python

CALLS = 2_000
PROBE = f"""
import sys
from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

application = QGuiApplication([])
image = QImage(64, 64, QImage.Format.Format_ARGB32)
painter = QPainter(image)
watched = None, True, False

def use():
    painter.setBrush(QColor("red"))
    painter.drawEllipse(4, 4, 20, 20)
    painter.drawRoundedRect(QRectF(2, 2, 30, 30), 4, 4)
    painter.isActive()
    item = QObject()
    item.blockSignals(True)
    item.signalsBlocked()

use()  # the first call loads what the binding has put off
before = [sys.getrefcount(value) for value in watched]
for _ in range({CALLS}):
    use()
after = [sys.getrefcount(value) for value in watched]
painter.end()
print(*(b - a for a, b in zip(before, after)))
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None, True and False are immortal from Python 3.12 on")
def test_qt_calls_keep_the_reference_counts() -> None:
    result = run_python("-c", PROBE)
    assert result.returncode == 0, result.stderr[-2000:]
    assert all(abs(int(drift)) < CALLS // 20 for drift in result.stdout.split()), result.stdout
