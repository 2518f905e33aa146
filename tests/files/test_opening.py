"""Opening and saving real files: what was there is never lost, and every refusal says what to do."""

from __future__ import annotations

import json
import os
import stat
import struct
import sys
import zlib
from pathlib import Path

import pytest

from app.files.atomic import BACKUPS, backup_path, latest_backup, write_atomically
from app.files.cache import unpack_assets
from app.files.container import pack, unpack
from app.files.errors import UnreadableError, UnwritableError
from app.files.opening import open_project
from app.files.pictures import PictureError, decode_mask, encode_mask, look_at
from app.files.project import Project, asset_reference
from app.files.saving import save_project
from nodes.graph.codec import encode
from nodes.graph.model import Graph
from tests.files.projects import STYLE, graph, mask, picture, project
from tests.nodes.graphs import REGISTRY, node, simple
from tests.support import run_python


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def loading(reference: str) -> bytes:
    return encode(Graph((node("a", "load-image", file=reference),)))


def test_a_saved_project_opens_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "Ein Käfer 🦊.sinopia"
    save_project(project(), path, REGISTRY)
    assert open_project(path, REGISTRY).project == project()
    assert names_in(tmp_path) == [path.name]


def test_a_bare_graph_opens_with_the_pictures_beside_it(tmp_path: Path) -> None:
    (tmp_path / "paint").mkdir()
    (tmp_path / "paint" / "l1.png").write_bytes(mask())
    (tmp_path / "graph.json").write_bytes(encode(graph()))
    opened = open_project(tmp_path / "graph.json", REGISTRY)
    assert dict(opened.project.files) == {"paint/l1.png": mask()}  # the style picture is not there: validation tells
    (tmp_path / "photo.png").write_bytes(STYLE)
    (tmp_path / "graph.json").write_bytes(loading("photo.png"))
    assert dict(open_project(tmp_path / "graph.json", REGISTRY).project.assets) == {"photo.png": STYLE}


@pytest.mark.parametrize(
    "reference", ["../secret.png", "/etc/hostname", "sub/../../secret.png", "link/secret.png", "link.png"]
)
def test_a_bare_graph_reads_nothing_outside_its_folder(tmp_path: Path, reference: str) -> None:
    (tmp_path / "secret.png").write_bytes(STYLE)
    home = tmp_path / "home"
    home.mkdir()
    (home / "link").symlink_to(tmp_path)
    (home / "link.png").symlink_to(tmp_path / "secret.png")
    (home / "graph.json").write_bytes(loading(reference))
    opened = open_project(home / "graph.json", REGISTRY)
    assert opened.project.files == {}
    assert all("leads out" in complaint for complaint in opened.complaints)
    assert bool(opened.complaints) == reference.startswith("link")


def test_pictures_beside_a_graph_that_are_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"GIF8 not really")
    (tmp_path / "graph.json").write_bytes(loading("photo.png"))
    (complaint,) = open_project(tmp_path / "graph.json", REGISTRY).complaints
    assert complaint.startswith("graph.json: The file photo.png is damaged or no picture")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"hello", "not JSON"),
        (b"\x89PNG\r\n\x1a\n", "carries no project"),
        (b"PK\x03\x04", "cut off"),
        (b"\0" * 64, "not JSON"),
    ],
)
def test_other_files_are_told_apart_and_left_alone(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "thing.sinopia"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=rf"thing\.sinopia: .*{told}.*not changed"):
        open_project(path, REGISTRY)
    assert path.read_bytes() == content


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        open_project(tmp_path / "gone.sinopia", REGISTRY)
    with pytest.raises(UnreadableError, match="a folder"):
        open_project(tmp_path, REGISTRY)
    with pytest.raises(UnreadableError, match="cannot be read"):
        open_project(Path("a\0b"), REGISTRY)


def test_earlier_versions_are_kept_and_named_when_the_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "demo.sinopia"
    for seed in range(BACKUPS + 2):
        save_project(Project(simple(seed=seed)), path, REGISTRY)
    seeds = [open_project(backup_path(path, n), REGISTRY).project.graph.nodes[2].params["seed"] for n in (1, 2, 3)]
    assert seeds == [3, 2, 1]
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(UnreadableError, match=r"demo\.sinopia~; open that"):
        open_project(path, REGISTRY)
    backup_path(path).unlink()
    assert latest_backup(path) == backup_path(path, 2)


def test_saving_where_nothing_can_be_written_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnwritableError, match="cannot be saved"):
        save_project(project(), tmp_path / "no" / "such" / "demo.sinopia", REGISTRY)
    (tmp_path / "folder.sinopia").mkdir()
    with pytest.raises(UnwritableError, match="cannot be saved"):
        save_project(project(), tmp_path / "folder.sinopia", REGISTRY)
    assert names_in(tmp_path) == ["folder.sinopia"]


