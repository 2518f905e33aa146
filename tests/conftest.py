"""What holds for every test: no display, no network, one thread, a home of its own, and no torch before a test asks.

Stray exceptions need no code here: pytest-qt reports those raised in Qt's virtual methods, and pytest turns those of
threads and finalisers into warnings, which pyproject.toml makes errors.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Read when the libraries are first imported, so they stand here and not in a fixture; child processes inherit them.
os.environ.update(
    QT_QPA_PLATFORM="offscreen",
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    DIFFUSERS_DISABLE_REMOTE_CODE="1",
    TOKENIZERS_PARALLELISM="false",
    OMP_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
)

# A machine busy with something else must not turn a property into a failure: no deadlines.
settings.register_profile("sinopia", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sinopia")


@pytest.fixture(autouse=True)
def sinopia_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder that stands for everything the program keeps for its user (settings, caches, logs)."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SINOPIA_HOME", str(home))
    return home


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip `gpu` tests with the reason; torch is imported only when such a test was chosen."""
    if item.get_closest_marker("gpu") is None:
        return
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
