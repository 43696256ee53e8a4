"""Promises about weight: what a card and a detector load, looked at in processes of their own."""

from __future__ import annotations

import io
import sys
import textwrap
import zipfile
from types import SimpleNamespace

import pytest

from telemparse.extension.card import ParserCard
from telemparse.testing import child
from telemparse.testing.checks.weight import HEAVY, _homes, card_is_light, detector_is_light
from telemparse.testing.kit import Broken
from telemparse.testing.subject import Subject

CARD = """
from telemparse.extension.card import ParserCard

CARD = ParserCard(
    id="{name}", name="A", version="1", detector="{name}.detect:detect", target="{name}.parser:parse",
    examples="{name}.examples:EXAMPLES",
)
"""
DETECT = """
from telemparse.model.detection import Detection, Rung

def detect(sniffs):
    return Detection(Rung.MARKER, ("anything",))
"""
ROOMS = {
    "__init__": "from {name}.card import CARD",
    "card": CARD,
    "detect": DETECT,
    "parser": "def parse(artifacts, options): ...",
    "examples": "EXAMPLES = {{'a.x': b'content'}}",
}


@pytest.fixture
def package(monkeypatch, tmp_path):
    """Return a function that lays a package with these rooms on the path and returns its subject."""
    monkeypatch.syspath_prepend(tmp_path)

    def lay(name="laid", *, samples=None, timeout_s=60.0, **rooms):
        folder = tmp_path / name
        folder.mkdir()
        for room, source in {**ROOMS, **rooms}.items():
            place = folder / f"{room}.py"
            place.write_text(textwrap.dedent(source).format(name=name), "utf-8")
        for known in [known for known in sys.modules if known.partition(".")[0] == name]:
            monkeypatch.delitem(sys.modules, known)
        card = __import__(f"{name}.card", fromlist=["CARD"]).CARD
        return Subject.of(card, samples, encoder=None, examples=1, timeout_s=timeout_s)

    yield lay
    for known in [known for known in sys.modules if known.partition(".")[0].startswith("laid")]:
        del sys.modules[known]


# --- card-is-light ------------------------------------------------------------------------------


def test_a_card_in_a_room_of_its_own_is_light(package):
    card_is_light(package())


@pytest.mark.parametrize(
    ("rooms", "loaded"),
    [
        ({"card": "import numpy\n" + CARD}, "numpy"),
        ({"__init__": "import pyarrow, numpy"}, "numpy, pyarrow"),
        ({"__init__": "import {name}.card, {name}.parser"}, "laid.parser"),
    ],
)
def test_what_comes_with_the_card_is_told(package, rooms, loaded):
    with pytest.raises(Broken, match=rf"^importing laid\.card also loads {loaded}$"):
        card_is_light(package(**rooms))


def test_a_plugin_of_a_single_room_is_light_when_that_is(package):
    whole = CARD.replace(".detect:", ":").replace(".parser:", ":").replace(".examples:", ":")
    parts = [whole, DETECT, ROOMS["parser"], ROOMS["examples"]]
    subject = package("laid_single", __init__="\n".join(parts), card="from {name} import CARD")

    card_is_light(subject)


def test_a_card_that_nobody_holds_is_told(package):
    subject = package()
    stray = SimpleNamespace(card=ParserCard(**{**_facts(subject.card), "version": "2"}))

    with pytest.raises(Broken, match="no imported module holds this card under a name of its own"):
        card_is_light(stray)


def _facts(card):
    return {name: getattr(card, name) for name in ("id", "name", "version", "detector", "target", "examples")}


def test_a_card_that_only_this_process_can_import_is_told(homemade):
    with pytest.raises(Broken, match=r"^in a process of its own: PARSER_CRASHED: .*ModuleNotFoundError"):
        card_is_light(homemade())


def test_a_card_that_takes_too_long_to_import_is_told(package, tmp_path):
    subject = package(timeout_s=1.5)
    (tmp_path / "laid" / "card.py").write_text("while True: ...", "utf-8")

    with pytest.raises(Broken, match="in a process of its own: PARSER_TIMEOUT"):
        card_is_light(subject)


def test_the_homes_of_a_card_are_the_rooms_of_its_own_package_and_first_the_one_for_cards(
    package, monkeypatch
):
    card = package().card
    for name in ("a.b.c.card", "laid.deep.room", "laid.parser", "laid.other", "zebra"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(one=1, CARD=card))
    # Not every entry is a module, nor has it anything in it.
    monkeypatch.setitem(sys.modules, "laid.nothing", None)
    monkeypatch.setitem(sys.modules, "laid.number", 7)

    assert _homes(card) == ["laid.card", "laid.deep.room", "laid.other", "laid.parser", "laid"]


