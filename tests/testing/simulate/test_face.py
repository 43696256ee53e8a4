"""The face of the simulator is loaded late, and names the extra that it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import telemparse.testing.simulate as face
from telemparse.errors import MissingExtra


def test_every_name_of_the_face_is_there():
    for name in face.__all__:
        assert getattr(face, name) is not None
    assert set(face.__all__) <= set(dir(face))


def test_a_name_that_is_none_is_refused():
    with pytest.raises(AttributeError, match="nothing"):
        face.nothing  # noqa: B018  (looking is what is tested)


def test_the_package_is_a_room_of_the_kit():
    from telemparse.testing import simulate

    assert simulate is face


def test_looking_at_the_face_loads_no_scipy():
    program = "import sys, telemparse.testing.simulate; print('scipy' in sys.modules, 'numpy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_without_scipy_the_extra_is_named(monkeypatch):
    monkeypatch.delitem(vars(face), "simulate", raising=False)
    monkeypatch.setattr(face, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtra, match=r"telemparse\[analysis\]"):
        face.simulate  # noqa: B018  (looking is what is tested)
