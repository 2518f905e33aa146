"""What the client hears of a node that is over before anything was sent."""

import numpy as np
import pytest

from engine.api.errors import Problem, ProblemCode
from engine.api.messages import AnyEvent, NodeDone, NodeFailed, Preview, Progress, decode_events
from engine.api.report import Reason, StepOutcome, Why
from engine.runtime.outbox import Outbox

PIXELS = np.full((8, 8, 3), 200, np.uint8)
DONE = NodeDone("job", "node", StepOutcome.RAN, Why(Reason.NEVER_RUN))
FAILED = NodeFailed("job", "node", Problem(ProblemCode.NODE, "It broke.", "Mend it."))


def sent(end: AnyEvent) -> list[AnyEvent]:
    """Everything sent when a node shows two previews, tells its progress and ends at once."""
    heard: list[AnyEvent] = []
    outbox = Outbox(lambda frame: heard.extend(decode_events(frame)))
    outbox.put(Progress("job", "node", 0, 1, 1, 2, "noise 1"))
    outbox.show("job", "node", 0, np.zeros_like(PIXELS))
    outbox.show("job", "node", 0, PIXELS)
    outbox.put(end)
    outbox.close()
    outbox.run()
    return heard


def test_the_last_preview_of_a_quick_node_is_not_lost() -> None:
    preview, done = sent(DONE)
    assert done == DONE
    assert isinstance(preview, Preview)
    assert (preview.node, preview.width, preview.height) == ("node", 8, 8)


def test_a_failed_node_shows_nothing() -> None:
    assert sent(FAILED) == [FAILED]


@pytest.mark.parametrize("end", [DONE, FAILED])
def test_progress_of_a_node_that_ended_is_not_told(end: AnyEvent) -> None:
    assert not any(isinstance(event, Progress) for event in sent(end))