def test_a_card_that_lives_elsewhere_is_found_there(package, monkeypatch):
    card = package().card
    for name in ("laid", "laid.card"):
        monkeypatch.delitem(sys.modules, name)
    for name in ("registry", "registry.a", "registry.b"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(CARD=card))

    assert _homes(card) == ["registry.a", "registry.b", "registry"]


def test_rooms_that_use_the_card_may_be_heavy(package):
    subject = package(
        parser="import numpy\nfrom {name}.card import CARD", tests="import pyarrow, {name}.parser"
    )
    __import__("laid.parser")

    card_is_light(subject)


def test_the_entry_points_of_the_package_are_imported_too(package, tmp_path):
    metadata = tmp_path / "laid-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: laid\nVersion: 1.0\n", "utf-8")
    points = "[telemparse]\nlaid = laid.hooks\nother = laidback.hooks\nodd = ]\n"
    (metadata / "entry_points.txt").write_text(points, "utf-8")

    with pytest.raises(Broken, match=r"^importing laid\.card, laid\.hooks also loads laid\.parser$"):
        card_is_light(package(hooks="import {name}.parser"))


# --- detector-is-light --------------------------------------------------------------------------


def test_a_detector_that_works_on_bytes_is_light(package):
    detector_is_light(package())


def test_what_a_detector_loads_is_told_even_when_only_one_sample_makes_it(package):
    heavy = DETECT + "    # unreachable\n"
    heavy = """
    from telemparse.model.detection import Detection, Rung

    def detect(sniffs):
        if b"heavy" in sniffs[0].head:
            import numpy
        return Detection(Rung.MARKER, ("anything",))
    """
    with pytest.raises(Broken, match=r"^laid\.detect:detect loads numpy$"):
        detector_is_light(package(detect=heavy, samples={"b.x": b"heavy"}))


@pytest.mark.parametrize(
    ("detect", "words"),
    [
        ("def detect(sniffs): raise ValueError('boom')", "the detector failed: ValueError: boom"),
        ("def detect(sniffs): raise SystemExit(3)", "the detector failed: SystemExit: 3"),
        ("import os\ndef detect(sniffs): os._exit(3)", "PARSER_CRASHED: .*exit code 3"),
        ("def detect(sniffs):\n    while True: ...", "PARSER_TIMEOUT"),
    ],
)
def test_a_detector_that_fails_in_a_process_of_its_own_is_told(package, detect, words):
    timeout_s = 2.0 if words == "PARSER_TIMEOUT" else 60.0
    with pytest.raises(Broken, match=f"^in a process of its own[,:] {words}"):
        detector_is_light(package(detect=detect, timeout_s=timeout_s))


def test_a_container_is_offered_unopened_in_a_process_of_its_own_too(package):
    card = CARD.replace("    id=", '    magics=[(0, b"PK\\x03\\x04")], extensions=(".rcz",), id=')
    detect = """
    from telemparse.model.detection import Detection, Rung

    def detect(sniffs):
        if sniffs[0].members:
            import numpy
        return Detection(Rung.MARKER, ("a container",))
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("channel_1", "content")

    with pytest.raises(Broken, match="loads numpy"):
        detector_is_light(package(card=card, detect=detect, samples={"named_otherwise": held.getvalue()}))


# --- in the child -------------------------------------------------------------------------------


def test_heavy_is_what_takes_long_to_import():
    assert set(HEAVY) >= {"numpy", "pyarrow", "lxml"}


def test_importing_tells_which_of_the_watched_are_loaded(package, tmp_path, monkeypatch):
    package()
    monkeypatch.delitem(sys.modules, "laid.parser", raising=False)
    request = {
        "modules": ["laid", "laid.card"],
        "watched": ["laid.parser", "laid.card", "sys", "no_such_module"],
    }

    assert child.importing(request, tmp_path) == {"loaded": ["laid.card", "sys"]}
    loaded = child.importing({**request, "modules": ["laid.parser"]}, tmp_path)["loaded"]
    assert loaded == ["laid.parser", "laid.card", "sys"]


def test_asking_tells_faults_of_every_recording(package, tmp_path):
    package(detect="def detect(sniffs): raise ValueError(sniffs[0].name)")
    (tmp_path / "file").write_bytes(b"content")
    place = str(tmp_path / "file")
    request = {
        "id": "laid", "detector": "laid.detect:detect", "extensions": [".x"], "magics": [[0, "00ff"]],
        "watched": ["sys", "no_such_module"],
        "recordings": [[{"name": name, "path": place}] for name in ("a.x", "b.x")],
    }  # fmt: skip

    assert child.asking(request, tmp_path) == {
        "loaded": ["sys"],
        "faults": ["ValueError: a.x", "ValueError: b.x"],
    }
