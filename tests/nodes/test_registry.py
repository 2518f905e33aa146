"""Declarations: whole, consistent, searchable, and open to extensions that cannot do harm by being listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from nodes.registry import Registry, RegistryError, built_in, installed
from nodes.specs import BUILT_IN
from nodes.specs.declare import Kind, Order, Parameter, Port, PortType, Spec, fits
from nodes.specs.sampling import DENOISE
from nodes.specs.values import value_fault
from tests.support import run_python

PLAIN = Spec("test.plain", "Plain", "test", "", "a.b:c")

WORDS = Parameter("x", Kind.TEXT, "", "")

EXPECTED = (
    "prompt negative-prompt prompt-switch text-list phrase-masks size-crop load-image style-reference storybook model "
    "expert ensemble seed seed-range sigmas denoise refine resize grid preview save-image switch"
)


def test_every_node_is_declared_and_explained() -> None:
    assert {spec.type.removeprefix("sinopia.") for spec in BUILT_IN} == set(EXPECTED.split())
    for spec in BUILT_IN:
        assert spec.help.endswith(".")
        assert spec.aliases
        helps = [port.help for port in (*spec.inputs, *spec.outputs)] + [each.help for each in spec.parameters]
        assert all(text.endswith(".") for text in helps)


def test_every_default_suits_its_parameter() -> None:
    unset = [(s.type, p.name) for s in BUILT_IN for p in s.parameters if value_fault(p, p.default) is not None]
    assert unset == [("sinopia.text-list", "texts"), ("sinopia.load-image", "file")]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (replace(PLAIN, type="Plain"), "type id"),
        (replace(PLAIN, run="a.b.c"), "module:function"),
        (replace(PLAIN, outputs=(Port("x", PortType.TEXT), Port("x", PortType.TEXT))), "declared twice"),
        (replace(PLAIN, inputs=(Port("x", PortType.TEXT),), parameters=(WORDS,)), "declared twice"),
        (replace(PLAIN, outputs=(Port("X", PortType.TEXT),)), "plain lower-case name"),
        (replace(PLAIN, outputs=(Port("x", PortType.TEXT, passes="y"),)), "which is no input"),
        (replace(PLAIN, outputs=(Port("x", PortType.TEXT, texts=("y",)),)), "has no text"),
        (replace(PLAIN, inputs=(Port("x", PortType.TEXT, lazy=True),)), "lazy inputs"),
        (replace(PLAIN, lazy="x"), "lazy inputs"),
        (replace(PLAIN, orders=(Order("x", "y"),)), "an order names"),
        (replace(PLAIN, parameters=(Parameter("x", Kind.INTEGER, 5, "", maximum=4),)), "default of 'x'"),
        (replace(PLAIN, parameters=(Parameter("x", Kind.PHRASES, [], "", spans_of="y"),)), "spans of"),
        (replace(PLAIN, version=2), "needs upgrades"),
    ],
)  # fmt: skip
def test_a_declaration_that_contradicts_itself_is_refused(spec: Spec, told: str) -> None:
    with pytest.raises(RegistryError, match=told):
        Registry([spec])


def test_one_type_is_declared_once() -> None:
    with pytest.raises(RegistryError, match="declared twice"):
        Registry([PLAIN, PLAIN])


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        (PortType.ENSEMBLE, PortType.DENOISER, True), (PortType.DENOISER, PortType.ENSEMBLE, False),
        (PortType.SEED, PortType.INTEGER, True), (PortType.INTEGER, PortType.SEED, False),
        (PortType.INTEGER, PortType.NUMBER, True), (PortType.NUMBER, PortType.INTEGER, False),
        (PortType.SAMPLE, PortType.IMAGE, False), (PortType.BOOLEAN, PortType.INTEGER, False),
        (PortType.ANY, PortType.MASK, True), (PortType.MASK, PortType.ANY, True),
    ],
)  # fmt: skip
def test_which_wires_fit(given: PortType, wanted: PortType, expected: bool) -> None:
    assert fits(given, wanted) == expected


def install(name: str, source: str, folder: Path) -> None:
    """Lay an extension down as an installer would."""
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    facts = folder / f"{name}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (facts / "entry_points.txt").write_text(f"[sinopia.nodes]\n{name} = {name}:SPECS\n", encoding="utf-8")


def test_extensions_are_listed_without_what_they_do_and_broken_ones_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "from nodes.specs.declare import Spec\n"
    install("ext_good", f'{head}SPECS = (Spec("ext.good", "Good", "x", "", "not_there:run"),)', tmp_path)
    install("ext_raises", "raise RuntimeError('no')", tmp_path)
    install("ext_clash", f'{head}SPECS = (Spec("sinopia.prompt", "Mine", "x", "", "a:b"),)', tmp_path)
    install("ext_odd", "SPECS = 3", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = installed()
    assert registry.get("ext.good") is not None
    assert len(registry) == len(BUILT_IN) + 1
    prompt = registry.get("sinopia.prompt")
    assert prompt is not None
    assert prompt.title == "Prompt"
    assert [complaint.split()[2] for complaint in registry.complaints] == ["ext_clash", "ext_odd", "ext_raises"]


def test_a_type_that_got_a_new_name_is_found_by_the_old_one() -> None:
    assert Registry([replace(PLAIN, replaces=("old.name",))]).successor("old.name") == "test.plain"
    assert built_in().successor("un.known") == "un.known"


LISTING = """
import sys, json
from nodes.registry import installed
import nodes.graph.compile, nodes.graph.codec, nodes.graph.edit
print(json.dumps([len(installed()), sorted(set(sys.modules) & {"numpy", "torch", "PIL", "PySide6", "nodes.impl"})]))
"""


def test_listing_the_nodes_imports_nothing_heavy() -> None:
    result = run_python("-c", LISTING)
    assert json.loads(result.stdout) == [len(BUILT_IN), []], result.stderr


def test_inputs_of_a_solve_are_those_that_were_agreed() -> None:
    assert [port.name for port in DENOISE.inputs if port.required] == ["denoiser", "prompt"]
    assert [parameter.name for parameter in DENOISE.parameters][:3] == ["seed", "sampler", "steps"]
