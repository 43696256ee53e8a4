"""The face: names that load on first use, and what a fresh process does not import."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import subprocess
import sys

import pytest

import telemparse

HEAVY = {"numpy", "pyarrow", "lxml", "pandas"}


def fresh(code: str) -> set[str]:
    """Return the modules that a fresh process has imported after running `code`."""
    ask = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_imports_nothing_heavy_and_no_plugin():
    modules = fresh("import telemparse")

    assert not modules & HEAVY
    assert {name for name in modules if name.startswith("telemparse")} == {"telemparse"}


def test_the_light_names_are_light():
    light = set(telemparse.__all__) - {"convert", "parse"}
    modules = fresh(f"import telemparse\nfor name in {sorted(light)!r}: getattr(telemparse, name)")

    assert not modules & HEAVY


@pytest.mark.parametrize("fixture", ["sample_gnss_10hz.csv", "sample_track.gpx"])
def test_a_first_detect_imports_neither_numpy_nor_pyarrow_and_no_parser(fixture, fixtures_dir):
    path = str(fixtures_dir / fixture)
    modules = fresh(f"import telemparse\nassert telemparse.detect({path!r}).winner is not None")

    assert not modules & {"numpy", "pyarrow", "pandas"}
    assert not {
        name for name in modules if name.startswith("telemparse.formats.") and name.endswith(".parser")
    }


def test_listing_the_installed_plugins_imports_no_parser():
    modules = fresh("from telemparse import Catalog\nassert Catalog.shared().cards")

    assert not modules & HEAVY
    ours = {name for name in modules if name.startswith("telemparse.formats.")}
    assert not {name for name in ours if name.endswith((".parser", ".detect"))}


def test_every_public_name_resolves_and_is_listed():
    for name in telemparse.__all__:
        assert getattr(telemparse, name) is not None
        assert name in dir(telemparse)


def test_the_public_names_are_those_of_the_contract():
    assert sorted(telemparse.__all__) == [
        "ArtifactSet", "Catalog", "Classification", "ParseOptions", "ParseResult", "ParserCard",
        "TelemparseError", "convert", "detect", "group", "hookimpl", "parse",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["analysis", "errors", "plot", "report", "schemas", "writers"])
def test_a_public_room_is_an_attribute_too(name):
    assert telemparse.__getattr__(name) is getattr(telemparse, name)
    assert getattr(telemparse, name).__name__ == f"telemparse.{name}"
    assert name in dir(telemparse)


def test_a_public_name_is_found_once_and_kept():
    assert telemparse.ParseOptions is telemparse.ParseOptions
    assert telemparse.ParseOptions is vars(telemparse)["ParseOptions"]


@pytest.mark.parametrize("name", ["Parse", "numpy", "__wrapped__", "formats2"])
def test_an_unknown_name_is_an_attribute_error_that_names_it(name):
    with pytest.raises(AttributeError, match=f"'telemparse' has no attribute {name!r}"):
        getattr(telemparse, name)


@pytest.mark.parametrize("name", sorted(telemparse.__all__))
def test_no_public_name_is_a_module_as_well(name):
    assert importlib.util.find_spec(f"telemparse.{name}") is None


def test_the_version_is_that_of_the_distribution():
    assert telemparse.__version__ == importlib.metadata.version("telemparse")
