"""A workshop for each test; the miniature model is made once."""

from pathlib import Path

import pytest

from tests.impl.workshop import Shelf, Workshop
from tests.models.small import write_model


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The miniature Storybook: real networks with random weights."""
    root = tmp_path_factory.mktemp("models")
    write_model(root)
    return Shelf(root)


@pytest.fixture
def workshop(shelf: Shelf, tmp_path: Path) -> Workshop:
    """Where a test runs nodes."""
    return Workshop(tmp_path, shelf)
