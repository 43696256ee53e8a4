"""The loops that numba compiles give the fusion what numpy gives it, compiled and as they are written.

Every function of `analysis/fusion` that is marked `compiled` is run both ways on arguments that it gets in a
fusion. Tests that need numba are marked slow, for these run where it is installed; without it they fail.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pkgutil

import numpy as np
import pyarrow as pa
import pytest

from telemparse.analysis import fusion
from telemparse.analysis.fusion import compiled as compiling
from telemparse.analysis.fusion.fusing import fuse
from telemparse.testing.simulate import simulate

MODULES = [
    importlib.import_module(f"{fusion.__name__}.{each.name}")
    for each in pkgutil.iter_modules(fusion.__path__)
]
# Of the largest number of an array: a compiler may join a product and a sum.
SHARE = 1e-12
SECONDS = 12


def marked():
    """Return the functions marked `compiled`, by module and name."""
    return [
        (module, each.name)
        for module in MODULES
        for each in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(each, ast.FunctionDef) and "compiled" in map(ast.unparse, each.decorator_list)
    ]


NAMES = [f"{module.__name__.rsplit('.')[-1]}.{name}" for module, name in marked()]


@pytest.fixture(scope="module")
def run():
    drive = simulate("kart", seed=3, laps=1, imu=6, gnss="f9_rtk", phase_s=None)
    end_ns = drive.truth.start_ns + SECONDS * 1_000_000_000
    tables = {
        name: drive.tables[name].filter(
            pa.array(drive.tables[name]["t"].cast(pa.int64()).to_numpy() < end_ns)
        )
        for name in ("gnss_pvt", "imu_accel", "imu_gyro")
    }
    return tables, drive.frame


def replaced(patch, name, old, new):
    """Put another function in its place, in all rooms that know it."""
    for each in MODULES:
        if getattr(each, name, None) is old:
            patch.setattr(each, name, new)


@pytest.fixture(scope="module")
def by_numpy(run):
    tables, frame = run
    with pytest.MonkeyPatch.context() as patch:
        replaced(patch, "compiles", compiling.compiles, lambda: False)
        return fuse(tables, frame=frame)


@pytest.fixture(scope="module")
def as_written(run):
    """Return a fusion by the functions as they are written, and arguments of two calls of each of them."""
    calls = {label: [] for label in NAMES}

    def recorded(label, function):
        def call(*arguments):
            if len(calls[label]) < 2:
                calls[label].append(copy.deepcopy(arguments))
            return function(*arguments)

        return call

    tables, frame = run
    with pytest.MonkeyPatch.context() as patch:
        replaced(patch, "compiles", compiling.compiles, lambda: True)
        for (module, name), label in zip(marked(), NAMES, strict=True):
            function = getattr(module, name)
            replaced(patch, name, function, recorded(label, getattr(function, "py_func", function)))
        return fuse(tables, frame=frame), calls


def numbers(values):
    """Yield the arrays in nested tuples."""
    if isinstance(values, tuple):
        for each in values:
            yield from numbers(each)
    elif values is not None:
        yield np.asarray(values, np.float64)


def assert_same_pose(one, other):
    """Fail where poses are apart by more than a nanometre, or that of their kind."""
    assert one.ok
    assert other.ok
    assert one.table.num_rows == other.table.num_rows > 900
    for name in one.table.column_names:
        left, right = one.table[name], other.table[name]
        if pa.types.is_floating(left.type):
            np.testing.assert_allclose(left.to_numpy(), right.to_numpy(), rtol=0, atol=1e-9, err_msg=name)
        else:
            assert left.equals(right), name


def test_loops_as_they_are_written_give_the_pose_that_numpy_gives(as_written, by_numpy):
    pose, calls = as_written
    assert calls
    assert all(calls.values())
    assert_same_pose(pose, by_numpy)


@pytest.mark.slow
def test_compiled_loops_give_the_pose_that_numpy_gives(run, by_numpy):
    tables, frame = run
    assert compiling.compiles()
    assert_same_pose(fuse(tables, frame=frame), by_numpy)


@pytest.mark.slow
@pytest.mark.parametrize("label", NAMES)
def test_each_function_gives_the_same_numbers_compiled_and_as_it_is_written(as_written, label):
    module, name = marked()[NAMES.index(label)]
    function = getattr(module, name)
    _pose, calls = as_written
    for given in calls[label]:
        fast, slow = copy.deepcopy(given), copy.deepcopy(given)
        returned = function(*fast), function.py_func(*slow)
        # What they fill counts as much as what they return.
        one, other = list(numbers((returned[0], fast))), list(numbers((returned[1], slow)))
        assert len(one) == len(other) > 0
        for found, wanted in zip(one, other, strict=True):
            most = np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)
            np.testing.assert_allclose(found, wanted, rtol=0, atol=SHARE * most)
    assert function.signatures


def test_without_numba_a_function_stays_what_it_is(monkeypatch):
    monkeypatch.setattr(compiling, "find_spec", lambda _name: None)

    def twice(value):
        return 2 * value

    assert compiling.compiled(twice) is twice
