"""Forks: obstore's threads stay behind in the parent, and a forked child would wait for them for ever."""

from __future__ import annotations

import os

from telemparse.errors import CallError

__all__ = ["check_not_forked"]

# A child inherits what its parent wrote here, and adds itself.
_USERS: set[int] = set()


def check_not_forked() -> None:
    """Raise CallError in a child of a process that used a storage before it forked."""
    _USERS.add(os.getpid())
    if len(_USERS) > 1:
        raise CallError("a storage does not work in a fork of a process that used one: spawn a fresh one")
