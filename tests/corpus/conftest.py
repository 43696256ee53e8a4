"""Real recordings for tests to read: the folder that TELEMPARSE_CORPUS names, and nothing without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("TELEMPARSE_CORPUS")

# Without the folder these tests do not exist; with a folder that is absent they fail.
collect_ignore_glob = [] if FOLDER else ["test_*.py"]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real recordings; a named folder that is absent is a failure."""
    folder = Path(FOLDER or "")
    assert folder.is_dir(), f"TELEMPARSE_CORPUS names {folder}, which is no folder"
    return folder
