"""Attention across the border of the process: small, whole, and told again for a kept result."""

from __future__ import annotations

from pathlib import Path

from app.client.client import EngineClient, JobOptions
from engine.api.messages import Attention, decode_events, encode_events
from tests.process.conftest import Ear
from tests.runtime.plans import PlanBuilder


def test_a_job_tells_where_it_looked_where_it_was_asked_to(client: EngineClient, ear: Ear, tmp_path: Path) -> None:
    plan = PlanBuilder("tests.runtime.toys").add("n", "number", params={"value": 0.5})
    plan.add("solve", "looks", {"value": "n"})
    told = []
    for options in (JobOptions(), JobOptions(record_attention=("solve",)), JobOptions(record_attention=("solve",))):
        ear.heard.clear()
        end = client.run(plan.plan(), tmp_path, options=options)
        told.append((end.ran, [event.level.sigma for event in ear.heard if isinstance(event, Attention)]))
    assert told == [(2, []), (1, [9.0, 3.0, 1.0]), (0, [9.0, 3.0, 1.0])]
    event = next(event for event in ear.heard if isinstance(event, Attention))
    (fox,) = event.level.phrases
    assert (event.node, event.item, fox.text, fox.peak, fox.cells) == ("solve", 0, "red fox", 0.5, b"\x00\xff")
    assert decode_events(encode_events([event])) == (event,)
