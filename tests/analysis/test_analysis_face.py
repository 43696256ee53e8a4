"""The names of the room load on first use, and importing the room loads none of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from telemparse import analysis


@pytest.mark.parametrize("name", analysis.__all__)
def test_every_name_is_found_where_it_is_said_to_be(name):
    assert getattr(analysis, name) is not None
    assert name in dir(analysis)


def test_a_name_that_is_none_is_refused_as_by_any_module():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = analysis.nothing


def test_importing_the_room_loads_nothing_heavy():
    heavy = "{'numpy', 'pyarrow', 'scipy', 'tsdownsample'}"
    ask = f"import sys, telemparse.analysis; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
