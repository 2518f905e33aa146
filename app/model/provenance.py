"""What a picture tells of how it was made: the widely read text, and the document, with its lists cut to its item.

A run over lists (Seed Range, Text List) leaves many pictures, which all carry the one project; a text beside it names
the item: "Seed Range: 6; Text List: an owl". What is taken over from a picture must be what made that picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.files.embedded import ITEM_KEYWORD, PARAMETERS_KEYWORD, PROJECT_KEYWORD, EmbeddedError, read_texts
from app.model.document import Document, nothing
from app.model.edits.parameters import set_parameters
from app.model.face import SEED_RANGE, TEXT_LIST
from app.model.projects import ReadDocument, read_document
from engine.api.plan import Json
from nodes.graph.model import Node
from nodes.registry import Registry

_NEGATIVE = "Negative prompt: "


@dataclass(frozen=True)
class Provenance:
    """What the texts of a picture say. `facts` are names and values as they are written ("Steps": "16")."""

    prompt: str = ""
    negative: str = ""
    facts: Mapping[str, str] = field(default_factory=nothing)
    item: str = ""

    @property
    def seed(self) -> int | None:
        """The seed that the text tells; None where it tells none, or several."""
        told = self.facts.get("Seed", "")
        return int(told) if told.isascii() and told.isdigit() else None


def read_provenance(path: Path) -> Provenance:
    """What a picture tells; nothing where it tells nothing. Raises OSError."""
    try:
        with path.open("rb") as file:
            texts = read_texts(file)
    except EmbeddedError:
        return Provenance()
    return replace(told_by(texts.get(PARAMETERS_KEYWORD, "")), item=texts.get(ITEM_KEYWORD, ""))


def carries_project(path: Path) -> bool:
    """Whether a file is a picture that carries the project that made it."""
    try:
        with path.open("rb") as file:
            return PROJECT_KEYWORD in read_texts(file)
    except (OSError, EmbeddedError):
        return False


def told_by(parameters: str) -> Provenance:
    """What the widely read text of a picture says: a prompt, a line of what is unwanted, then names and values."""
    lines = parameters.splitlines()
    facts = _facts(lines.pop()) if len(lines) > 1 else {}
    negative = next((line.removeprefix(_NEGATIVE) for line in lines if line.startswith(_NEGATIVE)), "")
    return Provenance("\n".join(line for line in lines if not line.startswith(_NEGATIVE)), negative, facts)


def read_origin(path: Path, registry: Registry) -> ReadDocument:
    """The document that made a picture, its lists cut to the item that the picture is. Raises UnreadableError."""
    read = read_document(path, registry)
    try:
        item = read_provenance(path).item
    except OSError:
        item = ""
    return replace(read, document=narrowed(read.document, registry, item)) if item else read


def narrowed(document: Document, registry: Registry, item: str) -> Document:
    """A document whose lists are cut to the one item that `item` names; a list that it does not name stays whole."""
    lists = [node for node in document.graph.nodes if node.type in (SEED_RANGE, TEXT_LIST)]
    titles = [_title(node, registry) for node in lists]
    changes: dict[str, dict[str, Json]] = {}
    for node, title in zip(lists, titles, strict=True):
        label = _named(item, title, _labels(node, registry)) if titles.count(title) == 1 else None
        if label is not None:
            changes[node.id] = {"first": int(label), "count": 1} if node.type == SEED_RANGE else {"texts": label}
    return set_parameters(document, changes) if changes else document


def _facts(line: str) -> dict[str, str]:
    fields = (field.strip().partition(": ") for field in line.split(","))
    return {name: value for name, between, value in fields if between}


def _title(node: Node, registry: Registry) -> str:
    spec = registry.get(node.type)
    return node.title or (node.type if spec is None else spec.title)


def _labels(node: Node, registry: Registry) -> Iterable[str]:
    """What the items of a list are called."""
    spec = registry.get(node.type)
    declared = {each.name: each.default for each in spec.parameters} if spec is not None else {}
    params: dict[str, Json] = {**declared, **node.params}
    if node.type == TEXT_LIST:
        return [line.strip() for line in str(params.get("texts", "")).splitlines() if line.strip()]
    first, count = params.get("first"), params.get("count")
    return map(str, range(first, first + count)) if isinstance(first, int) and isinstance(count, int) else ()


def _named(item: str, title: str, labels: Iterable[str]) -> str | None:
    """The label that an item text gives to a list; None when it names none of its labels, or could mean several.

    Of labels that begin with each other ("an owl", "an owl; red") the longest that fits is meant.
    """
    text = f"; {item}; "
    fitting = [label for label in labels if f"; {title}: {label}; " in text]
    longest = max(fitting, key=len, default=None)
    return longest if longest is not None and all(longest.startswith(label) for label in fitting) else None
