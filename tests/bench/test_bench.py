"""The benchmarks measure what they say and tell it in both forms."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PIL import Image

from app.bench.graph import bench_graph
from app.bench.render import RenderFailedError, bench_render, engine_rows
from app.bench.results import BenchReport, Machine, Row
from app.bench.start import bench_start
from app.client.settings import EngineSettings
from nodes.graph.codec import encode
from nodes.graph.model import End, Graph, Link, Node
from nodes.registry import built_in
from tests.support import run_python


def test_the_graph_benchmark_has_a_row_for_every_case() -> None:
    found = bench_graph(chains=(5, 40), repeats=2)
    for length in (5, 40):
        for case in ("first", "identical rerun", "only last changed", "first changed"):
            row = found.row(f"chain of {length}, {case}")
            assert (len(row.values), row.nodes) == (2, length)
    assert all(value > 0 for row in found.rows for value in row.values)
    assert msgspec.json.decode(found.json(), type=BenchReport) == found


def test_the_start_benchmark_measures_engine_and_imports() -> None:
    found = bench_start(imports=("msgspec",), repeats=1, warm=("wave",))
    assert found.row("python and import msgspec").median > found.row("python alone").median / 2
    answer = found.row("engine: process start to first answer").median
    assert 0 < answer <= found.row("engine: process start to libraries loaded").median
    assert found.row("engine: peak memory when idle").median > 2**20
    assert found.row("studio: process start to first paint").median > found.row("python alone").median
    assert found.row("studio: the processor's time in it").median > 0


def test_a_project_that_does_not_render_is_reported_in_the_words_of_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(RenderFailedError, match=r"no-such\.sinopia"):
        bench_render(tmp_path / "no-such.sinopia")


def test_the_render_benchmark_measures_every_stage(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    graph = Graph(
        (
            Node("load", "sinopia.load-image", params={"file": "red.png"}),
            Node("small", "sinopia.resize", params={"width": 16, "height": 16}),
            Node("save", "sinopia.save-image", params={"name": "small"}),
        ),
        (Link(End("load", "image"), End("small", "image")), Link(End("small", "image"), End("save", "image"))),
    )
    project = tmp_path / "graph.json"
    project.write_bytes(encode(graph))
    rows = list(engine_rows(project, 2, "cpu", built_in(), tmp_path, EngineSettings(warm=())))
    labels = [row.label for row in rows]
    for label in ("new engine to the picture", "warm, everything run again", "  cold: Resize", "  warm: Save Image"):
        assert label in labels
    assert [len(row.values) for row in rows if row.label.startswith("  warm")] == [2, 2, 2]
    # One cold picture, two run again, two where only the saving does: none replaced another.
    assert len(list((tmp_path / "pictures").glob("small*.png"))) == 5


def test_a_table_shows_ranges_and_prices() -> None:
    rows = (Row("chain", "s", (0.5, 0.1, 0.2), 100), Row("memory", "bytes", (3.0 * 2**20,)))
    table = BenchReport("graph", Machine("Linux", "3.11", 2, 0.1), rows).table().splitlines()
    assert table[2].split() == ["chain", "200.0", "ms", "100.0", "ms", "500.0", "ms", "2.0000", "ms"]
    assert table[3].split() == ["memory", "3", "MiB"]


def test_the_graph_benchmark_needs_no_heavy_library() -> None:
    heavy = "{'torch', 'numpy', 'PIL', 'PySide6'}"
    script = f"import sys, app.bench.graph, engine.runtime.executor; print(sorted({heavy} & set(sys.modules)))"
    assert run_python("-c", script).stdout.strip() == "[]"
