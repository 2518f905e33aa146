"""Storybook's denoisers: encodings, painted phrases, style references, and damaged files, on a miniature model."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.conditioning.brief import Brief, BriefError, PhraseLayer, PhraseMasks, SizeCrop, StyleReference
from engine.models.catalogue import RESOURCES, Catalogue
from engine.models.errors import ModelFileError, UnknownModelError
from engine.models.storybook import StorybookDenoiser, shuffled_tiles
from tests.models.small import CONTEXT, write_model

PROMPT = "a red fox under the night sky"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_model(folder)
    return folder


@pytest.fixture(scope="module")
def base(root: Path) -> StorybookDenoiser:
    return Catalogue(root).load_part("storybook", "base", "cpu")


def painted(weight: float = 1.0, phrase: str = "red fox", side: int = 0, **options: object) -> PhraseMasks:
    mask = np.zeros((64, 64), dtype=np.float32)
    mask[:, side * 32 : side * 32 + 32] = 1.0
    start = PROMPT.index(phrase)
    layers = (PhraseLayer("fox", start, start + len(phrase), mask),)
    return PhraseMasks(PROMPT, layers, weight=weight, **options)  # type: ignore[arg-type]  # literals by name


def denoise(denoiser: StorybookDenoiser, *briefs: Brief, sigma: float = 5.0) -> Tensor:
    noise = torch.randn(1, 3, denoiser.native_size, denoiser.native_size, generator=torch.Generator().manual_seed(3))
    x = (sigma * noise).expand(len(briefs), -1, -1, -1)
    return denoiser(x, torch.full((len(briefs),), sigma), briefs)


def test_batch_equals_singles(base: StorybookDenoiser) -> None:
    briefs = (Brief(PROMPT), Brief(None), Brief(PROMPT, phrases=painted()), Brief("a tall castle"))
    together = denoise(base, *briefs)
    for row, brief in enumerate(briefs):
        torch.testing.assert_close(denoise(base, brief)[0], together[row], rtol=1e-4, atol=1e-5)


def test_weight_zero_is_bit_identical_to_no_painting(base: StorybookDenoiser) -> None:
    assert torch.equal(denoise(base, Brief(PROMPT, phrases=painted(0.0))), denoise(base, Brief(PROMPT)))


def test_painting_elsewhere_makes_another_picture(base: StorybookDenoiser) -> None:
    plain, left, right = (
        denoise(base, Brief(PROMPT, phrases=phrases)) for phrases in (None, painted(side=0), painted(side=1))
    )
    assert (left - plain).abs().max() > 1e-3
    assert (left - right).abs().max() > 1e-3


def test_a_phrase_owns_columns_in_both_encoders(base: StorybookDenoiser) -> None:
    (report,) = base.report_phrases(PROMPT, painted())
    assert report.columns["CLIP"] == (2, 3)  # behind the start token and "a"
    assert all(
        CONTEXT.clip_tokens <= column < CONTEXT.clip_tokens + CONTEXT.t5_tokens for column in report.columns["T5"]
    )
    assert report.columns["T5"]
    assert report.problems == ()


def test_a_phrase_past_the_token_limit_is_told(base: StorybookDenoiser) -> None:
    prompt = "a fox " * 12 + "castle"
    layer = PhraseLayer("late", len(prompt) - 6, len(prompt), np.ones((8, 8), dtype=np.float32))
    (report,) = base.report_phrases(prompt, PhraseMasks(prompt, (layer,)))
    assert report.past_limit == ("CLIP", "T5")


def test_isolated_phrases_change_only_their_own_rows(base: StorybookDenoiser) -> None:
    brief = Brief(PROMPT, phrases=painted(isolate=True))
    text, whole = base._encode_texts((brief,)), base._encode_texts((Brief(PROMPT),))
    changed = (text.clip_text != whole.clip_text).any(dim=-1)[0].nonzero().flatten().tolist()
    assert changed == [2, 3]


def test_half_a_word_cannot_be_isolated(base: StorybookDenoiser) -> None:
    start = PROMPT.index("fox")
    layer = PhraseLayer("part", start - 2, start + 1, np.ones((8, 8), dtype=np.float32))
    with pytest.raises(BriefError, match="whole words"):
        denoise(base, Brief(PROMPT, phrases=PhraseMasks(PROMPT, (layer,), isolate=True)))


def test_encoders_can_be_switched_off(base: StorybookDenoiser) -> None:
    silent = Brief(PROMPT, encoders=frozenset())
    assert torch.equal(denoise(base, silent), denoise(base, Brief("a tall castle", encoders=frozenset())))
    assert torch.equal(denoise(base, silent), denoise(base, Brief(None)))
    assert not torch.equal(denoise(base, Brief(PROMPT, encoders=frozenset({"t5"}))), denoise(base, silent))


def test_style_strength_and_literalness(base: StorybookDenoiser) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)

    def styled(strength: float, literal: float = 1.0) -> Tensor:
        style = StyleReference(((picture, 1.0),), strength=strength, literal=literal)
        return base._style((style,))

    assert styled(0.0).abs().max() == 0.0
    assert styled(1.0).norm() == pytest.approx(CONTEXT.image_width**0.5, rel=1e-4)
    assert styled(0.5).norm() == pytest.approx(0.5 * CONTEXT.image_width**0.5, rel=1e-4)
    assert (styled(1.0, literal=0.0) - styled(1.0)).abs().max() > 1e-4


def test_shuffled_tiles_keep_the_palette() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (32, 48, 3), dtype=np.uint8)
    mixed = shuffled_tiles(picture)
    assert not np.array_equal(mixed, picture)
    assert np.array_equal(np.sort(mixed.reshape(-1, 3), axis=0), np.sort(picture.reshape(-1, 3), axis=0))


def test_size_and_crop_reach_the_picture(base: StorybookDenoiser) -> None:
    whole = SizeCrop(target=(16, 16), original=(16, 16))
    cut = SizeCrop(target=(16, 16), original=(24, 24), crop=(8, 0))
    assert torch.equal(denoise(base, Brief(PROMPT, size=whole)), denoise(base, Brief(PROMPT)))
    assert not torch.equal(denoise(base, Brief(PROMPT, size=cut)), denoise(base, Brief(PROMPT)))


def test_the_upscaler_follows_its_low_resolution_picture(root: Path) -> None:
    upscaler = Catalogue(root).load_part("storybook", "upscaler", "cpu")
    with pytest.raises(ValueError, match="low-resolution"):
        denoise(upscaler, Brief(PROMPT))
    dark, light = (denoise(upscaler, Brief(PROMPT, low_resolution=torch.full((3, 16, 16), v))) for v in (-0.9, 0.9))
    assert not torch.equal(dark, light)


def test_parts_share_their_encoders(root: Path) -> None:
    catalogue = Catalogue(root)
    high, low = (catalogue.load_part("storybook", part, "cpu") for part in ("high", "low"))
    assert high._encoders is low._encoders


def test_an_unknown_part_is_named(root: Path) -> None:
    with pytest.raises(UnknownModelError, match="base, high, low"):
        Catalogue(root).load_part("storybook", "middle", "cpu")
    with pytest.raises(UnknownModelError, match="nobody"):
        Catalogue(root).load_part("nobody", "base", "cpu")


@pytest.mark.parametrize("name", ["parts/base.safetensors", "clip/open_clip_model.safetensors", "t5/model.safetensors"])
def test_half_a_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    folder = write_model(tmp_path)
    file = folder / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ModelFileError, match=file.name):
        Catalogue(tmp_path).load_part("storybook", "base", "cpu")
    file.unlink()
    with pytest.raises(ModelFileError, match="missing"):
        Catalogue(tmp_path).load_part("storybook", "base", "cpu")


def test_a_damaged_card_is_refused(tmp_path: Path) -> None:
    card = write_model(tmp_path) / "model.json"
    card.write_text(json.dumps({"name": "storybook"}), encoding="utf-8")
    with pytest.raises(ModelFileError, match="model card"):
        Catalogue(tmp_path).card("storybook")


@pytest.mark.skipif(not (RESOURCES / "storybook" / "model.json").is_file(), reason="Storybook's weights are not here")
def test_the_shipped_storybook_loads_and_denoises() -> None:
    catalogue = Catalogue()
    for part in catalogue.card("storybook").parts:
        denoiser = catalogue.load_part("storybook", part.name, "cpu")
        brief = Brief("a rabbit on a meadow", low_resolution=torch.zeros(3, 32, 32))
        assert torch.isfinite(denoise(denoiser, brief, sigma=1.0)).all()
