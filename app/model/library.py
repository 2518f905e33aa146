"""The artist's own parts of graphs, kept as small projects: each holds one component, to be pasted anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.files.errors import UnwritableError
from app.files.saving import ENDING, save_project
from app.model import edits
from app.model.conversion import MaskEncoder, to_project
from app.model.document import Document
from app.model.edits import Pasted
from app.model.projects import read_document
from nodes.registry import Registry
from nodes.specs.references import name_fault


@dataclass(frozen=True)
class KeptComponent:
    """A component in the library."""

    title: str
    path: Path


def find_components(folder: Path) -> tuple[KeptComponent, ...]:
    """The components in a library, by title."""
    paths = sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []
    return tuple(KeptComponent(path.stem, path) for path in paths)


def keep_component(folder: Path, document: Document, instance: str, registry: Registry) -> KeptComponent:
    """Keep the component of an instance, with its settings, under the title of the instance.

    Raises:
        EditError: the node is no instance of a component.
        UnwritableError: its title is no name for a file, or the library cannot be written.
    """
    definition = edits.definition_of(document, instance)
    title = document.nodes[instance].title or definition.title
    reason = name_fault(title)
    if reason is not None:
        raise UnwritableError(title or "The component", f"Its title {reason}.", "Give it a plain one first.")
    path = folder / f"{title}{ENDING}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(folder, f"The library cannot be made ({error.strerror}).", "Make room there.") from error
    save_component(path, document, instance, registry)
    return KeptComponent(title, path)


def save_component(path: Path, document: Document, instance: str, registry: Registry) -> None:
    """Write the component of an instance, with its settings, as a small project. Raises EditError, UnwritableError."""
    edits.definition_of(document, instance)
    save_project(to_project(edits.copy(document, [instance]), MaskEncoder()), path, registry)


def insert_component(
    document: Document, component: KeptComponent, registry: Registry, at: tuple[float, float]
) -> Pasted:
    """Put a component of the library into a document. Raises UnreadableError."""
    fragment = read_document(component.path, registry).document
    first = next(iter(fragment.graph.nodes), None)
    offset = at if first is None else (at[0] - first.x, at[1] - first.y)
    return edits.paste(document, fragment, offset)
