"""The drawn world, which needs the emoji font that only training machines have."""

from __future__ import annotations

import pytest

from engine.training.world import SpritesMissingError, World


@pytest.fixture(scope="session")
def world() -> World:
    try:
        return World.load()
    except SpritesMissingError as error:
        pytest.skip(str(error))
