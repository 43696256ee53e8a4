"""A quiet log for the tests of message ingest."""

from __future__ import annotations

import logging

import pytest
import structlog


@pytest.fixture(autouse=True, scope="session")
def quiet_log():
    """Let the log say only what is critical."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()
