"""Is the environment what is pinned? If not, why, and the one call that makes it so."""

from installer.accelerator import Request
from installer.installation import Installation
from installer.lock import only_installer
from installer.pins import PROJECT, project_digest, read_set
from installer.pip import Pip
from installer.place import Place
from installer.state import State, load_state, missing_parts, python_version


def make_ready(place: Place, request: Request) -> None:
    """Return when the environment is what `request` and the pins say; a second time this takes a moment."""
    if why_not_ready(place, request) is None:
        return
    with only_installer(place.lock) as descriptor:
        reason = why_not_ready(place, request)  # another installer may just have done the work
        if reason is not None:
            print(f"Setting up {place.venv}: {reason}.", flush=True)
            Installation(place, request, Pip(place, descriptor), load_state(place)).carry_out()


def why_not_ready(place: Place, request: Request) -> str | None:
    """The first reason why the environment cannot be used as it stands; None when it can."""
    state = load_state(place)
    if not place.venv.exists():
        return "there is none yet"
    if state is None or not state.complete:
        return "it was left half made"
    if state.root != str(place.root):
        return "this folder was moved"
    if python_version(place.python) != state.python:
        return "its Python has changed or is gone"
    return _other_wish(request, state) or _changed_pins(place, request, state) or _lost_packages(place, state)


def _other_wish(request: Request, state: State) -> str | None:
    if request.accelerator not in ("auto", state.accelerator):
        return f"it has the {state.accelerator} set and {request.accelerator} is wanted"
    if request.torch_index not in (None, state.torch_index):
        return f"torch is wanted from {request.torch_index}"
    return None


def _changed_pins(place: Place, request: Request, state: State) -> str | None:
    for name in (state.accelerator, *request.shared_sets):
        if state.sets.get(name) != read_set(place.requirements, name).digest:
            return f"the {name} set is new or has changed"
    return None if state.sets.get(PROJECT) == project_digest(place.root) else "pyproject.toml has changed"


def _lost_packages(place: Place, state: State) -> str | None:
    lost = missing_parts(place, state)
    return f"something is missing from {', '.join(lost[:3])}" if lost else None
