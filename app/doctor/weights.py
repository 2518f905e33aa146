"""The models that come with the program: are all their files there, and are they what their cards say?"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from app.doctor.findings import Finding, fail, ok
from engine.api.cards import ModelCard
from engine.api.decoding import decode_json

CARD = "model.json"
ENCODERS = (
    "clip/open_clip_config.json",
    "clip/open_clip_model.safetensors",
    "clip/tokenizer.json",
    "t5/config.json",
    "t5/model.safetensors",
    "t5/tokenizer.json",
)
RESTORE = "Fetch this copy of Sinopia again: the model comes with it."


def model_findings(resources: Path) -> tuple[Finding, ...]:
    """One finding for each model below `resources`; a failure where there is none."""
    cards = sorted(resources.glob(f"*/{CARD}"))
    if not cards:
        return (fail("model", f"there is no model in {resources}", RESTORE),)
    return tuple(_model_finding(card) for card in cards)


def _model_finding(file: Path) -> Finding:
    subject = f"model {file.parent.name}"
    try:
        card = decode_json(file.read_bytes(), ModelCard)
    except (OSError, msgspec.DecodeError) as error:
        return fail(subject, f"its card {file} cannot be read ({error})", RESTORE)
    faults = [fault for part in card.parts if (fault := file_fault(file.parent / part.file, part.sha256))]
    faults += [fault for name in ENCODERS if (fault := file_fault(file.parent / name))]
    if faults:
        return fail(subject, "; ".join(faults), RESTORE)
    parameters = sum(part.parameters for part in card.parts) / 1e6
    return ok(subject, f"{len(card.parts)} denoisers, {parameters:.0f} million parameters, all files whole")


def file_fault(file: Path, sha256: str | None = None) -> str | None:
    """What is wrong with a file: missing, of other content than `sha256` (hex), or a cut safetensors file."""
    if not file.is_file():
        return f"{file} is missing"
    if sha256 is not None and hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
        return f"{file} is damaged"
    if file.suffix == ".safetensors" and not _is_whole(file):
        return f"{file} is cut off"
    return None


def _is_whole(file: Path) -> bool:
    """Whether a safetensors file is as long as its header says (8 bytes length, header, then all tensors)."""
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header = stream.read(length) if length < 100_000_000 else b""
    try:
        tensors = decode_json(header, dict[str, msgspec.Raw])
        tensors.pop("__metadata__", None)
        ends = [decode_json(entry, _Tensor).data_offsets[1] for entry in tensors.values()]
    except msgspec.DecodeError:
        return False
    return 8 + length + max(ends, default=0) == file.stat().st_size


class _Tensor(msgspec.Struct):
    data_offsets: tuple[int, int]
