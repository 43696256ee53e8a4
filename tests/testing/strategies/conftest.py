"""What tests of strategies share: the smallest example of one, and what none is like."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import Phase, find, given, settings

# The phase that explains a failure looks at other examples last, and `find` would return one of those.
QUIET = settings(max_examples=2000, database=None, derandomize=True, phases=(Phase.generate, Phase.shrink))


@pytest.fixture(scope="session")
def smallest():
    """Return a function that returns the smallest example of a strategy that satisfies a condition."""

    def found(strategy, condition=lambda _example: True):
        return find(strategy, condition, settings=QUIET)

    return found


class _SeenAllError(Exception):
    """All that was looked for has been seen."""


@pytest.fixture(scope="session")
def unmet():
    """Return a function that returns the names of conditions which no example of a strategy satisfies."""

    def missing(strategy, conditions, most=5000):
        left = dict(conditions)

        @settings(QUIET, max_examples=most, phases=(Phase.generate,))
        @given(strategy)
        def look(example):
            for name in [name for name, is_met in left.items() if is_met(example)]:
                del left[name]
            if not left:
                raise _SeenAllError

        with suppress(_SeenAllError):
            look()
        return list(left)

    return missing
