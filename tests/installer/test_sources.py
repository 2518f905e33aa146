"""Where torch comes from, and what the user reads when something cannot be had."""

import functools
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from installer.accelerator import Attempt, Request, attempts, detect
from installer.cli import main
from installer.errors import InstallerError
from installer.pins import read_set
from installer.pip import Trouble, diagnose
from installer.state import State
from tests.installer.checkout import Checkout, make_checkout, make_wheel
from tests.support import ROOT, run_python

REQUIREMENTS = ROOT / "installer" / "requirements"
INSTALLED = State(
    root="/here", python="3.11", accelerator="cpu", torch_index=None, sets={}, distributions={}, complete=True
)


class Cut(SimpleHTTPRequestHandler):
    """A package index that loses the connection in the middle of every wheel while a file called `cut` lies in it."""

    def copyfile(self, source: object, outputfile: object) -> None:
        """Send half of a wheel."""
        if self.path.endswith(".whl") and Path(self.directory, "cut").exists():
            outputfile.write(source.read(100))  # type: ignore[attr-defined]
            self.close_connection = True
        else:
            super().copyfile(source, outputfile)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """An empty package index on this machine: its folder and its address."""
    folder = tmp_path / "simple"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Cut, directory=str(folder)))
    threading.Thread(target=server.serve_forever).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def publish(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    """Put a wheel on the index."""
    (folder / name).mkdir()
    wheel = make_wheel(folder / name, name, version, files)
    page = f'<!DOCTYPE html><html><body><a href="{wheel.name}">{wheel.name}</a></body></html>'
    (folder / name / "index.html").write_text(page, encoding="utf-8")


def version_of(checkout: Checkout, name: str) -> str:
    """The installed version of a package, by its metadata folder."""
    (found,) = checkout.place.site_packages.glob(f"{name}-*.dist-info")
    return found.name.removesuffix(".dist-info").partition("-")[2]


def test_a_cut_download_is_told_and_mended(installed: Checkout, index: tuple[Path, str]) -> None:
    folder, address = index
    publish(folder, "brush", "3.0", {"brush/__init__.py": "VERSION = '3.0'\n" + "#" * 5_000})
    installed.pin("runtime", "brush==3.0\n")
    (folder / "cut").touch()
    cut = installed.install(PIP_INDEX_URL=address)
    assert cut.returncode == 1
    assert "Installing the other packages failed" in cut.stderr.splitlines()[-1]
    assert "run this again" in cut.stderr.splitlines()[-1]
    (folder / "cut").unlink()
    assert installed.install(PIP_INDEX_URL=address).returncode == 0
    assert version_of(installed, "brush") == "3.0"


def test_a_build_that_the_usual_index_lacks_comes_from_its_own(installed: Checkout, index: tuple[Path, str]) -> None:
    folder, address = index
    publish(folder, "torch", "2.1+cpu", {"torch/__init__.py": ""})
    installed.pin("cpu", "torch==2.1+cpu\n")
    installed.name_torch_index(address)
    assert installed.install().returncode == 0
    assert version_of(installed, "torch") == "2.1+cpu"


@pytest.mark.skipif(detect() != "cpu" or sys.platform != "linux", reason="this machine begins with another set")
def test_without_any_cpu_build_the_cuda_set_serves(installed: Checkout) -> None:
    installed.place.state.unlink()
    make_wheel(installed.wheels, "torch", "3.0", {"torch/__init__.py": ""})
    installed.pin("cpu", "torch==7.0+cpu\n")
    installed.name_torch_index("http://127.0.0.1:9/simple")
    assert installed.install("run").returncode == 0
    assert version_of(installed, "torch") == "3.0"
    assert "Setting up" not in installed.install("run").stdout


def test_the_user_may_name_the_index_of_torch(installed: Checkout, index: tuple[Path, str]) -> None:
    folder, address = index
    publish(folder, "torch", "2.0+own", {"torch/__init__.py": ""})
    installed.pin("cpu", "torch==2.0\n")
    command = ("run", "--accelerator", "cpu", "--torch-index", address)
    assert installed.install(*command).returncode == 0
    assert version_of(installed, "torch") == "2.0+own"
    assert "Setting up" not in installed.install("run").stdout


def test_a_torch_that_does_not_load_is_told(installed: Checkout) -> None:
    make_wheel(installed.wheels, "torch", "2.2", {"torch/__init__.py": "raise OSError('libcudart.so.13 is missing')"})
    installed.pin("cpu", "torch==2.2\n")
    failed = installed.install("run", "--accelerator", "cpu")
    assert failed.returncode == 1
    assert "libcudart.so.13 is missing" in failed.stderr.splitlines()[-1]


def test_a_package_that_nobody_has_is_told(installed: Checkout) -> None:
    installed.pin("runtime", "brush==9.9\n")
    failed = installed.install()
    assert failed.returncode == 1
    assert "the package index does not have it" in failed.stderr.splitlines()[-1]
    assert "Traceback" not in failed.stderr


def test_the_test_command_fails_when_one_check_fails(installed: Checkout) -> None:
    good, bad = {"__main__.py": "print('fine')"}, {"__main__.py": "raise SystemExit(1)"}
    files = {f"{name}/{path}": text for name in ("ruff", "pytest") for path, text in good.items()}
    files |= {f"mypy/{path}": text for path, text in bad.items()} | {"lint.py": "def main(): pass"}
    make_wheel(installed.wheels, "checks", "1.0", files, "lint-imports = lint:main")
    installed.pin("test", "checks==1.0\n")
    failed = installed.install("test", "--accelerator", "cpu")
    assert failed.returncode == 1
    assert failed.stdout.count("fine") == 2
    assert failed.stdout.splitlines()[-1] == "Failed: mypy."


def test_auto_stays_with_what_is_installed() -> None:
    chosen = replace(INSTALLED, accelerator="cuda", torch_index="https://mirror.example/cu130")
    assert attempts(Request(), chosen, REQUIREMENTS) == (Attempt("cuda", "https://mirror.example/cu130"),)
    assert attempts(Request(), None, REQUIREMENTS)[0] == Attempt(detect())


def test_a_named_accelerator_is_never_replaced_by_another() -> None:
    for name in ("cpu", "cuda", "macos"):
        assert {way.accelerator for way in attempts(Request(name), INSTALLED, REQUIREMENTS)} == {name}


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", Trouble.DISK),
        (
            "connection broken by 'NewConnectionError(...)'\nERROR: No matching distribution found for torch",
            Trouble.NETWORK,
        ),
        ("ERROR: No matching distribution found for torch==2.13.0+cpu", Trouble.MISSING),
        ("zipfile.BadZipFile: Bad CRC-32 for file 'torch/lib/libtorch_cpu.so'", Trouble.DAMAGED),
        ("ERROR: something new", Trouble.OTHER),
    ],
)
def test_what_pip_says_is_understood(said: str, trouble: Trouble) -> None:
    assert diagnose(said) is trouble


