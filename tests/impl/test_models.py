"""What travels on denoiser wires."""

import pytest

from engine.api.errors import NodeError
from engine.conditioning.brief import BriefError, DenoiserRef, EnsembleRef
from nodes.specs.models import STORYBOOK
from tests.impl.workshop import Workshop


def test_storybook_gives_one_denoiser_for_each_output(workshop: Workshop) -> None:
    parts = workshop.run("storybook")
    assert [part.part for part in parts] == [port.name for port in STORYBOOK.outputs]
    assert {part.model for part in parts} == {"storybook"}


def test_an_expert_owns_its_interval(workshop: Workshop) -> None:
    expert = workshop.run("expert", denoiser=DenoiserRef("m", "p"), sigma_from=5.0, sigma_to=1.0, guidance=2.0)
    assert expert == DenoiserRef("m", "p", 5.0, 1.0, 2.0)
    told = {"sigma_from": 1.0, "sigma_to": 0.0, "sampler": "heun"}
    assert workshop.run("expert", denoiser=DenoiserRef("m", "p"), **told) == DenoiserRef(
        "m", "p", 1.0, 0.0, None, "heun"
    )


def test_an_interval_upside_down_is_refused(workshop: Workshop) -> None:
    with pytest.raises(BriefError, match="sigma_from must be the greater"):
        workshop.run("expert", denoiser=DenoiserRef("m", "p"), sigma_from=1.0, sigma_to=5.0)


def test_an_ensemble_has_its_own_intervals(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="already have their noise intervals"):
        workshop.run("expert", denoiser=EnsembleRef((DenoiserRef("m", "p"),)))


def test_ensembles_are_taken_apart_in_an_ensemble(workshop: Workshop) -> None:
    a, b, c = (DenoiserRef("m", part) for part in "abc")
    assert workshop.run("ensemble", experts=(EnsembleRef((a, b)), c)).members == (a, b, c)
