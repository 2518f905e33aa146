"""Live painting: only the newest edit counts, and kept pictures go first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.model import edits
from app.model.document import Document
from app.model.edits.primitives import with_links
from app.model.face import face_of
from app.model.live import Decision, Live, quick
from app.model.starting import starting_document
from nodes.graph.model import End, Link
from nodes.registry import built_in
from tests.model.artist import start

REGISTRY = built_in()


class Hands:
    """Does what is decided, and checks that there is never more than one live job."""

    def __init__(self) -> None:
        self.live = Live()
        self.jobs: dict[int, Document] = {}
        self.next = 1

    def take(self, decided: tuple[Live, Decision]) -> None:
        self.live, decision = decided
        if decision.cancel is not None:
            del self.jobs[decision.cancel]
            self.live = self.live.ended(decision.cancel)
        if decision.submit is not None:
            self.jobs[self.next] = decision.submit
            self.live = self.live.submitted(self.next)
            self.next += 1
        assert len(self.jobs) <= 1

    def end(self) -> None:
        for job in tuple(self.jobs):
            del self.jobs[job]
            self.live = self.live.ended(job)


def saying(number: int) -> Document:
    return edits.set_prompt(start(), "prompt", f"number {number}")


@given(st.lists(st.sampled_from(["on", "off", "edit", "generate", "end"]), max_size=60))
def test_there_is_at_most_one_live_job_and_it_is_of_the_newest_document(deeds: list[str]) -> None:
    hands, document = Hands(), saying(0)
    for number, deed in enumerate(deeds, start=1):
        if deed == "edit":
            document = saying(number)
            hands.take(hands.live.edited(document))
            assert list(hands.jobs.values()) == ([document] if hands.live.on else [])
        elif deed in ("on", "off"):
            hands.take(hands.live.switched(deed == "on", document))
        elif deed == "generate":
            hands.take(hands.live.generating(document))
            assert not hands.jobs
        else:
            hands.end()
        assert hands.live.on or not hands.jobs
        assert all(shown is document for shown in hands.jobs.values())


def test_the_same_document_is_not_drawn_twice() -> None:
    document = saying(1)
    live, decision = Live().switched(True, document)
    assert decision.submit is document
    assert live.submitted(4).edited(document)[1] == Decision()
    assert live.submitted(4).edited(saying(2))[1].cancel == 4
    kept = saying(3)
    made_way, decision = live.submitted(4).generating(kept)
    assert decision == Decision(cancel=4)
    assert made_way.edited(kept)[1] == Decision()


def test_a_quick_run_has_fewer_steps_and_the_same_seed() -> None:
    document = starting_document(REGISTRY)
    fast = quick(document, REGISTRY)
    assert {node.id: node.params.get("steps") for node in fast.graph.nodes if "steps" in node.params} == {
        "base": 8, "enlarged": 3,
    }  # fmt: skip
    assert fast.nodes["seed"] is document.nodes["seed"]
    assert quick(edits.set_parameters(document, {"base": {"steps": 1}}), REGISTRY).nodes["base"].params["steps"] == 1


def test_a_quick_run_enlarges_once() -> None:
    document = starting_document(REGISTRY)
    spec = REGISTRY.get("sinopia.denoise")
    assert spec is not None
    before = "enlarged"
    for name in ("larger", "largest"):
        document = edits.add_node(document, spec, name, params={"steps": 8})
        document = edits.connect(document, REGISTRY, End(before, "image"), End(name, "low_resolution"))
        before = name
    document = edits.connect(document, REGISTRY, End("largest", "image"), End("saved", "image"))
    assert "largest" in face_of(document, REGISTRY).solves
    assert face_of(quick(document, REGISTRY), REGISTRY).solves == ("base", "enlarged")
    circle = (Link(End(name, "image"), End(other, "low_resolution")) for name, other in (("a", "b"), ("b", "a")))
    quick(with_links(document, (*document.graph.links, *circle)), REGISTRY)  # a damaged file's; looking for an end ends
