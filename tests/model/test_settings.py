"""Settings survive a round trip, wrong values, and damage."""

from pathlib import Path

import msgspec
import pytest

from app.model.home import find_home
from app.model.settings import (
    Appearance,
    Generation,
    SeedMode,
    Settings,
    Theme,
    encode_settings,
    load_settings,
    save_settings,
)


def test_without_a_file_everything_is_as_usual(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.toml") == (Settings(), ())


def test_what_was_chosen_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.toml"
    chosen = Settings(
        appearance=Appearance(theme=Theme.LIGHT, scale=1.5),
        generation=Generation(seed_mode=SeedMode.FIXED),
        shortcuts={"generate": "F5", 'quo"te\\ \x7f é': ""},
    )
    save_settings(path, chosen)
    assert load_settings(path) == (chosen, ())
    save_settings(path, chosen)
    assert [each.name for each in path.parent.iterdir()] == ["settings.toml"]


def test_what_this_version_does_not_know_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('version = 9\n[appearance]\ntheme = "light"\nglow = [1, 2.5]\n[future]\nkind = {a = true}\n')
    loaded, notices = load_settings(path)
    assert (loaded.appearance.theme, notices) == (Theme.LIGHT, ())
    save_settings(path, msgspec.structs.replace(loaded, appearance=Appearance()))
    text = path.read_text()
    assert "glow = [1, 2.5]" in text
    assert "kind = {a = true}" in text
    assert load_settings(path)[0].appearance.theme is Theme.DARK


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('[appearance]\ntheme = "purple"\nreduce_motion = true', "appearance.theme"),
        ("[appearance]\nscale = 1000.0\nreduce_motion = true", "appearance.scale"),
        ("appearance = 3", "appearance"),
    ],
)
def test_one_wrong_value_costs_only_itself(tmp_path: Path, line: str, named: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(line)
    loaded, (notice,) = load_settings(path)
    assert named in notice
    assert str(path) in notice
    assert loaded.appearance == Appearance(reduce_motion="reduce_motion" in line)
    assert path.exists()


@pytest.mark.parametrize("content", [b"[appearance\n", b"\xff\xfe\x00", b"a = 1\na = 2\n"])
def test_a_damaged_file_is_set_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    for number in (1, 2):
        path.write_bytes(content)
        loaded, (notice,) = load_settings(path)
        assert loaded == Settings()
        assert f"settings.toml.damaged-{number}" in notice
        assert not path.exists()
        assert (tmp_path / f"settings.toml.damaged-{number}").read_bytes() == content


def test_the_file_is_readable_by_people() -> None:
    assert '[appearance]\ntheme = "dark"' in encode_settings(Settings())


def test_everything_is_kept_in_the_folder_that_the_environment_names(sinopia_home: Path) -> None:
    assert find_home().settings == sinopia_home / "settings.toml"
    assert find_home({"XDG_DATA_HOME": "/data"}, "linux").root == Path("/data/sinopia")
    assert find_home({"LOCALAPPDATA": "/local"}, "win32").root == Path("/local/Sinopia")
