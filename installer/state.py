"""The record of what the environment holds, and the cheap look that tells whether it still does."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from installer.place import Place

FORMAT = 1


@dataclass(frozen=True)
class State:
    """What was installed. `complete` is False from the first change until the last file is verified."""

    root: str
    python: str  # "3.11"
    accelerator: str
    torch_index: str | None
    sets: dict[str, str]  # name of the set -> digest
    distributions: dict[str, tuple[str, ...]]  # dist-info folder -> its top-level files and folders
    complete: bool
    format: int = FORMAT


def load_state(place: Place) -> State | None:
    """The record, or None where there is none that this version understands: then all is checked and written anew."""
    try:
        fields = json.loads(place.state.read_text(encoding="utf-8"))
        state = State(**fields)
        listed = {name: tuple(tops) for name, tops in state.distributions.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return replace(state, distributions=listed) if state.format == FORMAT else None


def save_state(place: Place, state: State) -> None:
    """Write the record so that a crash leaves the old one or the new one, whole."""
    draft = place.state.with_suffix(".tmp")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(state), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place.state)


def python_version(python: Path) -> str | None:
    """What the environment's Python answers when asked for its version ("3.11"); None when it does not answer."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-I", "-S", "-c", ask], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def missing_parts(place: Place, state: State) -> list[str]:
    """The recorded packages of which something at the top level is gone; one folder listing, no file is opened."""
    present = {path.name for path in place.site_packages.iterdir()}
    gone = [name for name, tops in state.distributions.items() if not present.issuperset((name, *tops))]
    return gone if place.command.exists() else [*gone, place.command.name]