FULL_DISK = """
import resource, sys
from pathlib import Path
from app.files.errors import UnwritableError
from app.files.saving import save_project
from tests.files.projects import project
from tests.nodes.graphs import REGISTRY
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
try:
    save_project(project(), Path(sys.argv[1]), REGISTRY)
except UnwritableError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are a POSIX matter")
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "demo.sinopia"
    save_project(Project(simple()), path, REGISTRY)
    before = path.read_bytes()
    result = run_python("-c", FULL_DISK, path)
    assert "cannot be saved (File too large)" in result.stdout, result.stderr
    assert path.read_bytes() == before
    assert names_in(tmp_path) == [path.name]


KILLED = """
import os, random, signal, sys, time
from dataclasses import replace
from pathlib import Path
from app.files.atomic import latest_backup
from app.files.opening import open_project
from app.files.saving import save_project
from tests.files.projects import project
from tests.nodes.graphs import REGISTRY, simple

def save(seed):
    other = {"later/large": bytes(range(256)) * 2000}
    save_project(replace(project(), graph=simple(seed=seed), other=other), path, REGISTRY)

path, dice = Path(sys.argv[1]), random.Random(0)
save(0)
for _ in range(40):
    child = os.fork()
    while child == 0:
        save(random.randrange(1000))
    time.sleep(dice.uniform(0.001, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for saved in (path, latest_backup(path)):
        assert saved is None or open_project(saved, REGISTRY).complaints == ()
print("whole", len(list(path.parent.iterdir())))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_process_killed_while_saving_leaves_a_whole_file(tmp_path: Path) -> None:
    result = run_python("-c", KILLED, tmp_path / "demo.sinopia")
    assert result.stdout.startswith("whole"), result.stderr


def test_what_a_killed_save_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    old, young = tmp_path / ".demo.sinopia.aaaa.part", tmp_path / ".demo.sinopia.bbbb.part"
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (1_000_000, 1_000_000))
    save_project(Project(simple()), tmp_path / "demo.sinopia", REGISTRY)
    assert names_in(tmp_path) == [young.name, "demo.sinopia"]


def test_a_link_keeps_leading_to_its_file_and_rights_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.sinopia", tmp_path / "link.sinopia"
    write_atomically(real, b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_atomically(link, b"new")
    assert (link.is_symlink(), real.read_bytes()) == (True, b"new")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_bare_graph_is_saved_when_it_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    save_project(Project(simple()), path, REGISTRY)
    assert json.loads(path.read_bytes())["format"] == "sinopia/graph"
    with pytest.raises(UnwritableError, match=r"cannot hold the pictures.*ends in \.sinopia"):
        save_project(project(), path, REGISTRY)
    (tmp_path / "paint").mkdir()
    (tmp_path / "paint" / "l1.png").write_bytes(mask())
    save_project(Project(simple(), {"l1": mask()}), path, REGISTRY)


def test_unpacked_files_are_named_by_content_and_written_once(tmp_path: Path) -> None:
    first = unpack_assets(project(), tmp_path / "cache")
    assert set(first) == {"paint/l1.png", asset_reference(STYLE, "png")}
    for asset in first.values():
        path = Path(asset.path)
        assert path.is_absolute()
        assert path.stem == asset.sha256
    written = {asset.path: Path(asset.path).stat().st_ino for asset in first.values()}
    assert unpack_assets(project(), tmp_path / "cache") == first
    assert {path: Path(path).stat().st_ino for path in written} == written


def test_the_folder_of_unpacked_files_forgets_the_oldest(tmp_path: Path) -> None:
    old = Path(unpack_assets(Project(paint={"a": mask(1)}), tmp_path)["paint/a.png"].path)
    os.utime(old, (1_000_000, 1_000_000))
    fresh = Path(unpack_assets(Project(paint={"b": mask(3)}), tmp_path, budget=1)["paint/b.png"].path)
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnwritableError, match="SINOPIA_HOME"):
        unpack_assets(project(), tmp_path / "file" / "cache")


def test_masks_survive_and_may_be_opacity_or_brightness() -> None:
    painted = decode_mask(mask())
    assert encode_mask(painted) == mask()
    assert painted.shape == (16, 16)
    assert set(painted.ravel().tolist()) == {0, 255}
    assert set(decode_mask(picture("white")).ravel().tolist()) == {255}
    with pytest.raises(PictureError, match="damaged"):
        decode_mask(mask()[:-30])


def test_a_picture_of_too_many_pixels_is_refused_by_its_header() -> None:
    small = picture()
    header = b"IHDR" + struct.pack(">II", 30_000, 30_000) + small[24:29]
    bomb = small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]
    with pytest.raises(PictureError, match="far too many pixels"):
        look_at(bomb)
    opened = unpack(pack(Project(paint={"big": bomb}), REGISTRY), "demo.sinopia", REGISTRY)
    assert opened.project.paint == {}
    assert "far too many pixels" in opened.complaints[0]
    assert look_at(STYLE).ending == "png"
