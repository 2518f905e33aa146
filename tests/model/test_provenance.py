"""What is taken over from a picture of a list is what made that very picture."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.files.embedded import picture_facts
from app.model import edits
from app.model.conversion import MaskEncoder, to_project
from app.model.document import Document
from app.model.provenance import narrowed, read_origin, read_provenance, told_by
from app.model.seeds import seeds_after
from app.model.settings import SeedMode
from nodes.graph.model import End
from nodes.registry import built_in
from nodes.specs.declare import LARGEST_SEED
from tests.model.artist import start

REGISTRY = built_in()


def with_lists() -> Document:
    """Two lists: three seeds, and two sentences of which one holds the other."""
    document = start()
    for name, kind, params in (
        ("range", "seed-range", {"first": 5, "count": 3}),
        ("lines", "text-list", {"texts": "an owl\nan owl; red\n"}),
    ):
        spec = REGISTRY.get(f"sinopia.{kind}")
        assert spec is not None
        document = edits.add_node(document, spec, name, params=params)
    document = edits.connect(document, REGISTRY, End("range", "seeds"), End("solve", "seed"))
    return edits.connect(document, REGISTRY, End("lines", "texts"), End("prompt", "text"))


def test_a_picture_of_lists_gives_back_its_own_seed_and_its_own_sentence(tmp_path: Path) -> None:
    picture = tmp_path / "one.png"
    texts = PngInfo()
    for name, value in picture_facts(to_project(with_lists(), MaskEncoder()), REGISTRY).items():
        texts.add_text(name, value)
    texts.add_text("item", "Seed Range: 7; Text List: an owl; red")
    Image.new("RGB", (4, 4)).save(picture, pnginfo=texts)
    origin = read_origin(picture, REGISTRY).document
    assert origin.nodes["range"].params == {"first": 7, "count": 1}
    assert origin.nodes["lines"].params == {"texts": "an owl; red"}
    mine = edits.set_prompt(start(), "prompt", "a boat")
    assert edits.take_seed(mine, REGISTRY, origin).nodes["solve"].params["seed"] == 7
    assert edits.take_prompt(mine, REGISTRY, origin).nodes["prompt"].params["text"] == "an owl; red"


def test_a_list_that_is_not_named_or_not_to_be_told_apart_stays_whole() -> None:
    document = with_lists()
    assert narrowed(document, REGISTRY, "Text List: an owl").nodes["range"].params == {"first": 5, "count": 3}
    assert narrowed(document, REGISTRY, "Seed Range: 8").nodes["range"].params == {"first": 5, "count": 3}
    two = "Seed Range: 7; Text List: an owl; Seed Range: 6"
    assert narrowed(document, REGISTRY, two).nodes["range"].params == {"first": 5, "count": 3}
    twins = edits.rename_node(document, "lines", "Seed Range")
    assert narrowed(twins, REGISTRY, "Seed Range: 6; Seed Range: an owl") == twins


def test_the_text_of_any_picture_is_read(tmp_path: Path) -> None:
    told = told_by("a castle, at night\nby the sea\nNegative prompt: fog\nSteps: 16, Seed: 12, Size: 64x64")
    assert (told.prompt, told.negative, told.seed) == ("a castle, at night\nby the sea", "fog", 12)
    assert told.facts == {"Steps": "16", "Seed": "12", "Size": "64x64"}
    assert told_by("").prompt == ""
    (tmp_path / "plain.png").write_bytes(b"no picture")
    assert read_provenance(tmp_path / "plain.png").facts == {}


@given(
    shown=st.integers(0, LARGEST_SEED),
    mode=st.sampled_from(SeedMode),
    count=st.integers(1, 64),
    chosen=st.booleans(),
    data=st.data(),
)
def test_no_two_runs_of_one_press_have_the_same_seed(
    shown: int, mode: SeedMode, count: int, chosen: bool, data: st.DataObject
) -> None:
    found = seeds_after(shown, mode, count, lambda: data.draw(st.integers(0, 200)), chosen=chosen)
    assert len(set(found)) == count
    assert all(0 <= seed <= LARGEST_SEED for seed in found)
    if mode is SeedMode.FIXED or chosen:
        assert found[0] == shown
    elif mode is SeedMode.NEXT:
        assert shown not in found
