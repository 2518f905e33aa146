"""Benchmarks at the command line; what they measure is tested beside them."""

import json
from pathlib import Path

import pytest

from app.bench import graph
from app.cli import bench
from tests.cli.command import sinopia

Capture = pytest.CaptureFixture[str]


def test_a_benchmark_prints_a_table_or_one_object(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "bench_graph", lambda repeats: graph.bench_graph(chains=(10,), repeats=repeats))
    table = sinopia(capsys, "bench", "graph", "--repeats", "1")
    assert table.code == 0
    assert "median" in table.out
    found = json.loads(sinopia(capsys, "bench", "graph", "--repeats", "2", "--json").out)
    assert found["name"] == "graph"
    assert max(len(row["values"]) for row in found["rows"]) == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["speed"], 2, "invalid choice: 'speed'"),
        (["graph", "demo.sinopia"], 2, "measures no file"),
        (["graph", "--repeats", "0"], 2, "less than once"),
        (["render", "nowhere.sinopia"], 1, "nowhere.sinopia"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_measured_is_said(
    words: list[str], code: int, told: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = sinopia(capsys, "bench", *words)
    assert said.code == code
    assert told in said.complaint