@pytest.mark.parametrize("line", ["torch", "torch>=2.0", "torch==2.*", "-r other.txt", "https://example.org/torch.whl"])
def test_a_set_pins_versions_exactly(line: str, tmp_path: Path) -> None:
    (tmp_path / "cpu.txt").write_text(line, encoding="utf-8")
    with pytest.raises(InstallerError, match=r"cpu\.txt"):
        read_set(tmp_path, "cpu")


def test_an_old_python_reads_a_sentence() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 10, 0); runpy.run_module('installer', run_name='__main__')"
    failed = run_python("-c", pretend)
    assert failed.returncode == 1
    assert failed.stderr.startswith("Sinopia needs Python 3.11, 3.12 or 3.13, and this is Python 3.10.")


def test_a_python_without_venv_reads_a_sentence(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path)
    without = "import sys; sys.modules['ensurepip'] = None; sys.argv[1:] = ['run', '--accelerator', 'cpu']; "
    program = without + "import runpy; runpy.run_module('installer', run_name='__main__')"
    failed = run_python("-c", program, cwd=checkout.root, environment=checkout.environment())
    assert failed.returncode == 1
    assert "python3-venv" in failed.stderr
    assert not checkout.place.venv.exists()


def test_a_wrong_command_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["install"])
    assert "usage: python -m installer" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="sets a limit that only POSIX has")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path)
    checkout.place.lock.mkdir()
    failed = checkout.install()
    assert failed.returncode == 1
    assert str(checkout.place.lock) in failed.stderr
    assert "Traceback" not in failed.stderr
