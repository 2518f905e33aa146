"""A window's work through files: saved, opened elsewhere, begun anew, and recovered."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from app.files.errors import UnreadableError, UnwritableError
from app.files.pictures import encode_mask
from app.files.project import Project
from app.files.saving import save_project
from app.model import edits
from app.model.conversion import MaskEncoder, from_project, to_project
from app.model.document import Document
from app.model.home import Home
from app.model.journal import Recovered
from app.model.projects import Workspace, read_document
from app.model.recent import Template, find_templates, load_recent, note_recent, read_thumbnail
from app.model.recovery import find_recoverable
from app.model.seeds import current_seed
from app.model.starting import starting_document
from nodes.graph.model import Graph, Node
from nodes.graph.validate import validate
from nodes.registry import Registry, built_in
from tests.model.artist import Artist, start


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The nodes that come with the program."""
    return built_in()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A fresh home."""
    return Home(tmp_path / "home")


@pytest.fixture
def lively(registry: Registry) -> Document:
    """A document with paint, styles and everything else."""
    document, artist = start(), Artist(11, registry)
    for _ in range(200):
        document = artist.edit(document)[1]
    assert document.paint
    return document


def rename(workspace: Workspace, title: str) -> None:
    workspace.session.edit("Rename", edits.rename_node, workspace.session.document.graph.nodes[0].id, title)


def test_a_document_comes_back_from_its_project(lively: Document) -> None:
    encoder = MaskEncoder()
    project = to_project(lively, encoder)
    assert from_project(project).document == lively
    again = to_project(lively, encoder)
    assert all(again.paint[name] is png for name, png in project.paint.items())


def test_masks_of_another_size_are_stretched_and_damaged_ones_told() -> None:
    small = encode_mask(np.full((20, 10), 255, np.uint8))
    converted = from_project(Project(Graph(extra={"canvas": [40, 80]}), {"a": small, "b": b"no picture"}))
    assert (converted.document.size, converted.document.graph.extra) == ((40, 80), {})
    assert converted.document.paint["a"].to_array().min() == 255
    assert len(converted.complaints) == 1
    assert "paint/b.png" in converted.complaints[0]
    assert from_project(Project(paint={"a": small})).document.size == (10, 20)


def test_a_new_picture_lacks_only_its_sentence(registry: Registry) -> None:
    assert validate(starting_document(registry).graph, registry) == ()


def test_what_was_saved_is_opened_elsewhere(home: Home, registry: Registry, lively: Document, tmp_path: Path) -> None:
    writer = Workspace(home, registry)
    titles: list[str] = []
    writer.renamed.connect(titles.append)
    writer.session.apply("All", lively)
    saved = writer.save(tmp_path / "new folder" / "owl")
    assert (saved.name, writer.session.dirty, titles) == ("owl.sinopia", False, ["owl"])
    reader = Workspace(home, registry)
    assert reader.open(saved) == ()
    assert reader.session.document == lively
    assert reader.read_only
    with pytest.raises(UnwritableError, match="another window"):
        reader.save()
    reader.save(tmp_path / "copy.sinopia")
    assert (reader.read_only, reader.title) == (False, "copy")
    writer.close()
    later = Workspace(home, registry)
    assert (later.open(saved), later.read_only) == ((), False)
    assert [recent.title for recent in load_recent(home.recent)] == ["owl", "copy"]
    later.close()
    reader.close()


def test_edits_made_while_the_file_is_written_are_still_to_be_saved(
    home: Home, registry: Registry, tmp_path: Path
) -> None:
    workspace = Workspace(home, registry)
    rename(workspace, "One")
    saving = workspace.saving(tmp_path / "owl")
    rename(workspace, "Two")
    saving.write()
    workspace.note_saved(saving)
    assert workspace.session.dirty
    (left,) = abandoned(home)
    assert (left.document, left.saved) == (workspace.session.document, False)
    workspace.session.undo()
    assert not workspace.session.dirty
    workspace.close()


def test_a_save_that_fails_changes_nothing(home: Home, registry: Registry, tmp_path: Path) -> None:
    workspace = Workspace(home, registry)
    with pytest.raises(UnwritableError, match="no file yet"):
        workspace.save()
    rename(workspace, "One")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnwritableError, match="folder"):
        workspace.save(tmp_path / "file" / "owl")
    assert (workspace.path, workspace.session.dirty) == (None, True)
    other = Workspace(home, registry)
    rename(other, "Two")
    with pytest.raises(UnwritableError):
        other.save(tmp_path / "file" / "owl")
    workspace.close()
    other.close()


def test_another_document_takes_the_place_of_the_first_and_frees_its_file(
    home: Home, registry: Registry, tmp_path: Path
) -> None:
    workspace, other = Workspace(home, registry), Workspace(home, registry)
    rename(workspace, "One")
    path = workspace.save(tmp_path / "one")
    workspace.new()
    assert (workspace.title, workspace.session.done, workspace.session.dirty) == ("Untitled", (), False)
    other.open(path)
    assert not other.read_only
    with pytest.raises(UnreadableError, match="nothing"):
        workspace.open(tmp_path / "nothing.sinopia")
    assert workspace.title == "Untitled"
    workspace.close()
    other.close()


def test_every_new_picture_has_a_seed_of_its_own(home: Home, registry: Registry) -> None:
    workspace = Workspace(home, registry, draw=iter((7, 11)).__next__)
    first = current_seed(workspace.session, registry)
    workspace.new()
    assert (first, current_seed(workspace.session, registry)) == (7, 11)
    assert not workspace.session.dirty
    workspace.close()


def test_a_bare_graph_is_only_begun_from(home: Home, registry: Registry, tmp_path: Path) -> None:
    workspace = Workspace(home, registry)
    workspace.export_graph(tmp_path / "plain.json")
    workspace.open(tmp_path / "plain.json")
    assert (workspace.path, workspace.title) == (None, "plain")
    workspace.close()


def test_templates_are_kept_and_begun_from(home: Home, registry: Registry, tmp_path: Path) -> None:
    workspace = Workspace(home, registry)
    rename(workspace, "Mine")
    path = workspace.save_template("My start")
    assert find_templates(home.templates, [tmp_path / "two-owls.sinopia"]) == (
        Template("Two owls", tmp_path / "two-owls.sinopia", own=False),
        Template("My start", path, own=True),
    )
    with pytest.raises(UnwritableError, match="template"):
        workspace.save_template("../out")
    mine = workspace.session.document
    workspace.new(path)
    assert (workspace.path, workspace.session.document, workspace.session.dirty) == (None, mine, False)
    workspace.close()


def abandoned(home: Home) -> tuple[Recovered, ...]:
    """What a crash at this moment would leave: copies of the journals, which nobody holds."""
    shutil.copytree(home.journals, home.root / "after", dirs_exist_ok=True)
    return find_recoverable(home.root / "after")


def test_a_crash_costs_nothing(home: Home, registry: Registry, lively: Document, tmp_path: Path) -> None:
    workspace = Workspace(home, registry)
    path = workspace.save(tmp_path / "owl")
    assert abandoned(home) == ()
    workspace.session.apply("All", lively)
    (left,) = abandoned(home)
    workspace.close()
    assert not any(home.journals.iterdir())
    after = Workspace(home, registry)
    after.recover(left)
    assert (after.session.document, after.session.dirty, after.path) == (lively, True, path)
    assert not left.folder.exists()
    after.save()
    assert read_document(path, registry).document == lively
    after.close()


def test_documents_that_were_opened_and_left_alone_are_not_offered(home: Home, registry: Registry) -> None:
    workspace = Workspace(home, registry)
    workspace.new()
    workspace.sync()
    assert abandoned(home) == ()
    workspace.close()


def test_the_list_of_recent_projects_keeps_the_latest_first(home: Home, tmp_path: Path) -> None:
    for number in range(30):
        note_recent(home.recent, tmp_path / f"{number}.sinopia", float(number))
    note_recent(home.recent, tmp_path / "15.sinopia", 99.0)
    titles = [recent.title for recent in load_recent(home.recent)]
    assert (titles[:3], len(titles)) == (["15", "29", "28"], 20)
    assert not load_recent(home.recent)[0].there
    home.recent.write_bytes(b"{")
    assert load_recent(home.recent) == ()


def test_a_project_shows_its_thumbnail(tmp_path: Path, registry: Registry) -> None:
    graph = Graph((Node("a", "sinopia.prompt"),))
    picture = encode_mask(np.zeros((8, 8), np.uint8))
    save_project(Project(graph, thumbnail=picture), tmp_path / "with.sinopia", registry)
    save_project(Project(graph), tmp_path / "without.sinopia", registry)
    assert read_thumbnail(tmp_path / "with.sinopia") == picture
    assert read_thumbnail(tmp_path / "without.sinopia") is None
    assert read_thumbnail(tmp_path / "none.sinopia") is None


def test_what_only_a_newer_program_knows_survives(home: Home, registry: Registry, tmp_path: Path) -> None:
    graph = Graph((Node("a", "sinopia.prompt", extra={"glow": 1}),), extra={"mood": "blue"})
    path = tmp_path / "future.sinopia"
    save_project(Project(graph, other={"sounds/owl.bin": b"hoo"}), path, registry)
    workspace = Workspace(home, registry)
    workspace.open(path)
    rename(workspace, "Mine")
    workspace.save()
    saved = read_document(path, registry).document
    assert (saved.graph.extra, saved.other) == ({"mood": "blue"}, {"sounds/owl.bin": b"hoo"})
    assert msgspec.to_builtins(saved.nodes["a"])["*"] == {"glow": 1}
    workspace.close()
