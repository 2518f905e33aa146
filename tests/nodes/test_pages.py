"""The pages of resources/docs that are made from the declarations are those of today."""

from __future__ import annotations

import json
import re

import pytest

from nodes.graph.codec import decode
from nodes.graph.validate import validate
from nodes.specs.codes import Code
from tests.nodes.graphs import REGISTRY
from tests.support import ROOT, run_python

DOCS = ROOT / "resources" / "docs"


@pytest.mark.parametrize(("module", "page"), [("nodes.specs", "nodes.md"), ("nodes.graph", "graph.schema.json")])
def test_a_made_page_is_current(module: str, page: str) -> None:
    result = run_python("-m", module)
    assert result.returncode == 0, result.stderr
    told = f"{page} is old: python -m {module} > resources/docs/{page}"
    assert (DOCS / page).read_text(encoding="utf-8") == result.stdout, told


def test_the_example_in_the_format_page_is_a_sound_graph() -> None:
    page = (DOCS / "format.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert example is not None
    assert validate(decode(example[1].encode(), "format.md", REGISTRY), REGISTRY) == ()


def test_every_problem_code_is_explained_in_the_format_page() -> None:
    page = (DOCS / "format.md").read_text(encoding="utf-8")
    assert [code.value for code in Code if f"`{code.value}`" not in page] == []


def test_the_schema_knows_every_field_that_is_written() -> None:
    definitions = json.loads((DOCS / "graph.schema.json").read_text(encoding="utf-8"))["$defs"]
    assert set(definitions["GraphFile"]["required"]) == {"format", "version"}
    assert set(definitions["Link"]["properties"]) == {"from", "to"}
    assert "*" not in definitions["Node"]["properties"]
