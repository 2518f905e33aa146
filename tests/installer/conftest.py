"""One environment for all tests of the installer: making one is what takes long."""

from collections.abc import Iterator

import pytest

from tests.installer.checkout import Checkout, make_checkout


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """One checkout, whose environment is made by the first test that needs it."""
    return make_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def installed(checkout: Checkout) -> Iterator[Checkout]:
    """The checkout with a complete environment; its pins are as they were when the test is over."""
    done = checkout.install()
    assert done.returncode == 0, done.stdout + done.stderr
    yield checkout
    checkout.pin_as_at_first()
