"""The model that comes along follows size and crop: what is told to be cut off moves to that border."""

import numpy as np
import torch

from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.training.evaluation.crop import ACROSS, DOWN, GUIDANCE, Cut, asked_in, draw_scene, read
from engine.training.evaluation.study import Study

CAPTIONS = 6


def middles(study: Study, cut: Cut) -> tuple[float, float]:
    """Mean middle of the thing, across and down, over a few captions drawn in a rectangle."""
    scenes = [draw_scene(study.setting, cut, number) for number in range(CAPTIONS)]
    denoiser, side = study.storybook.base, study.drafting.side
    settings = SolveSettings(make_sigmas("order6", 10, denoiser.sigma_max, 0.002), "dpmpp_2m", GUIDANCE)
    pictures = [asked_in(scene, number, cut.size(side)) for number, scene in enumerate(scenes)]
    drafts = study.drafting(denoiser, pictures, settings, "")
    assert torch.isfinite(drafts).all()
    found = read(study.judge, drafts, [scene.objects[0].name for scene in scenes])
    return float(np.nanmean(found.across)), float(np.nanmean(found.down))


def test_things_follow_the_crop_across_and_down() -> None:
    study = Study()
    left, right = middles(study, Cut(ACROSS, 0.5))[0], middles(study, Cut(ACROSS, 0.0))[0]
    upper, lower = middles(study, Cut(DOWN, 0.5))[1], middles(study, Cut(DOWN, 0.0))[1]
    assert right - left > 0.1
    assert lower - upper > 0.1
