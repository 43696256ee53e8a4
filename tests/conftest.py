"""What all tests share: the fixtures' folder, the README's text, Ctrl-C, and hypothesis without deadlines."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).resolve().parent.parent

# A shell that runs the tests in the background has Ctrl-C ignored, for them and for all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A deadline would make the speed of the machine a verdict; `nox -s deep` looks at more examples.
# A plain run draws the same examples every time, so that a change is judged and not the dice.
settings.register_profile(
    "default",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep", parent=settings.get_profile("default"), derandomize=False, max_examples=2000
)
settings.register_profile("brief", parent=settings.get_profile("default"), max_examples=20)
settings.register_profile(
    "mutation",
    parent=settings.get_profile("default"),
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def fixtures_dir() -> Path:
    """Return the folder of the synthetic recordings that `fixtures/generate.py` writes."""
    return ROOT / "fixtures"
