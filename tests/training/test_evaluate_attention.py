"""The attention evaluation on the miniature model: every level counts, and the report says what shows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.models.catalogue import Catalogue
from engine.training.evaluation.attention import (
    Arm,
    AttentionReport,
    evaluate_attention,
    grey,
    own_finding,
    text_finding,
    write_attention,
)
from engine.training.evaluation.drafts import Drafting
from engine.training.evaluation.setting import setting_of
from engine.training.evaluation.statistics import Estimate
from engine.training.evaluation.study import quiet
from tests.models.small import write_model


def test_a_report_tells_the_share_at_every_level_and_shows_the_maps(tmp_path: Path) -> None:
    write_model(tmp_path)
    base = Catalogue(tmp_path).load_part("storybook", "base", "cpu")
    evaluation = evaluate_attention(
        (("shared model", [base]),), setting_of("storybook"), 2, Drafting(16, "cpu", quiet), seeds=1
    )
    page = write_attention(evaluation, tmp_path / "out")
    (arm,) = evaluation.report.arms
    assert len(arm.figures) >= 16
    for figure in arm.figures:
        shares = [figure.text.mean, figure.null.mean, figure.padding.mean]
        assert all(0.0 < share < 1.0 for share in shares)
        assert sum(shares) < 1.0  # the rest is the style's
        assert figure.words.mean < figure.text.mean
        assert 0.0 < figure.entropy.mean < 1.0
        assert figure.text.cases == 2
    kept = msgspec.json.decode((tmp_path / "out" / "attention.json").read_bytes(), type=AttentionReport)
    assert kept == evaluation.report
    assert page.read_text(encoding="utf-8").count("\n| ") == len(arm.figures) + 2
    for name in ("text", "self"):
        with Image.open(tmp_path / "out" / f"attention-{name}.png") as plotted:
            assert plotted.size == (720, 440)


def arm(fall: float, rise: float) -> Arm:
    about = [Estimate(value, value - 0.05, value + 0.05, 8) for value in (0.6, 0.4, fall, rise)]
    return Arm("experts", (), *about)


@pytest.mark.parametrize(("change", "shows"), [(0.2, True), (0.01, False), (-0.2, False)])
def test_a_finding_counts_only_when_its_interval_leaves_zero(change: float, shows: bool) -> None:
    assert ("finding shows" in text_finding(arm(change, 0.0))) == shows
    assert ("low noise shows" in own_finding(arm(0.0, change))) == shows


def test_a_map_is_scaled_to_its_own_strongest_place() -> None:
    drawn = grey(np.array([[0.0, 0.1], [0.2, 0.1]], np.float32))
    assert drawn.shape == (128, 128, 3)
    assert (drawn[0, 0, 0], drawn[0, -1, 0], drawn[-1, 0, 0]) == (0, 128, 255)
