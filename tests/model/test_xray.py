"""The X-ray without a window: it follows a run, keeps levels, finds the nearest, and knows what to say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.model.timeline_words import noise_said
from app.model.xray import MOST_RUNS, Xray, advice, drawn_heat, heat_of, percent
from engine.api.attention import MOST_LEVELS, AttentionLevel, PhraseAttention
from engine.api.messages import Attention


def told(sigma: float, *, job: str = "a", node: str = "base", item: int = 0, phrase: str = "fox") -> Attention:
    fox = PhraseAttention(phrase, "red fox", 0.25, 0.5, bytes([0, 51, 102, 255]))
    return Attention(job, node, item, AttentionLevel(sigma, 2, 2, (fox,), 0.9, 0.0, 0.1))


def heard(*events: Attention) -> Xray:
    xray = Xray()
    for event in events:
        xray.hear(event)
    return xray


def sigma_of(xray: Xray) -> float | None:
    look = xray.look("fox")
    return None if look is None else look.level.sigma


def test_the_newest_level_is_followed_until_one_is_chosen() -> None:
    xray, seen = Xray(), []
    xray.changed.connect(lambda: seen.append(sigma_of(xray)))
    for sigma in (80.0, 5.0):
        xray.hear(told(sigma))
    xray.choose(60.0)
    xray.hear(told(0.5))
    xray.choose(None)
    assert seen == [80.0, 5.0, 80.0, 80.0, 0.5]


@given(st.lists(st.floats(1e-3, 80.0), min_size=1, max_size=MOST_LEVELS, unique=True), st.floats(1e-3, 80.0))
def test_the_level_nearest_in_log_noise_is_shown(sigmas: list[float], wanted: float) -> None:
    xray = heard(*map(told, sigmas))
    xray.choose(wanted)
    shown = sigma_of(xray)
    assert shown in sigmas
    assert abs(np.log(shown / wanted)) <= min(abs(np.log(sigma / wanted)) for sigma in sigmas) + 1e-9


def test_another_run_starts_anew_and_a_long_one_stays_bounded() -> None:
    xray = heard(told(80.0), told(3.0, job="b"))
    assert [look.level.sigma for look in xray.looks("fox")] == [3.0]
    xray = heard(*(told(80.0 / (1 + step)) for step in range(3 * MOST_LEVELS)))
    assert len(xray.looks("fox")) == MOST_LEVELS


def test_nodes_have_maps_of_their_own_and_lists_show_the_last_item() -> None:
    xray = heard(told(80.0), told(1.0), told(0.2, node="refined"), told(9.0, item=1))
    assert (xray.nodes, xray.node, sigma_of(xray)) == (("base", "refined"), "base", 9.0)
    xray.choose_node("refined")
    assert (xray.node, sigma_of(xray)) == ("refined", 0.2)
    xray.show(None)
    assert (xray.empty, xray.node, sigma_of(xray)) == (True, None, None)


def test_maps_stay_with_their_pictures() -> None:
    xray = heard(told(80.0), told(9.0, item=1), told(0.2, node="refined"))
    one, two, bare = Path("one.png"), Path("two.png"), Path("bare.png")
    xray.keep("a", {one: 0, two: 1})
    xray.keep("never told", {bare: None})
    xray.hear(told(3.0, job="b"))
    seen = []
    for picture in (one, two, bare, one):
        xray.show(picture)
        seen.append(sigma_of(xray))
    assert seen == [80.0, 9.0, None, 80.0]
    xray.choose_node("refined")  # it drew once for both
    assert sigma_of(xray) == 0.2
    xray.hear(told(2.0, job="c"), looked_at=False)
    assert sigma_of(xray) == 0.2
    xray.hear(told(2.0, job="c"))
    assert sigma_of(xray) == 2.0


def test_the_oldest_runs_are_let_go() -> None:
    xray = heard(told(80.0, job="first"))
    xray.keep("first", {Path("first.png"): None})
    for run in range(MOST_RUNS):
        xray.hear(told(1.0, job=str(run)))
    xray.show(Path("first.png"))
    assert xray.empty


def test_a_layer_of_another_document_is_found_by_its_words() -> None:
    xray = heard(told(1.0, phrase="its own id"))
    assert xray.look("fox") is None
    assert xray.look("fox", "red fox") is not None
    assert xray.look("fox", "moon") is None


def test_a_phrase_that_was_not_there_has_no_map() -> None:
    xray = heard(told(1.0))
    assert (xray.looks("moon"), xray.look("moon")) == ((), None)


def test_maps_are_shares_and_drawing_them_finer_adds_none() -> None:
    look = heard(told(1.0)).look("fox")
    assert look is not None
    np.testing.assert_allclose(heat_of(look), [[0.0, 0.1], [0.2, 0.5]], atol=1e-6)
    drawn = drawn_heat(look)
    assert drawn.shape == (16, 16)
    assert (drawn.min(), drawn.max()) == (0.0, np.float32(0.5))
    assert drawn[:8, :8].mean() < drawn[8:, 8:].mean()


def test_what_is_said_where_there_is_no_map_offers_a_run_only_where_one_helps() -> None:
    said = [
        advice(None, Xray(), recording=False),
        advice("red fox", Xray(), recording=True),
        advice("red fox", Xray(), recording=False),
        advice("moon", heard(told(1.0)), recording=False),
    ]
    said += [
        advice("red fox", Xray(), recording=False, picture=True),
        advice("moon", heard(told(1.0)), recording=False, picture=True),
    ]
    assert [each.button for each in said] == ["", "", "Record", "Record Again", "Draw Again and Record", ""]
    assert all("red fox" in said[at].text for at in (1, 2, 4))
    assert len({each.text for each in said}) == 6


def test_numbers_have_as_many_figures_as_they_need() -> None:
    assert [percent(share) for share in (0.0, 1.0, 0.123, 0.0345, 0.00051)] == [
        "0 %",
        "100 %",
        "12 %",
        "3.5 %",
        "0.05 %",
    ]
    assert [noise_said(sigma) for sigma in (80.0, 0.30119, 0.002)] == ["80", "0.301", "0.002"]
