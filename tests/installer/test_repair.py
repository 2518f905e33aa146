"""An environment that is half made, changed or damaged is noticed, mended, and never mistaken for installed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.installer.checkout import Checkout, make_wheel

MANY = 2_000  # files in a wheel that takes long enough to be cut off in the middle

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="kills processes by POSIX signals")


def until(there: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait for a file that `process` is about to write."""
    while not there.exists():
        assert process.poll() is None, "it ended before it could be cut off"
        time.sleep(0.002)


def works(checkout: Checkout, brush: str = "1.0") -> bool:
    """Whether the installer now runs the program with the pinned package, and finds nothing to do the next time."""
    first, second = checkout.install(), checkout.install()
    assert first.returncode == 0, first.stdout + first.stderr
    picture = Path("outputs", f"brush-{brush}.png")
    assert f"The picture is in {checkout.root / picture}" in first.stdout.splitlines()
    told = subprocess.run([checkout.place.command], capture_output=True, text=True, cwd=checkout.wheels)
    assert Path(told.stdout.strip()) == picture
    return "Setting up" not in second.stdout


@needs_signals
def test_cut_off_while_the_environment_is_made(checkout: Checkout) -> None:
    for _ in range(10):  # on a busy machine the kill can come too late: then once more from the start
        process = checkout.start()
        until(checkout.place.venv / "pyvenv.cfg", process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if not checkout.place.state.exists():
            break
        shutil.rmtree(checkout.place.venv)
    assert not checkout.place.state.exists()
    assert works(checkout)


@needs_signals
def test_cut_off_in_the_middle_of_a_package(installed: Checkout) -> None:
    site = installed.place.site_packages
    process = start_a_long_installation(installed)
    until(site / "long_one" / "m20.py", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert len(list((site / "long_one").iterdir())) < MANY
    assert works(installed)
    assert sum(path.suffix == ".py" for path in (site / "long_one").iterdir()) == MANY


@needs_signals
def test_a_pip_that_outlives_its_installer_is_waited_for(installed: Checkout) -> None:
    site = installed.place.site_packages
    process = start_a_long_installation(installed)
    until(site / "long_one" / "m20.py", process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    next_one = installed.install()
    assert "waiting for it to finish" in next_one.stdout
    assert next_one.returncode == 0
    assert sum(path.suffix == ".py" for path in (site / "long_one").iterdir()) == MANY


def start_a_long_installation(checkout: Checkout) -> subprocess.Popen[bytes]:
    """Begin to install a package of many files, which is not there yet."""
    if not list(checkout.wheels.glob("long_one-*")):
        make_wheel(checkout.wheels, "long_one", "1.0", {f"long_one/m{i}.py": f"N = {i}" for i in range(MANY)})
    for path in checkout.place.site_packages.glob("long_one*"):
        shutil.rmtree(path)
    checkout.pin("runtime", "brush==1.0\nlong-one==1.0\n")
    return checkout.start()


def test_two_installers_take_turns(installed: Checkout) -> None:
    installed.pin("runtime", "brush==2.0\n")
    both = [installed.start(), installed.start()]
    assert [process.wait() for process in both] == [0, 0]
    assert works(installed, "2.0")


def test_a_changed_pin(installed: Checkout) -> None:
    installed.pin("runtime", "brush==2.0\n")
    assert "the runtime set is new or has changed" in installed.install().stdout
    assert works(installed, "2.0")


def test_a_comment_changes_nothing(installed: Checkout) -> None:
    installed.pin("runtime", "# why\nbrush==1.0\n")
    assert "Setting up" not in installed.install().stdout


def test_a_package_that_is_no_longer_pinned_goes_and_one_of_the_users_stays(installed: Checkout) -> None:
    for name in ("old", "own"):
        make_wheel(installed.wheels, name, "1.0", {f"{name}.py": ""})
    installed.pin("runtime", "brush==1.0\nold==1.0\n")
    installed.install()
    pip = [str(installed.place.python), "-m", "pip", "install", "-q", "own"]
    subprocess.run(pip, env={**os.environ, **installed.environment()}, check=True)
    installed.pin("runtime", "brush==1.0\n")
    installed.install()
    present = {path.name for path in installed.place.site_packages.glob("o*.py")}
    assert present == {"own.py"}


def remove_package(checkout: Checkout) -> None:
    shutil.rmtree(checkout.place.site_packages / "brush")


def remove_metadata(checkout: Checkout) -> None:
    shutil.rmtree(checkout.place.site_packages / "brush-1.0.dist-info")


def remove_record_of_what_is_installed(checkout: Checkout) -> None:
    checkout.place.state.unlink()
    (checkout.place.site_packages / "brush" / "__init__.py").write_text("VERSION = 'cut", encoding="utf-8")


def spoil_record_of_what_is_installed(checkout: Checkout) -> None:
    checkout.place.state.write_text('{"format": 1, "comp', encoding="utf-8")


def remove_command(checkout: Checkout) -> None:
    checkout.place.command.unlink()


def leave_what_pip_puts_aside(checkout: Checkout) -> None:
    checkout.place.state.unlink()
    (checkout.place.site_packages / "~rush").mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        remove_package,
        remove_metadata,
        remove_record_of_what_is_installed,
        spoil_record_of_what_is_installed,
        remove_command,
        leave_what_pip_puts_aside,
    ],
)
def test_damage_done_by_hand(damage: Callable[[Checkout], None], installed: Checkout) -> None:
    damage(installed)
    assert "Setting up" in installed.install().stdout
    assert works(installed)
    assert list(installed.place.site_packages.glob("~*")) == []


def test_a_folder_that_was_moved(installed: Checkout, tmp_path: Path) -> None:
    moved = Checkout(tmp_path / "moved", installed.wheels)
    shutil.copytree(installed.root, moved.root, symlinks=True)
    assert "this folder was moved" in moved.install().stdout
    assert works(moved)


def test_the_second_run_costs_little(installed: Checkout) -> None:
    def least(command: Callable[[], object]) -> float:
        return min(_seconds(command) for _ in range(5))

    alone = least(lambda: subprocess.run([installed.place.command], check=True, capture_output=True))
    pip = [str(installed.place.python), "-I", "-m", "pip", "list"]
    one_pip = least(lambda: subprocess.run(pip, check=True, capture_output=True))
    # Not even one call of pip, of which a repair makes four.
    assert least(installed.install) - alone < one_pip


def _seconds(command: Callable[[], object]) -> float:
    start = time.perf_counter()
    command()
    return time.perf_counter() - start
