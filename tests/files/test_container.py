"""Containers: nothing is lost, and nothing harmful is taken from strangers."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files.archive import MOST_ENTRIES, Archive, ArchiveError, write_archive
from app.files.container import MIMETYPE, pack, unpack
from app.files.errors import ProjectFileError, UnreadableError
from app.files.opening import open_project
from app.files.project import Project, asset_reference, references
from nodes.graph.codec import encode
from nodes.graph.compile import compile_plan
from nodes.graph.model import Graph
from nodes.graph.validate import validate
from tests.files.projects import STYLE, mask, picture, project
from tests.nodes.graphs import REGISTRY, node

NAMES = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
MASKS = st.integers(0, 9).map(mask)
PICTURES = st.sampled_from([picture("red"), picture("green", kind="JPEG"), picture("blue", kind="WEBP")])
PROJECTS = st.builds(
    Project,
    st.builds(
        Graph, st.lists(st.builds(node, NAMES, st.just("prompt"), text=st.text(max_size=9)), max_size=3).map(tuple)
    ),
    st.dictionaries(NAMES, MASKS, max_size=3),
    st.lists(PICTURES, max_size=2).map(lambda found: {asset_reference(each, "png"): each for each in found}),
    st.none() | PICTURES,
    st.dictionaries(NAMES.map("later/{}".format), st.binary(max_size=20), max_size=2),
)


def zipped(entries: dict[str, bytes], **compression: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", **compression) as archive:  # type: ignore[call-overload]
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_entry(entry: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    stream = io.BytesIO(pack(project(), REGISTRY))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(entry, content)
    return stream.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        unpack(data, "demo.sinopia", REGISTRY)
    message = str(caught.value)
    assert message.startswith("demo.sinopia: ")
    assert "Nothing was changed" in message
    return message


@given(PROJECTS)
def test_a_project_comes_back_as_it_was_and_always_gives_the_same_bytes(saved: Project) -> None:
    data = pack(saved, REGISTRY)
    opened = unpack(data, "demo.sinopia", REGISTRY)
    assert opened.project == saved
    assert opened.complaints == ()
    assert pack(opened.project, REGISTRY) == data


def test_the_container_is_what_the_format_says() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(project(), REGISTRY))) as archive:
        first, second = archive.infolist()[:2]
        assert (first.filename, first.compress_type, archive.read(first)) == ("mimetype", zipfile.ZIP_STORED, MIMETYPE)
        assert (second.filename, archive.read(second)) == ("graph.json", encode(project().graph))
        assert {"paint/l1.png", "thumbnail.png", asset_reference(STYLE, "png")} < set(archive.namelist())
    assert pack(project(), REGISTRY)[30:38] == b"mimetype"


def test_a_project_with_all_its_files_is_sound() -> None:
    opened = unpack(pack(project(), REGISTRY), "demo.sinopia", REGISTRY)
    assert validate(opened.project.graph, REGISTRY, opened.project.files) == ()
    assert references(project().graph, REGISTRY) == {"paint/l1.png", asset_reference(STYLE, "png")}


def test_assets_are_renamed_by_their_content_and_the_graph_follows() -> None:
    loose = Project(Graph((node("a", "load-image", file="photos/Mine.PNG"),)), assets={"photos/Mine.PNG": STYLE})
    saved = unpack(pack(loose, REGISTRY), "x", REGISTRY).project
    assert dict(saved.assets) == {asset_reference(STYLE, "png"): STYLE}
    assert saved.graph.nodes[0].params["file"] == asset_reference(STYLE, "png")


@pytest.mark.parametrize(
    "name",
    ["../a.png", "paint/../../a", "/etc/passwd", "C:/x", "a\\..\\b", "~/x", "paint/a\nb.png", "CON", "paint/nul.png"],
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    assert "entry" in refused(with_entry(zipfile.ZipInfo(name)))


def test_a_name_that_begins_with_a_zero_byte_is_refused() -> None:
    assert "cannot have" in refused(with_entry(zipfile.ZipInfo("zz")).replace(b"zz", b"\0z"))


def test_links_encrypted_and_oddly_packed_entries_are_refused() -> None:
    link = zipfile.ZipInfo("assets/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "link to another file" in refused(with_entry(link, b"/etc/passwd"))
    odd = zipped({"graph.json": encode(Graph())}, compression=zipfile.ZIP_BZIP2)
    assert "packed in a way" in refused(odd)
    locked = bytearray(pack(Project(), REGISTRY))
    table = locked.find(b"PK\x01\x02")
    locked[table + 8] |= 1
    assert "encrypted" in refused(bytes(locked))


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = with_entry(zipfile.ZipInfo("graph.json"), encode(Graph()))
    assert "two entries called graph.json" in refused(twice)


def test_bombs_are_refused_before_they_unpack() -> None:
    bomb = zipped({"graph.json": encode(Graph()), "other/zeros": bytes(30_000_000)}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 40_000
    assert "far more than it should" in refused(bomb)
    many = zipped({f"other/{index}": b"" for index in range(MOST_ENTRIES + 1)})
    assert "more than" in refused(many)


def test_a_table_that_lies_about_sizes_is_found_out() -> None:
    data = bytearray(pack(project(), REGISTRY))
    table = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)  # graph.json in the table of contents
    size = struct.unpack_from("<I", data, table + 24)[0]
    struct.pack_into("<I", data, table + 24, size - 10)
    assert "graph.json" in refused(bytes(data))
    struct.pack_into("<I", data, table + 24, 2**31)
    assert "far more" in refused(bytes(data)) or "more than" in refused(bytes(data))


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"readme.txt": b"hello"}, "no graph.json"),
        ({"mimetype": b"image/openraster", "graph.json": encode(Graph())}, "another program"),
        ({"graph.json": b"{}"}, "graph.json: this is no Sinopia graph"),
        ({"graph.json": b'{"format": "sinopia/graph",'}, "graph.json: line 1"),
    ],
)
def test_other_archives_are_told_apart(entries: dict[str, bytes], told: str) -> None:
    assert told in refused(zipped(entries))


def test_an_archive_made_by_hand_in_any_order_is_read() -> None:
    by_hand = zipped({"paint/": b"", "paint/l1.png": mask(), "graph.json": encode(Graph())}, compression=8)
    assert dict(unpack(by_hand, "x", REGISTRY).project.paint) == {"l1": mask()}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("paint/l2.png", b"no picture"),
        (asset_reference(b"other bytes", "png"), STYLE),
        ("assets/short.png", STYLE[:20]),
        ("assets/page.svg", b"<svg/>"),
    ],
)
def test_single_damaged_parts_are_left_out_and_told(name: str, content: bytes) -> None:
    opened = unpack(with_entry(zipfile.ZipInfo(name), content), "demo.sinopia", REGISTRY)
    assert opened.project == project()
    (complaint,) = opened.complaints
    assert complaint.startswith(f"demo.sinopia: Its entry {name} ")
    assert complaint.endswith("It is left out.")


def test_a_part_whose_bytes_changed_on_disk_is_left_out_and_told() -> None:
    data = bytearray(pack(project(), REGISTRY))
    data[data.find(mask()) + 60] ^= 0xFF
    opened = unpack(bytes(data), "demo.sinopia", REGISTRY)
    assert opened.project.paint == {}
    assert "paint/l1.png" in opened.complaints[0]
    with pytest.raises(Exception, match=r"paint/l1\.png.*not there"):
        compile_plan(opened.project.graph, REGISTRY, ["masks"], {})


def damaged_copies(data: bytes) -> Iterable[bytes]:
    yield from (data[:length] for length in range(0, len(data), 11))
    for place in range(0, len(data), 8):
        yield data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
    yield from (data[:place] + data[place + 40 :] for place in range(0, len(data), 97))
    yield data + b"trailing"


def test_whatever_is_damaged_gives_a_project_or_one_plain_error(tmp_path: Path) -> None:
    path = tmp_path / "demo.sinopia"
    outcomes = {True: 0, False: 0}
    for data in damaged_copies(pack(replace(project(), thumbnail=None), REGISTRY)):
        path.write_bytes(data)
        try:
            opened = open_project(path, REGISTRY)
        except ProjectFileError as error:
            outcomes[False] += 1
            if "demo.sinopia" not in str(error) or "\n" in str(error):
                raise
        else:
            outcomes[True] += 1
            validate(opened.project.graph, REGISTRY, opened.project.files)
    assert min(outcomes.values()) > 10


def test_what_is_too_large_to_read_is_not_written() -> None:
    with pytest.raises(ArchiveError, match="more than"):
        write_archive({str(index): b"" for index in range(MOST_ENTRIES + 1)}, frozenset())


def test_very_even_content_can_be_read_back() -> None:
    even = {"graph.json": b" " * 3_000_000, "note": b"x" * 10}
    archive = Archive(write_archive(even, frozenset(even)))
    assert {name: archive.read(name) for name in archive.names} == even
