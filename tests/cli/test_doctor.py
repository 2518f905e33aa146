"""The examination finds what is really wrong, and says what to do."""

import hashlib
import json
import struct
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli import doctor
from app.doctor.display import NEEDED, advice_for, libraries, missing_libraries, opens_under_x11
from app.doctor.findings import Level
from app.doctor.fonts import training_font
from app.doctor.machine import disk, existing, memory, python_version, writable
from app.doctor.packages import TorchFacts, device_finding, installed_packages, torch_findings, torchvision_finding
from app.doctor.weights import ENCODERS, file_fault, model_findings
from engine.api.cards import ModelCard, PartCard
from tests.cli.command import sinopia

Capture = pytest.CaptureFixture[str]


def safetensors(size: int = 8) -> bytes:
    """A whole file of one tensor of `size` bytes."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(size)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The folder of a model whose files are all there."""
    folder = tmp_path / "tiny"
    for name in (*ENCODERS, "parts/base.safetensors"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(safetensors())
    digest = hashlib.sha256(safetensors()).hexdigest()
    part = PartCard("base", "Base", "parts/base.safetensors", digest, 32, 0.002, 80.0, 1_000_000, "")
    card = ModelCard("tiny", "Tiny", "", "", "", 0.5, (part,))
    (folder / "model.json").write_bytes(msgspec.json.encode(card))
    return folder


def test_a_whole_model_is_well(model: Path) -> None:
    (finding,) = model_findings(model.parent)
    assert finding.level is Level.OK, finding.found


@pytest.mark.parametrize("name", ["parts/base.safetensors", *ENCODERS])
def test_every_missing_file_is_named(name: str, model: Path) -> None:
    (model / name).unlink()
    (finding,) = model_findings(model.parent)
    assert finding.level is Level.FAIL
    assert f"{model / name} is missing" in finding.found


def test_a_flipped_bit_is_found(model: Path) -> None:
    file = model / "parts" / "base.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"\x01")
    (finding,) = model_findings(model.parent)
    assert f"{file} is damaged" in finding.found


@given(length=st.integers(0, len(safetensors()) - 1))
def test_a_file_cut_anywhere_is_found(length: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("cut") / "model.safetensors"
    file.write_bytes(safetensors()[:length])
    assert file_fault(file) == f"{file} is cut off"


@pytest.mark.parametrize(
    "header", [b"\xff\xfe", b"[]", b'{"a": 5}', b'{"a": {"data_offsets": [0]}}', b'{"a":' + b"[" * 9000]
)
def test_a_file_whose_header_is_garbage_is_found(header: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header)
    assert file_fault(file) == f"{file} is cut off"


def test_no_model_at_all_is_a_failure(tmp_path: Path) -> None:
    (finding,) = model_findings(tmp_path)
    assert finding.level is Level.FAIL
    assert finding.advice


def test_a_card_that_is_no_card_is_a_failure(model: Path) -> None:
    (model / "model.json").write_text("[]", encoding="utf-8")
    (finding,) = model_findings(model.parent)
    assert finding.level is Level.FAIL
    assert "model.json cannot be read" in finding.found


@pytest.mark.parametrize(
    ("version", "level"), [((3, 10, 9), Level.FAIL), ((3, 11, 0), Level.OK), ((3, 14, 0), Level.FAIL)]
)
def test_python_must_be_one_that_packages_are_built_for(version: tuple[int, int, int], level: Level) -> None:
    assert python_version(version).level is level


def test_memory_and_disk_are_told_with_figures(tmp_path: Path) -> None:
    assert "GB free" in memory().found
    assert "GB free" in disk(tmp_path / "not" / "yet").found


def test_a_folder_that_is_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert writable("outputs", tmp_path).level is Level.OK
    assert writable("outputs", tmp_path / "new" / "deep").level is Level.OK
    finding = writable("outputs", tmp_path / "file")
    assert finding.level is Level.FAIL
    assert finding.advice


def test_the_nearest_folder_that_exists_is_asked(tmp_path: Path) -> None:
    assert existing(tmp_path / "a" / "b") == tmp_path


def test_packages_of_this_environment_are_complete() -> None:
    assert installed_packages().level is Level.OK


def test_torch_is_examined_in_a_process_of_its_own() -> None:
    findings = torch_findings()
    assert [finding.subject for finding in findings] == ["torch", "device", "torchvision"]
    assert all(finding.level is not Level.FAIL for finding in findings)


def test_a_broken_torchvision_is_worse_than_none() -> None:
    assert torchvision_finding("absent").level is Level.OK
    assert torchvision_finding("works").level is Level.OK
    broken = torchvision_finding("broken: RuntimeError: operator torchvision::nms does not exist")
    assert broken.level is Level.FAIL
    assert "uninstall torchvision" in broken.advice


def test_a_cuda_build_without_a_device_is_a_warning() -> None:
    facts = TorchFacts("2", "13.0", cuda=False, device="", memory=0, threads=2, computes=True)
    assert device_finding(facts).level is Level.WARN
    working = msgspec.structs.replace(facts, cuda=True, device="A card", memory=24 * 2**30)
    assert device_finding(working).found == "A card, 24 GB"


def test_the_training_font_is_not_needed_for_pictures(tmp_path: Path) -> None:
    assert training_font(tmp_path / "none.ttf").level is Level.OK


def test_the_command_judges_by_the_worst(model: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "RESOURCES", model.parent)
    monkeypatch.chdir(model.parent)
    (model / ENCODERS[0]).unlink()
    said = sinopia(capsys, "doctor")
    assert said.code == 1
    assert f"fail  model tiny: {model / ENCODERS[0]} is missing" in said.out
    assert sum(line.startswith("fail") for line in said.out.splitlines()) == 1


def test_a_library_of_the_system_that_a_window_needs_is_named_with_its_package() -> None:
    def load(library: str) -> None:
        if library in ("libxcb-cursor.so.0", "libxcb-icccm.so.4"):
            raise OSError(f"{library}: cannot open shared object file")

    missing = missing_libraries(load)
    assert missing == ("libxcb-cursor0", "libxcb-icccm4")
    assert libraries(missing).level is Level.WARN
    assert "sudo apt install libxcb-cursor0 libxcb-icccm4`" in advice_for(missing)
    assert missing_libraries(lambda _library: None) == ()
    assert len(missing_libraries(lambda library: load("libxcb-cursor.so.0"))) == len(NEEDED)


def test_only_a_window_of_x11_needs_them() -> None:
    assert opens_under_x11({"DISPLAY": ":0"}, "linux")
    assert opens_under_x11({"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "w"}, "linux")
    assert not opens_under_x11({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert not opens_under_x11({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert not opens_under_x11({"DISPLAY": ":0"}, "darwin")
