"""Positions on the canvas as maps: what they say, and that new ones change nothing."""

import dataclasses
import math
from pathlib import Path

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.ediff.canvas_positions import MAPS, OCTAVES, POSITIONS, position_maps
from engine.models.ediff.embeddings import WHOLE
from engine.models.ediff.network import DenoisingNetwork
from engine.models.errors import ModelFileError
from engine.models.weights import load_weights, save_weights
from tests.models.small import BASE, random_network
from tests.models.test_unet import embeddings, run

PLACED = msgspec.structs.replace(BASE, canvas_positions=True)


def micro(height: float, width: float, top: float, left: float) -> torch.Tensor:
    return torch.tensor([[height, width, top, left, 1.0, 1.0]])


def told_by_maps_alone(network: DenoisingNetwork) -> DenoisingNetwork:
    for parameter in network.get_submodule("global_embedding.micro").parameters():
        parameter.zero_()
    return network


def test_a_map_is_a_wave_over_the_canvas() -> None:
    maps = position_maps(micro(1.5, 1.25, 0.4, 0.1), 4, 8)[0]
    across, down = (0.1 + 5.5 / 8) / 1.25, (0.4 + 1.5 / 4) / 1.5
    for octave in range(OCTAVES):
        angle = math.pi * 2**octave
        sine, cosine = maps[octave, 1, 5].item(), maps[OCTAVES + octave, 1, 5].item()
        assert (sine, cosine) == pytest.approx((math.sin(angle * across), math.cos(angle * across)), abs=1e-5)
        sine, cosine = maps[2 * OCTAVES + octave, 1, 5].item(), maps[3 * OCTAVES + octave, 1, 5].item()
        assert (sine, cosine) == pytest.approx((math.sin(angle * down), math.cos(angle * down)), abs=1e-5)


@given(height=st.integers(8, 40), width=st.integers(8, 40), data=st.data())
@settings(deadline=None)
def test_what_two_crops_both_show_has_the_same_maps_in_both(height: int, width: int, data: st.DataObject) -> None:
    tops, lefts = st.integers(0, height - 8), st.integers(0, width - 8)
    (top, left), (other_top, other_left) = (data.draw(st.tuples(tops, lefts)) for _ in range(2))
    whole = torch.zeros(MAPS, height, width)
    whole[:, top : top + 8, left : left + 8] = cut(height, width, top, left)
    both = whole[:, other_top : other_top + 8, other_left : other_left + 8]
    shared = both.abs().sum(0) > 0.0
    torch.testing.assert_close(
        both[:, shared], cut(height, width, other_top, other_left)[:, shared], rtol=1e-4, atol=1e-4
    )


def cut(height: int, width: int, top: int, left: int) -> torch.Tensor:
    """Maps of 8 x 8 places cut out of a canvas."""
    return position_maps(micro(height / 8, width / 8, top / 8, left / 8), 8, 8)[0]


@given(numbers=st.tuples(*[st.floats(-4.0, 4.0)] * 6))
@settings(deadline=None)
def test_whatever_size_and_crop_are_asked_for_the_maps_stay_finite(numbers: tuple[float, ...]) -> None:
    maps = position_maps(torch.tensor([numbers]), 3, 5)
    assert maps.shape == (1, MAPS, 3, 5)
    assert maps.abs().max() <= 1.0


def test_the_maps_alone_let_a_crop_change_the_picture() -> None:
    network = told_by_maps_alone(random_network(PLACED))
    whole = dataclasses.replace(embeddings(1), micro=torch.tensor([WHOLE]))
    cut_left = dataclasses.replace(whole, micro=micro(1.0, 1.5, 0.0, 0.5))
    assert (run(network, whole) - run(network, cut_left)).abs().max() > 1e-3
    plain = told_by_maps_alone(random_network(BASE))
    torch.testing.assert_close(run(plain, whole), run(plain, cut_left))


def test_pictures_of_no_told_size_are_their_whole_canvas() -> None:
    network = told_by_maps_alone(random_network(PLACED))
    whole = dataclasses.replace(embeddings(2), micro=torch.tensor([WHOLE, WHOLE]))
    torch.testing.assert_close(run(network, whole), run(network, dataclasses.replace(whole, micro=None)))


def test_a_network_without_them_may_get_them_and_draws_as_before(tmp_path: Path) -> None:
    plain, placed = random_network(BASE), random_network(PLACED)
    for parameter in placed.get_submodule(POSITIONS).parameters():
        parameter.zero_()
    save_weights(plain.state_dict(), tmp_path / "plain.safetensors", dtype=torch.float32)
    with pytest.raises(ModelFileError, match="another network"):
        load_weights(placed, tmp_path / "plain.safetensors")
    load_weights(placed, tmp_path / "plain.safetensors", may_lack=("pixels", POSITIONS))
    torch.testing.assert_close(run(placed, embeddings(2)), run(plain, embeddings(2)))


def test_positions_follow_from_size_and_crop() -> None:
    with pytest.raises(ValueError, match="need micro_conditioning"):
        msgspec.structs.replace(PLACED, micro_conditioning=False)
